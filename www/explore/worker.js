// One search in a worker of its own: advanced in slices, so that it can be paused between two of them,
// and told of a few times a second. Bundled alone; the page starts it by its address.

import { Explorer } from "../../pkg/consensus_playground.js";
import { loaded, start } from "../engine.js";

/** How long a slice takes: short enough that pausing feels like pausing. */
const SLICE_MS = 40;
const TELL_EVERY_MS = 200;

/** @typedef {{kind: "explore", text: string, request: string} | {kind: "pause"} | {kind: "go"}} Order */

const scope = /** @type {{postMessage(message: unknown): void, onmessage: ((event: MessageEvent<Order>) => void) | null}} */ (
  /** @type {unknown} */ (self));

let paused = false;
/** Goes on after a pause. */
let goOn = () => {};

scope.onmessage = ({ data }) => {
  if (data.kind === "explore") {
    explore(data).catch((error) => scope.postMessage({ kind: "failed", ...reason(error) }));
    return;
  }
  paused = data.kind === "pause";
  if (!paused) goOn();
};

/** @param {unknown} error */
function reason(error) {
  const known = typeof error === "object" && error !== null && !(error instanceof Error) && "message" in error;
  // What the core says in words is about the request; anything else is a core that went down.
  return known ? { why: String(error.message), down: false } : { why: String(error), down: true };
}

/** @param {{text: string, request: string}} order */
async function explore({ text, request }) {
  const { memory } = await start();
  const explorer = await loaded(() => Explorer.fromText(text, request));
  let word = "running";
  let states = 64;
  let searchedMs = 0, toldAt = 0;
  const tell = () => {
    toldAt = performance.now();
    scope.postMessage({ kind: "progress", view: explorer.view(), searchedMs, memoryBytes: memory.buffer.byteLength });
  };
  while (word === "running") {
    if (paused) {
      tell();
      await new Promise((resolve) => (goOn = () => resolve(undefined)));
    }
    const began = performance.now();
    word = explorer.advance(states);
    const tookMs = performance.now() - began;
    searchedMs += tookMs;
    const fitting = states * (SLICE_MS / Math.max(tookMs, 0.1));
    states = Math.max(1, Math.round(Math.min(states * 2, Math.max(states / 2, fitting))));
    if (performance.now() - toldAt > TELL_EVERY_MS) tell();
    await breath();
  }
  tell();
  scope.postMessage({ kind: "done", story: await loaded(() => explorer.story()) });
}

const { port1, port2 } = new MessageChannel();

/** Lets orders in; a timer would wait four milliseconds each time. */
function breath() {
  return new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage(null);
  });
}
