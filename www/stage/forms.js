// The two small forms of the stage: what a client asks for, and which nodes a partition cuts off.

import { h } from "../dom.js";
import { closePopover, openPanel } from "../popover.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../popover.js").Anchor} Anchor */

/** What was asked last, offered again. */
const remembered = { operation: "", key: "x", value: "1", expected: "1" };

/**
 * @param {App} app
 * @param {number} client
 * @param {Anchor} anchor
 * @returns {HTMLElement}
 */
export function openClientForm(app, client, anchor) {
  const state = app.frame.clients[client];
  const title = app.t("client.title", { name: state.name });
  const operations = app.sheet.operations;
  // A write is offered first: it is what sets things going.
  if (!operations.some(({ name }) => name === remembered.operation)) {
    remembered.operation = (operations.find(({ parts }) => parts.includes("value")) ?? operations[0]).name;
  }
  const partsOf = (/** @type {string} */ word) => operations.find(({ name }) => name === word)?.parts ?? [];

  const problem = h("p", { class: "problem", role: "alert" });
  const operation = h("select", { id: "client-operation", autofocus: true },
    operations.map(({ name }) => h("option", { value: name, selected: name === remembered.operation }, name)));
  const inputs = {
    key: textInput("key"), expected: textInput("expected"), value: textInput("value"),
  };
  const node = h("select", { id: "client-node" },
    h("option", { value: "" }, app.t("client.itsChoice", { name: app.frame.nodes[state.contact]?.name ?? "?" })),
    app.frame.nodes.map(({ name }, index) => h("option", { value: String(index) }, name)));
  const rows = {
    key: field(app.t("client.key"), inputs.key), expected: field(app.t("client.expected"), inputs.expected),
    value: field(app.t("client.value"), inputs.value),
  };
  const ask = h("button", { type: "submit", class: "primary" }, app.t("client.ask"));

  const action = () => {
    const parts = partsOf(operation.value);
    const words = parts.map((part) => inputs[part].value.trim());
    return {
      type: "invoke", client, node: node.value === "" ? null : Number(node.value),
      operation: [operation.value, ...words].join(" "),
    };
  };
  const review = () => {
    const parts = partsOf(operation.value);
    for (const part of /** @type {const} */ (["key", "expected", "value"])) rows[part].hidden = !parts.includes(part);
    const reason = app.refusal(action());
    problem.textContent = reason ?? "";
    ask.setAttribute("aria-disabled", String(reason !== null));
  };
  const form = h("form", {
    class: "form", oninput: review,
    onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      if (app.refusal(action()) !== null) return review();
      Object.assign(remembered, {
        operation: operation.value, key: inputs.key.value, value: nextValue(inputs.value.value), expected: inputs.value.value,
      });
      const asked = action();
      closePopover();
      app.act(asked);
    },
  },
  field(app.t("client.operation"), operation), rows.key, rows.expected, rows.value,
  field(app.t("client.node"), node), problem, h("div", { class: "buttons" }, ask, state.open ? openButtons(app, client) : null));
  review();
  return openPanel(anchor, { title, className: "pop-form" },
    h("div", { class: "pop-title" }, title),
    h("p", { class: "pop-note" }, clientSentence(app, client)), form);
}

/**
 * @param {App} app
 * @param {number} client
 */
export function clientSentence(app, client) {
  const { open, last } = app.frame.clients[client];
  if (open) return app.t("client.waits", { what: open.text });
  if (last) {
    return last.outcome === null ? app.t("client.gaveUp", { what: last.text })
      : app.t("client.last", { what: last.text, outcome: last.outcome });
  }
  return app.t("client.idleSentence");
}

/**
 * @param {App} app
 * @param {number} client
 */
function openButtons(app, client) {
  const button = (/** @type {string} */ type, /** @type {string} */ label) => h("button", {
    type: "button", class: "edge",
    onclick: () => {
      closePopover();
      app.act({ type, client });
    },
  }, label);
  return [button("retry", app.t("client.retry")), button("give-up", app.t("client.giveUp"))];
}

/** @param {"key"|"expected"|"value"} part */
function textInput(part) {
  return h("input", {
    id: `client-${part}`, type: "text", value: remembered[part], maxlength: "32", autocomplete: "off",
    autocapitalize: "off", spellcheck: "false",
  });
}

/**
 * @param {string} label
 * @param {HTMLInputElement | HTMLSelectElement} input
 */
function field(label, input) {
  return h("div", { class: "field" }, h("label", { for: input.id }, label), input);
}

/**
 * Asking twice should write something new: a number counts on.
 * @param {string} value
 */
function nextValue(value) {
  return /^\d{1,9}$/.test(value) ? String(Number(value) + 1) : value;
}

/**
 * @param {App} app
 * @param {Anchor} anchor
 * @param {() => void} drawLine starts the mode in which a line over the stage cuts
 */
export function openPartitionForm(app, anchor, drawLine) {
  const title = app.t("partition.title");
  const boxes = app.frame.nodes.map(({ name }, node) => {
    const input = h("input", { type: "checkbox", value: String(node) });
    return { input, label: h("label", { class: "check" }, input, name) };
  });
  const problem = h("p", { class: "problem", role: "alert" });
  const chosen = () => boxes.filter(({ input }) => input.checked).map(({ input }) => Number(input.value));
  const healAll = app.refusal({ type: "heal-all" });
  const form = h("form", {
    class: "form", oninput: () => {
      problem.textContent = "";
    },
    onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      const side = chosen();
      if (side.length === 0 || side.length === boxes.length) {
        problem.textContent = app.t("partition.chooseSome");
        return;
      }
      closePopover();
      app.act({ type: "partition", side });
    },
  },
  h("p", { class: "pop-note" }, app.t("partition.how")),
  h("fieldset", { class: "checks" }, h("legend", null, app.t("partition.side")), boxes.map(({ label }) => label)),
  problem,
  h("div", { class: "buttons" },
    h("button", { type: "submit", class: "primary" }, app.t("partition.cut")),
    h("button", {
      type: "button", class: "edge",
      onclick: () => {
        closePopover();
        drawLine();
      },
    }, app.t("partition.draw")),
    h("button", {
      type: "button", class: "edge", "aria-disabled": healAll !== null ? "true" : undefined, title: healAll ?? undefined,
      onclick: () => {
        if (healAll !== null) return;
        closePopover();
        app.act({ type: "heal-all" });
      },
    }, app.t("partition.healAll"))));
  return openPanel(anchor, { title, className: "pop-form" }, h("div", { class: "pop-title" }, title), form);
}
