// The page's one state object: the present playground, its cached picture, the selection, and the
// few things that can be done to them. It knows no protocol and draws nothing.

import { isCoreError, reasonWords } from "./core.js";
import { fetchMore, fetchProtocol, isMoreThere, loaded, now, scenarioText } from "./engine.js";
import { teach } from "./i18n.js";
import { Page } from "./page.js";
import { pictureOf } from "./picture.js";
import { PlayLoop } from "./play.js";
import { wantsStillness } from "./theme.js";

/** @typedef {import("./types.js").Action} Action */
/** @typedef {import("./core.js").Engine} Engine */
/** @typedef {import("./types.js").Frame} Frame */
/** @typedef {import("./types.js").Selection} Selection */

/**
 * How a picture came about: a `jump` has no movement between before and after.
 * @typedef {"jump"|"step"|"play"|"act"} ChangeKind
 */

export { isCoreError };

export class App extends Page {
  /** @type {any} the present Playground */
  playground = null;
  /** @type {import("./types.js").Sheet} */
  sheet = /** @type {any} */ (null);
  /** @type {import("./types.js").About} */
  about = /** @type {any} */ (null);
  /** @type {Frame} */
  frame = /** @type {any} */ (null);
  /** @type {Selection} */
  selection = null;
  /** @type {string | null} the id of the preset that is open, if it is one */
  scenarioId = null;
  /** The text of that preset, as its author wrote it. */
  scenarioText = "";
  /** The rule without which the panel that explores shall look for a violation. */
  exploreWithout = "";
  /** Whether the person has done or written something that a preset does not hold. */
  ownWork = false;
  /** A link to a moment that is known to be good, for the case of a crash. */
  safeLink = "";
  safeText = "";
  /** Whether somebody did something since the run was last kept safe. */
  unsafe = false;

  /** @type {(name: string) => void} shows a tab of the side panel; set by main.js */
  showTab = () => {};

  /** Whether panels stand beside the stage, which show what is selected; else a click opens its menu at once. */
  hasPanels = true;
  /** A file that was dropped onto the page, until somebody takes it. @type {File | null} */
  dropped = null;
  /** Up to which moment a lesson has told the run, whose own narration is silent; all of it where none does. */
  toldUntil = Infinity;
  /** What a verdict adds to the diagram. @type {import("./judge/overlay.js").Overlay | null} */
  overlay = null;

  /** Stands in the place of the run's own title, which may give an answer away. @type {import("./types.js").Words | null} */
  lessonTitle = null;
  /** Counts what was asked to be opened: only the last of it is. */
  #ticket = 0;

  /** @param {Engine} engine */
  constructor(engine) {
    super();
    this.engine = engine;
    this.loop = new PlayLoop(this);
  }

  runs() {
    return this.playground ? [this] : [];
  }

  /** What ids of the protocol are called; in English they are words with hyphens. @param {string[]} ids */
  named(ids) {
    const { names } = this.sheet;
    return ids.map((id) => (names ? names[id] ?? id : id.replaceAll("-", " "))).join(this.t("page.and"));
  }

  // ---- opening

  /**
   * @param {string} text
   * @param {boolean} [own] whether it is the person's own work, to be kept
   * @returns {Promise<boolean>} false when something else was opened meanwhile
   */
  async openText(text, own = true) {
    return this.#open(() => this.engine.Playground.fromText(text), () => {
      this.scenarioId = null;
      this.ownWork = own;
    });
  }

  /**
   * Opens a link at the moment it was shared at, standing still: that moment is what it is about.
   * @param {string} link
   */
  async openLink(link) {
    const isOpen = await this.#open(() => this.engine.Playground.fromLink(link), () => {
      this.scenarioId = null;
      this.ownWork = false;
    }, false);
    if (!isOpen) return false;
    const divergence = this.playground.divergence();
    if (divergence) this.toast(divergence, "bad");
    if (this.frame.cursor.index === 0) this.#playIfMoving();
    return true;
  }

  /** @param {string} id */
  async openScenario(id) {
    // The code is fetched while the text is.
    fetchProtocol(id.split("/")[0]).catch(() => {});
    const ticket = ++this.#ticket;
    const text = await scenarioText(id);
    if (ticket !== this.#ticket) return false;
    if (text === null) {
      throw { kind: "link", code: "no-such-scenario", message: this.t("trouble.noScenario", { id }) };
    }
    return this.#open(() => this.engine.Playground.fromText(text), () => {
      this.scenarioId = id;
      this.scenarioText = text;
      this.ownWork = false;
    });
  }

  /**
   * @param {string} query which names a protocol
   */
  async openQuery(query) {
    return this.#open(() => this.engine.Playground.fromQuery(query), () => {
      this.scenarioId = null;
      this.ownWork = false;
    });
  }

  /**
   * Builds the run anew after the core went down, up to the last moment that was shown: from what was
   * kept safe, and then on by itself, which always goes the same way.
   * @returns {any} a playground of the fresh core
   */
  recover() {
    const { index } = this.frame.cursor;
    const { Playground } = this.engine;
    const { speaker } = this.playground;
    const playground = now(() => this.safeLink ? Playground.fromLink(this.safeLink) : Playground.fromText(this.safeText));
    playground.speaker = speaker;
    const safe = playground.cursor();
    if (index < safe.index) playground.seek(safe.branch, index);
    for (let at = safe.index; at < index && playground.forward(); at++);
    return playground;
  }

  /** @param {any} playground from `recover` */
  goOnWith(playground) {
    const { scenarioId } = this;
    this.#adopt(playground, true);
    this.scenarioId = scenarioId;
  }

  /**
   * @param {() => any} make a playground
   * @param {() => void} note what it is, once it takes the place of the present one
   * @param {boolean} moving whether it may begin to play
   */
  async #open(make, note, moving = true) {
    const ticket = ++this.#ticket;
    let playground;
    try {
      playground = await loaded(make);
      await teach(this, playground, playground.about().protocol);
    } catch (error) {
      if (ticket !== this.#ticket) return false;
      if (!isCoreError(error)) this.onPanic(error);
      throw error;
    }
    if (ticket !== this.#ticket) {
      playground.free();
      return false;
    }
    // Before anything says what the next one is.
    if (this.playground) this.emit("closing");
    note();
    this.#adopt(playground);
    if (moving) this.#playIfMoving();
    return true;
  }

  /**
   * @param {any} playground
   * @param {boolean} [isSame] whether it is the same run, built anew
   */
  #adopt(playground, isSame = false) {
    this.pause();
    const former = this.playground;
    this.playground = playground;
    this.sheet = playground.sheet();
    this.about = playground.about();
    this.lessonTitle = null;
    this.selection = null;
    if (former) {
      try {
        former.free();
      } catch {
        // A playground that went down with a panic cannot be freed any more.
      }
    }
    if (this.about.openAt > 0 && playground.cursor().index === 0) playground.seek(0, this.about.openAt);
    this.refresh("jump");
    this.loop.reset();
    if (!this.keepSafe()) fetchMore().then(() => this.keepSafe(), () => {});
    this.emit("open", isSame);
    this.emit("selection");
  }

  #playIfMoving() {
    // Where nothing is recorded nobody has asked for anything yet.
    if (!this.stillness && !(this.byHand && this.frame.cursor.length === 0)) this.play();
  }

  /** Whether nothing may start moving by itself. */
  get stillness() {
    return wantsStillness();
  }

  // ---- doing

  /**
   * Does something at the present moment; a refusal is shown as a toast.
   * @param {Action} action
   * @returns {boolean} whether it was done
   */
  act(action) {
    const branchesBefore = this.frame.cursor.branches;
    try {
      if (!this.byHand) this.playground.setNow(Math.floor(this.loop.simMs));
      this.playground.act(action);
    } catch (error) {
      if (isCoreError(error)) this.toast(reasonWords(this, error), "bad");
      else this.onPanic(error);
      return false;
    }
    this.ownWork = true;
    this.unsafe = true;
    this.refresh("act");
    this.loop.settle();
    this.noticeViolation();
    const { branches, branch } = this.frame.cursor;
    if (branches > branchesBefore) this.tellBranch(branch);
    return true;
  }

  /** Says that a branch has begun. @param {number} branch */
  tellBranch(branch) {
    this.toast(this.t("toast.newBranch", { branch: branch + 1 }));
  }

  /**
   * Why an action is impossible now, in words; null when it is possible.
   * @param {Action} action
   * @returns {string | null}
   */
  refusal(action) {
    try {
      const reason = this.playground.can(action);
      return reason ? reasonWords(this, reason) : null;
    } catch (error) {
      if (isCoreError(error)) return this.say(error.message);
      this.onPanic(error);
      return "";
    }
  }

  /**
   * @param {string} id
   * @param {boolean} on
   */
  setRule(id, on) {
    return this.act({ type: "rule", rule: id, on });
  }

  /** @param {Selection} selection */
  select(selection) {
    this.selection = selection;
    this.emit("selection");
    this.invalidate();
  }

  // ---- time

  get playing() {
    return this.loop.playing;
  }

  /** The moment that is drawn; between two actions it moves on smoothly. */
  get nowMs() {
    return this.loop.viewMs;
  }

  /** Whether no time passes by itself in this scenario: each action has a beat of its own. */
  get byHand() {
    return this.about?.pace !== "by-time";
  }

  /** Lets things happen by themselves from now on, or not. */
  togglePace() {
    this.pause();
    this.playground.setPace(this.byHand ? "by-time" : "by-hand");
    this.about = this.playground.about();
    this.refresh("jump");
    this.loop.reset();
    this.emit("pace");
  }

  play() {
    this.guard(() => this.loop.play());
  }

  pause() {
    this.loop.pause();
  }

  /** @param {1 | -1} direction */
  step(direction) {
    this.pause();
    this.guard(() => {
      if (direction < 0) {
        const { branch, index } = this.frame.cursor;
        if (index > 0) this.seek(branch, index - 1);
        return;
      }
      if (!this.playground.forward()) {
        this.toast(this.t(this.byHand ? "toast.endByHand" : "toast.end"));
        return;
      }
      this.refresh("step");
      this.loop.glide();
      this.noticeViolation();
    });
  }

  /**
   * @param {number} branch
   * @param {number} index
   */
  seek(branch, index) {
    this.pause();
    this.guard(() => {
      this.playground.seek(branch, Math.max(0, index));
      this.refresh("jump");
      this.loop.reset();
    });
  }

  // ---- the picture

  /**
   * Reads the picture anew; everything that draws uses only this copy.
   * @param {ChangeKind} kind
   */
  refresh(kind) {
    const former = this.frame;
    this.frame = pictureOf(this.playground);
    // A lesson tells what happens in its own words.
    if (this.toldUntil !== Infinity) this.frame.note = null;
    const selected = this.selection;
    if (selected?.type === "node" && selected.node >= this.frame.nodes.length) this.selection = null;
    this.emit("refresh", { kind, former });
    this.changed();
  }

  /** Says that the last action broke an invariant; the run stands still there, unless a lesson tells of it. */
  noticeViolation() {
    const { violated } = this.frame.last;
    if (violated.length === 0 || this.toldUntil < Infinity) return;
    this.pause();
    this.toast(this.t("toast.violated", { what: this.named(violated) }), "bad");
    this.emit("violation", violated);
  }

  get isEmpty() {
    return !this.playground;
  }

  /** @param {number} passedMs */
  tick(passedMs) {
    return this.loop.tick(passedMs);
  }

  /**
   * Shows what the core says in words; a defect in there is shown rather than lost.
   * @param {unknown} error
   */
  complain(error) {
    if (isCoreError(error)) this.toast(this.say(error.message), "bad");
    else this.onPanic(error);
  }

  /** A link to the whole present run. */
  async link() {
    await fetchMore();
    return this.playground.link(true);
  }

  /**
   * Keeps a link and the text of the present run, from which a crashed core can be built anew. A shipped
   * scenario that nobody touched plays the same way again by itself.
   * @param {boolean} [exactly] whether the moment must be kept even so
   * @returns {boolean} false where what makes links must be fetched first
   */
  keepSafe(exactly = false) {
    this.unsafe = false;
    if (!exactly && !this.ownWork && this.scenarioId !== null) {
      this.safeText = this.scenarioText;
      this.safeLink = "";
      return true;
    }
    if (!isMoreThere()) return false;
    try {
      this.safeText = this.playground.text();
      this.safeLink = "";
      this.safeLink = this.playground.link(true);
    } catch {
      // A run beyond what a link holds; the text must do.
    }
    return true;
  }
}
