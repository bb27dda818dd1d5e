// The page's clock: turns wall time into simulated time, lets quiet times pass faster, and gives
// every action a beat where no time passes between two of them.

/** @typedef {import("./app.js").App} App */

/** Simulated milliseconds per second at speed 1. */
export const RATE = 40;
export const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];

/** How much faster time passes at most while nothing is in flight. */
const QUIET_FACTOR = 10;
/** How long one action takes when no time passes, in wall milliseconds at speed 1. */
export const BEAT_MS = 700;
/** The part of a beat in which a message flies, before it is delivered. */
const FLIGHT = 0.72;
const GLIDE_MS = 320;
/** While a new sentence is read, a timed run goes on at this part of its speed. */
const READING_PACE = 0.15;

/** No note has this index. */
const NOT_READ = -2;

const DELIVER = 1;
const CODE = 1;
const MESSAGE_ID = 5;

/** @param {number} x from 0 to 1 */
export const ease = (x) => (x < 0.5 ? 2 * x * x : 1 - 2 * (1 - x) * (1 - x));

export class PlayLoop {
  playing = false;
  speed = 1;
  /** The page's clock, with fractions. */
  simMs = 0;
  /** The moment that is drawn. */
  viewMs = 0;
  /**
   * The action that is about to happen in a by-hand run, and how far its beat has come.
   * @type {{message: number | null, progress: number} | null}
   */
  beat = null;

  #beatMs = 0;
  #beatApplied = false;
  #readMs = 0;
  /** How much of the first sentence is read after the first action instead of before it. */
  #owedMs = 0;
  #quiet = 1;
  #noteIndex = NOT_READ;
  /** @type {{from: number, to: number, passedMs: number} | null} */
  #glide = null;

  /** @param {App} app */
  constructor(app) {
    this.app = app;
  }

  play() {
    const { app } = this;
    if (this.playing || !app.playground) return;
    if (app.byHand && this.#nextMs() === null) {
      // Like a film that has ended: playing again starts again.
      const openAt = app.about.openAt < app.frame.cursor.length ? app.about.openAt : 0;
      app.seek(app.frame.cursor.branch, openAt);
      if (this.#nextMs() === null) {
        app.toast(app.t("toast.nothingRecorded"));
        return;
      }
    }
    this.playing = true;
    // A sentence that has not been read yet is read first; pausing and going on does not repeat it. The very
    // first one is read while something moves already.
    const isFirst = app.byHand && this.#noteIndex === NOT_READ;
    this.#noticeNote();
    if (isFirst) [this.#owedMs, this.#readMs] = [this.#readMs, 0];
    app.emit("play");
    app.invalidate();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    this.#dropBeat();
    this.app.emit("play");
    this.app.invalidate();
  }

  /** @param {number} speed one of SPEEDS */
  setSpeed(speed) {
    this.speed = speed;
    this.app.emit("play");
  }

  /** Puts the page's clock where the core's is, without movement. */
  reset() {
    this.simMs = this.viewMs = this.app.frame.cursor.nowMs;
    this.#glide = null;
    this.#quiet = 1;
    this.#readMs = this.#owedMs = 0;
    this.#noteIndex = NOT_READ;
    this.#dropBeat();
  }

  /** After an action of the person: the clocks agree up to the fraction. */
  settle() {
    const { nowMs } = this.app.frame.cursor;
    if (nowMs > this.simMs || this.simMs - nowMs >= 1) this.simMs = nowMs;
    if (!this.#glide) this.viewMs = this.simMs;
    this.#dropBeat();
  }

  /** After a step: what is drawn moves on to the new moment instead of jumping. */
  glide() {
    const to = this.app.frame.cursor.nowMs;
    this.simMs = to;
    if (this.app.stillness || to <= this.viewMs) {
      this.viewMs = to;
      return;
    }
    this.#glide = { from: this.viewMs, to, passedMs: 0 };
  }

  /**
   * @param {number} passedMs of wall time
   * @returns {boolean} whether another frame is needed
   */
  tick(passedMs) {
    if (this.#glide) {
      this.#glide.passedMs += passedMs;
      const part = Math.min(1, this.#glide.passedMs / GLIDE_MS);
      this.viewMs = this.#glide.from + (this.#glide.to - this.#glide.from) * ease(part);
      if (part >= 1) this.#glide = null;
      if (!this.playing) return this.#glide !== null;
    }
    if (!this.playing) return false;
    if (this.app.byHand) this.#tickByHand(passedMs);
    else this.#tickByTime(passedMs);
    if (!this.#glide) this.viewMs = this.simMs;
    return this.playing;
  }

  /** When the next action would happen; null when nothing is left. @returns {number | null} */
  #nextMs() {
    return this.app.playground.nextMs() ?? null;
  }

  /** @param {number} passedMs */
  #tickByTime(passedMs) {
    const { app } = this;
    const next = this.#nextMs();
    if (next === null) {
      this.pause();
      app.toast(app.t("toast.end"));
      return;
    }
    let step = (passedMs / 1000) * RATE * this.speed;
    if (this.#readMs > 0) {
      this.#readMs -= passedMs * Math.max(1, this.speed);
      step *= READING_PACE;
    } else {
      step *= this.#quietFactor(next, passedMs);
    }
    // Quiet time ends at the next event, whatever the factor was.
    let target = this.simMs + step;
    if (this.#quiet > 1.5) target = Math.min(target, Math.max(next, this.simMs + step / this.#quiet));
    const applied = app.playground.runUntil(Math.floor(target));
    this.simMs = target;
    if (applied > 0) {
      app.refresh("play");
      this.#noticeNote();
      this.#stopAtViolation();
    }
  }

  /**
   * @param {number} next
   * @param {number} passedMs
   */
  #quietFactor(next, passedMs) {
    const inFlight = this.app.frame.messages.length > 0;
    const wanted = inFlight ? 1 : Math.min(QUIET_FACTOR, Math.max(1, (next - this.simMs) / 6));
    // Fast time begins gently and ends at once, so that the next event is not run over.
    this.#quiet = wanted < this.#quiet ? wanted : Math.min(wanted, this.#quiet * (1 + passedMs / 120));
    return this.#quiet;
  }

  /** @param {number} passedMs */
  #tickByHand(passedMs) {
    const { app } = this;
    if (this.#readMs > 0) {
      this.#readMs -= passedMs * this.speed;
      return;
    }
    if (!this.beat) {
      const next = this.#nextMs();
      if (next === null) {
        this.pause();
        return;
      }
      if (next > this.simMs + 0.5) {
        const step = (passedMs / 1000) * RATE * this.speed * Math.max(1, (next - this.simMs) / 12);
        this.simMs = Math.min(next, this.simMs + step);
        return;
      }
      this.#beginBeat();
    }
    this.#beatMs += passedMs * this.speed;
    const part = this.#beatMs / BEAT_MS;
    if (this.beat) this.beat.progress = Math.min(1, part / FLIGHT);
    if (!this.#beatApplied && part >= FLIGHT) {
      this.#beatApplied = true;
      app.playground.forward();
      app.refresh("play");
      this.simMs = Math.max(this.simMs, app.frame.cursor.nowMs);
      [this.#readMs, this.#owedMs] = [this.#owedMs, 0];
      this.#noticeNote();
      this.#stopAtViolation();
    }
    if (part >= 1) this.#dropBeat();
  }

  #beginBeat() {
    const { branch, index } = this.app.frame.cursor;
    const row = this.app.playground.diagram(branch, index, index + 1);
    const message = row.length > MESSAGE_ID && row[CODE] === DELIVER ? row[MESSAGE_ID] : null;
    this.beat = { message, progress: 0 };
    // A fault needs no flight before it: it begins its beat nearly at once.
    this.#beatMs = message === null ? BEAT_MS * FLIGHT * 0.6 : 0;
    this.#beatApplied = false;
  }

  #dropBeat() {
    this.beat = null;
    this.#beatMs = 0;
    this.#beatApplied = false;
  }

  #noticeNote() {
    const index = this.app.frame.note?.index ?? -1;
    if (index === this.#noteIndex) return;
    this.#noteIndex = index;
    this.#readMs = this.#readingMs();
  }

  /** How long the present sentence takes to read; Chinese says more per character. */
  #readingMs() {
    const { app } = this;
    const length = app.words(app.frame.note).length * (app.language === "zh" ? 2.6 : 1);
    return length === 0 ? 0 : Math.min(4500, 700 + length * 26);
  }

  #stopAtViolation() {
    const { app } = this;
    if (app.frame.last.violated.length === 0) return;
    this.simMs = app.frame.cursor.nowMs;
    app.noticeViolation();
  }
}
