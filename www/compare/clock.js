// The clock that both runs share: turns wall time into simulated time, and lets time in which
// nothing is under way on either side pass faster.

/** @typedef {import("./comparison.js").Comparison} Comparison */

/** Simulated milliseconds per second at speed 1, as on the main page. */
const RATE = 40;
export const SPEEDS = [0.5, 1, 2, 4, 8, 16];
const START_SPEED = 2;
const QUIET_FACTOR = 6;
/** How often it is looked whether a run has reached one of its bounds. */
const BOUNDS_EVERY_MS = 1000;

export class Clock {
  playing = false;
  speed = START_SPEED;
  /** Where both runs stand, with fractions. */
  ms = 0;
  #sinceBoundsMs = 0;

  /** @param {Comparison} page */
  constructor(page) {
    this.page = page;
  }

  /** The last whole millisecond: what both runs have reached. */
  get wholeMs() {
    return Math.floor(this.ms);
  }

  play() {
    if (this.playing || this.page.runs().length === 0) return;
    this.playing = true;
    this.page.emit("play");
    this.page.invalidate();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.page.emit("play");
    this.page.changed();
  }

  /** @param {number} speed */
  setSpeed(speed) {
    this.speed = speed;
    this.page.emit("play");
  }

  /**
   * @param {number} passedMs of wall time
   * @returns {boolean} whether another frame is needed
   */
  tick(passedMs) {
    if (!this.playing) return false;
    const runs = this.page.runs();
    const next = runs.flatMap((run) => run.nextMs() ?? []);
    if (next.length === 0) return this.#stop(this.page.t("toast.end"));
    const isQuiet = runs.every((run) => run.frame.messages.length === 0);
    const step = (passedMs / 1000) * RATE * this.speed;
    // Quiet time ends at the next event, whatever the factor was.
    const target = isQuiet ? Math.max(this.ms + step, Math.min(this.ms + step * QUIET_FACTOR, ...next)) : this.ms + step;
    this.ms = target;
    this.page.runTo(this.wholeMs);
    this.#sinceBoundsMs += passedMs;
    if (this.#sinceBoundsMs > BOUNDS_EVERY_MS) {
      this.#sinceBoundsMs = 0;
      const reached = runs.flatMap((run) => run.playground.bounds().map((/** @type {string} */ words) => `${run.sheet.title}: ${words}`));
      if (reached.length > 0) return this.#stop(reached.join("; "));
    }
    return this.playing;
  }

  /** @param {string} why */
  #stop(why) {
    this.pause();
    this.page.toast(why);
    return false;
  }
}
