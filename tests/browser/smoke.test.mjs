// The page as the binary serves it, in Chromium.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

let server, browser, address;

before(async () => {
  server = spawn(process.env.PLAYGROUND_BINARY, ["--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: server.stdout })) {
    address = line.match(/http:\S+/)[0];
    break;
  }
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH });
});

after(async () => {
  await browser?.close();
  server?.kill();
});

test("the page starts without a complaint", async () => {
  const page = await browser.newPage();
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("requestfailed", (request) => complaints.push(request.url()));
  await page.goto(address);
  await page.waitForFunction(() => document.getElementById("out").textContent.includes("one"));
  assert.deepEqual(complaints.filter((text) => !text.includes("favicon")), []);
});
