// The pieces that all panels are made of: headings, answers of buttons that cannot be pressed, and a brake
// on updates while a run plays.

import { h } from "../dom.js";

/** @typedef {import("../app.js").App} App */

/** While a run plays, panels follow at this pace; the eye reads no faster. */
const PLAY_PACE_MS = 120;

/**
 * Calls `render` now when little happens, and a few times a second when much does.
 * @param {App} app
 * @param {() => void} render
 */
export function paced(app, render) {
  let last = 0, timer = 0;
  return () => {
    const wait = app.playing ? last + PLAY_PACE_MS - performance.now() : 0;
    if (wait <= 0) {
      clearTimeout(timer);
      timer = 0;
      last = performance.now();
      render();
    } else if (!timer) {
      timer = window.setTimeout(() => {
        timer = 0;
        last = performance.now();
        render();
      }, wait);
    }
  };
}

/** @param {string} text @param {string} [hint] */
export function heading(text, hint) {
  return h("h2", { class: "panel-heading" }, text, hint ? h("small", null, hint) : null);
}

/**
 * Fills the reason lines of button groups. @param {HTMLElement} host
 */
export function showReasons(host) {
  /** @param {Event} event */
  const show = (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("[data-do]");
    const line = button?.closest(".buttons")?.querySelector(".reason");
    const reason = button instanceof HTMLElement ? button.dataset.reason : undefined;
    for (const other of host.querySelectorAll(".reason")) {
      const text = other === line ? reason ?? "" : "";
      if (other.textContent !== text) other.textContent = text;
    }
  };
  host.addEventListener("focusin", show);
  host.addEventListener("pointerover", show);
  // On touch nothing hovers: pressing a greyed button must answer, too.
  host.addEventListener("click", show);
}

/** Words of the core with hyphens, for people. @param {string} id */
export function plain(id) {
  return id.replaceAll("-", " ");
}
