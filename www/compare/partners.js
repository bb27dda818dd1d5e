// Which comparisons are offered, and which protocol stands on the right where nobody says.

import { translate } from "../i18n.js";
import { protocols } from "./load.js";
import { READY } from "./ready.js";

/** @typedef {import("./ready.js").Ready} Ready */

/** How many ready comparisons are offered at most: more would not be read. */
const OFFERED_MAX = 8;

/** The ready comparisons whose protocols are there. */
export function offered() {
  const there = new Set(protocols().map(({ id }) => id));
  return READY.filter(({ left, right }) => there.has(left) && there.has(right)).slice(0, OFFERED_MAX);
}

/**
 * The protocols that a run of `left` is best compared with: those it is compared with already, then
 * all others.
 * @param {string} left
 */
export function orderedPartners(left) {
  const known = offered().flatMap((ready) => (ready.left === left ? ready.right : ready.right === left ? ready.left : []));
  const all = [...known, ...protocols().map(({ id }) => id)];
  return [...new Set(all)].filter((id) => id !== left);
}

/**
 * The scenario of the left side, with its title in both languages so that its link carries them.
 * @param {Ready} ready
 */
export function readyText({ id, left, lines }) {
  const key = `compare.ready.${id}`;
  const words = /** @type {const} */ (["en", "zh"]).flatMap((language) => {
    const suffix = language === "en" ? "" : `.${language}`;
    return [`title${suffix} ${translate(language, key)}`, `about${suffix} ${translate(language, `${key}.watch`)}`];
  });
  return [`protocol ${left}`, ...words, lines, ""].join("\n");
}
