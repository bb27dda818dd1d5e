// What somebody pastes into a document of theirs: links, pictures and embedded runs, with everything that came
// from a scenario escaped for the language it is pasted into.

import { SITE } from "../root.js";
import { escapeText } from "./svg.js";

/** What an embedded run is as high as, where nobody says. */
const HEIGHT = 440;

/**
 * What is shared, as an embed names it: a shipped scenario at a moment, or the link that holds everything.
 * @typedef {{scenario: string, at: number | null}} Source
 */

/** The folder that others reach the playground in; documents cannot name one that nobody else can open. */
function site() {
  return SITE?.href ?? "";
}

/** @param {string} text */
function inBrackets(text) {
  return text.replace(/[[\]\\]/g, "\\$&");
}

/** @param {string} title @param {string} url */
export function markdownLink(title, url) {
  return `[${inBrackets(title)}](${url})`;
}

/** @param {string} title @param {string} file the picture's, beside the document @param {string} url */
export function markdownPicture(title, file, url) {
  return `[![${inBrackets(title)}](${file})](${url})`;
}

/**
 * The custom element and the script that makes it one. Generators of documentation leave a `<div>` alone.
 * @param {Source} source
 */
export function elementMarkup({ scenario, at }) {
  const moment = at === null ? "" : ` at="${at}"`;
  return `<script type="module" src="${escapeText(site())}pkg/embed/auto.js"></script>\n`
    + `<div><consensus-playground scenario="${escapeText(scenario)}"${moment} height="${HEIGHT}"></consensus-playground></div>`;
}

/**
 * @param {Source} source
 * @param {string} title
 */
export function frameMarkup({ scenario, at }, title) {
  const place = /^v\d+\./.test(scenario) ? `#${scenario}` : `?scenario=${scenario}${at === null ? "" : `&at=${at}`}`;
  return `<iframe src="${escapeText(`${site()}embed/${place}`)}" title="${escapeText(title)}" width="100%" height="${HEIGHT}"`
    + ' loading="lazy" sandbox="allow-scripts allow-popups"></iframe>';
}
