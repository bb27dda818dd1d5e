// The graph of states around the present moment, one step wide, to walk by hand: what can happen next
// and where it leads, the moment before, and what is impossible, with the reason.

import { h } from "../dom.js";
import { CLIENT_BASE, MESSAGE, MESSAGE_STRIDE } from "../types.js";
import { reasonAgainst } from "./facts.js";
import { heading } from "./parts.js";
import { Doer, patch } from "./patch.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../types.js").Action} Action */
/** @typedef {{text: string, state: string, same: boolean, sent: number, violated: string[]}} After */
/** @typedef {{key: string, label: string, action: Action}} Candidate */

const MESSAGES_MAX = 40;
/** So many digits of a state's number tell neighbours apart. */
const DIGITS = 4;

/** @param {App} app */
export function createAround(app) {
  const root = h("section", { class: "explore-around" });
  const doer = new Doer(root);
  let shown = "";

  function render() {
    doer.begin();
    const { cursor, last } = app.frame;
    const around = candidates(app).map((candidate) => {
      const reason = reasonAgainst(app, candidate.action);
      return { ...candidate, reason, after: reason === null ? outcome(app, candidate.action) : null };
    });
    const possible = around.filter(({ after }) => after !== null);
    const impossible = around.filter(({ reason }) => reason !== null);
    const states = new Set(possible.map(({ after }) => after?.state));
    doer.add("back", () => app.step(-1));
    patch(root, [
      heading(app.t("explore.around"), app.t("explore.aroundHint", { actions: possible.length, states: states.size })),
      cursor.index > 0 ? h("p", { class: "graph-before", "data-key": "before" },
        h("button", { type: "button", class: "edge", "data-do": "back" }, app.t("explore.before", { action: last.text }))) : null,
      h("p", { class: "quiet", "data-key": "digits" }, app.t("explore.digits")),
      h("p", { class: "graph-now", "data-key": "now" }, h("span", { class: "graph-node now" }), app.t("explore.now", { index: cursor.index })),
      h("ul", { class: "graph", "data-key": "possible", "aria-label": app.t("explore.possible") }, possible.map(edge)),
      impossible.length > 0 ? h("details", { "data-key": "impossible" },
        h("summary", null, app.t("explore.impossible", { count: impossible.length })),
        h("ul", { class: "graph", "data-key": "list" }, impossible.map(({ key, label, reason }) => h("li", { "data-key": key },
          h("button", { type: "button", class: "edge", "aria-disabled": "true" }, app.say(label)), h("span", { class: "quiet" }, reason))))) : null,
    ]);
  }

  /** @param {Candidate & {after: After | null}} candidate */
  function edge({ key, action, after }) {
    if (after === null) return null;
    const facts = [
      after.same ? app.t("explore.sameState") : null,
      after.sent > 0 ? app.t("explore.sends", { count: after.sent }) : null,
    ].filter((fact) => fact !== null);
    return h("li", { "data-key": key },
      h("button", { type: "button", class: "edge", "data-do": doer.add(key, () => void app.act(action)) }, after.text),
      h("span", { class: `graph-node${after.same ? " now" : ""}`, title: app.t("explore.stateNumber") }, after.same ? "" : after.state.slice(0, DIGITS)),
      facts.length > 0 ? h("span", { class: "quiet" }, facts.join(" · ")) : null,
      after.violated.length > 0 ? h("span", { class: "bad" }, app.t("explore.breaks", { what: app.named(after.violated) })) : null);
  }

  return {
    root,
    update() {
      if (app.playing) {
        shown = "";
        patch(root, [heading(app.t("explore.around")), h("p", { class: "quiet", "data-key": "playing" }, app.t("explore.aroundPlaying"))]);
        return;
      }
      const key = `${app.playground.fingerprint()} ${app.language} ${app.frame.cursor.index}`;
      if (key === shown) return;
      shown = key;
      render();
    },
  };
}

/**
 * @param {App} app
 * @param {Action} action
 * @returns {After}
 */
function outcome(app, { type, message, node, client, side, timer, operation }) {
  return app.playground.after(type, message ?? node ?? client ?? side?.[0] ?? 0, timer ?? 0, operation);
}

/**
 * What one may think of doing now, possible or not.
 * @param {App} app
 * @returns {Candidate[]}
 */
function candidates(app) {
  const { nodes, clients, messages, cuts } = app.frame;
  /** @type {Candidate[]} */
  const all = [];
  const add = (/** @type {Action} */ action, /** @type {string} */ label) => all.push({
    action, label, key: Object.values(action).join("-"),
  });
  const end = Math.min(messages.length, MESSAGES_MAX * MESSAGE_STRIDE);
  for (let at = 0; at < end; at += MESSAGE_STRIDE) {
    const message = messages[at + MESSAGE.id];
    const [from, to] = [MESSAGE.from, MESSAGE.to].map((place) => nameOf(app, messages[at + place]));
    add({ type: "deliver", message }, `deliver ${from}->${to}`);
  }
  nodes.forEach(({ name }, node) => {
    app.sheet.timers.forEach((timer, place) => add({ type: "fire", node, timer: place }, `timeout ${name} ${timer.name}`));
  });
  /** @type {{offers: string[]}} */
  const { offers } = app.playground.searchOptions();
  clients.forEach(({ name }, client) => {
    for (const operation of new Set(offers)) add({ type: "invoke", client, operation }, `${name}: ${operation}`);
    for (const type of ["retry", "give-up"]) add({ type, client }, `${type} ${name}`);
  });
  // What goes wrong comes last.
  nodes.forEach(({ name }, node) => {
    for (const type of ["crash", "restart"]) add({ type, node }, `${type} ${name}`);
    add({ type: "partition", side: [node] }, `isolate ${name}`);
  });
  for (let at = 0; at < end; at += MESSAGE_STRIDE) {
    const ends = [MESSAGE.from, MESSAGE.to].map((place) => nameOf(app, messages[at + place]));
    add({ type: "drop", message: messages[at + MESSAGE.id] }, `drop ${ends.join("->")}`);
  }
  if (cuts.some((unreachable) => unreachable.length > 0)) add({ type: "heal-all" }, "heal");
  return all;
}

/** @param {App} app @param {number} endpoint */
function nameOf(app, endpoint) {
  return (endpoint >= CLIENT_BASE ? app.frame.clients[endpoint - CLIENT_BASE] : app.frame.nodes[endpoint])?.name ?? "?";
}
