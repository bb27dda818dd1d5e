// Bundles the page: `node xtask/bundle.mjs GLUE OUT` writes into OUT what index.html and compare.html
// load; with `embed` after it, what embed/index.html and the pages of others load to embed a run. GLUE is
// the JavaScript that wasm-bindgen has just written, which pkg/ need not hold yet. The two share no file, so
// that neither costs the other anything.
//
// The same sources give the same bytes in every folder.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { EMBEDDED, LATER_STYLES, glue, replacing, root, shared } from "./replace.mjs";

const [gluePath, out, what = "page"] = process.argv.slice(2);
const isEmbed = what === "embed";
/** The scripts of a frame, as its first one has them. */
const AHEAD = ["frame.js", "player.js"];

const replace = replacing({
  ...glue(gluePath),
  // As seen from pkg/page/ and pkg/embed/.
  "/root.js": () => `const beside = new URL("./", import.meta.url);
    export const ROOT = new URL("../../", beside), SITE = ROOT, JUDGE = beside, EXPLORE = beside, COURSE = beside;
    export const pageAddress = () => location.origin + location.pathname;`,
  ...isEmbed && EMBEDDED,
});

/**
 * What the page fetches later stands on all that it has from the start. Saying so makes that two files, one
 * of them shared with the comparison, where esbuild would make one for every set of users: fewer requests,
 * and they pack better.
 */
const LATER = ["opened", "panels/more", "panels/explore", "panels/share", "course/course"].map((name) => join(root, `www/${name}.js`));
const later = {
  name: "later",
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, ({ path }) => {
      if (!LATER.includes(path)) return null;
      return { contents: `${readFileSync(path, "utf8")}\nimport ${JSON.stringify(join(root, "www/main.js"))};` };
    });
  },
};

const ENTRIES = isEmbed
  ? {
    scripts: ["element", "auto", "frame", "first", "loader"].map((name) => `www/embed/${name}.js`), workers: [],
    styles: ["www/embed/frame.css"],
  }
  : {
    scripts: ["www/main.js", "www/compare.js"], workers: ["www/judge/judge-worker.js", "www/explore/worker.js"],
    styles: ["www/main.css", "www/compare.css", ...LATER_STYLES],
  };
const scripts = await build({
  ...shared, entryPoints: ENTRIES.scripts, format: "esm", splitting: true,
  chunkNames: "[name]-[hash]", plugins: isEmbed ? [replace] : [replace, later],
});
// Whole in itself, so that what the page shares does not fall into more pieces for its sake.
const workers = await build({ ...shared, entryPoints: ENTRIES.workers, entryNames: "[name]", format: "esm", plugins: [replace] });
const styles = await build({ ...shared, entryPoints: ENTRIES.styles, entryNames: "[name]" });

const files = new Map([...scripts.outputFiles, ...workers.outputFiles, ...styles.outputFiles].map(({ path, text }) => [basename(path), text]));
const { outputs } = scripts.metafile;
// A page's script whose code has gone into a chunk, since it is what others stand on, is but an import of
// it: the chunk takes its place. Not so where others import it by the names that it exports.
for (const [path, { entryPoint }] of isEmbed ? [] : Object.entries(outputs)) {
  const holder = Object.values(outputs).find((other) => !other.entryPoint && entryPoint in other.inputs);
  if (!ENTRIES.scripts.includes(entryPoint) || !holder) continue;
  holder.entryPoint = entryPoint;
  delete outputs[path];
  files.delete(basename(path));
}
const names = newNames(outputs);
if (isEmbed) nameAhead();
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const [name, text] of files) {
  const renamed = [...names].reduce((all, [from, to]) => all.replaceAll(from, to), text);
  writeFileSync(join(out, names.get(name) ?? name), renamed);
}

/** What a frame fetches ahead is all that its two scripts are made of, in its bundle as in the sources. */
function nameAhead() {
  const of = (name) => Object.keys(outputs).find((path) => outputs[path].entryPoint === `www/embed/${name}`);
  const paths = AHEAD.flatMap((name) => [of(name), ...needs(outputs, of(name))]);
  const [first, written] = [basename(of("first.js")), JSON.stringify(AHEAD)];
  if (!files.get(first).includes(written)) throw new Error(`www/embed/first.js has no ${written}`);
  files.set(first, files.get(first).replace(written, JSON.stringify([...new Set(paths.map((path) => basename(path)))])));
}

/**
 * Names that stay when the content changes: a chunk is called by those that need it, all others by
 * their source.
 */
function newNames(outputs) {
  const entries = Object.entries(outputs).filter(([, { entryPoint }]) => entryPoint);
  const source = (path) => basename(outputs[path].entryPoint, ".js");
  const names = new Map();
  for (const [path, { entryPoint }] of Object.entries(outputs)) {
    const users = entries.filter(([entry]) => needs(outputs, entry).has(path));
    const name = entryPoint ? source(path) : ["shared", ...users.map(([entry]) => source(entry)).sort()].join("-");
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
