// What is being judged and what is known of it: the run up to the present moment, or a file. The run is
// judged again whenever its history has grown, one check at a time.

import { isCoreError } from "../core.js";
import { loaded } from "../engine.js";
import { recall, remember } from "../storage.js";
import { Checker } from "./client.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("./checker.js").Facts} Facts */
/** @typedef {import("./checker.js").Picture} Picture */
/** @typedef {import("./checker.js").Standing} Standing */
/** @typedef {import("./checker.js").Verdict} Verdict */

/** A check that is overtaken by its run goes on for so long, so that some come to an end. */
const OVERTAKEN_MS = 700;
/** While a run plays its history is read this often at most. */
const READ_EVERY_MS = 300;
/** So many histories are remembered with their verdicts. */
const KNOWN_MAX = 40;
/** The core's limit for a file. */
export const FILE_BYTES_MAX = 64 << 20;

export const MEMORY_MB = [64, 256, 1024];
export const STEPS = [1e6, 5e7, 1e9];

/** @typedef {{text: string, facts: Facts | null, verdicts: Map<string, Verdict>, isWhole: boolean}} Known */

/**
 * The verdict with the places that operations have in the run.
 * @param {Verdict} verdict @param {number} before
 * @returns {Verdict}
 */
function ofRun(verdict, before) {
  if (!before) return verdict;
  const { at, culprits, orders } = verdict;
  return {
    ...verdict,
    at: at === null || at < before ? null : at - before,
    culprits: culprits.map((told) => ({ ...told, place: told.place - before })),
    orders: orders.map((order) => ({
      ...order, places: order.places.filter((place) => place >= before).map((place) => place - before),
    })),
  };
}

export class Record {
  checker = new Checker();
  /** What is shown: the run's history, or that of a file. @type {Known | null} */
  shown = null;
  /** Its verdicts of before, for models that have none yet. @type {Map<string, Verdict>} */
  former = new Map();
  /** @type {Standing | null} */
  standing = null;
  /** @type {"idle"|"running"|"done"|"stopped"|"wrong"|"failed"} */
  state = "idle";
  /** Why nothing can be judged. */
  why = "";
  /** @type {{name: string, text: string, object: string | null} | null} */
  file = null;
  /** @type {Picture | null} */
  picture = null;
  memoryMb = choice("judge-memory", MEMORY_MB, 256);
  steps = choice("judge-steps", STEPS, 5e7);

  /** @type {Map<string, Known>} */
  #known = new Map();
  /** The newest history while an older one is judged. @type {string | null} */
  #next = null;
  #beganAt = 0;
  #readAt = 0;
  #timer = 0;
  #isReading = false;

  /** @param {App} app @param {() => void} changed */
  constructor(app, changed) {
    this.app = app;
    this.changed = changed;
  }

  /** Follows the run. */
  async follow() {
    if (this.file || this.#isReading || !this.app.playground) return;
    const wait = this.app.playing ? this.#readAt + READ_EVERY_MS - performance.now() : 0;
    if (wait > 0) {
      clearTimeout(this.#timer);
      this.#timer = window.setTimeout(() => void this.follow(), wait);
      return;
    }
    this.#isReading = true;
    const { playground } = this.app;
    try {
      const text = await loaded(() => playground.history());
      if (playground === this.app.playground && !this.file) this.#take(text);
    } catch (error) {
      if (playground !== this.app.playground) return;
      if (!isCoreError(error) && !(error instanceof TypeError)) return this.app.onPanic(error);
      if (this.state === "running") this.checker.stop();
      this.#next = null;
      this.#rest("wrong", /** @type {Error} */ (error).message);
    } finally {
      this.#isReading = false;
      this.#readAt = performance.now();
      if (playground !== this.app.playground) void this.follow();
    }
  }

  /** Forgets what the run before left. */
  reset() {
    if (this.file) return;
    this.former = new Map();
    this.shown = this.standing = null;
  }

  /** @param {string} text */
  #take(text) {
    if (this.shown?.text === text && this.state !== "wrong") return;
    const known = this.#known.get(text);
    if (known) {
      if (this.state === "running") this.checker.stop();
      this.#next = null;
      this.#show(known);
      this.#rest("done");
    } else if (this.state === "running" && performance.now() - this.#beganAt < OVERTAKEN_MS) {
      const isFirst = this.#next === null;
      this.#next = text;
      if (isFirst) window.setTimeout(() => this.#goOn(), OVERTAKEN_MS);
    } else {
      this.#begin(text, null);
    }
  }

  #goOn() {
    const text = this.#next;
    this.#next = null;
    if (text !== null && !this.file) this.#begin(text, null);
  }

  /** @param {Known} known */
  #show(known) {
    if (this.shown) this.former = new Map([...this.former, ...this.shown.verdicts]);
    this.shown = known;
    this.standing = null;
    this.picture = null;
  }

  /** @param {"done"|"stopped"|"wrong"|"failed"} state @param {string} [why] */
  #rest(state, why = "") {
    this.state = state;
    this.why = why;
    this.standing = null;
    if (state === "wrong") {
      this.shown = null;
      this.former = new Map();
    }
    this.changed();
  }

  /** @param {string} text @param {string | null} object */
  #begin(text, object) {
    /** @type {Known} */
    const known = { text, facts: null, verdicts: new Map(), isWhole: false };
    // What was open before the run comes first in its history and is none of its operations.
    const before = this.file ? 0 : text.match(/^\{"client":"before the run"/gm)?.length ?? 0;
    this.#show(known);
    this.state = "running";
    this.why = "";
    this.#beganAt = performance.now();
    this.checker.judge({ text, object, steps: this.steps, memoryBytes: this.memoryMb * 2 ** 20 }, (answer) => {
      switch (answer.kind) {
        case "opened":
          known.facts = answer.facts;
          break;
        case "standing":
          this.standing = answer.standing;
          if (answer.standing.model && answer.standing.verdict) known.verdicts.set(answer.standing.model, ofRun(answer.standing.verdict, before));
          break;
        case "picture":
          if (this.shown === known) this.picture = answer.picture;
          break;
        case "done":
          known.isWhole = true;
          if (this.state !== "running") break;
          if (!this.file) this.#keep(known);
          this.#rest("done");
          this.#goOn();
          break;
        case "stopped":
          if (this.state === "running") this.#rest("stopped");
          break;
        case "wrong":
        case "failed":
          this.#rest(answer.kind, answer.message);
          this.#goOn();
      }
      this.changed();
    });
    this.changed();
  }

  /** @param {Known} known */
  #keep(known) {
    this.#known.set(known.text, known);
    const oldest = this.#known.keys().next().value;
    if (this.#known.size > KNOWN_MAX && oldest !== undefined) this.#known.delete(oldest);
  }

  /** What is known of a model; of a history that has just grown also what was known before. @param {string} model */
  verdict(model) {
    return this.shown?.verdicts.get(model) ?? (this.state === "running" ? this.former.get(model) : undefined) ?? null;
  }

  /** Whether a verdict is one of before. @param {string} model */
  isFormer(model) {
    return !this.shown?.verdicts.has(model);
  }

  stop() {
    this.#next = null;
    this.checker.stop();
  }

  /** Judges what is shown once more, as after stopping or with other limits. */
  again() {
    this.#known.clear();
    if (this.file) this.#begin(this.file.text, this.file.object);
    else if (this.shown) this.#begin(this.shown.text, null);
    else void this.follow();
  }

  /** @param {number} memoryMb @param {number} steps */
  limit(memoryMb, steps) {
    this.memoryMb = memoryMb;
    this.steps = steps;
    remember("judge-memory", String(memoryMb));
    remember("judge-steps", String(steps));
    this.again();
  }

  /** Judges a file in place of the run, which stays as it is. @param {File} file */
  async open(file) {
    this.app.pause();
    const isTooLarge = file.size > FILE_BYTES_MAX;
    const text = isTooLarge ? "" : await file.text();
    this.#next = null;
    this.former = new Map();
    this.shown = null;
    this.file = { name: file.name, text, object: null };
    if (isTooLarge) this.#rest("wrong", this.app.t("consistency.tooLarge", { mb: FILE_BYTES_MAX / 2 ** 20 }));
    else this.#begin(text, null);
  }

  /** Takes the file's operations for those of another object. @param {string | null} object */
  as(object) {
    if (!this.file) return;
    this.file.object = object;
    this.former = new Map();
    this.shown = null;
    this.#begin(this.file.text, object);
  }

  /** Back to the run. */
  close() {
    if (this.state === "running") this.checker.stop();
    this.file = this.picture = this.shown = this.standing = null;
    this.state = "idle";
    this.former = new Map();
    void this.follow();
    this.changed();
  }
}

/** @param {string} name @param {number[]} values @param {number} usual */
function choice(name, values, usual) {
  const value = Number(recall(name));
  return values.includes(value) ? value : usual;
}
