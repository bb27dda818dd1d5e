// What Lighthouse says of the page, the comparison and a frame: by hand, since it is larger than all else that
// the tests need. PLAYGROUND_BINARY names the server, CHROMIUM_PATH the browser, LIGHTHOUSE a folder with
// lighthouse 12.8.2 installed. Prints a line of JSON for each figure; fails where one is below its goal.
import { createRequire } from "node:module";
import { loadavg } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { median, print } from "./figures.mjs";
import { serve } from "./server.mjs";

const RUNS = Number(process.argv[2] ?? 5);
const PAGES = { page: "", "embedded run": "embed/?scenario=raft/leader-election", comparison: "compare.html" };
const PERFORMANCE_LEAST = 0.95;
const OTHERS = ["accessibility", "best-practices", "seo"];

const { resolve } = createRequire(join(process.env.LIGHTHOUSE ?? ".", "package.json"));
const load = (name) => import(pathToFileURL(resolve(name)).href);
const [{ default: lighthouse }, { launch }] = [await load("lighthouse"), await load("chrome-launcher")];

const { server, address } = await serve();
try {
  for (const [name, path] of Object.entries(PAGES)) {
    const reports = [];
    for (let run = 0; run < RUNS; run++) reports.push(await report(path));
    const middle = (of) => median(reports.map(of));
    const metric = (id) => Math.round(middle(({ audits }) => audits[id].numericValue));
    const score = middle(({ categories }) => categories.performance.score);
    const scores = reports.map(({ categories }) => categories.performance.score).join(" ");
    print(`Lighthouse, ${name}, performance`, score, "", `median of ${scores}; first words ${metric("first-contentful-paint")} ms, largest `
      + `${metric("largest-contentful-paint")} ms, blocked ${metric("total-blocking-time")} ms, shift `
      + `${middle(({ audits }) => audits["cumulative-layout-shift"].numericValue).toFixed(3)}; load ${loadavg()[0].toFixed(1)}`);
    const others = OTHERS.map((id) => Math.min(...reports.map(({ categories }) => categories[id].score)));
    print(`Lighthouse, ${name}, all else`, Math.min(...others), "", `${OTHERS.join(", ")}: the least of ${RUNS} runs`);
    if (score < PERFORMANCE_LEAST || Math.min(...others) < 1) process.exitCode = 1;
  }
} finally {
  server.kill();
}

/** A report of a visit by a browser that has nothing in any cache. */
async function report(path) {
  const chrome = await launch({ chromePath: process.env.CHROMIUM_PATH, chromeFlags: ["--headless=new", "--no-sandbox"] });
  try {
    const { lhr } = await lighthouse(address + path, { port: chrome.port, output: "json" });
    return lhr;
  } finally {
    await chrome.kill();
  }
}
