// What clients may ask for by themselves, as choices in words; used by the settings and by the client's
// form.

import { addWords } from "../i18n.js";
import english from "../locale/en.workloads.js";
import { readWorkload } from "./setting-lines.js";

/** @typedef {import("../app.js").App} App */

addWords(english, () => import("../locale/zh.workloads.js"));

/**
 * @param {App} app
 * @returns {{value: string, words: string}[]} the first is none
 */
export function workloadChoices(app) {
  const words = (/** @type {string} */ id) => {
    const key = `workload.${id}`;
    const found = app.t(key);
    return found === key ? id : found;
  };
  return [{ value: "", words: app.t("workload.none") }, ...app.about.workloads.map(({ id }) => ({ value: id, words: words(id) }))];
}

/**
 * What the present choice means.
 * @param {App} app
 */
export function workloadText(app) {
  const { id } = readWorkload(app.about.workload);
  if (id !== "" && app.about.clients === 0) return app.t("workload.noClients");
  if (id !== "" && app.byHand) return app.t("workload.byHand");
  return app.about.workloads.find((workload) => workload.id === id)?.text ?? app.t("workload.none.text");
}
