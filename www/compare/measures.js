// What a run has cost and given, in figures: the six tiles under each stage, and the same as a
// sentence for those who listen.

import { fill, h } from "../dom.js";

/**
 * @typedef {import("./column.js").Column} Column
 * @typedef {{key: string, value: string, of: string, bad: boolean}} Figure
 */

/** Where nothing can be divided or judged yet. */
const NOTHING = "–";

/**
 * @param {Column} run
 * @returns {Figure[]}
 */
export function figures(run) {
  const { messages, called, answered, hops, latencyMs, reads, stale, behindMost } = run.metrics;
  const number = (/** @type {number} */ value, /** @type {number} */ digits) =>
    value.toLocaleString(run.language, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const each = (/** @type {number} */ sum, /** @type {number} */ digits) => (answered > 0 ? number(sum / answered, digits) : NOTHING);
  const unit = answered > 0 ? run.t("compare.unit.ms") : "";
  return [
    { key: "messages", value: each(messages, 1), of: "", bad: false },
    { key: "trips", value: each(hops / 2, 1), of: "", bad: false },
    { key: "latency", value: each(latencyMs, 0), of: unit, bad: false },
    { key: "answered", value: number(answered, 0), of: run.t("compare.of", { count: number(called, 0) }), bad: false },
    { key: "stale", value: reads > 0 ? number(stale, 0) : NOTHING, of: reads > 0 ? run.t("compare.of", { count: number(reads, 0) }) : "", bad: stale > 0 },
    { key: "behind", value: reads > 0 ? number(behindMost, 0) : NOTHING, of: "", bad: behindMost > 0 },
  ];
}

/**
 * @param {HTMLElement} host a definition list
 * @param {Column} run
 */
export function showFigures(host, run) {
  const shown = figures(run);
  const key = `${run.language} ${shown.map(({ value, of }) => value + of).join("|")}`;
  if (host.dataset.shown === key) return;
  host.dataset.shown = key;
  fill(host, shown.map((figure) => h("div", { class: `figure${figure.bad ? " bad" : ""}`, data: { figure: figure.key }, title: run.t(`compare.figure.${figure.key}Hint`) },
    h("dt", null, run.t(`compare.figure.${figure.key}`)),
    h("dd", null, h("b", null, figure.value), figure.of ? h("span", null, ` ${figure.of}`) : null))));
}

/**
 * "Raft: 31 of 36 answered; 14.2 messages and 1.8 round trips per answer; …"
 * @param {Column} run
 */
export function figuresSentence(run) {
  const { answered, called, stale, reads } = run.metrics;
  const [messages, trips, latency] = figures(run);
  return run.t("compare.figuresSentence", {
    name: run.sheet.title, answered, called, stale, reads, messages: messages.value, trips: trips.value, latency: latency.value,
  });
}
