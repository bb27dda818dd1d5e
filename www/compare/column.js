// One of the two runs: its playground and the page's copy of its picture, in the shape in which the
// stage draws it. It has no clock of its own.

import { Emitter } from "../events.js";
import { pictureOf } from "../picture.js";
import { wantsStillness } from "../theme.js";

/** @typedef {import("./comparison.js").Comparison} Comparison */
/** @typedef {import("../types.js").Metrics} Metrics */

const MEASURED_EVERY_MS = 200;

export class Column extends Emitter {
  /** @type {any} the Playground; null where it could not be made */
  playground = null;
  /** @type {import("../types.js").Sheet} */
  sheet = /** @type {any} */ (null);
  /** @type {import("../types.js").About} */
  about = /** @type {any} */ (null);
  /** @type {import("../types.js").Frame} */
  frame = /** @type {any} */ (null);

  // What the stage asks beside: nothing is selected here, and everything happens by time.
  selection = null;
  byHand = false;
  loop = { beat: null };

  /** @type {Metrics | null} */
  #metrics = null;
  #measuredMs = 0;

  /** @param {Comparison} page */
  constructor(page) {
    super();
    this.page = page;
    for (const event of ["theme", "language", "play"]) page.on(event, (detail) => this.playground && this.emit(event, detail));
    page.on("play", () => {
      this.#metrics = null;
    });
  }

  get language() {
    return this.page.language;
  }

  get stillness() {
    return wantsStillness();
  }

  get playing() {
    return this.page.clock.playing;
  }

  get nowMs() {
    return this.page.clock.ms;
  }

  /**
   * @param {string} key
   * @param {Record<string, string | number>} [parameters]
   */
  t(key, parameters) {
    return this.page.t(key, parameters);
  }

  /** @param {import("../types.js").Words | null | undefined} words */
  words(words) {
    return this.page.words(words);
  }

  invalidate() {
    this.page.invalidate();
  }

  changed() {
    this.page.changed();
  }

  /** @param {any} playground null for none */
  adopt(playground) {
    const former = this.playground;
    this.playground = playground;
    try {
      former?.free();
    } catch {
      // A playground that went down with a panic cannot be freed any more.
    }
    if (!playground) return;
    // Two runs have one clock only where time passes by itself.
    playground.setPace("by-time");
    this.sheet = playground.sheet();
    this.about = playground.about();
  }

  /** Goes back to the beginning of the present branch. */
  rewind() {
    this.playground?.seek(this.playground.cursor().branch, 0);
  }

  /**
   * Plays on until everything due by a moment has happened, broken invariants or not.
   * @param {number} ms
   * @returns {number} how many actions that were
   */
  runTo(ms) {
    if (!this.playground) return 0;
    let applied = 0;
    for (let more = 1; more > 0; applied += more) more = this.playground.runUntil(ms);
    return applied;
  }

  /** What the run has cost and given so far. @returns {Metrics} */
  get metrics() {
    if (!this.#metrics) this.#measuredMs = performance.now();
    return (this.#metrics ??= this.playground.metrics());
  }

  /** @returns {number | null} when the next action is due */
  nextMs() {
    return this.playground?.nextMs() ?? null;
  }

  /** @returns {string[]} the invariants that are broken */
  violated() {
    return this.frame.checks.flatMap(({ id, violated }) => (violated ? [id] : []));
  }

  /** @param {import("../app.js").ChangeKind} kind */
  refresh(kind) {
    const { playground, frame: former } = this;
    if (!playground) return;
    this.frame = pictureOf(playground);
    // The whole history is judged anew each time: while it plays, at the pace of the eye.
    if (kind !== "play" || performance.now() - this.#measuredMs > MEASURED_EVERY_MS) this.#metrics = null;
    this.emit("refresh", { kind, former });
  }
}
