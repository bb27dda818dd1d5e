// In the place of ../files.js where everything lies in one file: modules and texts are unpacked from it.

import { lettersOf } from "./packed.js";

/** All texts that a page may ask for, by their paths. */
const TEXTS = "texts.json";

/** @type {Map<string, Promise<WebAssembly.Module>>} */
const modules = new Map();
/** @type {Promise<Record<string, string>> | null} */
let texts = null;

/**
 * A module of the core.
 * @param {string} path
 */
export function compiled(path) {
  let module = modules.get(path);
  if (!module) {
    module = unpacked(path).then((answer) => answer.arrayBuffer()).then((bytes) => WebAssembly.compile(bytes));
    modules.set(path, module);
  }
  return module;
}

/**
 * A text; null where there is none of that name.
 * @param {string} path
 */
export async function textOf(path) {
  texts ??= unpacked(TEXTS).then((answer) => answer.json());
  const known = await texts;
  return Object.hasOwn(known, path) ? known[path] : null;
}

/** @param {string} path */
async function unpacked(path) {
  const letters = lettersOf(path);
  if (letters === null) throw new Error(`this file holds no ${path}`);
  const bytes = Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
}
