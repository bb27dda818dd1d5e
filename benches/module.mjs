// The module in Node: the core with the code of every protocol in it, and the native program beside it.
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { coreExports, initSync, judgeLoaded, protocolLoaded } from "../pkg/consensus_playground.js";

const folder = new URL("../pkg/", import.meta.url);

/** The modules beside the core: one for each protocol, and what is not needed at first. */
export function modules() {
  return readdirSync(folder).flatMap((name) => /^((?:protocol|part)_\w+)\.wasm$/.exec(name)?.[1] ?? []).sort();
}

/** Loads the core and puts the code of every other module into it; returns what initSync does. */
export function start() {
  const core = initSync({ module: readFileSync(new URL("consensus_playground_bg.wasm", folder)) });
  for (const name of modules()) {
    const module = new WebAssembly.Module(readFileSync(new URL(`${name}.wasm`, folder)));
    new WebAssembly.Instance(module, { core: /** @type {WebAssembly.ModuleImports} */ (coreExports()) });
    if (name.startsWith("protocol_")) protocolLoaded(name.slice("protocol_".length));
    if (name === "part_judge") judgeLoaded();
  }
  return core;
}

/**
 * A file's bytes, as they are and compressed.
 * @param {string} name
 */
export function sizes(name) {
  const file = readFileSync(new URL(name, folder));
  return { raw: file.length, gzip: gzipSync(file, { level: 9 }).length };
}

/**
 * What the program built from benches/actions.rs answers.
 * @param {...string} words
 */
export function native(...words) {
  return execFileSync(/** @type {string} */ (process.env.ACTIONS_BINARY), words, { encoding: "utf8" });
}

/** @param {() => void} run */
export function milliseconds(run) {
  const start = performance.now();
  run();
  return performance.now() - start;
}
