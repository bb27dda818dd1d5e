// The menus of the stage: what can be done to a node or a message, what is impossible now and why.

import { endpointName } from "../a11y.js";
import { h, icon } from "../dom.js";
import { closePopover, openMenu } from "../popover.js";
import { MESSAGE, MESSAGE_STRIDE } from "../types.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../types.js").Action} Action */
/** @typedef {import("../popover.js").Anchor} Anchor */
/** @typedef {import("../popover.js").MenuItem} MenuItem */

const DELAY_MS = 50;

/**
 * A row for an action; impossible ones say why.
 * @param {App} app
 * @param {string} label
 * @param {string} iconName
 * @param {Action} action
 * @returns {import("../popover.js").MenuRow}
 */
function actionRow(app, label, iconName, action) {
  return { label, icon: iconName, reason: app.refusal(action), run: () => app.act(action) };
}

/**
 * @param {App} app
 * @param {number} id
 * @param {Anchor} anchor
 * @param {() => void} [onclose]
 */
export function openMessageMenu(app, id, anchor, onclose) {
  const row = messageRow(app, id);
  if (row === null) return;
  const { messages } = app.frame;
  const label = app.playground.label(id);
  const from = endpointName(app, messages[row + MESSAGE.from]);
  const to = endpointName(app, messages[row + MESSAGE.to]);
  const fields = h("table", { class: "fields" },
    h("tbody", null, label.fields.map((/** @type {import("../types.js").Field} */ field) =>
      h("tr", null, h("th", { scope: "row" }, field.name), h("td", null, field.value)))));
  const state = messages[row + MESSAGE.lost] ? app.t("message.lost")
    : messages[row + MESSAGE.dead] ? app.t("message.dead") : null;
  openMenu(anchor, {
    title: `${from} → ${to} · ${label.kind}`, onclose,
    detail: h("div", null, state ? h("p", { class: "pop-note" }, state) : null, fields),
  }, [
    actionRow(app, app.t("message.deliver"), "inbox", { type: "deliver", message: id }),
    actionRow(app, app.t("message.drop"), "cross", { type: "drop", message: id }),
    actionRow(app, app.t("message.duplicate"), "copy", { type: "duplicate", message: id }),
    actionRow(app, app.t("message.delay", { ms: DELAY_MS }), "delay", { type: "delay", message: id, byMs: DELAY_MS }),
  ]);
}

/**
 * @param {App} app
 * @param {number} id
 * @returns {number | null} where the message begins in the frame's array
 */
export function messageRow(app, id) {
  const { messages } = app.frame;
  for (let at = 0; at < messages.length; at += MESSAGE_STRIDE) if (messages[at] === id) return at;
  return null;
}

/**
 * @param {App} app
 * @param {number} node
 * @param {number} timer
 * @param {Anchor} anchor
 */
export function openTimerMenu(app, node, timer, anchor) {
  const words = app.sheet.timers[timer];
  openMenu(anchor, {
    title: `${app.frame.nodes[node].name} · ${words?.name ?? ""}`,
    detail: words?.text ? h("p", { class: "pop-note" }, words.text) : null,
  }, [actionRow(app, app.t("timer.fire"), "timer", { type: "fire", node, timer })]);
}

/**
 * @param {App} app
 * @param {number} node
 * @param {Anchor} anchor
 */
export function openNodeMenu(app, node, anchor) {
  const { name, status, clockRate, timers, diskHeld } = app.frame.nodes[node];
  const rate = (/** @type {number} */ permille) => ({ type: "clock-rate", node, permille });
  /** @type {MenuItem[]} */
  const items = [
    status === "down"
      ? actionRow(app, app.t("node.restart"), "restart", { type: "restart", node })
      : actionRow(app, app.t("node.crash"), "cross", { type: "crash", node }),
    status === "paused"
      ? actionRow(app, app.t("node.resume"), "play", { type: "resume", node })
      : actionRow(app, app.t("node.pause"), "pause", { type: "pause", node }),
    diskHeld
      ? actionRow(app, app.t("node.syncDisk"), "disk", { type: "sync-disk", node })
      : actionRow(app, app.t("node.holdDisk"), "disk", { type: "hold-disk", node }),
    actionRow(app, app.t("node.loseDisk"), "warning", { type: "lose-disk", node }),
    actionRow(app, app.t("node.isolate"), "cut", { type: "partition", side: [node] }),
    { heading: app.t("node.timers") },
    ...app.sheet.timers.map((words, timer) => ({
      ...actionRow(app, app.t("node.fire", { timer: words.name }), "timer", { type: "fire", node, timer }),
      hint: timerHint(app, timers.find((armed) => armed.timer === timer)?.dueMs ?? null),
    })),
    { heading: app.t("node.clock", { rate: clockRate / 1000 }) },
    actionRow(app, app.t("node.faster"), "clock", rate(Math.min(10000, clockRate * 2))),
    actionRow(app, app.t("node.slower"), "clock", rate(Math.max(1, Math.round(clockRate / 2)))),
  ];
  if (clockRate !== 1000) items.push(actionRow(app, app.t("node.trueClock"), "clock", rate(1000)));
  if (app.sheet.commands.length > 0) {
    items.push({ heading: app.t("node.commands") });
    app.sheet.commands.forEach((command, at) => items.push({ content: commandRow(app, node, at, command) }));
  }
  openMenu(anchor, { title: app.t("node.menu", { name }) }, items);
}

/**
 * @param {App} app
 * @param {number | null} dueMs
 */
function timerHint(app, dueMs) {
  return dueMs === null ? undefined : app.t("timer.due", { ms: Math.max(0, Math.round(dueMs - app.nowMs)) });
}

/**
 * A command of the protocol: one button for every node it can be aimed at.
 * @param {App} app
 * @param {number} node
 * @param {number} command
 * @param {{name: string, text: string}} words
 */
function commandRow(app, node, command, words) {
  const called = app.sheet.names?.[words.name] ?? words.name;
  const targets = app.frame.nodes.map((target, argument) => {
    const action = { type: "command", node, command, argument };
    const reason = app.refusal(action);
    return h("button", {
      type: "button", role: "menuitem", class: "target", tabindex: "-1",
      "aria-disabled": reason !== null ? "true" : undefined,
      title: reason ?? undefined,
      "aria-label": `${called} ${target.name}`,
      onclick: () => {
        if (reason !== null) return;
        closePopover();
        app.act(action);
      },
    }, target.name);
  });
  return h("div", { class: "command", role: "presentation" },
    h("div", { class: "command-words" }, icon("command"), h("span", null, called, h("small", null, words.text))),
    h("div", { class: "targets", role: "presentation" }, targets));
}
