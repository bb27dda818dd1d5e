// A protocol's settings in one short line, and the fields behind it.

import { h, icon } from "../dom.js";
import { plain } from "../panels/parts.js";
import { refill } from "./refill.js";

/** @typedef {import("./comparison.js").Comparison} Comparison */

/** More than this many differing settings are counted and not listed. */
const LISTED_MAX = 2;

/**
 * @param {Comparison} page
 * @param {number} place
 * @returns {{summary: HTMLElement, body: HTMLElement}}
 */
export function createSettings(page, place) {
  const run = page.columns[place];
  const body = h("div", { class: "side-settings", id: `settings-${place}`, hidden: true });
  const words = h("span");
  const summary = h("button", {
    type: "button", class: "plain side-summary", "aria-expanded": "false", "aria-controls": body.id,
    onclick: () => {
      body.hidden = !body.hidden;
      summary.setAttribute("aria-expanded", String(!body.hidden));
    },
  }, words, icon("down", 13));

  const update = () => {
    summary.hidden = !run.playground || run.sheet.settings.length === 0;
    if (!run.playground) {
      body.hidden = true;
      return;
    }
    const { sheet, about } = run;
    const valueOf = (/** @type {string} */ id) => about.settings.find((setting) => setting.id === id)?.value ?? "";
    const differing = sheet.settings.filter((setting) => valueOf(setting.id) !== defaultWord(setting));
    const off = about.rulesOff.length > 0 ? [page.t("compare.rulesOff", { count: about.rulesOff.length })] : [];
    const listed = differing.length > LISTED_MAX ? [page.t("compare.settingsDiffer", { count: differing.length })]
      : differing.map(({ id }) => `${plain(id, sheet)} ${valueOf(id)}`);
    words.textContent = [...(listed.length > 0 ? listed : [page.t("compare.settingsUsual")]), ...off].join(" · ");
    refill(body, () => sheet.settings.map((setting) => field(setting, valueOf(setting.id))));
  };

  /** @param {import("../types.js").Sheet["settings"][number]} setting @param {string} value */
  const field = (setting, value) => {
    const { choice, number } = setting.range;
    const id = `setting-${place}-${setting.id}`;
    const change = (/** @type {Event} */ event) => page.set(place, setting.id, /** @type {HTMLInputElement} */ (event.target).value);
    const input = choice
      ? h("select", { id, onchange: change }, choice.map((/** @type {string} */ word) => h("option", { value: word, selected: word === value }, word)))
      : h("input", { id, type: "number", value, min: number?.[0], max: number?.[1], onchange: change });
    return h("div", { class: "side-setting" }, h("label", { for: id }, plain(setting.id, run.sheet), h("small", null, setting.text)), input);
  };

  page.on("open", update);
  page.on("kept", update);
  page.on("language", update);
  return { summary, body };
}

/** @param {import("../types.js").Sheet["settings"][number]} setting */
function defaultWord(setting) {
  return String(setting.range.choice ? setting.range.choice[setting.default] : setting.default);
}
