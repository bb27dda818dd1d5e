// What the inspector shows from the start: all nodes and clients in brief, and the rules that decided
// the last action.

import { h } from "../dom.js";
import { heading } from "./parts.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("./patch.js").Doer} Doer */

/** More nodes than this stand closer together. */
const MANY = 8;

/**
 * All nodes in brief, where none is chosen.
 * @param {App} app @param {Doer} doer
 */
export function allNodes(app, doer) {
  const { nodes } = app.frame;
  const many = nodes.length > MANY;
  return h("table", { class: `nodes${many ? " many" : ""}`, "data-key": "all", "aria-label": app.t("inspector.all") },
    h("thead", null, h("tr", null,
      h("th", { scope: "col" }, app.t("inspector.node")), h("th", { scope: "col" }, app.t("inspector.role")),
      h("th", { scope: "col" }, app.sheet.period), h("th", { scope: "col" }, app.t("inspector.badges")))),
    h("tbody", null, nodes.map(({ name, status, view }, node) => {
      const key = `select-${node}`;
      doer.add(key, () => app.select({ type: "node", node }));
      return h("tr", { "data-key": name, class: app.frame.last.touched === node ? "touched" : null },
        h("th", { scope: "row" }, h("button", { type: "button", class: "link", "data-do": key, "aria-label": app.t("timeline.select", { name }) }, name)),
        h("td", null, h("span", { class: `role shape-${view.shape}` }, view.role),
          status === "paused" ? h("span", { class: "role status" }, app.t("inspector.paused")) : null),
        h("td", null, view.period),
        h("td", { class: "quiet" }, view.badges.join(" · ")));
    })));
}

/** @param {App} app @param {Doer} doer */
export function clientRows(app, doer) {
  if (app.frame.clients.length === 0) return null;
  return h("table", { class: "nodes", "data-key": "clients", "aria-label": app.t("inspector.clients") },
    h("tbody", null, app.frame.clients.map(({ name, open, last }, client) => {
      const key = `select-client-${client}`;
      doer.add(key, () => app.select({ type: "client", client }));
      const text = open ? app.t("inspector.waitingFor", { text: open.text })
        : last ? `${last.text} → ${last.outcome ?? app.t("inspector.gaveUp")}` : app.t("inspector.idle");
      return h("tr", { "data-key": name },
        h("th", { scope: "row" }, h("button", { type: "button", class: "link", "data-do": key, "aria-label": app.t("timeline.select", { name }) }, name)),
        h("td", { colspan: "3" }, text));
    })));
}

/**
 * The rules that decided the last action, and those that would have, were they not switched off.
 * @param {App} app
 * @returns {Node[]}
 */
export function justApplied(app) {
  const { last, cursor } = app.frame;
  const rule = (/** @type {string} */ id, /** @type {boolean} */ missed) => {
    const sheet = app.sheet.rules.find((candidate) => candidate.id === id);
    if (!sheet) return null;
    return h("li", { class: missed ? "missed" : "lit", "data-key": `${id}-${missed}` },
      h("p", null, sheet.text),
      h("p", { class: "quiet" }, sheet.source, missed ? ` · ${sheet.without}` : ""));
  };
  if (cursor.index === 0) return [];
  return [
    heading(app.t("inspector.justApplied")),
    h("p", { class: "last", "data-key": "last" }, last.text),
    last.applied.length > 0
      ? h("ul", { class: "applied", "data-key": "applied" }, last.applied.map((id) => rule(id, false)))
      : h("p", { class: "quiet", "data-key": "applied-none" }, app.t("inspector.noRule")),
    last.missed.length > 0 ? heading(app.t("inspector.missed")) : null,
    last.missed.length > 0 ? h("ul", { class: "applied", "data-key": "missed" }, last.missed.map((id) => rule(id, true))) : null,
  ].filter((part) => part !== null);
}
