// The keyboard: single keys that act while focus is not in a field. The help lists them.

import { popoverIsOpen, whenOpened } from "./opening.js";
import { inboxes, takeItem } from "./stage/inbox.js";
import { askAsClient } from "./transport.js";

/** @typedef {import("./app.js").App} App */

/** How much later a held-up message arrives. */
const DELAY_MS = 50;

/**
 * @param {App} app
 * @param {import("./stage/index.js").Stage} stage
 * @param {HTMLElement} helpButton
 */
export function createKeys(app, stage, helpButton) {
  helpButton.addEventListener("click", () => help(app, helpButton));
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !app.playground) return;
    if (popoverIsOpen() || ownsKeys(event)) return;
    if (event.key === "Escape" && stage.gestures.cutting) return stage.gestures.setCutting(false);
    const run = handler(app, stage, helpButton, event);
    if (!run) return;
    event.preventDefault();
    run();
  });
}

/**
 * Whether the focused element needs the key for itself.
 * @param {KeyboardEvent} event
 */
function ownsKeys(event) {
  const { target } = event;
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select, input")) return true;
  if (target.closest("[data-own-keys]")) return true;
  // A scrolling panel keeps its arrows, a button its space and enter.
  if (target.matches("button, a, summary, [role=tab], [role=switch]")) {
    return event.key === " " || event.key === "Enter" || (target.matches("[role=tab]") && event.key.startsWith("Arrow"));
  }
  return target.closest("[role=tabpanel]") !== null && /^(Arrow|Home|End|Page)/.test(event.key);
}

/**
 * @param {App} app
 * @param {import("./stage/index.js").Stage} stage
 * @param {HTMLElement} helpButton
 * @param {KeyboardEvent} event
 * @returns {(() => void) | undefined}
 */
function handler(app, stage, helpButton, event) {
  const node = app.selection?.type === "node" ? app.selection.node : -1;
  const { nodes, cursor } = app.frame;
  const state = nodes[node];
  if (/^[1-9]$/.test(event.key)) return () => selectNode(app, Number(event.key) - 1);
  switch (event.key) {
    case " ": return () => (app.playing ? app.pause() : app.play());
    case "ArrowRight": return () => app.step(1);
    case "ArrowLeft": return () => app.step(-1);
    case "Home": return () => app.seek(cursor.branch, 0);
    case "End": return () => app.seek(cursor.branch, cursor.length);
    case "ArrowDown": return () => selectNode(app, (node + 1) % nodes.length);
    case "ArrowUp": return () => selectNode(app, (Math.max(0, node) + nodes.length - 1) % nodes.length);
    case "Enter": return node >= 0 ? () => stage.openNode(node) : undefined;
    case "c": return needNode(app, state, () => app.act({ type: state.status === "down" ? "restart" : "crash", node }));
    case "p": return needNode(app, state, () => app.act({ type: state.status === "paused" ? "resume" : "pause", node }));
    case "d": return needNode(app, state, () => takeNext(app, node, "deliver"));
    case "x": return needNode(app, state, () => takeNext(app, node, "drop"));
    case "u": return needNode(app, state, () => takeNext(app, node, "duplicate"));
    case "l": return needNode(app, state, () => takeNext(app, node, "delay"));
    case "t": return needNode(app, state, () => takeNext(app, node, "timer"));
    case "r": return () => askAsClient(app, stage);
    case "b": return () => nextBranch(app);
    case "s": return () => app.showTab("share");
    case "?":
    case "/": return () => help(app, helpButton);
    default: return undefined;
  }
}

/**
 * @param {App} app
 * @param {unknown} state
 * @param {() => void} run
 */
function needNode(app, state, run) {
  return state ? run : () => app.toast(app.t("toast.selectNode"));
}

/**
 * @param {App} app
 * @param {number} node
 */
function selectNode(app, node) {
  if (node < 0 || node >= app.frame.nodes.length) return;
  app.select({ type: "node", node });
  app.showTab("inspector");
  const button = document.querySelector(`[data-endpoint="${node}"]`);
  if (button instanceof HTMLElement && document.activeElement?.matches("[data-endpoint]")) button.focus({ preventScroll: true });
}

/**
 * @param {App} app
 * @param {number} node
 * @param {"deliver"|"drop"|"duplicate"|"delay"|"timer"} what
 */
function takeNext(app, node, what) {
  const items = inboxes(app).get(node) ?? [];
  const item = items.find(({ type }) => type === (what === "timer" ? "timer" : "message"));
  if (!item) app.toast(app.t(what === "timer" ? "toast.noTimer" : "toast.noMessage"));
  else if (item.type !== "message" || what === "deliver") takeItem(app, item);
  else if (what === "delay") app.act({ type: "delay", message: item.id, byMs: DELAY_MS });
  else app.act({ type: what === "duplicate" ? "duplicate" : "drop", message: item.id });
}

/** @param {App} app */
function nextBranch(app) {
  const { branch, branches, index } = app.frame.cursor;
  if (branches < 2) {
    app.toast(app.t("toast.oneBranch"));
    return;
  }
  const ids = app.playground.branches().map((/** @type {{id: number}} */ { id }) => id);
  app.seek(ids[(ids.indexOf(branch) + 1) % ids.length], index);
}

/**
 * @param {App} app
 * @param {HTMLElement} button
 */
function help(app, button) {
  whenOpened(app, ({ openHelp }) => openHelp(app, button));
}
