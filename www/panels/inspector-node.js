// One node from the inside: what its disk holds and what a crash would take, what runs, and
// everything that can be done to it.

import { h } from "../dom.js";
import { actionButton, buttonGroup, factTable, reasonAgainst } from "./facts.js";
import { justApplied } from "./inspector-brief.js";
import { logTable } from "./log.js";
import { heading, plain } from "./parts.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("./patch.js").Doer} Doer */

/** What can be done to a node as a whole, in the order in which it is read. */
const FAULTS = ["crash", "restart", "pause", "resume", "lose-disk", "hold-disk", "sync-disk"];
/** Clock rates that are worth trying, in per mille of true time. */
const RATES = [500, 800, 900, 1000, 1100, 1200, 2000];
const CLOCK_JUMP_MS = 50;

/**
 * @param {App} app @param {Doer} doer @param {number} node
 * @returns {Node[]}
 */
export function nodePanel(app, doer, node) {
  const state = app.frame.nodes[node];
  const { now, before } = app.playground.inspect(node);
  const { sheet } = app;
  const logs = (/** @type {boolean} */ durable) => now.logs.filter((/** @type {any} */ log) => log.durable === durable)
    .flatMap((/** @type {any} */ log) => [
      now.logs.length > 1 && log.cells.length > 0 ? h("p", { class: "quiet", "data-key": `title ${log.title}` }, log.title) : null,
      logTable(app, log, before?.logs.find((/** @type {any} */ former) => former.title === log.title) ?? null, sheet.period),
    ]);
  const period = before && before.period !== now.period ? `${before.period} → ${now.period}` : `${now.period}`;
  const isDown = state.status === "down";
  return [
    h("div", { class: "who", "data-key": "who" },
      h("h2", null, state.name),
      h("span", { class: `role shape-${now.shape}` }, now.role),
      state.status === "paused" ? h("span", { class: "role status" }, app.t("inspector.paused")) : null,
      state.diskHeld ? h("span", { class: "role status" }, app.t("inspector.diskHeld")) : null,
      h("span", { class: "quiet" }, `${sheet.period} ${period}`)),

    heading(app.t("inspector.durable"), app.t("inspector.durableHint")),
    factTable(app, now.durable, before?.durable ?? null, app.t("inspector.durable")),
    ...logs(true),

    heading(app.t("inspector.volatile"), app.t("inspector.volatileHint")),
    isDown && now.volatile.length === 0
      ? h("p", { class: "quiet" }, app.t("inspector.forgotten"))
      : factTable(app, now.volatile, before?.volatile ?? null, app.t("inspector.volatile")),
    ...logs(false),
    now.data.length > 0 || (before?.data.length ?? 0) > 0 ? heading(app.t("inspector.data")) : null,
    now.data.length > 0 || (before?.data.length ?? 0) > 0
      ? factTable(app, now.data, before?.data ?? null, app.t("inspector.data")) : null,

    ...justApplied(app),

    heading(app.t("inspector.timers")),
    timers(app, doer, node),
    heading(app.t("inspector.actions")),
    buttonGroup("faults", app.t("inspector.actions"), [
      ...FAULTS.map((type) =>
        actionButton(app, doer, { key: type, text: app.t(`action.${type}`), action: { type, node }, title: app.t(`action.${type}.hint`) })),
      ...commands(app, doer, node),
    ]),
    clock(app, doer, node),
  ].filter((part) => part !== null);
}

/** @param {App} app @param {Doer} doer @param {number} node */
function timers(app, doer, node) {
  const { nodes, cursor } = app.frame;
  const running = new Map(nodes[node].timers.map((timer) => [timer.timer, timer]));
  return h("div", { class: "buttons", role: "group", "aria-label": app.t("inspector.timers"), "data-key": "timers" },
    h("ul", { class: "timers" }, app.sheet.timers.map(({ name, text }, timer) => {
      const state = running.get(timer);
      const left = state?.dueMs == null ? null : Math.max(0, Math.round(state.dueMs - cursor.nowMs));
      return h("li", { "data-key": name },
        h("span", { class: "timer-name", title: text }, name),
        h("span", { class: "timer-left" },
          !state ? app.t("inspector.timerOff") : left === null ? app.t("inspector.timerStands")
            : app.t("inspector.timerLeft", { left, span: state.spanMs })),
        state && left !== null
          ? h("span", { class: "timer-bar", "aria-hidden": "true" },
            h("span", { style: { width: `${Math.min(100, (100 * left) / Math.max(1, state.spanMs))}%` } })) : null,
        actionButton(app, doer, { key: `fire-${timer}`, text: app.t("action.fire"), action: { type: "fire", node, timer }, title: app.t("action.fire.hint") }));
    })),
    h("p", { class: "reason" }));
}

/**
 * What an operator may ask of a node, each with the node that it is about.
 * @param {App} app @param {Doer} doer @param {number} node
 */
function commands(app, doer, node) {
  const others = app.frame.nodes.map(({ name }, index) => ({ name, index })).filter(({ index }) => index !== node);
  return app.sheet.commands.map(({ name, text }, command) => {
    const key = `command-${command}`;
    const first = others[0]?.index ?? node;
    const reason = reasonAgainst(app, { type: "command", node, command, argument: first });
    doer.add(key, (event) => {
      const select = /** @type {HTMLElement} */ (event.target).closest(".operator")?.querySelector("select");
      app.act({ type: "command", node, command, argument: Number(select?.value ?? first) });
    });
    return h("span", { class: "operator", "data-key": `operator-${command}` },
      h("button", {
        type: "button", class: "edge", "data-key": key, "data-do": key, title: reason ?? text, "data-reason": reason,
        "aria-disabled": reason ? "true" : null, "aria-description": reason,
      }, plain(name, app.sheet)),
      // Nodes to choose from belong to this node: the key makes another node's list a list of its own.
      h("select", { "aria-label": app.t("inspector.commandTarget", { name: plain(name, app.sheet) }), "data-key": `target-${node}` },
        others.map(({ name: other, index }) => h("option", { value: index }, other))));
  });
}

/** @param {App} app @param {Doer} doer @param {number} node */
function clock(app, doer, node) {
  const { clockMs, clockRate, name } = app.frame.nodes[node];
  const ahead = Math.round(clockMs - app.frame.cursor.nowMs);
  const rates = RATES.includes(clockRate) ? RATES : [...RATES, clockRate].sort((one, other) => one - other);
  doer.add("clock-rate", (event) => {
    app.act({ type: "clock-rate", node, permille: Number(/** @type {HTMLSelectElement} */ (event.target).value) });
  });
  return h("details", { class: "clock", "data-key": "clock" },
    h("summary", null, app.t("inspector.clock"), h("span", { class: "quiet" },
      ` ${clockMs} ms${ahead === 0 ? "" : ` (${app.t(ahead > 0 ? "inspector.clockAhead" : "inspector.clockBehind", { ms: Math.abs(ahead) })})`}`,
      clockRate === 1000 ? "" : ` · × ${clockRate / 1000}`)),
    h("div", { class: "buttons", role: "group", "aria-label": app.t("inspector.clock") },
      h("label", { class: "inline" }, app.t("inspector.clockRate"), " ",
        h("select", { "data-do": "clock-rate", "data-on": "change", "data-key": `rate-${name}-${clockRate}` },
          rates.map((rate) => h("option", { value: rate, selected: rate === clockRate }, `× ${rate / 1000}`)))),
      actionButton(app, doer, {
        key: "clock-jump", text: app.t("action.clock-jump", { ms: CLOCK_JUMP_MS }),
        action: { type: "clock-jump", node, aheadMs: CLOCK_JUMP_MS },
      }),
      h("p", { class: "reason" })));
}
