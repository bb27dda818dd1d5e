// examples/ as their generators have built them, in Chromium, each at https://docs.example/; the playground's
// site is on another origin, https://playground.example/, as the sources have it. No server is asked.
import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { drawn, launch } from "../browser/lib.mjs";

const BUILT = process.env.PLAYGROUND_EXAMPLES ?? "target/docs/examples";
const SITE = process.env.PLAYGROUND_DIST ?? "target/xtask/dist";
const HOST = "https://playground.example/", DOCS = "https://docs.example/";
const ELEMENT = "consensus-playground";
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".wasm": "application/wasm",
  ".json": "application/json", ".svg": "image/svg+xml", ".woff2": "font/woff2", ".txt": "text/plain" };

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** What a static server has for a path; null where that is nothing. */
function fileOf(folder, pathname) {
  const path = join(folder, decodeURIComponent(pathname));
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, "index.html") : path;
  if (!existsSync(file)) return null;
  return { content: readFileSync(file), type: `${TYPES[extname(file)] ?? "application/octet-stream"}; charset=utf-8`.replace(/(wasm|octet-stream|woff2);.*/, "$1") };
}

/** Answers what a page asks below an address with the files of a folder. */
const serve = (page, origin, folder) => page.route(`${origin}**`, (route) => {
  const found = fileOf(folder, new URL(route.request().url()).pathname);
  return found
    ? route.fulfill({ body: found.content, contentType: found.type, headers: { "access-control-allow-origin": "*" } })
    : route.fulfill({ status: 404 });
});

/** Opens what was built into a folder; errors, and requests that leave the two origins, are complaints. */
async function visit(folder, options = {}) {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, colorScheme: "light", ...options });
  const complaints = [], fetched = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const url = request.url();
    fetched.push(url);
    if (![DOCS, HOST, "data:", "blob:"].some((origin) => url.startsWith(origin))) complaints.push(`left: ${url}`);
  });
  await serve(page, HOST, SITE);
  await serve(page, DOCS, join(BUILT, folder));
  await page.goto(DOCS);
  const calm = () => assert.deepEqual(complaints.filter((text) => !/favicon/.test(text)), []);
  const count = (part) => fetched.filter((url) => url.includes(part)).length;
  return { page, calm, count };
}

/** Brings every element into sight, and waits for each. */
async function openAll(page, expected) {
  await page.waitForFunction(([name, least]) => document.querySelectorAll(name).length === least, [ELEMENT, expected]);
  for (let at = 0; at < expected; at++) {
    await page.locator(ELEMENT).nth(at).scrollIntoViewIfNeeded();
    await page.waitForFunction(([name, place]) => document.querySelectorAll(name)[place].state, [ELEMENT, at]);
  }
  return page.evaluate((name) => [...document.querySelectorAll(name)].map(({ state }) => `${state.protocol} ${state.length > 5}`), ELEMENT);
}

const inside = async (page) => {
  await drawn(page);
  return page.evaluate((name) => getComputedStyle(document.querySelector(name).shadowRoot.querySelector(".frame")).backgroundColor, ELEMENT);
};
const LIGHT = "rgb(251, 250, 247)", DARK = "rgb(20, 22, 27)";
const becomes = async (page, colour) => {
  await page.waitForFunction(([name, wanted]) => getComputedStyle(document.querySelector(name).shadowRoot.querySelector(".frame")).backgroundColor === wanted,
    [ELEMENT, colour], { timeout: 5000 });
};
const THREE = ["raft true", "raft true", "raft true"];

/** The block has become the last element, and is not seen beside it. */
async function blockIsUpgraded(page, block) {
  assert.equal(await page.locator(block).first().isVisible(), false);
  assert.equal(await page.evaluate((name) => [...document.querySelectorAll(name)].at(-1).state.words.length > 0, ELEMENT), true);
}

/** Leaves within the document, and comes back: what was there is freed, what comes starts. */
async function leaveAndReturn(page) {
  await page.evaluate((name) => {
    globalThis.kept = document.querySelector(name);
  }, ELEMENT);
  await page.getByRole("link", { name: "How a value is chosen" }).last().click();
  await page.waitForFunction((name) => document.querySelector(name)?.state?.protocol === "two_phase_commit", ELEMENT);
  assert.equal(await page.evaluate((name) => document.querySelector(name).state.index, ELEMENT), 3);
  assert.deepEqual(await page.evaluate(() => [globalThis.kept.isConnected, globalThis.kept.state]), [false, null], "freed, in the same document");
  await page.goBack();
  // It may come back to where it was left, with the first element out of sight.
  assert.deepEqual(await openAll(page, 3), THREE);
  assert.equal(await page.evaluate(() => globalThis.kept !== undefined), true, "still the same document");
}

test("MkDocs with Material: instant navigation, its palette, a fenced block", async () => {
  const { page, calm, count } = await visit("mkdocs/site");
  assert.deepEqual(await openAll(page, 3), THREE);
  await blockIsUpgraded(page, "div.consensus");
  assert.equal(await inside(page), LIGHT);
  await page.locator("label[for=__palette_1]").click();
  await becomes(page, DARK);
  await leaveAndReturn(page);
  assert.equal(count("consensus_playground_bg.wasm"), 1);
  calm();
  await page.close();
});

test("Sphinx with MyST: a page that is light stays light, a block becomes a run", async () => {
  const { page, calm, count } = await visit("sphinx/site", { colorScheme: "dark" });
  assert.deepEqual(await openAll(page, 3), THREE);
  await blockIsUpgraded(page, "div.highlight-consensus");
  assert.equal(await inside(page), LIGHT);
  assert.equal(count("consensus_playground_bg.wasm"), 1);
  await page.goto(`${DOCS}second.html`);
  assert.deepEqual(await openAll(page, 1), ["two_phase_commit true"]);
  calm();
  await page.close();
});

test("mdBook: its themes are followed, a block becomes a run; the book on one page loads what is seen", async () => {
  const { page, calm, count } = await visit("mdbook/site");
  assert.deepEqual(await openAll(page, 3), THREE);
  await blockIsUpgraded(page, "code.language-consensus");
  assert.equal(await inside(page), LIGHT);
  await page.evaluate(() => scrollTo(0, 0));
  await page.locator("#mdbook-theme-toggle, #theme-toggle").click();
  await page.locator("#mdbook-theme-navy, #navy").click();
  await becomes(page, DARK);
  assert.equal(count("consensus_playground_bg.wasm"), 1);
  await page.goto(`${DOCS}second.html`);
  assert.deepEqual(await openAll(page, 1), ["two_phase_commit true"]);
  calm();
  await page.close();
});

test("VitePress: its switch, its own navigation, a fenced block that is its framework's", async () => {
  const { page, calm, count } = await visit("vitepress/site");
  assert.deepEqual(await openAll(page, 3), THREE);
  await blockIsUpgraded(page, "div.language-consensus");
  assert.equal(await inside(page), LIGHT);
  await page.locator(".VPSwitchAppearance:visible").click();
  await becomes(page, DARK);
  await leaveAndReturn(page);
  assert.equal(count("consensus_playground_bg.wasm"), 1);
  calm();
  await page.close();
});

test("a page by hand: the classic loader, a block, and a frame without a script of its own", async () => {
  const { page, calm, count } = await visit("html");
  assert.deepEqual(await openAll(page, 3), THREE);
  await blockIsUpgraded(page, "pre");
  await page.locator("iframe").scrollIntoViewIfNeeded();
  await page.frameLocator("iframe").getByRole("button", { name: "Play" }).waitFor();
  assert.equal(count("consensus_playground_bg.wasm"), 2, "one for the page, one for the frame");
  await page.emulateMedia({ colorScheme: "dark" });
  await becomes(page, DARK);
  calm();
  await page.close();
});

/** What the page says, and what the core does: sentences, roles, and menus where they are asked for. */
async function saysChinese(page) {
  const run = page.locator(ELEMENT).first();
  await run.scrollIntoViewIfNeeded();
  await run.evaluate((one) => one.setAttribute("lang", "zh"));
  await run.getByRole("button", { name: "前进一步" }).click();
  await run.locator("[data-endpoint='0']").click();
  const menu = run.locator(".pop");
  await menu.waitFor();
  assert.match(await menu.innerText(), /崩溃[^]*移除/);
  assert.doesNotMatch(await menu.innerText(), /Hands leadership over/);
  await page.keyboard.press("Escape");
  assert.match(await run.locator("[data-endpoint='0']").getAttribute("aria-label"), /^节点 n1，跟随者/);
}

test("an application made by Vite from the npm package: from its own origin alone", async () => {
  const { page, calm, count } = await visit("vite/site");
  assert.deepEqual(await openAll(page, 2), ["raft true", "two_phase_commit true"]);
  assert.equal(count("consensus_playground_bg"), 1);
  assert.equal(count("/protocol_"), 2);
  assert.equal(count(HOST), 0);
  await saysChinese(page);
  assert.equal(count(HOST), 0);
  calm();
  await page.goto(`${DOCS}inline.html`);
  assert.deepEqual(await openAll(page, 1), ["raft true"]);
  await saysChinese(page);
  assert.equal(count("consensus_playground_bg"), 1, "the one script fetches nothing");
  calm();
  await page.close();
});

test("every door of the package opens where there is no document", async () => {
  const installed = join(BUILT, "vite/node_modules/consensus-playground");
  const { exports } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  const of = (name) => pathToFileURL(join(installed, exports[name].default)).href;
  for (const [name, value] of Object.entries(exports)) {
    for (const path of typeof value === "string" ? [value] : Object.values(value)) {
      if (!path.includes("*")) assert.ok(existsSync(join(installed, path)), `${name}: ${path}`);
    }
  }
  for (const name of ["./element", "./inline"]) {
    const { define, ConsensusPlayground } = await import(of(name));
    define();
    assert.ok(ConsensusPlayground.observedAttributes.includes("scenario"), name);
  }
  await import(of("./auto"));
  const { initSync, Playground, coreExports, protocolLoaded } = await import(of("."));
  initSync({ module: readFileSync(join(installed, exports["./engine.wasm"].default)) });
  const protocol = readFileSync(join(installed, exports["./protocols/*"].default.replace("*", "raft")));
  new WebAssembly.Instance(new WebAssembly.Module(protocol), { core: coreExports() });
  protocolLoaded("raft");
  const texts = JSON.parse(readFileSync(join(installed, "scenarios/raft.json"), "utf8"));
  const playground = Playground.fromText(texts["scenarios/raft/leader-election.txt"]);
  assert.ok(playground.cursor().length > 5);
});
