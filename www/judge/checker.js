// Judges one history at a time in slices, for whoever is at the other end of a port. Between two slices
// messages are read, so that a check can be stopped or another one begun.

import init, { Judging, consistencyModels, coreExports, judgeLoaded } from "../../pkg/consensus_playground.js";
import { compiled } from "../files.js";

/**
 * What is asked: a history to judge, by all models; that this ends; a drawing of the present history.
 * @typedef {{kind: "judge", id: number, text: string, object: string | null, steps: number, memoryBytes: number}
 *   | {kind: "stop", id: number} | {kind: "picture", id: number, model: string}} Question
 * @typedef {{format: string, object: string, operations: number, clients: number, models: string[]}} Facts
 * @typedef {{place: number, client: string, text: string, line: number}} Told
 * @typedef {{client: string | null, session: number, places: number[]}} Order
 * @typedef {{state: "holds"|"violated"|"gave-up"|"not-applicable", why: string, culprits: Told[], more: number,
 *   at: number | null, orders: Order[], more_orders: number, tried: number}} Verdict
 * @typedef {{judged: number, of: number, model: string | null, done: number, parts: number, tried: number,
 *   verdict: Verdict | null}} Standing
 * @typedef {{place: number, lane: number, from: number, to: number, point: number | null, number: number | null,
 *   label: string, text: string, line: number, open: boolean, culprit: boolean}} Bar
 * @typedef {{lanes: string[], width: number, bars: Bar[],
 *   left: {kind: "nothing"} | {kind: "other-keys", key: string} | {kind: "far", from: number, of: number}}} Picture
 * @typedef {{models: {id: string, title: string, definition: string, source: string,
 *   availability: "none"|"sticky"|"total"}[], implications: [string, string][]}} Models
 * @typedef {{kind: "ready", models: Models} | {kind: "opened", id: number, facts: Facts}
 *   | {kind: "standing", id: number, standing: Standing} | {kind: "done" | "stopped", id: number}
 *   | {kind: "wrong", id: number, message: string, line: number | null}
 *   | {kind: "picture", id: number, model: string, picture: Picture} | {kind: "failed", id: number, message: string}} Answer
 * @typedef {{onmessage: ((event: MessageEvent) => void) | null, postMessage(answer: Answer): void}} Port
 */

const MODULE = "pkg/consensus_playground_bg.wasm";
const PART = "pkg/part_judge.wasm";
const STEPS_AT_FIRST = 2000;

async function load() {
  const part = compiled(PART);
  await Promise.all([init({ module_or_path: compiled(MODULE) }), part]);
  new WebAssembly.Instance(await part, { core: /** @type {any} */ (coreExports()) });
  judgeLoaded();
}

/**
 * @param {Port} port
 * @param {number} sliceMs how long it may take until messages are read again
 */
export function serve(port, sliceMs) {
  /** @type {{id: number, judging: Judging} | null} */
  let present = null;
  /** The check that goes on. */
  let running = 0;
  /** The last id that was asked for: what came before it is over. */
  let asked = 0;
  const loading = load();
  loading.then(
    () => port.postMessage({ kind: "ready", models: consistencyModels() }),
    (error) => port.postMessage({ kind: "failed", id: 0, message: String(error) }),
  );

  port.onmessage = async ({ data }) => {
    const question = /** @type {Question} */ (data);
    const { id } = question;
    try {
      if (question.kind === "stop") {
        if (running === id) running = 0;
      } else if (question.kind === "picture") {
        if (present?.id !== id) return;
        port.postMessage({ kind: "picture", id, model: question.model, picture: present.judging.picture(question.model) });
      } else {
        asked = running = id;
        await loading;
        if (asked === id) await judge(question);
      }
    } catch (error) {
      answerError(id, error);
    }
  };

  /** @param {Question & {kind: "judge"}} question */
  async function judge({ id, text, object, steps, memoryBytes }) {
    present?.judging.free();
    present = null;
    const judging = Judging.fromText(text, undefined, object ?? undefined, "", steps, memoryBytes);
    present = { id, judging };
    port.postMessage({ kind: "opened", id, facts: judging.facts() });
    let share = STEPS_AT_FIRST, toldAt = 0;
    for (;;) {
      const began = performance.now();
      let now = began;
      while (now - began < sliceMs) {
        const standing = /** @type {Standing} */ (judging.advance(share));
        const passed = performance.now() - now;
        now += passed;
        // A quarter of a slice each, whatever a step costs here.
        share = Math.max(100, Math.min(2e6, share * Math.max(0.25, Math.min(4, sliceMs / 4 / Math.max(0.05, passed)))));
        if (standing.verdict || now - toldAt > 100) {
          toldAt = now;
          port.postMessage({ kind: "standing", id, standing });
        }
        if (standing.judged === standing.of) {
          if (running === id) running = 0;
          return port.postMessage({ kind: "done", id });
        }
      }
      await breath();
      if (running !== id || asked !== id) return port.postMessage({ kind: "stopped", id });
    }
  }

  /** @param {number} id @param {any} error */
  function answerError(id, error) {
    if (running === id) running = 0;
    // What the core says in words; anything else is a defect or a want of memory.
    if (!(error instanceof Error) && typeof error?.message === "string") {
      port.postMessage({ kind: "wrong", id, message: error.message, line: error.line ?? null });
    } else {
      port.postMessage({ kind: "failed", id, message: String(error) });
    }
  }
}

const channel = new MessageChannel();
/** @type {(() => void)[]} */
const waiting = [];
channel.port1.onmessage = () => waiting.shift()?.();

/** Lets others have their turn; a timer would wait longer. */
function breath() {
  return new Promise((resolve) => {
    waiting.push(() => resolve(undefined));
    channel.port2.postMessage(0);
  });
}
