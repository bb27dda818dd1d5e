// The site as `cargo xtask dist` writes it, below some folder of a server that knows nothing of it.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { launch } from "./lib.mjs";

const SITE = process.env.PLAYGROUND_DIST ?? "target/xtask/dist";
const FOLDER = "/some/where/";
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".json": "application/json", ".txt": "text/plain" };

let server, browser, address;
before(async () => {
  assert.ok(existsSync(join(SITE, "sw.js")), `${SITE} holds no site; write it with cargo xtask dist --out ${SITE}`);
  browser = await launch();
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://x");
    const file = join(SITE, pathname.slice(FOLDER.length - 1), pathname.endsWith("/") ? "index.html" : "");
    const isThere = pathname.startsWith(FOLDER) && !pathname.includes("..") && existsSync(file);
    response.writeHead(isThere ? 200 : 404, { "content-type": TYPES[extname(file)] ?? "application/octet-stream", connection: "close" });
    response.end(isThere ? readFileSync(file) : "");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${server.address().port}${FOLDER}`;
});
after(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
});

test("a scenario's page and a lesson's has its title and leads to it; a frame works; all below any folder", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const missing = [];
  page.on("response", (response) => response.status() >= 400 && missing.push(response.url()));
  const list = JSON.parse(readFileSync(join(SITE, "pkg/scenarios.json"), "utf8"));
  for (const { id } of list) assert.ok(existsSync(join(SITE, "s", id, "index.html")), id);
  const small = readFileSync(join(SITE, "s", list[0].id, "index.html"), "utf8");
  assert.match(small, /<meta name="description" content="[^"]{20,}">/);
  // As the test step has them drawn (xtask/src/test.rs).
  for (const id of ["raft/figure-8", "gossip/hundred-nodes"]) {
    const png = readFileSync(join(SITE, "s", id, "picture.png"));
    assert.deepEqual([png.toString("latin1", 1, 4), png.readUInt32BE(16), png.readUInt32BE(20)], ["PNG", 1200, 630]);
    assert.ok(png.length > 20_000, `${id}: something is drawn`);
    const image = /og:image" content="([^"]+)"/.exec(readFileSync(join(SITE, "s", id, "index.html"), "utf8"))[1];
    assert.equal(image, `https://playground.example/s/${id}/picture.png`);
  }
  for (const lesson of ["election", "two-leaders"]) {
    const html = readFileSync(join(SITE, "l", lesson, "index.html"), "utf8");
    assert.match(html, /<title>[^<·]+ · Raft · Consensus Playground<\/title>/);
    assert.match(html, /<meta name="description" content="[^"]{20,}">/);
    assert.ok(html.includes(`canonical" href="https://playground.example/l/${lesson}/"`));
    assert.ok(html.includes(`og:image" content="https://playground.example/l/${lesson}/picture.png"`));
    assert.ok(readFileSync(join(SITE, "l", lesson, "picture.png")).length > 20_000, `${lesson}: something is drawn`);
  }
  const chapters = readFileSync(join(SITE, "course/ORDER"), "utf8").split("\n").filter(Boolean);
  for (const chapter of chapters) {
    const text = readFileSync(join(SITE, `course/${chapter}.txt`), "utf8");
    for (const [, id] of text.matchAll(/^(?:lesson|challenge) (\S+)$/gm)) assert.ok(existsSync(join(SITE, "l", id, "index.html")), id);
  }
  await page.goto(`${address}l/election/`);
  await page.waitForFunction(() => globalThis.consensusPlayground?.lessonTitle);
  assert.equal(new URL(page.url()).search, "?lesson=election");
  assert.equal(await page.evaluate(() => globalThis.consensusPlayground.scenarioId), "raft/leader-election");
  await page.goto(`${address}s/${list[0].id}/`);
  await page.waitForFunction(() => globalThis.consensusPlayground?.frame);
  assert.equal(await page.evaluate(() => globalThis.consensusPlayground.scenarioId), list[0].id);
  assert.equal(new URL(page.url()).search, `?scenario=${list[0].id}`);
  await page.goto(`${address}embed/?scenario=${list[0].id}`);
  await page.waitForFunction(() => document.querySelector("consensus-playground")?.state);
  const open = await page.locator("consensus-playground a").getAttribute("href");
  assert.equal(open, `${address}?scenario=${list[0].id}`);
  assert.deepEqual(missing, []);
  await context.close();
});

test("after the first visit it needs no network", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(address);
  await page.evaluate(() => navigator.serviceWorker.ready);
  // Nobody answers any more.
  server.close();
  server.closeAllConnections();
  for (const [query, protocol] of [["", null], ["?scenario=two_phase_commit/commit", "two_phase_commit"], ["?protocol=gossip&lang=zh", "gossip"]]) {
    await page.goto(address + query);
    await page.waitForFunction(() => globalThis.consensusPlayground?.frame);
    if (protocol) assert.equal(await page.evaluate(() => globalThis.consensusPlayground.about.protocol), protocol);
  }
  await page.goto(`${address}compare.html`);
  await page.waitForFunction(() => globalThis.consensusComparison?.columns[0].frame);
  await context.close();
});
