// The state of one embedded run: the page's own, without what belongs to a whole page (its address, its
// memory, its beginning to play by itself), and with what an embed is asked for beside. A reader who does
// something in it goes on in a run of their own; the one that is shown can be had again.

import { App, isCoreError } from "../app.js";
import { engine, fetchMore, loaded } from "../engine.js";

/** @typedef {import("./attributes.js").Asked} Asked */

/** How long the end is looked at before it begins anew, in wall milliseconds. */
const END_MS = 2500;
/** A run that nobody recorded ends for a loop after so much simulated time. */
const UNRECORDED_MS = 4000;
/** More defects than this within a while are one that comes again and again. */
const DEFECTS_MAX = 3;
const DEFECTS_WITHIN_MS = 10_000;

export class Embedded extends App {
  loops = false;
  closed = false;
  /** How many actions were recorded when it was opened. */
  recorded = 0;
  /** Whether the reader goes on in a run of their own. */
  taken = false;
  hasPanels = false;
  /** What was last said in passing. @type {{text: string, bad: boolean} | null} */
  said = null;
  /** @type {(error: unknown) => void} shows that it cannot go on; set by run.js */
  onTrouble = () => {};

  /** What is shown, and where the reader left it. @type {Pick<Asked, "source"|"at">} */
  #shown = { source: null, at: null };
  #opening = false;
  #endTimer = 0;
  /** @type {number[]} */
  #defects = [];

  constructor() {
    super(engine);
    this.toast = (/** @type {string} */ text, /** @type {string | undefined} */ kind) => {
      this.said = { text, bad: kind === "bad" };
      this.changed();
    };
    this.onPanic = (/** @type {unknown} */ error) => this.#panicked(error);
    this.on("refresh", () => {
      this.said = null;
    });
    this.on("change", () => this.#noticeEnd());
    this.on("play", () => this.#noticeEnd());
    this.on("open", () => {
      this.recorded = this.frame.cursor.length;
      // Closed while it was being opened.
      if (this.closed) this.close();
    });
  }

  /**
   * Opens what an embed was asked for, at its moment, standing still.
   * @param {Pick<Asked, "source"|"at">} asked with a source
   */
  async openAsked({ source, at }) {
    if (!source) return;
    this.#shown = { source, at };
    this.#opening = true;
    try {
      if (source.kind === "preset") await this.openScenario(source.id);
      else if (source.kind === "text") await this.openText(source.text);
      else await this.openLink(`#${source.link}`);
    } finally {
      this.#opening = false;
    }
    this.taken = false;
    // What they wrote is the page's own, and nobody's work in this one.
    this.ownWork = source.kind === "text";
    if (this.playground && at) this.goTo(at);
  }

  /**
   * Goes to a moment, playing on to it where nothing is recorded that far.
   * @param {{ms: number} | {index: number}} at
   */
  goTo(at) {
    this.pause();
    const { playground } = this;
    try {
      playground.seek(this.frame.cursor.branch, "index" in at ? at.index : 0);
      if ("ms" in at) {
        while (playground.runUntil(at.ms) > 0);
      } else {
        while (playground.cursor().index < at.index && playground.forward());
      }
    } catch (error) {
      if (!isCoreError(error)) return this.onPanic(error);
      this.toast(this.say(error.message), "bad");
    }
    this.refresh("jump");
    this.loop.reset();
  }

  /** @param {import("../types.js").Action} action */
  act(action) {
    const { branch, index, length } = this.frame.cursor;
    if (!super.act(action)) return false;
    const { cursor } = this.frame;
    // What is recorded may be done by hand, too.
    if (!this.taken && (cursor.branch !== branch || cursor.length > length)) {
      this.taken = true;
      this.#shown.at = { index };
    }
    fetchMore().then(() => this.unsafe && this.playground && this.keepSafe(true), () => {});
    return true;
  }

  /** Whether this moment is one of the reader's own run, which nobody tells. */
  get isOwn() {
    const { at } = this.#shown;
    return this.taken && at !== null && "index" in at && this.frame.cursor.index > at.index;
  }

  /** There are no branches to choose from here. */
  tellBranch() {}

  /** Goes back to the run that is shown, to where the reader left it. */
  async goBack() {
    if (this.taken) await this.openAsked(this.#shown);
  }

  play() {
    if (!this.#opening && this.playground) super.play();
  }

  /** A link to the present moment. */
  async momentLink() {
    await fetchMore();
    return this.playground ? String(await loaded(() => this.playground.link(true))).replace(/^#/, "") : null;
  }

  /** Gives everything back. */
  close() {
    this.closed = true;
    window.clearTimeout(this.#endTimer);
    this.loop.playing = false;
    const { playground } = this;
    if (playground) this.emit("closing");
    this.playground = null;
    try {
      playground?.free();
    } catch {
      // One that went down with a panic cannot be freed any more.
    }
  }

  /** Begins anew at the end, where that is wished. */
  #noticeEnd() {
    window.clearTimeout(this.#endTimer);
    if (!this.loops || !this.playground || this.taken) return;
    const { index, nowMs } = this.frame.cursor;
    const isOver = this.recorded > 0 ? index >= this.recorded : nowMs > UNRECORDED_MS;
    if (!isOver || this.stillness || (!this.playing && this.playground.nextMs() !== undefined)) return;
    this.#endTimer = window.setTimeout(() => {
      if (!this.playground) return;
      this.seek(this.frame.cursor.branch, Math.min(this.about.openAt, this.recorded));
      this.play();
    }, END_MS);
  }

  /**
   * A defect, of this run or of another one on the page that had the same core: the run is built anew, up to
   * the moment that is shown.
   * @param {unknown} error
   */
  #panicked(error) {
    if (this.closed) return;
    const wasPlaying = this.playing;
    this.loop.playing = false;
    const now = performance.now();
    this.#defects = [...this.#defects.filter((at) => now - at < DEFECTS_WITHIN_MS), now];
    try {
      if (this.#defects.length > DEFECTS_MAX || !this.frame) throw error;
      this.goOnWith(this.recover());
      if (wasPlaying) this.play();
    } catch (again) {
      console.error(again);
      this.emit("play");
      this.onTrouble(again);
    }
  }
}
