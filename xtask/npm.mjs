// Fills a folder with the npm package: `node xtask/npm.mjs OUT [SITE]`, from pkg/, the sources and xtask/npm/.
// What is embedded names every file it may fetch by an address that bundlers know how to follow; beside it
// stands the same with everything inside. SITE is the address of a playground that others can open: without
// it an embedded run has no link to one.

import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { lettersOf, packedFiles, scenarioTexts, wordTables } from "./letters.mjs";
import { EMBEDDED, glue, replacing, root, shared } from "./replace.mjs";

const [out, site = ""] = process.argv.slice(2);
for (const folder of ["embed", "scenarios", "words/zh"]) mkdirSync(join(out, folder), { recursive: true });

const GLUE = "pkg/consensus_playground.js";
const ROOT = `const site = ${JSON.stringify(site)}; export const SITE = site ? new URL(site) : null;`;
const COMMON = { ...glue(join(root, GLUE)), ...EMBEDDED, "/root.js": () => ROOT };

const modules = readdirSync(join(root, "pkg")).filter((name) => name.endsWith(".wasm")).sort();
/** @type {Map<string, Record<string, string>>} scenarios by protocol */
const scenarios = new Map();
for (const [path, text] of Object.entries(scenarioTexts())) {
  const [, protocol] = path.split("/");
  scenarios.set(protocol, { ...scenarios.get(protocol), [path]: text });
}

for (const name of ["consensus_playground.js", "consensus_playground_bg.wasm.d.ts", "scenarios.json", ...modules]) {
  copyFileSync(join(root, "pkg", name), join(out, name));
}
// Not every TypeScript knows `Symbol.dispose`.
const types = readFileSync(join(root, "pkg/consensus_playground.d.ts"), "utf8");
writeFileSync(join(out, "consensus_playground.d.ts"), types.replace(/^\s*\[Symbol\.dispose\].*\n/gm, ""));
for (const name of ["LICENSE-MIT", "LICENSE-APACHE"]) copyFileSync(join(root, name), join(out, name));
const own = (from, to = from) => copyFileSync(join(root, "xtask/npm", from), join(out, to));
own("README.md");
own("element.d.ts", "embed/element.d.ts");
own("element.d.ts", "inline.d.ts");
own("auto.d.ts", "embed/auto.d.ts");
own("auto.d.ts", "embed/loader.d.ts");
own("module.d.ts");
for (const [protocol, texts] of scenarios) writeFileSync(join(out, "scenarios", `${protocol}.json`), `${JSON.stringify(texts)}\n`);
const tables = wordTables();
for (const path of tables) copyFileSync(join(root, path), join(out, path));

/** What judges and searches belongs to the page. */
const isEmbedded = (path) => !/part_(judge|explore)/.test(path);
// Each address whole, as bundlers want them.
const table = (entries) => entries.map(([name, path]) => `${JSON.stringify(name)}: () => new URL(${JSON.stringify(path)}, import.meta.url)`).join(",\n");
const ASSETS = `
  export const MODULES = {${table(modules.filter(isEmbedded).map((name) => [`pkg/${name}`, `../${name}`]))}};
  export const SCENARIOS = {${table([...scenarios.keys()].map((protocol) => [protocol, `../scenarios/${protocol}.json`]))}};
  export const WORDS = {${table(tables.map((path) => [path, `../${path}`]))}};`;
const scripts = await build({
  ...shared, format: "esm", splitting: true, chunkNames: "shared-[hash]",
  entryPoints: ["element", "auto", "loader"].map((name) => `www/embed/${name}.js`),
  plugins: [replacing({ ...COMMON, "/files.js": "www/packed/asset-files.js", "/assets.js": () => ASSETS })],
});
for (const { path, text } of scripts.outputFiles) writeFileSync(join(out, "embed", basename(path)), text);

const packed = Object.fromEntries([...packedFiles()].filter(([path]) => isEmbedded(path)).map(lettersOf));
const inline = await build({
  ...shared, format: "esm", entryPoints: ["www/embed/element.js"],
  plugins: [replacing({
    ...COMMON, "/files.js": "www/packed/files.js",
    "/packed.js": () => `const FILES = ${JSON.stringify(packed)}; export const lettersOf = (path) => FILES[path] ?? null;`,
  })],
});
writeFileSync(join(out, "inline.js"), inline.outputFiles[0].text);
