// The names of the lanes at the left, as buttons that select, and the zoom buttons. They are made
// anew only when something about them changes, so that focus stays.

import { fill, h } from "../dom.js";
import { clientY, laneY } from "./layout.js";

/** @typedef {import("../app.js").App} App */

/** Below this, the names of neighbouring lanes would touch. */
const NAME_HEIGHT = 13;

export class Names {
  /** @param {HTMLElement} names @param {HTMLElement} tools @param {App} app */
  constructor(names, tools, app) {
    this.names = names;
    this.tools = tools;
    this.app = app;
    this.key = "";
    this.language = "";
    names.addEventListener("click", (event) => this.select(event));
  }

  /** @param {Event} event */
  select(event) {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    if (!button) return;
    const { node, client } = button.dataset;
    this.app.select(node !== undefined ? { type: "node", node: Number(node) } : { type: "client", client: Number(client) });
  }

  /** @param {import("./layout.js").Layout} layout */
  update(layout) {
    this.nameTools();
    this.nameRows(layout);
  }

  nameTools() {
    const { app } = this;
    if (this.language === app.language) return;
    this.language = app.language;
    fill(this.tools, [["out", "−", "timeline.zoomOut"], ["in", "+", "timeline.zoomIn"]].map(([tool, sign, words]) =>
      h("button", { type: "button", data: { tool }, "aria-label": app.t(words), title: app.t(words) }, sign)));
  }

  /** The names of the lanes, as buttons that select. @param {import("./layout.js").Layout} layout */
  nameRows(layout) {
    const { app, names } = this;
    const { nodes, clients } = app.frame;
    const { selection } = app;
    const key = [app.language, layout.laneStep, layout.clientStep, layout.gutter, layout.lanesBottom, JSON.stringify(selection),
      nodes.map(({ name }) => name), clients.map(({ name }) => name)].join();
    if (key === this.key) return;
    this.key = key;
    const every = Math.ceil(NAME_HEIGHT / layout.laneStep);
    const button = (/** @type {string} */ name, /** @type {number} */ y, /** @type {number} */ step,
      /** @type {Record<string, number>} */ data, /** @type {boolean} */ selected) => {
      const height = Math.min(24, step * every);
      return h("button", {
        type: "button", tabindex: "-1", data, "aria-pressed": String(selected), "aria-label": app.t("timeline.select", { name }),
        style: { top: `${y - height / 2}px`, height: `${height}px`, width: `${layout.gutter - 4}px` },
      }, name);
    };
    fill(names,
      nodes.map(({ name }, node) => node % every ? null
        : button(name, laneY(layout, node), layout.laneStep, { node }, selection?.type === "node" && selection.node === node)),
      clients.map(({ name }, client) =>
        button(name, clientY(layout, client), layout.clientStep, { client }, selection?.type === "client" && selection.client === client)));
  }
}
