// What walks through embedded runs share: a host on another origin than the playground's, with pages of its
// own, and a frame's messages.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before } from "node:test";
import { browser, server, useBrowser } from "./lib.mjs";

export const ELEMENT = "consensus-playground";
export const SCENARIO = "raft/leader-election";

let host;
/** The pages of the host by path. */
const pages = new Map();

/** Starts the server, a browser and the host before the tests of a file, and stops them after. */
export function useHost() {
  useBrowser();
  before(async () => {
    host = createServer((request, response) => {
      const page = pages.get(request.url.split("?")[0]);
      response.writeHead(page ? 200 : 404, { "content-type": "text/html; charset=utf-8", ...page?.headers });
      response.end(page?.html ?? "");
    });
    await new Promise((resolve) => host.listen(0, "127.0.0.1", resolve));
  });
  after(() => host?.close());
}

/** Opens a page of the host whose body is given; `auto.js` comes from the playground's own origin. */
export async function visit(name, body, { headers = {}, head = "", script = "auto.js", ...options } = {}) {
  const loader = script && `<script type="module" src="${server.address}pkg/embed/${script}"></script>`;
  pages.set(`/${name}`, { headers, html: `<!doctype html><html lang="en"><head><title>${name}</title>${head}</head><body>${body}${loader}</body></html>` });
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, ...options });
  const complaints = [], fetched = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => fetched.push(new URL(request.url()).pathname));
  await page.goto(`http://127.0.0.1:${host.address().port}/${name}`);
  const calm = () => assert.deepEqual(complaints.filter((text) => !text.includes("favicon") && !/404/.test(text)), []);
  return { page, fetched, complaints, calm };
}

/** Waits until so many elements show a run. */
export const opened = (page, count = 1) => page.waitForFunction(
  ([name, least]) => [...document.querySelectorAll(name)].filter((one) => one.state).length >= least, [ELEMENT, count]);
export const stateOf = (page, at = 0) => page.evaluate(([name, place]) => document.querySelectorAll(name)[place].state, [ELEMENT, at]);

/** A host page with a frame, which notes what it is told. */
export const framed = (query, attributes = "") => `<iframe id="frame" title="A run" src="${server.address}embed/${query}" width="100%" ${attributes}></iframe>`;
export const ask = (page, message) => page.evaluate((content) => new Promise((resolve) => {
  const id = Math.floor(performance.now() * 1000);
  addEventListener("message", function hear({ data }) {
    if (data.event !== "answer" || data.id !== id) return;
    removeEventListener("message", hear);
    resolve(data);
  });
  document.querySelector("#frame").contentWindow.postMessage({ type: "consensus-playground", version: 1, id, ...content }, "*");
}), message);

/** Waits until a frame's run is open: its title is there before that. */
export async function frameOpened(page) {
  while (!(await ask(page, { command: "state" })).state) await page.waitForTimeout(20);
}

/** Lets the core of a page's runs panic: it comes through the door that the page's tests use. */
export const breakCore = (page) => page.evaluate(async (address) => {
  const { lastPanic, panicOnPurpose } = await import(`${address}pkg/embed/player.js`);
  try {
    panicOnPurpose();
  } catch {
    // That is what it is for. As in a player that meets one, the next call is none on what is lost.
    lastPanic();
  }
}, server.address);
