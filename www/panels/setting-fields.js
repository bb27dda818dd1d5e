// The fields of the settings: numbers with buttons for one more and one less, choices, switches. A field
// keeps its element, so that whoever is in it stays there while everything else is made anew.

import { h } from "../dom.js";

/**
 * @typedef {{element: HTMLElement, show(value: string): void, problem(words: string): void,
 *   effect(words: string): void}} Field
 * @typedef {{id: string, label: string, text?: string, unit?: string, commit: (value: string) => void}} About
 */

/** From so few values on, one step is worth a button. */
const STEPS_MAX = 64;

/**
 * @param {About} about
 * @param {{low: number, high: number | null, less: string, more: string}} range
 * @returns {Field}
 */
export function numberField(about, { low, high, less, more }) {
  const input = h("input", {
    type: "number", id: about.id, min: low, max: high ?? undefined, step: "1", inputmode: "numeric",
    "aria-describedby": `${about.id}-about`, onchange: () => about.commit(input.value),
  });
  const button = (/** @type {number} */ by, /** @type {string} */ sign, /** @type {string} */ words) => h("button", {
    type: "button", class: "edge step", "aria-label": `${about.label}: ${words}`, title: words,
    onclick: () => {
      const next = Number(input.value) + by;
      if (next < low || (high !== null && next > high)) return;
      input.value = String(next);
      about.commit(input.value);
    },
  }, sign);
  const stepped = high === null || high - low <= STEPS_MAX;
  const ends = stepped ? [button(-1, "−", less), button(1, "+", more)] : [];
  const control = h("span", { class: stepped ? "stepper" : "" }, ends[0], input, ends[1]);
  return row(about, control, input, (value) => {
    input.value = value;
    ends[0]?.setAttribute("aria-disabled", String(Number(value) <= low));
    ends[1]?.setAttribute("aria-disabled", String(high !== null && Number(value) >= high));
  });
}

/**
 * @param {About} about
 * @param {{value: string, words: string}[]} choices
 * @returns {Field}
 */
export function choiceField(about, choices) {
  const input = h("select", {
    id: about.id, "aria-describedby": `${about.id}-about`, onchange: () => about.commit(input.value),
  }, choices.map(({ value, words }) => h("option", { value }, words)));
  return row(about, input, input, (value) => {
    input.value = value;
  });
}

/**
 * @param {About} about
 * @param {{name: string, run: () => void} | null} [extra] a button beside it
 * @returns {Field}
 */
export function textField(about, extra = null) {
  const input = h("input", {
    type: "text", id: about.id, inputmode: "decimal", autocomplete: "off", spellcheck: "false", "aria-describedby": `${about.id}-about`,
    onchange: () => about.commit(input.value.trim()),
  });
  const control = h("span", { class: "stepper" },
    extra ? h("button", { type: "button", class: "edge", onclick: extra.run }, extra.name) : null, input);
  return row(about, control, input, (value) => {
    input.value = value;
  });
}

/**
 * @param {About} about
 * @returns {Field}
 */
export function switchField(about) {
  const input = h("input", {
    type: "checkbox", id: about.id, "aria-describedby": `${about.id}-about`,
    onchange: () => about.commit(input.checked ? "true" : ""),
  });
  return row(about, h("label", { class: "tick", for: about.id }, input), input, (value) => {
    input.checked = value !== "";
  });
}

/**
 * @param {About} about
 * @param {HTMLElement} control
 * @param {HTMLElement} input
 * @param {(value: string) => void} show
 * @returns {Field}
 */
function row({ id, label, text, unit }, control, input, show) {
  const why = h("p", { class: "problem", role: "alert" });
  const outcome = h("p", { class: "effect", role: "status" });
  const element = h("div", { class: "setting" },
    h("label", { for: id }, label, unit ? h("small", { class: "quiet" }, ` ${unit}`) : null),
    control,
    h("p", { class: "quiet about", id: `${id}-about`, hidden: !text }, text ?? ""), why, outcome);
  return {
    element, show,
    effect: (words) => {
      outcome.textContent = words;
    },
    problem: (words) => {
      why.textContent = words;
      if (words) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    },
  };
}
