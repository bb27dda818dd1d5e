// How the page comes by the files it is made of: modules of the core, scenarios and their list. Where they
// all lie in the same file as the page, or where a bundler puts them, other ways take the place of these
// (www/packed/).

import { ROOT } from "./root.js";

/**
 * A module of the core.
 * @param {string} path below the root
 */
export async function compiled(path) {
  const answer = checked(await fetch(new URL(path, ROOT)));
  // Some servers call it something else.
  if (!answer.headers.get("content-type")?.startsWith("application/wasm")) return WebAssembly.compile(await answer.arrayBuffer());
  return WebAssembly.compileStreaming(answer);
}

/**
 * A text; null where there is none of that name.
 * @param {string} path below the root
 */
export async function textOf(path) {
  const answer = await fetch(new URL(path, ROOT));
  if (answer.status === 404) return null;
  const text = await checked(answer).text();
  // Some servers answer with a page where they have no file.
  return answer.headers.get("content-type")?.includes("html") ? null : text;
}

/** @param {Response} answer */
function checked(answer) {
  if (!answer.ok) throw new Error(`${new URL(answer.url).pathname}: ${answer.status}`);
  return answer;
}
