// What the inspector shows where a message in flight or a client is selected.

import { endpointName } from "../a11y.js";
import { h } from "../dom.js";
import { lastValue, offeredOperation, partInput, partsOf, partWords, phrase, rememberAsked } from "../operations.js";
import { KIND_REPLY, KIND_REQUEST, MESSAGE, MESSAGE_STRIDE } from "../types.js";
import { actionButton, buttonGroup, factTable, reasonAgainst } from "./facts.js";
import { heading } from "./parts.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("./patch.js").Doer} Doer */
/** @typedef {{ operation: string, node: string, values: Map<string, string> }} Draft */

/** @param {App} app @returns {Draft} a form in which nobody has written yet */
export function newDraft(app) {
  return { operation: offeredOperation(app), node: "", values: new Map() };
}

/** @param {App} app @param {number} id @returns {number} where the message's numbers begin, or -1 */
function findMessage(app, id) {
  const { messages } = app.frame;
  for (let offset = 0; offset < messages.length; offset += MESSAGE_STRIDE) {
    if (messages[offset + MESSAGE.id] === id) return offset;
  }
  return -1;
}

/**
 * @param {App} app @param {Doer} doer @param {number} id
 * @returns {Node[]}
 */
export function messagePanel(app, doer, id) {
  const { messages, cursor } = app.frame;
  const offset = findMessage(app, id);
  if (offset < 0) {
    return [
      h("div", { class: "who", "data-key": "who" }, h("h2", null, app.t("inspector.message"))),
      h("p", { class: "quiet" }, app.t("inspector.messageGone")),
    ];
  }
  const [from, to, kind] = [messages[offset + MESSAGE.from], messages[offset + MESSAGE.to], messages[offset + MESSAGE.kind]];
  const label = app.playground.label(id);
  const tone = kind === KIND_REQUEST || kind === KIND_REPLY ? "client" : app.sheet.messages[kind]?.tone ?? "control";
  const due = messages[offset + MESSAGE.dueMs], left = due - cursor.nowMs;
  const at = [
    { name: app.t("inspector.sent"), value: `${messages[offset + MESSAGE.sentMs]} ms` },
    { name: app.t("inspector.due"), value: app.byHand ? app.t("inspector.dueByHand") : `${due} ms${left > 0 ? ` (${app.t("inspector.dueIn", { ms: left })})` : ""}` },
  ];
  const button = (/** @type {string} */ type, /** @type {Record<string, number>} */ more = {}) =>
    actionButton(app, doer, {
      key: type, text: app.t(`action.${type}`, { ms: more.byMs ?? 0 }), action: { type, message: id, ...more }, title: app.t(`action.${type}.hint`),
    });
  return [
    h("div", { class: "who", "data-key": "who" },
      h("h2", { class: `tone ${tone}` }, label.kind),
      h("span", { class: "route" }, `${endpointName(app, from)} → ${endpointName(app, to)}`)),
    messages[offset + MESSAGE.lost] ? h("p", { class: "warn", "data-key": "lost" }, app.t("inspector.willBeLost")) : null,
    messages[offset + MESSAGE.dead] ? h("p", { class: "quiet", "data-key": "dead" }, app.t("inspector.dead")) : null,
    heading(app.t("inspector.fields")),
    label.fields.length > 0 ? factTable(app, label.fields, null, app.t("inspector.fields"))
      : h("p", { class: "quiet" }, app.t("inspector.noFields")),
    factTable(app, at, null, app.t("inspector.sent")),
    heading(app.t("inspector.actions")),
    buttonGroup("message", app.t("inspector.actions"), [button("deliver"), button("drop"), button("duplicate"), button("delay", { byMs: 50 })]),
  ].filter((part) => part !== null);
}

/**
 * @param {App} app @param {Doer} doer @param {number} client
 * @param {Draft} draft what is written in the form
 * @returns {Node[]}
 */
export function clientPanel(app, doer, client, draft) {
  const state = app.frame.clients[client];
  if (!state) return [];
  const facts = [
    { name: app.t("inspector.waitsFor"), value: state.open?.text ?? app.t("inspector.nothing") },
    { name: app.t("inspector.contact"), value: endpointName(app, state.contact) },
    {
      name: app.t("inspector.lastOperation"),
      value: state.last ? `${state.last.text} → ${state.last.outcome ?? app.t("inspector.gaveUp")}` : app.t("inspector.nothing"),
    },
  ];
  if (!app.sheet.operations.some(({ name }) => name === draft.operation)) draft.operation = offeredOperation(app);
  const parts = partsOf(app, draft.operation);
  const valueOf = (/** @type {string} */ part) => draft.values.get(part) ?? lastValue(part);
  const invoke = () => ({
    type: "invoke", client, node: draft.node === "" ? null : Number(draft.node), operation: phrase(app, draft.operation, valueOf),
  });
  /** @param {Event} event */
  const read = (event) => {
    const form = /** @type {HTMLElement} */ (event.target).closest(".invoke");
    for (const input of form?.querySelectorAll("input") ?? []) draft.values.set(input.dataset.part ?? "", input.value);
    return form;
  };
  doer.add("operation", (event) => {
    read(event);
    draft.operation = /** @type {HTMLSelectElement} */ (event.target).value;
    app.changed();
  });
  doer.add("asked", (event) => (draft.node = /** @type {HTMLSelectElement} */ (event.target).value));
  doer.add("invoke", (event) => {
    const form = read(event);
    if (!app.act(invoke())) return;
    rememberAsked(app, draft.operation, valueOf);
    draft.values.clear();
    for (const input of form?.querySelectorAll("input") ?? []) input.value = lastValue(input.dataset.part ?? "");
  });
  // Pressed all the same, it answers with the reason.
  const busy = state.open ? reasonAgainst(app, { ...invoke(), operation: state.open.text }) : null;
  return [
    h("div", { class: "who", "data-key": "who" }, h("h2", { class: "tone client" }, app.t("inspector.client", { name: state.name }))),
    factTable(app, facts, null, state.name),
    heading(app.t("inspector.request")),
    app.sheet.operations.length === 0 ? h("p", { class: "quiet" }, app.t("client.noOperations")) : h("form", { class: "invoke", "data-key": `invoke-${client}`, "data-do": "invoke", "data-on": "submit" },
      h("label", { "data-key": "operation" }, app.t("inspector.operation"),
        h("select", { "data-do": "operation", "data-on": "change", "data-key": `operation-${app.sheet.id}-${client}` },
          app.sheet.operations.map(({ name }) => h("option", { value: name, selected: name === draft.operation }, name)))),
      parts.map((part) => h("label", { "data-key": `part-${part}` }, partWords(app, part),
        h("input", { value: valueOf(part), "data-part": part, "data-key": `${part}-${client}`, ...partInput(part) }))),
      h("label", { "data-key": "ask" }, app.t("inspector.askNode"),
        h("select", { "data-key": `asked-${client}`, "data-do": "asked", "data-on": "change" },
          h("option", { value: "", selected: draft.node === "" }, app.t("inspector.askLast")),
          app.frame.nodes.map(({ name }, node) => h("option", { value: node, selected: draft.node === String(node) }, name)))),
      h("button", {
        type: "submit", class: "edge strong", "aria-disabled": busy ? "true" : null, title: busy, "aria-description": busy,
      }, app.t("action.invoke"))),
    buttonGroup("client", app.t("inspector.actions"), [
      actionButton(app, doer, { key: "retry", text: app.t("action.retry"), action: { type: "retry", client }, title: app.t("action.retry.hint") }),
      actionButton(app, doer, { key: "give-up", text: app.t("action.give-up"), action: { type: "give-up", client }, title: app.t("action.give-up.hint") }),
    ]),
  ];
}
