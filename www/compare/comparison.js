// The state of the comparison: two runs, the clock they share, and what can be done to both at once.
// Whatever happens to one happens to the other at the same millisecond, or to neither.

import { isCoreError, reasonWords } from "../core.js";
import { Emitter } from "../events.js";
import { fetchWords, keepLanguage, pick, startLanguage, teach, translate } from "../i18n.js";
import { keepTheme, startTheme } from "../theme.js";
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

export class Comparison extends Emitter {
  /** @type {import("./ready.js").Ready | null} the ready comparison that is open, if it is one */
  ready = null;
  /** @type {string} the protocol that was asked for on the right */
  right = "";
  /** @type {CoreError | null} why there is no right run */
  problem = null;
  /** How many nodes the slider cuts off; null as it opens. @type {number | null} */
  cut = null;
  /** @type {(text: string, kind?: string) => void} set by main.js */
  toast = () => {};
  /** @type {(error: unknown) => void} set by main.js */
  onPanic = (error) => {
    throw error;
  };
  /** @type {(wallMs: number) => boolean} draws both stages, tells whether something still moves; set by main.js */
  draw = () => false;

  /** The right protocol's settings before any was set here. @type {Settings} */
  #transferred = {};
  #turn = 0;
  #frameAsked = false;
  #changed = false;
  #lastWallMs = 0;

  /** @param {Engine} engine */
  constructor(engine) {
    super();
    this.engine = engine;
    this.language = startLanguage();
    this.theme = startTheme();
    this.clock = new Clock(this);
    /** The left run and the right one. */
    this.columns = [new Column(this), new Column(this)];
  }

  // ---- words and looks

  /**
   * @param {string} key
   * @param {Record<string, string | number>} [parameters]
   */
  t(key, parameters) {
    return translate(this.language, key, parameters);
  }

  /** @param {import("../types.js").Words | null | undefined} words */
  words(words) {
    return pick(this.language, words);
  }

  /** @param {"en"|"zh"} language */
  async setLanguage(language) {
    try {
      await fetchWords(language);
    } catch (error) {
      this.toast(this.t("header.languageFailed", { why: String(error) }), "bad");
      return;
    }
    this.language = language;
    keepLanguage(language);
    await Promise.all(this.columns.map((run) => run.speak()));
    this.emit("language");
    this.changed();
  }

  /** @param {"auto"|"light"|"dark"} theme */
  setTheme(theme) {
    this.theme = theme;
    keepTheme(theme);
    this.emit("theme");
    this.invalidate();
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
    await Promise.all([left, partner].map((playground) => playground && teach(this, playground)));
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
    this.#guard(() => this.clock.play());
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
    this.#guard(() => this.goTo(0));
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
        this.toast(this.t("compare.violated", { name: run.sheet.title, what: violated.slice(former).join(", ") }), "bad");
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
      if (reason) return reasonWords(this.language, reason);
    }
    return null;
  }

  /**
   * Does something on both sides at this very moment, or on neither.
   * @param {Action} action
   * @returns {boolean} whether it was done
   */
  act(action) {
    const done = this.#guard(() => {
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

  /** Something in the picture changed; listeners hear of it at most once per frame. */
  changed() {
    this.#changed = true;
    this.invalidate();
  }

  /** Asks for one more drawn frame. */
  invalidate() {
    if (this.#frameAsked) return;
    this.#frameAsked = true;
    requestAnimationFrame((wallMs) => this.#onFrame(wallMs));
  }

  /** @param {number} wallMs */
  #onFrame(wallMs) {
    this.#frameAsked = false;
    // After a hidden tab or a long pause the clock goes on where it stood.
    const passedMs = Math.min(64, Math.max(0, wallMs - this.#lastWallMs));
    this.#lastWallMs = wallMs;
    if (this.runs().length === 0) return;
    let moving = this.#guard(() => this.clock.tick(passedMs)) ?? false;
    if (this.#changed) {
      this.#changed = false;
      for (const run of this.runs()) run.emit("change");
      this.emit("change");
    }
    moving = (this.#guard(() => this.draw(wallMs)) ?? false) || moving;
    if (moving) this.invalidate();
  }

  /**
   * Says what is wrong where the core says it in words; anything else is a defect.
   * @param {unknown} error
   */
  complain(error) {
    if (isCoreError(error)) this.toast(reasonWords(this.language, error), "bad");
    else this.onPanic(error);
  }

  /**
   * @template T
   * @param {() => T} run
   * @returns {T | undefined}
   */
  #guard(run) {
    try {
      return run();
    } catch (error) {
      this.clock.pause();
      this.complain(error);
      return undefined;
    }
  }
}
