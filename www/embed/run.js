// What stands inside an embedded run's shadow root: title, picture, sentence and bar; and what connects them
// with the element.

import { nodeName } from "../a11y.js";
import { isCoreError } from "../core.js";
import { fill, h, icon } from "../dom.js";
import { fetchWords, pick, teach, translate } from "../i18n.js";
import { SITE } from "../root.js";
import { Stage } from "../stage/index.js";
import { createBar } from "./bar.js";
import { Embedded } from "./embedded.js";
import { undeclaredScheme, watchHostTheme } from "./host-theme.js";
import { createReach } from "./reach.js";

/** @typedef {import("./attributes.js").Asked} Asked */
/** @typedef {{index: number, length: number, ms: number, playing: boolean, protocol: string, title: string,
 *   words: string, violated: string[], taken: boolean}} State where a run stands; `taken` once the reader has made it
 *   their own */

/** From these sizes down some of what is beside the picture is left out. */
const NARROW = 520;
const LOW = 360;
/** What a comfortable picture measures. */
const PICTURE = { perWidth: 0.6, least: 250, most: 420 };
/** How often listeners hear of a run that plays, and those who do not see it read the nodes. */
const TOLD_EVERY_MS = 250;
const NAMED_EVERY_MS = 1500;

export class Player {
  #app = new Embedded();
  #closing = new AbortController();
  #visible = true;
  /** Whether it plays again when it is seen again. */
  #waits = false;
  #toldMs = 0;
  #namedMs = 0;
  #source = "";

  /**
   * @param {HTMLElement} element
   * @param {HTMLElement} frame
   * @param {Asked} asked
   */
  constructor(element, frame, asked) {
    this.element = element;
    this.frame = frame;
    this.asked = asked;
    const app = this.#app;
    app.language = asked.spoken;
    app.onTrouble = (error) => this.#showTrouble(error);
    this.title = h("span", { class: "title", part: "title" });
    this.away = h("a", { class: "open", part: "link", href: SITE?.href, hidden: SITE === null, target: "_blank", rel: "noopener" });
    this.head = h("div", { class: "head", part: "head" }, this.title, this.away);
    this.complaints = h("ul", { class: "complaints", part: "complaints", role: "alert", hidden: true });
    this.trouble = h("div", { class: "trouble", part: "trouble", role: "alert", hidden: true });
    this.picture = h("div", { class: "stage", part: "stage" });
    this.sentence = h("p", { class: "sentence", part: "sentence", "aria-live": "polite" });
    this.back = h("button", { type: "button", class: "back", part: "button", hidden: true, onclick: () => void this.goBack() });
    this.saying = h("div", { class: "saying" }, this.sentence, this.back);
    this.nodes = h("ul", { class: "unseen" });
    this.bar = h("div", { class: "bar", part: "bar", role: "toolbar" });
    this.parts = [this.head, this.complaints, this.trouble, this.picture, this.nodes, this.saying, this.bar];
    const offer = /** @type {HTMLElement | null} */ (frame.querySelector(".offer"));
    for (const other of [...frame.children]) if (other !== offer) other.remove();
    frame.append(...this.parts);
    this.#uncover(offer);
    this.stage = new Stage(this.picture, app, { watched: true, hasRoom: false, label: "embed.stage" });
    createReach(this.stage, app, /** @type {ShadowRoot} */ (frame.getRootNode()));
    app.draw = (wallMs) => {
      const isMoving = this.stage.draw(wallMs);
      this.#drawn();
      return isMoving;
    };
    createBar(this.bar, app);
    app.on("open", () => this.#relabel());
    app.on("language", () => this.#relabel());
    app.on("play", () => this.#tell(true));
    app.on("refresh", ({ kind }) => {
      if (kind === "act") void this.#address();
    });
    app.on("change", () => {
      this.#showMoment();
      this.#tell(!app.playing);
    });
    this.#watch();
    this.#dress();
    this.#name();
    frame.ariaBusy = "true";
  }

  /**
   * Says what it will be while the core is on its way.
   * @param {string | null} text the scenario's
   */
  announce(text) {
    const app = this.#app;
    if (app.closed || app.playground || text === null) return;
    this.title.textContent = pick(app.language, headerWords(text, "title"));
    this.sentence.textContent = pick(app.language, headerWords(text, "about"));
  }

  // ---- what the element passes on

  async open() {
    const { asked } = this;
    const app = this.#app;
    this.#source = JSON.stringify([asked.source, asked.at]);
    this.#broken(false);
    this.saying.style.minHeight = "";
    try {
      if (!asked.source) throw { kind: "text", code: "no-source", message: app.t("embed.expected.something") };
      await app.openAsked(asked);
    } catch (error) {
      await teach(app, app);
      if (!app.closed) this.#showTrouble(error);
      return;
    }
    if (app.closed || !app.playground) return;
    this.#send("consensus-ready", this.state());
    if (asked.autoplay && !app.stillness) this.play();
  }

  /**
   * Follows a change of attributes; only another source or moment begins anew.
   * @param {Asked} asked
   */
  async apply(asked) {
    this.asked = asked;
    const app = this.#app;
    const { spoken } = asked;
    if (spoken !== app.language) {
      await fetchWords(spoken).catch(() => {});
      if (app.closed) return;
      if (app.playground) await app.speak(spoken);
      else app.language = spoken;
      if (app.closed) return;
    }
    this.#dress();
    if (this.#source !== JSON.stringify([asked.source, asked.at])) await this.open();
  }

  play() {
    if (this.#visible) this.#app.play();
    else this.#waits = true;
  }

  pause() {
    this.#waits = false;
    this.#app.pause();
  }

  /** @param {1 | -1} direction */
  step(direction) {
    if (this.#app.playground) this.#app.step(direction);
  }

  /** @param {number} index */
  seek(index) {
    if (this.#app.playground && Number.isSafeInteger(index) && index >= 0) this.#app.goTo({ index });
  }

  /** Back to the run that is shown, from the reader's own. */
  async goBack() {
    const had = this.back.matches(":focus");
    await this.#app.goBack();
    if (had && !this.#app.closed) /** @type {HTMLElement | null} */ (this.bar.querySelector(".play"))?.focus({ preventScroll: true });
  }

  /** @returns {State | null} */
  state() {
    const app = this.#app;
    if (!app.playground) return null;
    const { index, length, nowMs } = app.frame.cursor;
    return {
      index, length, ms: Math.floor(nowMs), playing: app.playing, protocol: app.about.protocol,
      title: app.words(app.about.title) || app.sheet.title, words: this.#words().text,
      violated: app.frame.checks.flatMap(({ id, violated }) => (violated ? [id] : [])), taken: app.taken,
    };
  }

  /** While it is out of sight it stands still. @param {boolean} visible */
  seen(visible) {
    if (visible === this.#visible) return;
    this.#visible = visible;
    const app = this.#app;
    if (!visible && app.playing) {
      this.#waits = true;
      app.pause();
    } else if (visible && this.#waits) {
      this.#waits = false;
      app.play();
    }
  }

  wantedHeight() {
    if (this.asked.height !== null) return this.asked.height;
    const { width } = this.frame.getBoundingClientRect();
    const beside = [...this.parts, this.stage.legend].filter((part) => part !== this.picture && part !== this.nodes)
      .reduce((sum, part) => sum + part.getBoundingClientRect().height, 2);
    return Math.ceil(beside + Math.min(PICTURE.most, Math.max(PICTURE.least, width * PICTURE.perWidth)));
  }

  close() {
    this.#closing.abort();
    this.stage.close();
    this.#app.close();
    // Another one may have taken its place by now.
    for (const part of this.parts) part.remove();
  }

  // ---- inside

  #watch() {
    const { signal } = this.#closing;
    let width = 0;
    const observer = new ResizeObserver(() => {
      const { frame, saying } = this;
      frame.classList.toggle("narrow", frame.clientWidth < NARROW);
      frame.classList.toggle("small", frame.clientHeight < LOW);
      // The room for words only grows, so that the picture stands still from one sentence to the next.
      const keeps = frame.clientWidth === width && frame.clientHeight >= LOW;
      saying.style.minHeight = keeps ? `${saying.offsetHeight}px` : "";
      width = frame.clientWidth;
    });
    observer.observe(this.frame);
    observer.observe(this.saying);
    signal.addEventListener("abort", () => observer.disconnect());
    signal.addEventListener("abort", watchHostTheme(() => this.#recolour()));
    const address = () => void this.#address();
    for (const sign of ["pointerenter", "focus"]) this.away.addEventListener(sign, address);
  }

  /** Puts on what attributes say about the looks. */
  #dress() {
    const { asked, frame } = this;
    const app = this.#app;
    app.loops = asked.loop;
    app.loop.setSpeed(asked.speed);
    app.theme = asked.theme;
    this.bar.hidden = asked.controls === "none";
    this.head.hidden = asked.controls !== "all" && asked.controls !== "watch";
    this.stage.watch(asked.controls !== "all");
    // Those who cannot reach the nodes can read them.
    this.stage.overlay.hidden = this.stage.watched;
    this.nodes.hidden = !this.stage.watched;
    this.#namedMs = 0;
    app.changed();
    this.bar.classList.toggle("play-only", asked.controls === "play");
    frame.lang = app.language === "zh" ? "zh-Hans" : "en";
    this.#recolour();
    const words = (/** @type {import("./attributes.js").Complaint} */ { name, found, expected }) =>
      app.t(found === "" ? "embed.missing" : "embed.complaint", { name, found, expected: translate(app.language, expected) });
    fill(this.complaints, asked.complaints.map((complaint) => h("li", null, words(complaint))));
    // Where nothing can be shown the trouble says so once.
    this.complaints.hidden = asked.complaints.length === 0;
    if (asked.complaints.length > 0) this.#send("consensus-error", { message: asked.complaints.map(words).join(" ") });
  }

  #recolour() {
    this.frame.style.colorScheme = this.asked.theme === "auto" ? undeclaredScheme(this.element) : "";
    if (this.#app.playground) this.#app.emit("theme");
    else this.stage.recolour();
  }

  /** What the parts are called. */
  #name() {
    const app = this.#app;
    // Where it is narrow the short one stands, and the long one is the name.
    fill(this.away, h("span", { class: "long" }, app.t("embed.open")), h("span", { class: "short", "aria-hidden": "true" }, app.t("embed.openShort")));
    this.away.title = app.t("embed.openHint");
    fill(this.back, icon("history"), h("span", null, app.t("embed.shown")));
    this.back.title = app.t("embed.shownHint");
    this.bar.setAttribute("aria-label", app.t("bar.label"));
  }

  #relabel() {
    const app = this.#app;
    this.#dress();
    this.#name();
    this.title.textContent = app.words(app.about.title) || app.sheet.title;
    if (SITE) this.away.href = new URL(app.scenarioId === null ? "." : `.?scenario=${app.scenarioId}`, SITE).href;
    this.#namedMs = 0;
    this.#showMoment();
  }

  /** The link leads to the moment that is seen. */
  async #address() {
    try {
      const link = SITE && await this.#app.momentLink();
      if (SITE && link) this.away.href = new URL(`.#${link}`, SITE).href;
    } catch {
      // Longer than a link may be, or not to be had now: what it was before leads to the beginning.
    }
  }

  #words() {
    const app = this.#app;
    const { note, last, cursor } = app.frame;
    if (app.said) return app.said;
    const about = cursor.index <= app.about.openAt ? app.words(app.about.about) : "";
    const told = app.isOwn ? "" : app.words(note) || about;
    return { text: told || last.text, bad: last.violated.length > 0 };
  }

  #showMoment() {
    const app = this.#app;
    if (!app.playground) return;
    const { text, bad } = this.#words();
    if (this.sentence.textContent !== text) this.sentence.textContent = text;
    this.sentence.classList.toggle("bad", bad);
    this.back.hidden = !app.taken;
    const now = performance.now();
    if (app.playing && now - this.#namedMs < NAMED_EVERY_MS) return;
    this.#namedMs = now;
    if (!this.nodes.hidden) fill(this.nodes, app.frame.nodes.map((_, node) => h("li", null, nodeName(app, node))));
  }

  /** @param {unknown} error */
  #showTrouble(error) {
    const app = this.#app;
    const isOurs = isCoreError(error);
    const message = isOurs ? app.say(error.message) : app.engine.lastPanic() ?? (error instanceof Error ? error.message : String(error));
    const place = isOurs && error.line ? ` (${app.t("trouble.place", { line: error.line, column: error.column ?? 1 })})` : "";
    fill(this.trouble,
      h("h2", null, app.t(isOurs ? "embed.notOpened" : "trouble.panic")),
      h("p", { lang: isOurs ? null : "en" }, `${message.slice(0, 1).toUpperCase()}${message.slice(1)}${place}${/[.。?!]$/.test(message) ? "" : app.language === "zh" ? "。" : "."}`),
      isOurs ? null : h("button", { type: "button", onclick: () => void this.open() }, app.t("embed.again")));
    this.#broken(true);
    this.#send("consensus-error", { message });
  }

  /**
   * What was offered in its place stays over the picture until that is drawn, if it is a picture itself.
   * @param {HTMLElement | null} offer
   */
  #uncover(offer) {
    if (!offer) return;
    offer.classList.add("gone");
    const hadFocus = offer.matches(":focus");
    const remove = () => {
      offer.remove();
      if (hadFocus) /** @type {HTMLElement | null} */ (this.bar.querySelector(".play"))?.focus({ preventScroll: true });
    };
    if (offer.querySelector("img")) this.#whenDrawn = remove;
    else remove();
  }

  /** Called once, when there is something to be seen. */
  #whenDrawn = () => {};

  #drawn() {
    this.frame.ariaBusy = null;
    this.#whenDrawn();
    this.#whenDrawn = () => {};
  }

  /** @param {boolean} isBroken whether only the trouble is shown */
  #broken(isBroken) {
    if (isBroken) this.#drawn();
    this.trouble.hidden = !isBroken;
    this.picture.hidden = this.saying.hidden = isBroken;
    this.frame.classList.toggle("broken", isBroken);
  }

  /** @param {boolean} atOnce */
  #tell(atOnce) {
    const now = performance.now();
    if (!this.#app.playground || (!atOnce && now - this.#toldMs < TOLD_EVERY_MS)) return;
    this.#toldMs = now;
    this.#send("consensus-change", this.state());
  }

  /**
   * @param {string} name
   * @param {unknown} detail
   */
  #send(name, detail) {
    this.element.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }
}

/**
 * What a scenario's text says of itself, read before the core is there.
 * @param {string} text
 * @param {"title"|"about"} keyword
 * @returns {import("../types.js").Words}
 */
function headerWords(text, keyword) {
  const of = (/** @type {string} */ line) => new RegExp(`^${line} (.+)$`, "m").exec(text)?.[1];
  return { en: of(keyword), zh: of(`${keyword}\\.zh`) };
}
