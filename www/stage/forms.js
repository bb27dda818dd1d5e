// The two small forms of the stage: what a client asks for, and which nodes a partition cuts off.

import { clientSentence } from "../a11y.js";
import { changeLine } from "../change.js";
import { fill, h } from "../dom.js";
import { lastValue, offeredOperation, partInput, partsOf, partWords, phrase, rememberAsked } from "../operations.js";
import { readWorkload, workloadLine } from "../panels/setting-lines.js";
import { workloadChoices } from "../panels/workloads.js";
import { closePopover, openPanel } from "../popover.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../popover.js").Anchor} Anchor */

/**
 * @param {App} app
 * @param {number} client
 * @param {Anchor} anchor
 * @returns {HTMLElement}
 */
export function openClientForm(app, client, anchor) {
  const state = app.frame.clients[client];
  const title = app.t("client.title", { name: state.name });
  const { operations } = app.sheet;
  const offered = offeredOperation(app);
  const head = [h("div", { class: "pop-title" }, title), h("p", { class: "pop-note" }, clientSentence(app, client))];
  if (operations.length === 0) {
    return openPanel(anchor, { title, className: "pop-form" }, ...head, h("p", { class: "pop-note" }, app.t("client.noOperations")));
  }
  const problem = h("p", { class: "problem", role: "alert" });
  const operation = h("select", { id: "client-operation", autofocus: true },
    operations.map(({ name }) => h("option", { value: name, selected: name === offered }, name)));
  // One input for each part that any operation has, so that what is written stays when another is chosen.
  const parts = [...new Set(operations.flatMap((candidate) => candidate.parts))].map((part) => {
    const input = h("input", { id: `client-${part}`, value: lastValue(part), ...partInput(part) });
    return { part, input, row: field(partWords(app, part), input) };
  });
  const valueOf = (/** @type {string} */ wanted) => parts.find(({ part }) => part === wanted)?.input.value ?? "";
  const rows = h("div", { class: "parts" });
  const node = h("select", { id: "client-node" },
    h("option", { value: "" }, app.t("client.itsChoice", { name: app.frame.nodes[state.contact]?.name ?? "?" })),
    app.frame.nodes.map(({ name }, index) => h("option", { value: String(index) }, name)));
  const ask = h("button", { type: "submit", class: "primary" }, app.t("client.ask"));

  const action = () => ({
    type: "invoke", client, node: node.value === "" ? null : Number(node.value), operation: phrase(app, operation.value, valueOf),
  });
  const review = () => {
    const reason = app.refusal(action());
    problem.textContent = reason ?? "";
    ask.setAttribute("aria-disabled", String(reason !== null));
  };
  const choose = () => {
    // In the order in which the operation is written.
    fill(rows, partsOf(app, operation.value).map((wanted) => parts.find(({ part }) => part === wanted)?.row));
    review();
  };
  operation.addEventListener("change", choose);
  const form = h("form", {
    class: "form", oninput: review,
    onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault();
      if (app.refusal(action()) !== null) return review();
      rememberAsked(app, operation.value, valueOf);
      const asked = action();
      closePopover();
      app.act(asked);
    },
  },
  field(app.t("client.operation"), operation), rows,
  field(app.t("client.node"), node), problem, h("div", { class: "buttons" }, ask, state.open ? openButtons(app, client) : null));
  choose();
  return openPanel(anchor, { title, className: "pop-form" }, ...head, form, workloadSwitch(app));
}

/**
 * Lets clients ask by themselves: that is part of what the run starts from, so it starts anew.
 * @param {App} app
 */
function workloadSwitch(app) {
  if (app.about.workloads.length === 0 || !app.hasPanels) return null;
  const now = readWorkload(app.about.workload);
  const problem = h("p", { class: "problem", role: "alert" });
  const choice = h("select", {
    id: "client-workload", onchange: async () => {
      const reason = await changeLine(app, workloadLine({ ...now, id: choice.value }), true);
      if (reason === null) {
        closePopover();
        return;
      }
      problem.textContent = reason;
      choice.value = now.id;
    },
  }, workloadChoices(app).map(({ value, words }) => h("option", { value, selected: value === now.id }, words)));
  return h("div", { class: "form workload-switch" },
    h("label", { for: choice.id }, app.t("client.byThemselves")), choice,
    h("p", { class: "pop-note" }, app.t("client.startsAnew")), problem);
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

/**
 * @param {string} label
 * @param {HTMLInputElement | HTMLSelectElement} input
 */
function field(label, input) {
  return h("div", { class: "field" }, h("label", { for: input.id }, label), input);
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
