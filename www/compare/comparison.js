// The state of the comparison: two runs, the clock they share, and what can be done to both at once.
// Whatever happens to one happens to the other at the same millisecond, or to neither.

import { isCoreError, reasonWords } from "../core.js";
import { teach } from "../i18n.js";
import { Page } from "../page.js";
import { Clock } from "./clock.js";
import { Column } from "./column.js";
import { USUAL_PACE } from "./common.js";
import { faultsOf } from "./faults.js";
import { withDraft } from "./load.js";
import { makePair, settingsOf } from "./pair.js";
import { readyText } from "./partners.js";

/**
 * @typedef {import("../core.js").Engine} Engine
 * @typedef {import("../types.js").CoreError} CoreError
 * @typedef {import("../types.js").Action} Action
 * @typedef {import("./pair.js").Settings} Settings
 * @typedef {{make: () => any, right: string | null, settings?: Settings, atMs?: number | null,
 *   ready?: import("./ready.js").Ready | null, cut?: number | null, whole?: boolean}} Request what to open: the
 *   left run, the right protocol (null: whichever fits) and its settings, the moment; with `whole`
 *   nothing changes unless both can be opened
 */

export class Comparison extends Page {
  /** @type {import("./ready.js").Ready | null} the ready comparison that is open, if it is one */
  ready = null;
  /** @type {string} the protocol that was asked for on the right */
  right = "";
  /** @type {CoreError | null} why there is no right run */
  problem = null;
  /** How many nodes the slider cuts off; null as it opens. @type {number | null} */
  cut = null;
  /** The right protocol's settings before any was set here. @type {Settings} */
  #transferred = {};
  #turn = 0;

  /** @param {Engine} engine */
  constructor(engine) {
    super();
    this.engine = engine;
    this.clock = new Clock(this);
    /** The left run and the right one. */
    this.columns = [new Column(this), new Column(this)];
  }

  // ---- opening

  /** The columns that have a run. */
  runs() {
    return this.columns.filter(({ playground }) => playground !== null);
  }

  /**
   * Opens a comparison; throws in words what is wrong with it, and then changes nothing.
   * @param {Request} request
   */
  async open({ make, right, settings = {}, atMs = null, ready = null, cut = null, whole = false }) {
    const turn = ++this.#turn;
    const { left, partner, transferred, problem } = await makePair(this.engine, { make, right, settings, whole }, (key) => this.t(key));
    await Promise.all([left, partner].map((playground) => playground && teach(this, playground, playground.about().protocol)));
    if (turn !== this.#turn) {
      left.free();
      partner?.free();
      return;
    }
    const divergence = left.divergence();
    const moment = atMs ?? left.cursor().nowMs;
    this.clock.pause();
    this.columns[0].adopt(left);
    this.columns[1].adopt(partner);
    Object.assign(this, { problem, ready });
    this.#transferred = transferred;
    this.right = partner ? this.columns[1].about.protocol : (right ?? "");
    this.cut = cut ?? this.cut;
    this.goTo(moment);
    this.emit("open");
    for (const run of this.runs()) run.emit("open");
    if (divergence) this.toast(divergence, "bad");
  }

  /** @param {import("./ready.js").Ready} ready */
  openReady(ready) {
    const text = readyText(ready);
    return this.open({
      make: () => this.engine.Playground.fromText(text), right: ready.right, settings: ready.set, atMs: ready.fromMs, ready,
      cut: ready.cut, whole: true,
    });
  }

  /** The settings of the right run that differ from those it would have without a word. @returns {Settings} */
  rightSettings() {
    const [, right] = this.columns;
    if (!right.playground) return {};
    return Object.fromEntries(Object.entries(settingsOf(right.playground)).filter(([id, value]) => this.#transferred[id] !== value));
  }

  // ---- changing what is compared

  /**
   * Makes both runs anew from a text of the left one, at the same moment; keeps what there is where
   * that is impossible, and says why.
   * @param {(left: any) => string} write makes the new left text from a playground with the present one
   * @param {{right?: string, settings?: Settings}} [partner]
   * @returns {Promise<boolean>} whether it was done
   */
  async remake(write, { right = this.right, settings = this.rightSettings() } = {}) {
    const wasPlaying = this.clock.playing;
    const { Playground } = this.engine;
    const [left] = this.columns;
    const present = left.playground.text();
    // Where one side is missing there is no pair to lose.
    const whole = this.runs().length === this.columns.length;
    try {
      const text = await withDraft(() => Playground.fromText(present), write);
      await this.open({ make: () => Playground.fromText(text), right, settings, atMs: this.clock.wholeMs, ready: this.ready, whole });
    } catch (error) {
      this.complain(error);
      // Fields show what is, not what was wished.
      this.emit("kept");
      return false;
    }
    if (wasPlaying) this.clock.play();
    return true;
  }

  /**
   * @param {number} place 0 for left, 1 for right
   * @param {string} id
   */
  chooseProtocol(place, id) {
    // Another protocol is another comparison than the one that was ready.
    const { ready } = this;
    this.ready = null;
    const done = place === 0 ? this.remake((left) => left.forProtocol(id)) : this.remake((left) => left.text(), { right: id, settings: {} });
    return done.then((well) => {
      if (well) return;
      this.ready = ready;
    });
  }

  /**
   * @param {number} place
   * @param {string} id
   * @param {string} value
   */
  set(place, id, value) {
    const settings = this.rightSettings();
    if (place === 1) return this.remake((left) => left.text(), { settings: { ...settings, [id]: value } });
    return this.remake((left) => left.changed(`set ${id} ${value}`), { settings });
  }

  /** Compares the cluster alone where the run's steps cannot be carried over: its clients ask, and nothing else happens. */
  withoutSteps() {
    const [{ about }] = this.columns;
    const { id } = about.workloads[0] ?? {};
    const lines = [
      `protocol ${about.protocol}`, `nodes ${about.nodes}`, `clients ${Math.max(1, about.clients)}`, `seed ${about.seed}`,
      `network ${about.network}`, ...(id ? [`workload ${id} every ${USUAL_PACE}`] : []), "",
    ];
    const text = lines.join("\n");
    return this.open({ make: () => this.engine.Playground.fromText(text), right: null, atMs: 0, whole: true })
      .then(() => this.play(), (error) => this.complain(error));
  }

  /** @param {string} line a line of the header that both share */
  change(line) {
    return this.remake((left) => left.changed(line));
  }

  // ---- time

  play() {
    this.guard(() => this.clock.play());
  }

  pause() {
    this.clock.pause();
  }

  /** @param {number} ms */
  goTo(ms) {
    this.clock.ms = ms;
    for (const run of this.columns) {
      run.rewind();
      run.runTo(ms);
      run.refresh("jump");
    }
    this.changed();
  }

  toStart() {
    this.pause();
    this.guard(() => this.goTo(0));
  }

  /** @param {number} ms */
  runTo(ms) {
    for (const run of this.runs()) {
      const former = run.violated().length;
      if (run.runTo(ms) === 0) continue;
      run.refresh("play");
      const violated = run.violated();
      if (violated.length > former) {
        this.pause();
        this.toast(this.t("compare.violated", { name: run.sheet.title, what: violated.slice(former).join(this.t("page.and")) }), "bad");
      }
      this.changed();
    }
  }

  // ---- doing

  /**
   * Why an action is impossible on one of the sides, in words; null where it is possible on both.
   * @param {Action} action
   * @returns {string | null}
   */
  refusal(action) {
    for (const run of this.runs()) {
      const reason = run.playground.can(action);
      if (reason) return reasonWords(this, reason);
    }
    return null;
  }

  /**
   * Does something on both sides at this very moment, or on neither.
   * @param {Action} action
   * @returns {boolean} whether it was done
   */
  act(action) {
    const done = this.guard(() => {
      const at = this.clock.wholeMs;
      for (const run of this.runs()) run.runTo(at);
      const reason = this.refusal(action);
      if (reason !== null) {
        this.toast(reason, "bad");
        return false;
      }
      const [{ playground }] = this.columns;
      const before = faultsOf(playground).length;
      for (const run of this.runs()) {
        run.playground.setNow(at);
        run.playground.act(action);
        run.playground.setNow(at);
        run.refresh("act");
      }
      // Changing the past leaves its future behind, here as everywhere.
      const gone = before + 1 - faultsOf(playground).length;
      if (gone > 0) this.toast(this.t("compare.laterGone", { count: gone }));
      return true;
    });
    this.emit("act");
    this.changed();
    return done ?? false;
  }

  // ---- the picture

  get isEmpty() {
    return this.runs().length === 0;
  }

  /** @param {number} passedMs */
  tick(passedMs) {
    return this.clock.tick(passedMs);
  }

  tellChange() {
    for (const run of this.runs()) run.emit("change");
    super.tellChange();
  }

  /**
   * Says what is wrong where the core says it in words; anything else is a defect.
   * @param {unknown} error
   */
  complain(error) {
    if (isCoreError(error)) this.toast(reasonWords(this, error), "bad");
    else this.onPanic(error);
  }
}
