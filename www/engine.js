// The core as it is loaded: one module for everything that is shown at first, one for each protocol's own
// code and one for the rest, fetched when they are asked for. Whoever calls something that may lie there
// wraps it in `loaded`.

import init, { Playground, coreExports, judgeLoaded, lastPanic, panicOnPurpose, protocolLoaded } from "../pkg/consensus_playground.js";
import { compiled, textOf } from "./files.js";

/** @typedef {import("./core.js").Engine} Engine */
/** @typedef {import("./types.js").ScenarioEntry} ScenarioEntry */

// Named one by one, so that the bundle leaves out what the page does not use. Tests of the page panic on
// purpose.
export const engine = /** @type {Engine} */ (/** @type {unknown} */ ({
  Playground, coreExports, judgeLoaded, lastPanic, panicOnPurpose, protocolLoaded,
}));

/** @type {Map<string, Promise<WebAssembly.Module>>} */
const fetching = new Map();
/** @type {Map<string, WebAssembly.Module>} */
const modules = new Map();

/** Loads the core; tells what it exports. */
export function start() {
  return init({ module_or_path: compiled("pkg/consensus_playground_bg.wasm") });
}

// Whatever a playground is asked for finds the code that has been fetched, also after a panic; and where its
// page is not in English, words for people are said in the page's language (words.js).
for (const methods of [Playground, Playground.prototype]) {
  for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(methods))) {
    if (typeof value !== "function" || ["constructor", "free"].includes(name)) continue;
    Object.defineProperty(methods, name, {
      /** @param {...unknown} values */
      value(...values) {
        const answer = now(() => value.apply(this, values));
        return this.speaker ? this.speaker.dub(name, answer) : answer;
      },
    });
  }
}

// One that a panic has left behind lies in memory that is another's now: any other method says so first.
const { free } = Playground.prototype;
Playground.prototype.free = function () {
  this.nextMs();
  free.call(this);
};

/**
 * Begins to fetch a protocol's code, so that it is there when it is asked for.
 * @param {string} id
 */
export function fetchProtocol(id) {
  return fetchModule(`protocol_${id}`);
}

const MORE = "part_more";

/** Fetches what makes and reads links and texts, and compares. */
export async function fetchMore() {
  await fetchModule(MORE);
}

/**
 * Fetches another part of the core.
 * @param {string} id
 */
export function fetchPart(id) {
  return fetchModule(`part_${id}`);
}

/** Whether that is there. */
export function isMoreThere() {
  return modules.has(MORE);
}

/** @param {string} name */
function fetchModule(name) {
  let module = fetching.get(name);
  if (!module) {
    module = compiled(`pkg/${name}.wasm`);
    module.then((done) => modules.set(name, done), () => fetching.delete(name));
    fetching.set(name, module);
  }
  return module;
}

/**
 * Puts a module into the core. After a panic the core is another, and this happens again.
 * @param {string} name
 * @param {WebAssembly.Module} module
 */
function install(name, module) {
  new WebAssembly.Instance(module, { core: engine.coreExports() });
  const [kind, id] = split(name);
  if (kind === "protocol") engine.protocolLoaded(id);
  if (id === "judge") engine.judgeLoaded();
}

/** @param {string} name */
function split(name) {
  const at = name.indexOf("_");
  return [name.slice(0, at), name.slice(at + 1)];
}

/**
 * The module whose code an exception asks for.
 * @param {unknown} error
 */
function missing(error) {
  const { kind, code } = /** @type {{kind?: unknown, code?: unknown}} */ (error ?? {});
  return (kind === "protocol" || kind === "part") && typeof code === "string" ? `${kind}_${code}` : null;
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
      const name = missing(error);
      if (name === null) throw error;
      await fetchModule(name);
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
      const name = missing(error);
      const module = name === null ? undefined : modules.get(name);
      if (name === null || module === undefined) throw error;
      install(name, module);
    }
  }
}

/** @type {Promise<ScenarioEntry[]> | null} */
let list = null;
/** @type {Map<string, Promise<string | null>>} */
const texts = new Map();

/** The shipped scenarios, in the order in which they are best met. */
export function scenarioList() {
  list ??= textOf("pkg/scenarios.json").then((text) => {
    if (text === null) throw new Error("scenarios.json is missing");
    return JSON.parse(text);
  });
  list.catch(() => (list = null));
  return list;
}

/**
 * The text of a shipped scenario; null where there is none of that name.
 * @param {string} id
 */
export async function scenarioText(id) {
  // Nothing else is asked of the server, whatever an address says.
  if (!/^\w+\/[\w-]+$/.test(id)) return null;
  const text = texts.get(id) ?? textOf(`scenarios/${id}.txt`);
  texts.set(id, text);
  text.then((found) => found === null && texts.delete(id), () => texts.delete(id));
  return text;
}
