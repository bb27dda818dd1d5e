// What the bundles of the page have in common: the folder, the settings, and modules whose text in a bundle
// is not that of their file.

import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

export const shared = {
  absWorkingDir: root, outdir: "page", bundle: true, minify: true, charset: "utf8", legalComments: "none",
  logLevel: "warning", write: false, metafile: true, target: "es2022",
};

/** Sheets that the page asks for later, each by the name of its file. */
export const LATER_STYLES = ["www/judge/judge.css", "www/course/course.css", "www/explore/explore.css"];

/**
 * The glue as wasm-bindgen has written it, made so that classes that a part of the page does not use are
 * left out of it, and so is the address of the module, which nobody asks it for.
 */
export const glue = (path) => ({
  "pkg/consensus_playground.js": () => readFileSync(path, "utf8").replace(/^if \(Symbol\.dispose\).*$/gm, "")
    .replaceAll(/new URL\([^)]*import\.meta\.url\)/g, "null")
    .replaceAll("new FinalizationRegistry", "/* @__PURE__ */ new FinalizationRegistry"),
});

/** A module whose function has the text of a style sheet, for a sheet that is made by a script. */
async function sheetOf(path, name) {
  const { outputFiles: [{ text }] } = await build({ ...shared, entryPoints: [path] });
  return `export const ${name} = async () => ${JSON.stringify(text)};`;
}

/** What is other in an embedded run than in the page. */
export const EMBEDDED = {
  "/sheet.js": () => sheetOf("www/embed/sheet.css", "sheetText"),
  "/opened.js": "www/embed/hands.js",
  "/hand-sheet.js": () => sheetOf("www/embed/hand-sheet.css", "handSheetText"),
};

/**
 * Puts others in the place of modules.
 * @param {Record<string, string | (() => string | Promise<string>)>} others by how the import of a module
 *   ends: the path of another file, or what makes its text
 */
export function replacing(others) {
  return {
    name: "replace",
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /\.js$/ }, ({ path }) => {
        const name = Object.keys(others).find((end) => path.endsWith(end));
        if (name === undefined) return undefined;
        const other = others[name];
        return typeof other === "string" ? { path: join(root, other) } : { path: name, namespace: "replaced" };
      });
      onLoad({ filter: /./, namespace: "replaced" }, async ({ path }) => ({ contents: await others[path]() }));
    },
  };
}
