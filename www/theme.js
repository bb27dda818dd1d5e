// Light, dark or as the system has it; and the resolved colours for the canvases, which cannot read
// custom properties by themselves.

import { recall, remember } from "./storage.js";

/** @typedef {"auto"|"light"|"dark"} Theme */

export const COLOUR_NAMES = /** @type {const} */ ([
  "bg", "panel", "line", "ink", "soft", "accent", "ok", "bad", "vote", "append", "client", "control", "mark",
]);

/** @typedef {Record<typeof COLOUR_NAMES[number], string>} Colours */

/** @returns {Theme} */
export function startTheme() {
  const asked = new URLSearchParams(location.search).get("theme") ?? recall("theme");
  return asked === "light" || asked === "dark" ? asked : "auto";
}

/** @param {Theme} theme */
export function applyTheme(theme) {
  document.documentElement.style.colorScheme = theme === "auto" ? "light dark" : theme;
  document.documentElement.dataset.theme = theme;
}

/** @param {Theme} theme */
export function keepTheme(theme) {
  remember("theme", theme === "auto" ? null : theme);
  applyTheme(theme);
}

/**
 * Every colour of the style sheet as the browser resolves it now. A custom property itself comes
 * back as it was written (`light-dark(…)`), so a probe element resolves it through `color`.
 * @param {HTMLElement} host where they are to be used
 * @returns {Colours}
 */
export function readColours(host = document.body) {
  const probe = document.createElement("span");
  probe.hidden = true;
  // What is forced is one colour for all text; the palette knows better.
  probe.style.forcedColorAdjust = "none";
  host.append(probe);
  const resolved = /** @type {Colours} */ ({});
  for (const name of COLOUR_NAMES) {
    probe.style.color = `var(--${name})`;
    resolved[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return resolved;
}

/**
 * Calls back when the system's own theme or colours change.
 * @param {() => void} callback
 */
export function watchSystemTheme(callback) {
  for (const what of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) matchMedia(what).addEventListener("change", callback);
}

/** Whether the person asked for less movement. */
export function wantsStillness() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
