// What the first visit costs: everything that the default page fetches, packed as it is sent.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { browser, server, useBrowser } from "./lib.mjs";

const SCRIPTS_MAX = 55_000;
const CORE_MAX = 190_000;
const MARKUP_MAX = 15_000;
/** Everything, the core and the protocol included. */
const TOTAL_MAX = 250_000;
const REQUESTS_MAX = 8;
/** What readers of another language than English fetch beside: the page's words and the core's. */
const WORDS_MAX = 30_000;

useBrowser();

/** Opens a page and returns what each request brought, in bytes after `gzip -9`. */
async function firstLoad(query) {
  const page = await browser.newPage();
  const answers = new Map();
  page.on("response", (response) => {
    if (response.url().startsWith("http")) answers.set(response.url(), response);
  });
  await page.goto(server.address + query);
  await page.waitForFunction(() => globalThis.consensusPlayground?.frame);
  await page.waitForLoadState("networkidle");
  const files = [];
  for (const [url, response] of answers) {
    files.push({ path: new URL(url).pathname, bytes: gzipSync(await response.body(), { level: 9 }).length });
  }
  await page.close();
  return files;
}

const sum = (files, endings) => files.filter(({ path }) => endings.some((ending) => path.endsWith(ending)))
  .reduce((total, { bytes }) => total + bytes, 0);

for (const language of ["en", "zh"]) {
  test(`the first load is small and takes few requests, ${language}`, async (context) => {
    const files = await firstLoad(`?lang=${language}`);
    const scripts = sum(files, [".js"]);
    const markup = sum(files, [".css", ".html", "/"]);
    const core = sum(files, [".wasm"]);
    const total = sum(files, [""]);
    for (const { path, bytes } of files) context.diagnostic(`${bytes} ${path}`);
    context.diagnostic(`JavaScript ${scripts}, HTML and CSS ${markup}, WebAssembly ${core}, `
      + `all ${total} bytes after gzip -9 in ${files.length} requests`);
    // Readers of Chinese fetch their words beside the English ones, which stand in for missing ones.
    const spoken = files.filter(({ path }) => /\/(zh|words)\.js$|\/words\//.test(path));
    const words = sum(spoken, [""]);
    assert.equal(words > 0, language === "zh");
    assert.ok(words <= WORDS_MAX, `words: ${words} bytes`);
    const wordScripts = sum(spoken, [".js"]);
    assert.ok(scripts - wordScripts <= SCRIPTS_MAX, `JavaScript: ${scripts - wordScripts} bytes`);
    assert.ok(core <= CORE_MAX, `WebAssembly: ${core} bytes`);
    assert.ok(markup <= MARKUP_MAX, `HTML and CSS: ${markup} bytes`);
    assert.ok(files.length - spoken.length <= REQUESTS_MAX, `${files.length} requests`);
    assert.ok(total - words <= TOTAL_MAX, `all: ${total - words} bytes`);
  });
}
