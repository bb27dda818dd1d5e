// What runs in other people's pages cost: ten elements on one page against one, from a browser that has
// nothing in any cache. Prints a line of JSON for each figure. PLAYGROUND_BINARY names the server,
// CHROMIUM_PATH the browser.
import { createServer } from "node:http";
import { chromium } from "playwright-core";
import { median, print } from "./figures.mjs";
import { serve } from "./server.mjs";

const STARTS = 5;
const SCENARIOS = [
  "raft/leader-election", "raft/figure-8", "raft/log-replication", "raft/one-way-partition", "raft/leader-crash",
];

const { server, address } = await serve();
/** Another origin than the playground's, as a page of others is. */
const host = createServer((request, response) => {
  const count = Number(new URL(request.url ?? "", "http://host").searchParams.get("count"));
  const elements = Array.from({ length: count }, (_, at) =>
    `<consensus-playground scenario="${SCENARIOS[at % SCENARIOS.length]}" loading="eager" height="240"></consensus-playground>`);
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  response.end(`<!doctype html><html lang="en"><title>host</title><body>${elements.join("")}
    <script type="module" src="${address}pkg/embed/auto.js"></script>`);
});
await new Promise((resolve) => host.listen(0, "127.0.0.1", () => resolve(null)));
try {
  const [one, ten] = [await visits(1), await visits(10)];
  const note = (/** @type {keyof typeof one} */ key) => `one ${one[key]}, ratio ${(ten[key] / one[key]).toFixed(1)}; new browser each, median of ${STARTS}`;
  print("ten embeds, all there", ten.readyMs, "ms", note("readyMs"));
  print("ten embeds, script memory", ten.heapBytes, "B", note("heapBytes"));
  print("ten embeds, requests", ten.requests, "", note("requests"));
} finally {
  host.close();
  server.kill();
}

/** @param {number} count */
async function visits(count) {
  const seen = [];
  for (let start = 0; start < STARTS; start++) seen.push(await visit(count));
  const of = (/** @type {keyof typeof seen[0]} */ key) => Math.round(median(seen.map((one) => one[key])));
  return { readyMs: of("readyMs"), heapBytes: of("heapBytes"), requests: of("requests") };
}

/**
 * From the start of the navigation until every element shows its run; then what the scripts hold.
 * @param {number} count
 */
async function visit(count) {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH, args: ["--enable-precise-memory-info"] });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  let requests = 0;
  page.on("request", () => requests++);
  const { port } = /** @type {import("node:net").AddressInfo} */ (host.address());
  await page.goto(`http://127.0.0.1:${port}/?count=${count}`);
  const ready = await page.waitForFunction((all) => {
    const elements = [...document.querySelectorAll("consensus-playground")];
    return elements.length === all && elements.every((one) => /** @type {any} */ (one).state) && performance.now();
  }, count, { timeout: 60_000 });
  const readyMs = Number(await ready.jsonValue());
  const heapBytes = await page.evaluate(() => /** @type {any} */ (performance).memory.usedJSHeapSize);
  await browser.close();
  return { readyMs, heapBytes, requests };
}
