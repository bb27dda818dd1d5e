// What both sides have in common: nodes, clients, seed, network and workload, in one line, and the
// fields behind it.

import { fill, h, icon } from "../dom.js";
import { refill } from "./refill.js";

/** @typedef {import("./comparison.js").Comparison} Comparison */

const NONE = "none";
/** How long clients rest between two operations where nobody says. */
export const USUAL_PACE = "60..180";
const CLIENTS_MAX = 26;

/**
 * @param {HTMLElement} host
 * @param {Comparison} page
 */
export function createCommon(host, page) {
  const words = h("span");
  const body = h("div", { class: "common-fields", id: "common-fields", hidden: true });
  const summary = h("button", {
    type: "button", class: "plain common-summary", "aria-expanded": "false", "aria-controls": body.id,
    onclick: () => {
      body.hidden = !body.hidden;
      summary.setAttribute("aria-expanded", String(!body.hidden));
    },
  }, words, icon("down", 13));
  const ask = h("button", {
    type: "button", class: "edge common-ask",
    onclick: () => page.change(`workload ${shared(page)[0].id} every ${USUAL_PACE}`),
  });
  fill(host, summary, ask, body);

  const update = () => {
    const [left] = page.columns;
    summary.hidden = !left.playground;
    ask.hidden = !left.playground || left.about.workload !== null || left.about.clients === 0 || shared(page).length === 0;
    ask.textContent = page.t("compare.addWorkload");
    if (!left.playground) {
      body.hidden = true;
      return;
    }
    const { nodes, clients, seed, network, workload } = left.about;
    words.textContent = page.t("compare.common", { nodes, clients, seed, network: page.say(network), workload: workload ? page.say(workload) : page.t("compare.noWorkload") });
    refill(body, () => (left.playground ? fields(page) : []));
  };
  page.on("open", update);
  page.on("kept", update);
  page.on("language", update);
}

/** @param {Comparison} page */
function fields(page) {
  const [{ about }] = page.columns;
  const [name = NONE, , pace = USUAL_PACE] = (about.workload ?? NONE).split(" ");
  const field = (/** @type {string} */ key, /** @type {HTMLInputElement | HTMLSelectElement} */ input) =>
    h("div", { class: "field" }, h("label", { for: input.id }, page.t(`compare.field.${key}`)), input);
  const input = (/** @type {string} */ key, /** @type {string} */ type, /** @type {string | number} */ value,
    /** @type {(value: string) => string} */ line, /** @type {Record<string, number>} */ range = {}) =>
    field(key, h("input", {
      id: `common-${key}`, type, value, autocomplete: "off", spellcheck: "false", ...range,
      onchange: (/** @type {Event} */ event) => page.change(line(/** @type {HTMLInputElement} */ (event.target).value.trim())),
    }));
  const workloads = shared(page);
  const workload = h("select", {
    id: "common-workload",
    onchange: () => page.change(workload.value === NONE ? `workload ${NONE}` : `workload ${workload.value} every ${pace}`),
  }, h("option", { value: NONE, selected: name === NONE }, page.t("compare.noWorkload")),
  workloads.map(({ id, text }) => h("option", { value: id, selected: id === name, title: text }, id)));
  return [
    input("nodes", "number", about.nodes, (value) => `nodes ${value}`, { min: 2 }),
    input("clients", "number", about.clients, (value) => `clients ${value}`, { min: 0, max: CLIENTS_MAX }),
    input("seed", "text", about.seed, (value) => `seed ${value}`),
    input("network", "text", about.network, (value) => `network ${value}`),
    field("workload", workload),
    name === NONE ? null : input("pace", "text", pace, (value) => `workload ${name} every ${value}`),
  ];
}

/**
 * The workloads that both sides can carry.
 * @param {Comparison} page
 */
function shared(page) {
  const [first, ...others] = page.runs().map(({ about }) => about.workloads);
  return first.filter(({ id }) => others.every((list) => list.some((other) => other.id === id)));
}
