// In the place of ../files.js where everything lies in one file: modules and texts are unpacked from it.

import { lettersOf } from "./packed.js";

/** All scenarios, by their paths. */
const SCENARIOS = "scenarios.json";

/** @type {Map<string, Promise<WebAssembly.Module>>} */
const modules = new Map();
/** @type {Promise<Record<string, string>> | null} */
let scenarios = null;

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
  if (!path.startsWith("scenarios/")) return (await unpacked(path)).text();
  scenarios ??= unpacked(SCENARIOS).then((answer) => answer.json());
  const texts = await scenarios;
  return Object.hasOwn(texts, path) ? texts[path] : null;
}

/** @param {string} path */
async function unpacked(path) {
  const letters = lettersOf(path);
  if (letters === null) throw new Error(`this file holds no ${path}`);
  const bytes = Uint8Array.from(atob(letters), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
}
