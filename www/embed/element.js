// <consensus-playground>: a run inside somebody else's page. This file is all that is fetched until such an
// element comes into view; the player, the core and the protocol follow then, once for all elements.
//
// It may be imported where there is no document. Attributes only: what stands between the tags does not
// survive every generator of documentation.

import { ATTRIBUTES, HEIGHT, readAttributes } from "./attributes.js";

/** @typedef {import("./attributes.js").Asked} Asked */
/** @typedef {import("./run.js").Player} Player */

export const NAME = "consensus-playground";

/** How far below the window an element begins to load. */
const AHEAD = "200px";

/** What must hold before the player's own sheet has come: its room is kept, so that nothing jumps. */
const FIRST = `:host { display: block; } :host([hidden]) { display: none; }
.frame { position: relative; display: flex; box-sizing: border-box; height: ${HEIGHT.usual}px; min-width: 0;
  border: 1px solid color-mix(in srgb, currentColor 15%, transparent); border-radius: 12px; }
.offer { flex: 1; min-width: 0; padding: 0; overflow: hidden; border: 0; border-radius: 11px; background: none;
  color: inherit; font: 32px/1 system-ui; cursor: pointer; }
.failed { margin: 14px 16px; font: 14px/1.45 system-ui; overflow-wrap: anywhere; }
.offer img { width: 100%; height: 100%; object-fit: contain; }`;

const HTMLElementOrNone = /** @type {typeof HTMLElement} */ (globalThis.HTMLElement ?? class {});

export class ConsensusPlayground extends HTMLElementOrNone {
  static observedAttributes = ATTRIBUTES;

  /** @type {Player | null} */
  #player = null;
  /** @type {HTMLElement | null} */
  #frame = null;
  /** @type {IntersectionObserver | null} */
  #sight = null;
  #started = false;
  #visible = false;
  #changing = false;
  /** Counts the starts: what comes of an earlier one is dropped. */
  #ticket = 0;

  connectedCallback() {
    // Moved within the page: all goes on.
    if (this.#started || this.#sight) return;
    const asked = this.#asked();
    const frame = this.#makeFrame(asked);
    this.#sight = new IntersectionObserver((entries) => this.#seen(entries.some((entry) => entry.isIntersecting)), { rootMargin: AHEAD });
    this.#sight.observe(this);
    if (asked.loading === "eager") this.#start();
    if (asked.loading === "click" || asked.poster) this.#offer(frame, asked);
  }

  disconnectedCallback() {
    // Taken out to be put in elsewhere, it is connected again before this runs.
    queueMicrotask(() => {
      if (!this.isConnected) this.#stop();
    });
  }

  attributeChangedCallback() {
    if (!this.#frame || this.#changing) return;
    this.#changing = true;
    // Attributes that are set together are one change.
    queueMicrotask(() => {
      this.#changing = false;
      if (!this.#frame) return;
      const asked = this.#asked();
      this.#size(asked);
      if (this.#player) void this.#player.apply(asked);
      else if (this.#started && asked.source) this.#restart();
    });
  }

  /** Starts it without waiting to be seen or clicked. */
  start() {
    if (this.isConnected) this.#start();
  }

  play() {
    this.#player?.play();
  }

  pause() {
    this.#player?.pause();
  }

  /** @param {number} [direction] 1 forward, -1 back */
  step(direction = 1) {
    this.#player?.step(direction < 0 ? -1 : 1);
  }

  /** @param {number} index how many actions have happened */
  seek(index) {
    this.#player?.seek(index);
  }

  /** Back to the run that is shown, from one that the reader has made their own. */
  back() {
    void this.#player?.goBack();
  }

  /** Where the run stands; null while nothing is open. */
  get state() {
    return this.#player?.state() ?? null;
  }

  /** How high it would have to be for nothing to be cramped, in CSS pixels. */
  get wantedHeight() {
    return this.#player?.wantedHeight() ?? this.#asked().height ?? HEIGHT.usual;
  }

  #asked() {
    const around = this.parentElement?.closest("[lang]")?.getAttribute("lang");
    return readAttributes((name) => this.getAttribute(name), around ?? undefined);
  }

  /** @param {Asked} asked */
  #size(asked) {
    if (this.#frame) this.#frame.style.height = asked.height === null ? "" : `${asked.height}px`;
  }

  /** @param {Asked} asked */
  #makeFrame(asked) {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const frame = document.createElement("div");
    frame.part.add("frame");
    frame.className = "frame";
    root.adoptedStyleSheets = [firstSheet()];
    root.replaceChildren(frame);
    this.#frame = frame;
    this.#size(asked);
    return frame;
  }

  /**
   * Shows a picture, a button, or both, until it is started.
   * @param {HTMLElement} frame
   * @param {Asked} asked
   */
  #offer(frame, asked) {
    const button = document.createElement("button");
    button.type = "button";
    button.part.add("poster");
    button.textContent = "▶";
    button.setAttribute("aria-label", asked.spoken === "zh" ? "播放" : "Play");
    button.className = "offer";
    if (asked.poster) {
      const image = document.createElement("img");
      image.alt = "";
      image.src = asked.poster;
      button.replaceChildren(image);
    }
    button.addEventListener("click", () => this.#start(true));
    frame.append(button);
  }

  /** @param {boolean} visible */
  #seen(visible) {
    this.#visible = visible;
    if (visible && this.#asked().loading !== "click") this.#start();
    this.#player?.seen(visible);
  }

  #restart() {
    this.#ticket++;
    this.#player?.close();
    this.#player = null;
    this.#started = false;
    this.#start();
  }

  /** @param {boolean} [byHand] whether a person asked for it to play */
  async #start(byHand = false) {
    const frame = this.#frame;
    if (this.#started || !frame) return;
    this.#started = true;
    const ticket = ++this.#ticket;
    const isOver = () => ticket !== this.#ticket;
    try {
      const { createPlayer } = await import("./player.js");
      if (isOver()) return;
      const player = await createPlayer(this, frame, this.#asked(), isOver);
      if (!player) return;
      this.#player = player;
      player.seen(this.#visible || this.#asked().loading === "eager");
      if (byHand) player.play();
    } catch (error) {
      if (isOver()) return;
      // Asked again it may come.
      this.#started = false;
      const message = error instanceof Error ? error.message : String(error);
      frame.replaceChildren(this.#failure(message, error instanceof WebAssembly.CompileError || /Security-Policy|unsafe-eval/i.test(message)));
      this.dispatchEvent(new CustomEvent("consensus-error", { detail: { message } }));
    }
  }

  /**
   * Why nothing could be loaded, and a way to ask again. The words for it have not come either.
   * @param {string} message
   * @param {boolean} isForbidden whether it may be that the page's policy forbids the core
   */
  #failure(message, isForbidden) {
    const isChinese = this.#asked().spoken === "zh";
    const told = document.createElement("p");
    told.className = "failed";
    told.setAttribute("role", "alert");
    told.lang = isChinese ? "zh-Hans" : "en";
    told.textContent = `${isChinese ? "演练场未能载入：" : "The playground could not be loaded: "}${message} `;
    if (isForbidden) {
      told.textContent += isChinese ? "Content-Security-Policy 的 script-src 须允许 'wasm-unsafe-eval'。 "
        : "A Content-Security-Policy must allow 'wasm-unsafe-eval' in script-src. ";
    }
    const again = document.createElement("button");
    again.type = "button";
    again.textContent = isChinese ? "重试" : "Try again";
    again.addEventListener("click", () => this.#start());
    told.append(again);
    return told;
  }

  #stop() {
    this.#ticket++;
    this.#sight?.disconnect();
    this.#sight = null;
    this.#player?.close();
    this.#player = null;
    this.#started = false;
    this.#frame = null;
    this.shadowRoot?.replaceChildren();
  }
}

/** @type {CSSStyleSheet | null} */
let sheet = null;

function firstSheet() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(FIRST);
  }
  return sheet;
}

/**
 * Makes the element known under its name. Where another version of it came first, that one stays.
 */
export function define() {
  const registry = globalThis.customElements;
  if (registry && !registry.get(NAME)) registry.define(NAME, ConsensusPlayground);
}
