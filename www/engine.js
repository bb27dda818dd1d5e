// The core as it is loaded: one module for everything, and one for each protocol's own code, fetched
// when the first scenario asks for it. Whoever opens something wraps it in `loaded`.

import init, { Playground, coreExports, lastPanic, panicOnPurpose, protocolLoaded } from "../pkg/consensus_playground.js";
import { ROOT } from "./root.js";

/** @typedef {import("./core.js").Engine} Engine */
/** @typedef {import("./types.js").ScenarioEntry} ScenarioEntry */

// Named one by one, so that the bundle leaves out what the page does not use. Tests of the page panic on
// purpose.
export const engine = /** @type {Engine} */ (/** @type {unknown} */ ({
  Playground, coreExports, lastPanic, panicOnPurpose, protocolLoaded,
}));

/** @type {Map<string, Promise<WebAssembly.Module>>} */
const fetching = new Map();
/** @type {Map<string, WebAssembly.Module>} */
const modules = new Map();

/** Loads the core. */
export async function start() {
  await init({ module_or_path: new URL("pkg/consensus_playground_bg.wasm", ROOT) });
}

/**
 * Begins to fetch a protocol's code, so that it is there when it is asked for.
 * @param {string} id
 */
export function fetchProtocol(id) {
  let module = fetching.get(id);
  if (!module) {
    module = compile(new URL(`pkg/protocol_${id}.wasm`, ROOT));
    module.then((done) => modules.set(id, done), () => fetching.delete(id));
    fetching.set(id, module);
  }
  return module;
}

/** @param {URL} address */
async function compile(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address.pathname}: ${answer.status}`);
  try {
    return await WebAssembly.compileStreaming(answer.clone());
  } catch (error) {
    // A server that calls the module something else than application/wasm.
    if (error instanceof TypeError) return WebAssembly.compile(await answer.arrayBuffer());
    throw error;
  }
}

/**
 * Puts a protocol's code into the core. After a panic the core is another, and this happens again.
 * @param {string} id
 * @param {WebAssembly.Module} module
 */
function install(id, module) {
  new WebAssembly.Instance(module, { core: engine.coreExports() });
  engine.protocolLoaded(id);
}

/**
 * The protocol whose code an exception asks for.
 * @param {unknown} error
 */
function missing(error) {
  const { kind, code } = /** @type {{kind?: unknown, code?: unknown}} */ (error ?? {});
  return kind === "protocol" && typeof code === "string" ? code : null;
}

/**
 * Does something with the core, and again when the code that it needs has come.
 * @template T
 * @param {() => T} make
 * @returns {Promise<T>}
 */
export async function loaded(make) {
  for (;;) {
    try {
      return now(make);
    } catch (error) {
      const id = missing(error);
      if (id === null) throw error;
      await fetchProtocol(id);
    }
  }
}

/**
 * The same at once, with code that has been fetched before.
 * @template T
 * @param {() => T} make
 * @returns {T}
 */
export function now(make) {
  for (;;) {
    try {
      return make();
    } catch (error) {
      const id = missing(error);
      const module = id === null ? undefined : modules.get(id);
      if (id === null || module === undefined) throw error;
      install(id, module);
    }
  }
}

/** @type {Promise<ScenarioEntry[]> | null} */
let list = null;
/** @type {Map<string, string>} */
const texts = new Map();

/** The shipped scenarios, in the order in which they are best met. */
export function scenarioList() {
  list ??= get("pkg/scenarios.json").then((answer) => answer.json());
  list.catch(() => (list = null));
  return list;
}

/**
 * The text of a shipped scenario; null where there is none of that name.
 * @param {string} id
 */
export async function scenarioText(id) {
  const known = texts.get(id);
  if (known !== undefined) return known;
  if (!(await scenarioList()).some((entry) => entry.id === id)) return null;
  const text = await (await get(`scenarios/${id}.txt`)).text();
  texts.set(id, text);
  return text;
}

/** @param {string} path below the root */
async function get(path) {
  const address = new URL(path, ROOT);
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address.pathname}: ${answer.status}`);
  return answer;
}
