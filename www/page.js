// What every page is that runs something: its language and theme, and the loop of its frames. The
// page itself says what there is to move and to draw.

import { Emitter } from "./events.js";
import { fetchWords, keepLanguage, pick, startLanguage, teach, translate } from "./i18n.js";
import { pictureOf } from "./picture.js";
import { keepTheme, startTheme } from "./theme.js";

/** Lets the browser draw and answer before more is done. */
export const breath = () => new Promise((resolve) => setTimeout(resolve));

export class Page extends Emitter {
  language = startLanguage();
  /** Says in the page's language what the core says; null where that is English. @type {import("./words.js").Speaker | null} */
  speaker = null;
  theme = startTheme();
  /** @type {(error: unknown) => void} set by main.js */
  onPanic = (error) => {
    throw error;
  };
  /** @type {(wallMs: number) => boolean} draws all there is, tells whether something still moves; set by main.js */
  draw = () => false;
  /**
   * Shows a few words for a while, `info` or `bad`, and a way on; set by main.js.
   * @type {(text: string, kind?: string, way?: {words: string, run: () => void}) => void}
   */
  toast = () => {};

  #frameAsked = false;
  #changed = false;
  #lastWallMs = 0;

  // ---- what a page says of itself

  /** Whether there is nothing yet to move or draw. */
  get isEmpty() {
    return false;
  }

  /** The runs that are shown, each with its playground and what is read from it. @returns {import("./types.js").Run[]} */
  runs() {
    return [];
  }

  /**
   * Lets time pass.
   * @param {number} _passedMs
   * @returns {boolean} whether something still moves
   */
  tick(_passedMs) {
    return false;
  }

  /** Stands still. */
  pause() {}

  /** Fetches what else must be there before anything opens. */
  async prepare() {}

  /** In what stands whatever opens. @returns {HTMLElement | ShadowRoot} */
  ground() {
    return document.body;
  }

  /** Tells those who listen that the picture changed. */
  tellChange() {
    this.emit("change");
  }

  /**
   * Something that was called went wrong.
   * @param {unknown} error
   */
  complain(error) {
    this.onPanic(error);
  }

  // ---- words and looks

  /**
   * @param {string} key
   * @param {Record<string, string | number>} [parameters]
   */
  t(key, parameters) {
    return translate(this.language, key, parameters);
  }

  /** @param {import("./types.js").Words | null | undefined} words */
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
    keepLanguage(language);
    await this.speak(language);
  }

  /** Says everything anew. @param {"en"|"zh"} language whose words are there */
  async speak(language) {
    this.language = language;
    await Promise.all([teach(this, this), ...this.runs().map(({ playground, about }) => teach(this, playground, about.protocol))]);
    for (const run of this.runs()) {
      const { playground } = run;
      Object.assign(run, { sheet: playground.sheet(), about: playground.about(), frame: pictureOf(playground) });
    }
    this.emit("language");
    this.changed();
  }

  /** What the core says, in the page's language. @param {string} text */
  say(text) {
    return (this.runs()[0]?.playground.speaker ?? this.speaker)?.say(text) ?? text;
  }

  /** @param {"auto"|"light"|"dark"} theme */
  setTheme(theme) {
    this.theme = theme;
    keepTheme(theme);
    this.emit("theme");
    this.invalidate();
  }

  // ---- frames

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
    if (this.isEmpty) return;
    let moving = this.guard(() => this.tick(passedMs)) ?? false;
    if (this.#changed) {
      this.#changed = false;
      this.tellChange();
    }
    this.emit("tick");
    moving = (this.guard(() => this.draw(wallMs)) ?? false) || moving;
    if (moving) this.invalidate();
  }

  /**
   * Runs something that calls the core; where it goes wrong all stands still, and it is told rather than lost.
   * @template T
   * @param {() => T} run
   * @returns {T | undefined}
   */
  guard(run) {
    try {
      return run();
    } catch (error) {
      this.pause();
      this.complain(error);
      return undefined;
    }
  }
}
