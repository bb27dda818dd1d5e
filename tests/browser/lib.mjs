// What every browser walk needs: the page as the real binary serves it, in Chromium, with
// everything noted that should not happen.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after, before } from "node:test";
import { chromium } from "playwright-core";

/** Starts the binary on a free port. */
export async function serve() {
  const binary = process.env.PLAYGROUND_BINARY ?? "target/debug/consensus-playground";
  const server = spawn(binary, ["--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: server.stdout })) {
    return { address: line.match(/http:\S+/)[0], stop: () => server.kill() };
  }
  throw new Error("the server printed no address");
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-background-networking"],
  });
}

/** What a file's tests share, from `useBrowser` on. */
export let server, browser;

/** Starts the server and a browser before the tests of a file, and stops both after them. */
export function useBrowser() {
  before(async () => {
    [server, browser] = await Promise.all([serve(), launch()]);
  });
  after(async () => {
    await browser?.close();
    server?.stop();
  });
}

/**
 * Opens a page and keeps a list of complaints: console errors, uncaught errors, failed requests
 * and requests that leave the origin.
 */
export async function open(browser, address, query = "", options = {}) {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, ...options });
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("requestfailed", (request) => {
    // A page that is left drops what it was still fetching ahead.
    if (request.failure()?.errorText !== "net::ERR_ABORTED") complaints.push(`failed: ${request.url()}`);
  });
  page.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    if (protocol.startsWith("http") && origin !== new URL(address).origin) complaints.push(`left: ${request.url()}`);
  });
  await page.goto(address + query);
  await page.waitForFunction(() => globalThis.consensusPlayground?.frame || globalThis.consensusComparison?.columns[0].frame
    || document.querySelector("#trouble:not([hidden])"));
  return { page, complaints, calm: () => assert.deepEqual(complaints, []) };
}

/** Waits until what changed has been drawn, panels and names included. */
export const drawn = (page) => page.evaluate(() => new Promise((resolve) => {
  requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(resolve)));
}));

/** Adds up from now on by how much what a page shows jumps, in `shifted`. */
export const watchShifts = (page) => page.addInitScript(() => {
  globalThis.shifted = 0;
  new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) globalThis.shifted += value;
  }).observe({ type: "layout-shift", buffered: true });
});

/** The present moment, fingerprint and last action. */
export const state = (page) => page.evaluate(async () => {
  // What makes links also tells fingerprints, and is fetched when it is asked for.
  await globalThis.consensusPlayground.link();
  const { frame, playground, playing } = globalThis.consensusPlayground;
  return { ...frame.cursor, last: frame.last.text, fingerprint: playground.fingerprint(), playing };
});
