// The pieces that the inspector shows what is selected with: tables of facts, and buttons that say why
// they cannot be pressed.

import { reasonWords } from "../core.js";
import { h } from "../dom.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../types.js").Field} Field */
/** @typedef {import("./patch.js").Doer} Doer */

/** What the core puts between the values of a list. */
const SEPARATOR = " · ";

/**
 * A table of names and values; what the last action changed is marked, with what it was before.
 * @param {App} app
 * @param {Field[]} fields
 * @param {Field[] | null} before
 * @param {string} label
 */
export function factTable(app, fields, before, label) {
  const former = new Map((before ?? []).map(({ name, value }) => [name, value]));
  const gone = (before ?? []).filter(({ name }) => !fields.some((field) => field.name === name));
  const changed = (/** @type {Field} */ { name, value }) => before !== null && former.get(name) !== value;
  return h("table", { class: "facts", "aria-label": label },
    h("tbody", null,
      fields.map((field) => h("tr", { "data-key": field.name },
        h("th", { scope: "row" }, field.name),
        changed(field)
          ? h("td", { class: "changed" }, change(app, former.get(field.name), field.value))
          : h("td", null, field.value.split(SEPARATOR).map(whole).join(SEPARATOR)))),
      gone.map((field) => h("tr", { "data-key": `${field.name} gone` },
        h("th", { scope: "row" }, field.name),
        h("td", { class: "changed" }, struck(app, field.value))))));
}

/** @param {App} app @param {string} value */
function struck(app, value) {
  return h("s", null, h("span", { class: "unseen" }, `${app.t("inspector.was", { value: "" })} `), value);
}

/** A name and its value are not parted at the end of a line. @param {string} part */
function whole(part) {
  return part.length < 16 ? part.replaceAll(" ", "\u00a0") : part;
}

/**
 * The former value struck out before the new one; in a list of values only where they differ.
 * @param {App} app
 * @param {string | undefined} former
 * @param {string} value
 * @returns {(Node | string)[]}
 */
function change(app, former, value) {
  if (former === undefined) return [h("b", null, value)];
  const [old, now] = [former.split(SEPARATOR), value.split(SEPARATOR)];
  if (now.length < 2 || old.length !== now.length) return [struck(app, former), h("b", null, value)];
  return now.flatMap((part, place) => {
    const between = place > 0 ? [SEPARATOR] : [];
    if (part === old[place]) return [...between, whole(part)];
    // "n2 3": the name stays, the number changes.
    const name = part.slice(0, part.lastIndexOf(" ") + 1);
    if (!old[place].startsWith(name)) return [...between, struck(app, old[place]), h("b", null, part)];
    return [...between, name.replace(" ", "\u00a0"), struck(app, old[place].slice(name.length)), h("b", null, part.slice(name.length))];
  });
}

/**
 * Why an action is impossible, in the page's language where it knows the reason by its code.
 * @param {App} app
 * @param {import("../types.js").Action} action
 * @returns {string | null}
 */
export function reasonAgainst(app, action) {
  const refusal = app.playground.can(action);
  if (!refusal) return null;
  return reasonWords(app, refusal);
}

/**
 * A button for an action. One that is impossible stays where it is, greyed, and says why.
 * @param {App} app
 * @param {Doer} doer
 * @param {{ key: string, text: string, action: import("../types.js").Action, title?: string, then?: () => void }} button
 */
export function actionButton(app, doer, { key, text, action, title, then }) {
  const reason = reasonAgainst(app, action);
  doer.add(key, () => {
    if (app.act(action)) then?.();
  });
  return h("button", {
    type: "button", class: "edge", "data-key": key, "data-do": key, "aria-disabled": reason ? "true" : null,
    title: reason ?? title ?? null, "data-reason": reason, "aria-description": reason,
  }, text);
}

/**
 * A group of buttons with a line below it that says why the one under the pointer, or with the
 * focus, cannot be pressed.
 * @param {string} key
 * @param {string} label
 * @param {(Node | null)[]} buttons
 */
export function buttonGroup(key, label, buttons) {
  return h("div", { class: "buttons", role: "group", "aria-label": label, "data-key": key },
    buttons, h("p", { class: "reason", "data-key": `${key}-reason` }));
}
