// In the place of ../files.js in the npm package: files by addresses that bundlers follow, scenarios by
// protocol.

import { MODULES, SCENARIOS, WORDS } from "./assets.js";

/** @type {Map<string, Promise<Record<string, string>>>} */
const scenarios = new Map();

/**
 * A module of the core.
 * @param {string} path
 */
export async function compiled(path) {
  const bytes = (await fetched(MODULES[path]?.())).arrayBuffer();
  return WebAssembly.compile(await bytes);
}

/**
 * A scenario's text, or a table of words; null where there is none of that name.
 * @param {string} path
 */
export async function textOf(path) {
  if (Object.hasOwn(WORDS, path)) return (await fetched(WORDS[path]())).text();
  const protocol = path.split("/")[1];
  if (!Object.hasOwn(SCENARIOS, protocol)) return null;
  const texts = scenarios.get(protocol) ?? fetched(SCENARIOS[protocol]()).then((answer) => answer.json());
  scenarios.set(protocol, texts);
  texts.catch(() => scenarios.delete(protocol));
  const known = await texts;
  return Object.hasOwn(known, path) ? known[path] : null;
}

/** @param {URL | undefined} address */
async function fetched(address) {
  const answer = await fetch(address ?? "");
  if (!answer.ok) throw new Error(`${new URL(answer.url).pathname}: ${answer.status}`);
  return answer;
}
