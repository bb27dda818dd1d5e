// The stage for those who do not see or point at it: real buttons over nodes and clients with full
// names, and a log of events that is read out politely and is silent while the run is fast.

import { fill, h } from "./dom.js";
import { CLIENT_BASE } from "./types.js";

/** @typedef {import("./app.js").App} App */

const LOG_LINES_MAX = 30;
const LOG_EVERY_MS = 900;
/** From this speed on nobody can listen along. */
const TOO_FAST = 2;

/**
 * @param {App} app
 * @param {number} endpoint
 */
export function endpointName(app, endpoint) {
  const { nodes, clients } = app.frame;
  return (endpoint >= CLIENT_BASE ? clients[endpoint - CLIENT_BASE]?.name : nodes[endpoint]?.name) ?? "?";
}

/**
 * "Node n3, candidate, term 4, log 2, commit 1".
 * @param {App} app
 * @param {number} node
 */
export function nodeName(app, node) {
  const { name, status, view, diskHeld, clockRate } = app.frame.nodes[node];
  const parts = [app.t("a11y.node", { name })];
  parts.push(status === "down" ? app.t("node.down") : view.role);
  if (status === "paused") parts.push(app.t("node.paused"));
  parts.push(`${app.sheet.period} ${view.period}`, ...view.badges);
  if (diskHeld) parts.push(app.t("node.diskHeld"));
  if (clockRate !== 1000) parts.push(app.t("node.clock", { rate: clockRate / 1000 }));
  return parts.join(app.language === "zh" ? "，" : ", ");
}

/**
 * What a client waits for, or what came of the last that it asked for.
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
 * Lays the buttons over the canvas and keeps their places and names.
 * @param {import("./stage/index.js").Stage} stage
 * @param {App} app
 */
export function createButtons(stage, app) {
  /** @type {HTMLButtonElement[]} */
  let buttons = [];
  const nodeCount = () => app.frame.nodes.length;
  const endpointOf = (/** @type {number} */ at) => (at < nodeCount() ? at : CLIENT_BASE + at - nodeCount());

  const rebuild = () => {
    const total = nodeCount() + app.frame.clients.length;
    buttons = Array.from({ length: total }, (_, at) => h("button", {
      type: "button", class: "endpoint", data: { endpoint: String(endpointOf(at)) }, "aria-haspopup": "true",
    }));
    fill(stage.overlay, h("div", { role: "group", "aria-label": app.t("a11y.nodes"), class: "endpoints" }, buttons));
  };

  const place = () => {
    if (buttons.length !== nodeCount() + app.frame.clients.length) rebuild();
    buttons.forEach((button, at) => {
      const node = stage.layout.nodes[at];
      const client = stage.layout.clients[at - nodeCount()];
      const box = at < nodeCount() ? node && { x: node.x, y: node.y, w: Math.max(24, node.w), h: Math.max(24, node.h) }
        : client && { x: client.x, y: client.y + 4, w: Math.max(44, client.r * 2), h: Math.max(44, client.r * 2 + 8) };
      if (!box) return;
      button.style.left = `${box.x - box.w / 2}px`;
      button.style.top = `${box.y - box.h / 2}px`;
      button.style.width = `${box.w}px`;
      button.style.height = `${box.h}px`;
    });
  };

  const name = () => {
    buttons.forEach((button, at) => {
      const label = at < nodeCount() ? nodeName(app, at)
        : `${app.t("a11y.client", { name: app.frame.clients[at - nodeCount()]?.name ?? "" })}${app.t("page.colon")}${clientSentence(app, at - nodeCount())}`;
      if (button.getAttribute("aria-label") !== label) button.setAttribute("aria-label", label);
      const selected = app.selection?.type === "node" && app.selection.node === at;
      button.setAttribute("aria-pressed", String(selected));
      // One stop for Tab among all nodes; the arrow keys walk on from there.
      const stop = app.selection?.type === "node" ? app.selection.node : 0;
      button.tabIndex = at === stop || at >= nodeCount() ? 0 : -1;
    });
  };

  // Whoever walks to a node by keyboard wants the keys to act on it.
  stage.overlay.addEventListener("focusin", (event) => {
    const button = event.target;
    if (!(button instanceof HTMLElement) || !button.matches(":focus-visible")) return;
    const endpoint = Number(button.dataset.endpoint);
    const same = app.selection?.type === "node" && app.selection.node === endpoint;
    if (endpoint < CLIENT_BASE && !same) app.select({ type: "node", node: endpoint });
  });
  app.on("layout", place);
  app.on("open", () => {
    rebuild();
    place();
  });
  app.on("selection", name);
  let namedAt = 0;
  app.on("change", () => {
    // While it runs, names that change sixty times a second help nobody.
    if (app.playing && performance.now() - namedAt < 400) return;
    namedAt = performance.now();
    place();
    name();
  });
}

/**
 * @param {HTMLElement} host an element with role="log"
 * @param {App} app
 */
export function createEventLog(host, app) {
  let saidIndex = 0;
  let saidAt = 0;
  const say = () => {
    const { cursor } = app.frame;
    if (app.playing && app.loop.speed >= TOO_FAST) {
      saidIndex = cursor.index;
      return;
    }
    if (cursor.index <= saidIndex) {
      saidIndex = cursor.index;
      return;
    }
    if (app.playing && performance.now() - saidAt < LOG_EVERY_MS) return;
    saidAt = performance.now();
    const from = Math.max(saidIndex, cursor.index - 4);
    const lines = app.playing ? [app.frame.last.text] : app.playground.transcript(from, cursor.index);
    saidIndex = cursor.index;
    for (const line of lines) host.append(h("p", null, line));
    while (host.childElementCount > LOG_LINES_MAX) host.firstElementChild?.remove();
  };
  app.on("open", () => {
    fill(host);
    saidIndex = app.frame.cursor.index;
  });
  app.on("change", say);
}
