// The map of models: a button each, an arrow from each to those that it implies. What it allows while the
// network is cut is told by its frame and in words, what is known of the history by a sign and in words.

import { h, icon } from "../dom.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("./checker.js").Models} Models */
/** @typedef {import("./record.js").Record} Record */

/** Column and row of each model. @type {Record_<[number, number]>} */
const PLACES = {
  "strict-serializable": [1, 0], linearizable: [0, 1], serializable: [1, 1], sequential: [0, 2],
  "snapshot-isolation": [1, 2], "read-committed": [1, 3], causal: [0, 3], pram: [0, 4], "writes-follow-reads": [1, 4],
  "read-your-writes": [0, 5], "monotonic-reads": [1, 5], "monotonic-writes": [2, 5], "strong-eventual": [2, 2], eventual: [2, 3],
};
/** @template T @typedef {{[name: string]: T}} Record_ */
const ROWS = 6;
const SVG = "http://www.w3.org/2000/svg";
/** @type {Record_<string>} */
export const SIGNS = { holds: "check", violated: "cross", "gave-up": "warning", "not-applicable": "more", open: "more" };

/**
 * How it stands with a model, as a word.
 * @param {Record} record @param {string} model
 */
export function stateOf(record, model) {
  return record.verdict(model)?.state ?? "open";
}

/** The name of a model. @param {App} app @param {Models["models"][number]} model */
export function titleOf(app, { id, title }) {
  const key = `model.${id}`;
  const words = app.t(key);
  return words === key ? title : words;
}

/**
 * @param {App} app @param {Record} record @param {Models} models @param {string} selected
 * @param {(id: string) => string} chooser the name of what choosing does
 */
export function mapOf(app, record, models, selected, chooser) {
  const at = (/** @type {string} */ id) => PLACES[id] ?? [2, 0];
  const lines = models.implications.map(([from, to]) => {
    const [x1, y1] = at(from), [x2, y2] = at(to);
    const isLit = stateOf(record, from) === "holds";
    // In units of thirds of a column and of hundredths of a row; a button is 73 of them high.
    return path(`M${x1 * 100 + 50} ${y1 * 100 + 73}L${x2 * 100 + 50} ${y2 * 100}`, isLit);
  });
  const edges = document.createElementNS(SVG, "svg");
  edges.setAttribute("viewBox", `0 0 300 ${ROWS * 100}`);
  edges.setAttribute("preserveAspectRatio", "none");
  edges.setAttribute("aria-hidden", "true");
  edges.append(...lines);
  return h("div", { class: "model-map", role: "group", "aria-label": app.t("consistency.map"), "data-key": "map" },
    edges,
    models.models.map((model) => {
      const [x, y] = at(model.id);
      const state = stateOf(record, model.id);
      const title = titleOf(app, model);
      return h("button", {
        type: "button", class: `model ${model.availability} ${state}`, "data-key": `model-${model.id}`, "data-do": chooser(model.id),
        "aria-pressed": String(model.id === selected), style: { left: `${x * 33.33}%`, top: `${(y / ROWS) * 100}%` },
        "data-former": record.isFormer(model.id) ? "yes" : null,
        "aria-label": `${title}: ${app.t(`consistency.state.${state}`)}; ${app.t(`consistency.available.${model.availability}`)}`,
      }, h("span", { class: "title" }, icon(SIGNS[state], 13), title),
      h("small", null, app.t(`consistency.short.${model.availability}`)));
    }));
}

/** @param {string} d @param {boolean} isLit */
function path(d, isLit) {
  const element = document.createElementNS(SVG, "path");
  element.setAttribute("d", d);
  element.setAttribute("class", isLit ? "lit" : "");
  element.setAttribute("vector-effect", "non-scaling-stroke");
  return element;
}

/**
 * The strongest models that hold and the weakest that do not, as far as that is known.
 * @param {Record} record @param {Models} models
 */
export function ends(record, models) {
  const state = (/** @type {string} */ id) => stateOf(record, id);
  /** @type {(one: string, other: string) => boolean} */
  const implies = (/** @type {string} */ one, /** @type {string} */ other) =>
    models.implications.some(([from, to]) => from === one && (to === other || implies(to, other)));
  const ids = models.models.map(({ id }) => id);
  const [holding, broken] = ["holds", "violated"].map((wanted) => ids.filter((id) => state(id) === wanted));
  return {
    strongest: holding.filter((id) => !holding.some((other) => implies(other, id))),
    weakest: broken.filter((id) => !broken.some((other) => implies(id, other))),
  };
}
