// The playground as one HTML file, opened from a disk: everything is in it, and nothing leaves it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { launch } from "./lib.mjs";

const SITE = process.env.PLAYGROUND_DIST ?? "target/xtask/dist";
const FILE = resolve(SITE, "consensus-playground.html");
const ADDRESS = pathToFileURL(FILE).href;
/** Where its links lead; see Step::Browser in xtask/src/test.rs. */
const LINKS = "https://playground.example/";

let browser;
before(async () => {
  assert.ok(existsSync(FILE), `${FILE} is missing; write it with cargo xtask dist --out ${SITE}`);
  browser = await launch();
});
after(() => browser?.close());

const READY = () => globalThis.consensusPlayground?.frame ?? globalThis.consensusComparison?.columns[0].frame;

/** Opens the file; whatever it asks for but itself is a complaint. */
async function visit(rest = "", address = ADDRESS) {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const complaints = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const asked = request.url();
    if (!asked.startsWith(address) && !/^(blob|data):/.test(asked)) complaints.push(`left: ${asked}`);
  });
  await page.goto(address + rest);
  await page.waitForFunction(READY);
  return { page, calm: () => assert.deepEqual(complaints, []) };
}

test("it opens from the disk, and holds every protocol and every scenario", async (context) => {
  const began = performance.now();
  const { page, calm } = await visit();
  context.diagnostic(`ready after ${Math.round(performance.now() - began)} ms, ${readFileSync(FILE).length} bytes`);
  const list = JSON.parse(readFileSync(join(SITE, "pkg/scenarios.json"), "utf8"));
  const opened = await page.evaluate(async (ids) => {
    const app = globalThis.consensusPlayground;
    const seen = new Set();
    for (const id of ids) {
      await app.openScenario(id);
      if (app.scenarioId === id) seen.add(app.about.protocol);
    }
    return [...seen];
  }, list.map(({ id }) => id));
  assert.deepEqual(opened.sort(), [...new Set(list.map(({ protocol }) => protocol))].sort());
  await page.getByRole("button", { name: /^Choose|scenario/i }).first().click();
  await page.getByRole("dialog").waitFor();
  calm();
  await page.close();
});

test("its workers judge and search", async () => {
  const { page, calm } = await visit("?scenario=quorum/stale-read");
  await page.evaluate(() => {
    const app = globalThis.consensusPlayground;
    app.pause();
    app.seek(app.frame.cursor.branch, app.frame.cursor.length);
  });
  await page.getByRole("tab", { name: "Consistency" }).click();
  await page.locator("#panel-consistency").getByText(/Satisfies .*Sequential/).waitFor();
  assert.ok(page.workers().length > 0, "beside the page");
  await page.evaluate(() => globalThis.consensusPlayground.openText("protocol raft\nnodes 3\nclients 1\n"));
  await page.getByRole("tab", { name: /Rules/ }).click();
  const rule = page.locator('#panel-rules [data-key="rule-vote-once-per-term"]');
  await rule.getByRole("switch").click();
  await rule.getByRole("button", { name: "Find what breaks without it" }).click();
  await page.locator("#panel-explore").getByRole("button", { name: "Find this run and play it" }).click();
  await page.locator("#panel-explore").getByRole("heading", { name: /^Found/ }).waitFor({ timeout: 120_000 });
  calm();
  await page.close();
});

const SHARED = '#panel-share [data-key="link"] input';

test("links lead to a playground that others can open; they are opened here, too", async () => {
  const { page, calm } = await visit("?scenario=raft/leader-crash");
  await page.getByRole("tab", { name: "Share" }).click();
  const link = await page.locator(SHARED).inputValue();
  assert.ok(link.startsWith(`${LINKS}#v1.`), link);
  await page.goto(`${ADDRESS}${link.slice(link.indexOf("#"))}`);
  await page.reload();
  await page.waitForFunction(READY);
  assert.equal(await page.evaluate(() => globalThis.consensusPlayground.about.protocol), "raft");
  calm();
  await page.close();
});

test("codes, pictures and replays are made without anything from outside", async () => {
  const { page, calm } = await visit("?scenario=raft/leader-crash");
  await page.getByRole("tab", { name: "Share" }).click();
  const panel = page.locator("#panel-share");
  await panel.getByRole("button", { name: "Show QR code" }).click();
  await panel.getByRole("img", { name: "QR code of the link to this run" }).waitFor();
  for (const [name, least] of [["Save SVG", 2000], ["Save PNG", 10_000], ["Save HTML", 20_000]]) {
    const [download] = await Promise.all([page.waitForEvent("download"), panel.getByRole("button", { name }).last().click()]);
    const { length } = readFileSync(await download.path());
    assert.ok(length > least, `${name}: ${length} bytes`);
  }
  calm();
  await page.close();
});

test("where no playground is named, a link is its text", async () => {
  const file = resolve(SITE, "../no-site.html");
  execFileSync("node", ["xtask/packed.mjs", file]);
  const { page, calm } = await visit("?scenario=raft/leader-crash", pathToFileURL(file).href);
  await page.getByRole("tab", { name: "Share" }).click();
  assert.match(await page.locator(SHARED).inputValue(), /^#v1\.[\w-]+$/);
  // Neither a short address nor Markdown would lead anywhere.
  assert.equal(await page.locator("#panel-share .copy-field").count(), 1);
  calm();
  await page.close();
});

test("the comparison is in it, and the way back", async () => {
  const { page, calm } = await visit("?scenario=raft/leader-crash&lang=en");
  await page.getByRole("link", { name: /Compare/ }).click();
  await page.waitForFunction(() => globalThis.consensusComparison?.columns[1].frame);
  await page.getByRole("navigation").getByRole("link").nth(1).click();
  await page.waitForFunction(() => new URLSearchParams(location.search).has("ready"));
  await page.reload();
  await page.waitForFunction(() => globalThis.consensusComparison?.columns[1].frame);
  await page.getByRole("link", { name: "Consensus Playground" }).click();
  await page.waitForFunction(() => globalThis.consensusPlayground?.frame);
  calm();
  await page.close();
});

test("it speaks Chinese, too", async () => {
  const { page, calm } = await visit("?lang=zh");
  assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-Hans");
  await page.getByRole("tab", { name: "分享" }).click();
  await page.locator("#panel-share input").first().waitFor();
  calm();
  await page.close();
});
