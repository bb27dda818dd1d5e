// The playground as one HTML file in Firefox, opened from a disk. Firefox is driven by nothing: a copy of the
// file tells by the addresses of pictures how far it has come.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const FILE = join(process.env.PLAYGROUND_DIST ?? "target/xtask/dist", "consensus-playground.html");
const firefox = [process.env.FIREFOX_PATH ?? "", "firefox-esr", "firefox"].find((name) => name && !spawnSync(name, ["--version"]).error);
const WAIT_MS = 120_000;

/** Runs in the page: opens, judges, searches, shares, compares, and tells of each. */
async function walk(tell) {
  const until = async (look) => {
    for (const end = performance.now() + 60_000; performance.now() < end;) {
      const found = look();
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`nothing came of ${look}`);
  };
  const show = (name) => document.querySelector(`[role=tab][aria-controls="panel-${name}"]`).click();
  const panel = (name) => document.querySelector(`#panel-${name}`);
  if (new URLSearchParams(location.search).has("view")) {
    await until(() => globalThis.consensusComparison?.columns[1].frame);
    return tell("compared", "");
  }
  const app = await until(() => globalThis.consensusPlayground?.frame && globalThis.consensusPlayground);
  await app.openScenario("quorum/stale-read");
  app.pause();
  app.seek(0, app.frame.cursor.length);
  show("consistency");
  await until(() => /Satisfies .*Sequential/.test(panel("consistency")?.innerText));
  await tell("judged", "");
  await app.openText("protocol raft\nnodes 3\nclients 1\n");
  app.pause();
  show("explore");
  (await until(() => panel("explore")?.querySelector("button[type=submit]"))).click();
  await until(() => /states a second\s+[1-9]/.test(panel("explore").innerText));
  await tell("searched", "");
  show("share");
  await tell("shared", (await until(() => panel("share")?.querySelector("input[type=text]"))).value);
  document.querySelector("a[href^='compare.html']").click();
}

test("one file works in Firefox from the disk, workers included", { skip: !firefox && "Firefox is not installed" }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "playground-firefox-"));
  const told = new Map();
  let settle;
  const over = new Promise((resolve) => (settle = resolve));
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://x");
    response.end();
    told.set(pathname.slice(1), searchParams.get("text"));
    if (["/compared", "/failed"].includes(pathname)) settle();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const script = `const tell = (word, text) => new Promise((resolve) => {
      const image = new Image();
      image.onload = image.onerror = resolve;
      image.src = "${origin}/" + word + "?text=" + encodeURIComponent(text);
    });
    addEventListener("error", (event) => tell("failed", event.message));
    (${walk})(tell).catch((error) => tell("failed", String(error)));`;
  const copy = join(folder, "copy.html");
  const file = readFileSync(FILE, "utf8").replace("img-src", `img-src ${origin}`);
  // The page's own script writes pages, too.
  const end = file.lastIndexOf("</body>");
  writeFileSync(copy, `${file.slice(0, end)}<script>${script}</script>${file.slice(end)}`);
  const browser = spawn(firefox, ["--headless", "--no-remote", "-profile", folder, `${pathToFileURL(copy)}?lang=en`], { stdio: "ignore" });
  const timer = setTimeout(settle, WAIT_MS);
  await over;
  clearTimeout(timer);
  const gone = new Promise((resolve) => browser.once("exit", resolve));
  browser.kill();
  await gone;
  server.close();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  assert.equal(told.get("failed"), undefined);
  assert.deepEqual([...told.keys()], ["judged", "searched", "shared", "compared"]);
  assert.match(told.get("shared"), /^https:\/\/playground\.example\/#v1\./);
});
