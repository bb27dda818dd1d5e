// Bundles the page: `node xtask/bundle.mjs GLUE OUT` writes into OUT what index.html and compare.html
// load. GLUE is the JavaScript that wasm-bindgen has just written, which pkg/ need not hold yet.
//
// The same sources give the same bytes in every folder.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const [glue, out] = process.argv.slice(2);
const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Modules whose text is not that of their file, by how their import ends. */
const GLUE = "pkg/consensus_playground.js";
const REPLACED = {
  [GLUE]: () => readFileSync(glue, "utf8"),
  // As seen from pkg/page/.
  "/root.js": () => 'export const ROOT = new URL("../../", import.meta.url);',
};
const replace = (replaced) => ({
  name: "replace",
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /\/(root|consensus_playground)\.js$/ }, ({ path }) => {
      const name = Object.keys(replaced).find((end) => path.endsWith(end));
      return name && { path: name, namespace: "replaced" };
    });
    onLoad({ filter: /./, namespace: "replaced" }, ({ path }) => ({ contents: replaced[path]() }));
  },
});

/** The glue without a class that only a worker uses: no bundler dares to drop what registers itself. */
function without(name, text) {
  const parts = [
    new RegExp(`^export class ${name} \\{\\n.*?^\\}\\n`, "ms"),
    new RegExp(`^if \\(Symbol\\.dispose\\) ${name}\\..*\\n`, "m"),
    new RegExp(`^const ${name}Finalization = .*?^\\}\\);\\n`, "ms"),
  ];
  return parts.reduce((rest, part) => {
    if (!part.test(rest)) throw new Error(`the glue has no ${part}`);
    return rest.replace(part, "");
  }, text);
}

const shared = {
  absWorkingDir: root, outdir: "page", bundle: true, minify: true, charset: "utf8", legalComments: "none",
  logLevel: "warning", write: false, metafile: true,
};
const scripts = await build({
  ...shared, entryPoints: ["www/main.js", "www/compare.js"], format: "esm", splitting: true, target: "es2022",
  chunkNames: "[name]-[hash]",
  plugins: [replace({ ...REPLACED, [GLUE]: () => without("Explorer", REPLACED[GLUE]()) })],
});
// A worker shares nothing with a page, which would otherwise be cut into more files at the first load.
const workers = await build({ ...shared, entryPoints: ["www/explore/worker.js"], format: "esm", target: "es2022", plugins: [replace(REPLACED)] });
const styles = await build({ ...shared, entryPoints: ["www/main.css", "www/compare.css"] });

const files = new Map([...scripts.outputFiles, ...workers.outputFiles, ...styles.outputFiles].map(({ path, text }) => [basename(path), text]));
const names = newNames(scripts.metafile.outputs);
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const [name, text] of files) {
  const renamed = [...names].reduce((all, [from, to]) => all.replaceAll(from, to), text);
  writeFileSync(join(out, names.get(name) ?? name), renamed);
}

/**
 * Names that stay when the content changes: a chunk is called by those that need it, all others by
 * their source.
 */
function newNames(outputs) {
  const entries = Object.entries(outputs).filter(([, { entryPoint }]) => entryPoint);
  const plain = (path) => basename(path, ".js").replace(/-[0-9A-Z]{8}$/, "");
  const names = new Map();
  for (const [path, { entryPoint }] of Object.entries(outputs)) {
    const users = entries.filter(([entry]) => needs(outputs, entry).has(path));
    const name = entryPoint ? plain(path) : ["shared", ...users.map(([entry]) => plain(entry)).sort()].join("-");
    if ([...names.values()].includes(`${name}.js`)) throw new Error(`two chunks would be called ${name}.js`);
    names.set(basename(path), `${name}.js`);
  }
  return names;
}

/** What a file imports, directly and indirectly, and cannot do without. */
function needs(outputs, path, seen = new Set()) {
  if (seen.has(path)) return seen;
  seen.add(path);
  for (const { kind, path: other } of outputs[path].imports) {
    if (kind === "import-statement") needs(outputs, other, seen);
  }
  return seen;
}
