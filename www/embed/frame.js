// The page for a frame: one run that fills it, asked for by the query (or a link in the fragment), and an
// interface of messages. docs/embedding.md describes both; messages are data, and all are checked.

import { ATTRIBUTES, readAttributes } from "./attributes.js";
import { ConsensusPlayground, define, NAME } from "./element.js";

const VERSION = 1;
const TEXT_CHARS_MAX = 262_144;
/** What a parent may change after the start. */
const SETTABLE = new Set(/** @type {string[]} */ ([...ATTRIBUTES]));

define();
const run = /** @type {ConsensusPlayground} */ (document.createElement(NAME));
const query = new URLSearchParams(location.search);
for (const name of ATTRIBUTES) {
  const value = query.get(name);
  if (value !== null && name !== "height") run.setAttribute(name, value);
}
if (/^#v\d+\./.test(location.hash)) run.setAttribute("scenario", location.hash);
if (!run.hasAttribute("loading")) run.setAttribute("loading", "eager");
// The frame's own height is its parent's; this one is what it asks for.
const { height: wished } = readAttributes((name) => query.get(name));
const heading = document.createElement("h1");
heading.className = "unseen";
heading.textContent = document.title;
/** @type {HTMLElement} */ (document.querySelector("main")).append(heading, run);

/**
 * Who embeds it is not known before they speak: what goes to everybody is no secret of theirs.
 * @param {string} event
 * @param {Record<string, unknown>} [content]
 */
function tell(event, content = {}) {
  if (parent !== window) parent.postMessage({ type: NAME, version: VERSION, event, ...content }, "*");
}

/** Takes away the first words, when the picture is there that takes their place. */
const greet = () => requestAnimationFrame(() => requestAnimationFrame(() => document.querySelector("#first")?.remove()));

run.addEventListener("consensus-ready", (event) => {
  greet();
  document.title = /** @type {CustomEvent} */ (event).detail.title;
  heading.textContent = document.title;
  tell("ready", { state: /** @type {CustomEvent} */ (event).detail });
  tellHeight();
});
run.addEventListener("consensus-change", (event) => {
  tell("state", { state: /** @type {CustomEvent} */ (event).detail });
  tellHeight();
});
run.addEventListener("consensus-error", (event) => {
  greet();
  tell("error", { message: /** @type {CustomEvent} */ (event).detail.message });
  tellHeight();
});

let toldHeight = 0;
function tellHeight() {
  requestAnimationFrame(() => {
    const height = wished ?? run.wantedHeight;
    // It only grows with what a run says, so that nothing trembles while it is read.
    if (height <= toldHeight) return;
    toldHeight = height;
    tell("resize", { height });
  });
}
let width = innerWidth;
new ResizeObserver(() => {
  if (innerWidth === width) return;
  width = innerWidth;
  toldHeight = 0;
  tellHeight();
}).observe(document.documentElement);

addEventListener("message", ({ data, source }) => {
  if (parent === window || source !== parent) return;
  if (typeof data !== "object" || data === null || data.type !== NAME) return;
  const { command, id } = data;
  const wrong = data.version === VERSION ? obey(command, data) : `version ${VERSION}`;
  const answer = wrong === null ? { ok: true } : { ok: false, message: `Expected ${wrong}.` };
  tell("answer", { command: String(command).slice(0, 40), id: Number.isSafeInteger(id) ? id : null, ...answer, state: run.state });
});

/**
 * @param {unknown} command
 * @param {Record<string, unknown>} data
 * @returns {string | null} what was expected; null when it was done
 */
function obey(command, data) {
  switch (command) {
    case "play":
      run.play();
      return null;
    case "pause":
      run.pause();
      return null;
    case "step":
      if (data.direction !== undefined && data.direction !== 1 && data.direction !== -1) return "direction to be 1 or -1";
      run.step(data.direction);
      return null;
    case "seek":
      if (!Number.isSafeInteger(data.index) || Number(data.index) < 0 || Number(data.index) > 100_000) return "index to be a whole number up to 100000";
      run.seek(Number(data.index));
      return null;
    case "back":
      run.back();
      return null;
    case "state":
      return null;
    case "set":
      return set(data);
    default:
      return "command to be one of play, pause, step, seek, back, set, state";
  }
}

/** @param {Record<string, unknown>} data */
function set({ name, value }) {
  if (typeof name !== "string" || !SETTABLE.has(name)) return `name to be one of ${[...SETTABLE].join(", ")}`;
  if (value === null) run.removeAttribute(name);
  else if (typeof value !== "string" || value.length > TEXT_CHARS_MAX) return `value to be null or a text of at most ${TEXT_CHARS_MAX} characters`;
  else run.setAttribute(name, value);
  return null;
}
