// Makes the playground one HTML file that works from a disk: `node xtask/packed.mjs OUT [SITE]`. All of it
// lies inside, compressed: page and comparison, the core and every protocol, the scenarios, the workers. SITE
// is the address of a playground that others can open, for its links; without it links are but their text.

import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { lettersOf, packedFiles } from "./letters.mjs";
import { LATER_STYLES, glue, replacing, root, shared } from "./replace.mjs";

const [out, site = ""] = process.argv.slice(2);
const GLUE = "pkg/consensus_playground.js";
/** It can fetch nothing, whoever wrote what is opened in it. */
const POLICY = "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; style-src 'unsafe-inline'; "
  + "img-src data: blob:; worker-src blob:; base-uri 'none'; form-action 'none'";

const read = (path) => readFileSync(join(root, path), "utf8");

/** A script or a sheet that needs no other file. */
async function whole(entry, texts = {}) {
  const { outputFiles: [{ text }] } = await build({
    ...shared, entryPoints: [entry], format: "iife", plugins: [replacing({ ...glue(join(root, GLUE)), ...texts })],
  });
  return text;
}

const BESIDE = { "/files.js": "www/packed/worker-files.js" };
const texts = {
  JUDGING: await whole("www/judge/judge-worker.js", BESIDE),
  SEARCHING: await whole("www/explore/worker.js", BESIDE),
  STYLES: Object.fromEntries(await Promise.all(LATER_STYLES.map(async (path) => [basename(path), await whole(path)]))),
};
const script = await whole("www/packed/main.js", {
  "/files.js": "www/packed/files.js",
  "/workers.js": "www/packed/workers.js",
  "/texts.js": () => Object.entries(texts).map(([name, text]) => `export const ${name} = ${JSON.stringify(text)};`).join("\n"),
  "/root.js": () => `const site = ${JSON.stringify(site)}; export const SITE = site ? new URL(site) : null;
    export const JUDGE = null, EXPLORE = null, COURSE = null;
    const isComparing = new URLSearchParams(location.search).get("view") === "compare";
    export const pageAddress = () => (SITE ? new URL(isComparing ? "compare.html" : "./", SITE).href : "");`,
});

const page = read("www/index.html"), comparison = read("www/compare.html");
const body = (html) => /<body[^>]*>([^]*?)\s*(?:<noscript|<script)/.exec(html)[1];
const className = (html) => /<body class="([^"]*)"/.exec(html)?.[1] ?? "";
const head = /<head>([^]*?)<\/head>/.exec(page)[1].split("\n")
  .filter((line) => !/rel="(stylesheet|modulepreload|preload)"/.test(line)).join("\n").trim();
const html = `<!doctype html>
<html lang="en">
<head>
  <meta http-equiv="Content-Security-Policy" content="${POLICY}">
  ${head}
  <style data-view="page">${inside(await whole("www/main.css"), "style")}</style>
  <style data-view="comparison">${inside(await whole("www/compare.css"), "style")}</style>
</head>
<body>
  ${/<noscript>.*<\/noscript>/.exec(page)[0]}
  <template id="page" class="${className(page)}">${body(page)}
  </template>
  <template id="comparison" class="${className(comparison)}">${body(comparison)}
  </template>
${[...packedFiles()].map(lettersOf).map(([path, letters]) => `  <script type="text/plain" data-file="${path}">${letters}</script>`).join("\n")}
  <script>${inside(script, "script")}</script>
</body>
</html>
`;
writeFileSync(out, html);

/** A text that stands in an element of that name, which nothing in it may end. */
function inside(text, name) {
  if (new RegExp(`</${name}|<!--`, "i").test(text)) throw new Error(`a ${name} holds what would end it`);
  return text.trim();
}
