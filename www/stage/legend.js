// The small quiet legend under the stage: what colours, fillings and outlines mean.

import { fill, h } from "../dom.js";

/**
 * @param {HTMLElement} host
 * @param {import("../app.js").App} app
 */
export function createLegend(host, app) {
  const tones = [...new Set(app.sheet.messages.map(({ tone }) => tone))];
  if (app.about.clients > 0 && !tones.includes("client")) tones.push("client");
  const entry = (/** @type {string} */ mark, /** @type {string} */ words) =>
    h("span", { class: "legend-entry" }, h("i", { class: `legend-mark ${mark}` }), words);
  fill(host,
    tones.map((tone) => entry(`tone-${tone}`, app.t(`legend.${tone}`))),
    entry("filled", app.t("legend.request")),
    entry("outlined", app.t("legend.reply")),
    entry("double", app.t("legend.double")),
    entry("dashed", app.t("legend.dashed")),
    entry("bar", app.t("legend.timer")));
}
