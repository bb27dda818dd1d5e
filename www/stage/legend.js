// The small quiet legend under the stage: which messages have which colour, what fillings mean, and
// which roles have which outline, by the names that the protocol itself gives them.

import { fill, h } from "../dom.js";

/** @typedef {import("../app.js").App} App */

/** Of the names of one colour so many stand there, and the rest in the tooltip. */
const NAMES_MAX = 2;
const OUTLINES = /** @type {const} */ (["double", "dashed", "dotted"]);

/**
 * The roles that have been seen by outline; they gather, so that the legend does not flicker.
 * @typedef {Record<typeof OUTLINES[number], string[]>} Roles
 */

/** @returns {Roles} */
export const noRoles = () => ({ double: [], dashed: [], dotted: [] });

/**
 * Takes up the roles of the present picture.
 * @param {Roles} roles
 * @param {App} app
 * @returns {boolean} whether there is a new one
 */
export function gatherRoles(roles, app) {
  let isNew = false;
  for (const { view } of app.frame.nodes) {
    if (view.shape === "plain" || roles[view.shape].includes(view.role)) continue;
    roles[view.shape].push(view.role);
    isNew = true;
  }
  return isNew;
}

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @param {Roles} roles
 * @param {boolean} areSmall whether nodes are drawn as dots
 */
export function createLegend(host, app, roles, areSmall) {
  const { messages } = app.sheet;
  const tones = [...new Set(messages.map(({ tone }) => tone))].filter((tone) => tone !== "client");
  const entry = (/** @type {string} */ mark, /** @type {string} */ words, /** @type {string} */ title = "") =>
    h("span", { class: "legend-entry", title: title || undefined }, h("i", { class: `legend-mark ${mark}` }), words);
  const toneEntry = (/** @type {import("../types.js").Tone} */ tone) => {
    const names = messages.filter((kind) => kind.tone === tone).map(({ name }) => name);
    const asked = messages.filter((kind) => kind.tone === tone && !kind.reply).map(({ name }) => name);
    const shown = (asked.length > 0 ? asked : names).slice(0, NAMES_MAX);
    const more = asked.length > NAMES_MAX ? " …" : "";
    return entry(`tone-${tone}`, shown.join(", ") + more, names.join(", "));
  };
  fill(host,
    tones.map(toneEntry),
    app.about.clients > 0 || messages.some(({ tone }) => tone === "client") ? entry("tone-client", app.t("legend.client")) : null,
    entry("filled", app.t("legend.request")),
    entry("outlined", app.t("legend.reply")),
    OUTLINES.filter((outline) => roles[outline].length > 0).map((outline) => entry(outline, roles[outline].join(app.t("page.and")))),
    areSmall ? entry("kernel", app.t("legend.hasData")) : null,
    entry("bar", app.t("legend.timer")));
}
