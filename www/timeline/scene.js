// What is to be drawn in the window, as a list of plain shapes with the action each belongs to.
// Drawing and hit-testing both read it.

import { A, B, CODE, Code, KIND, MESSAGE, SENT, VIOLATED } from "./rows.js";
import { clientY, endpointY, laneY } from "./layout.js";
import { xOf } from "./warp.js";
import { CLIENT_BASE, KIND_REPLY, KIND_REQUEST, MESSAGE as FLYING, MESSAGE_STRIDE } from "../types.js";

/** @typedef {import("../types.js").Tone} Tone */
/**
 * @typedef {{ x1: number, y1: number, x2: number, y2: number, tone: Tone, kind: number, reply: boolean,
 *   state: "arrived"|"lost"|"flying", action: number }} Line
 * @typedef {{ x: number, y: number, action: number, timer: number, node: number }} Tick
 * @typedef {{ x1: number, x2: number, node: number, status: 1|2, action: number }} Band
 * @typedef {{ x1: number, x2: number, action: number }} Span
 * @typedef {{ x: number, y: number, glyph: "rule"|"clock"|"disk"|"command"|"cut"|"heal"|"retry"|"copy"|"late",
 *   action: number }} Flag
 * @typedef {{ x1: number, x2: number, y: number, height: number, text: string,
 *   state: "answered"|"open"|"given-up", action: number, place: number }} Bar
 * @typedef {{ x: number, index: number, kind: "note"|"violation", text: string, id: string }} Mark
 * @typedef {{ lines: Line[], ticks: Tick[], bands: Band[], spans: Span[], flags: Flag[], bars: Bar[], marks: Mark[] }} Scene
 * @typedef {{ client: number, text: string, callIndex: number, callMs: number, returnIndex: number|null,
 *   returnMs: number|null, outcome: string|null, gaveUpIndex: number|null }} Operation
 */

/** @type {Map<number, Flag["glyph"]>} */
const NODE_GLYPHS = new Map([
  [Code.LOSE_DISK, "disk"], [Code.HOLD_DISK, "disk"], [Code.SYNC_DISK, "disk"], [Code.CLOCK_RATE, "clock"],
  [Code.CLOCK_JUMP, "clock"], [Code.COMMAND, "command"],
]);

/**
 * @param {{ window: import("./warp.js").Window, layout: import("./layout.js").Layout,
 *   rows: import("./rows.js").Rows, faults: import("./rows.js").Fault[], violations: number[], cursor: import("../types.js").Cursor,
 *   kinds: import("../types.js").MessageKind[], statuses: number[], operations: Operation[],
 *   notes: import("../types.js").Note[], checks: import("../types.js").Check[], flying: Int32Array,
 *   playheadX: number, words: (words: import("../types.js").Words) => string,
 *   named: (ids: string[]) => string }} given
 * @returns {Scene}
 */
export function sceneOf(given) {
  const { window, layout, rows, cursor, kinds } = given;
  /** @type {Scene} */
  const scene = { lines: [], ticks: [], bands: [], spans: [], flags: [], bars: [], marks: [] };
  const x = (/** @type {number} */ moment) => xOf(window, moment);
  const toneOf = (/** @type {number} */ kind) => kinds[kind]?.tone ?? "client";
  const isReply = (/** @type {number} */ kind) => kind === KIND_REPLY || (kinds[kind]?.reply ?? false);
  const from = window.first;
  /** The open band of each node: where it began. @type {({ x: number, status: number, action: number } | null)[]} */
  const open = given.statuses.map((status) => (status ? { x: x(from), status, action: from - 1 } : null));
  const close = (/** @type {number} */ node, /** @type {number} */ end) => {
    const band = open[node];
    if (band) scene.bands.push({ x1: band.x, x2: end, node, status: band.status === 2 ? 2 : 1, action: band.action });
    open[node] = null;
  };
  /** @type {Set<number>} */
  const ended = new Set();

  rows.each(cursor.branch, from, window.last, cursor.length, (data, offset, index) => {
    const code = data[offset + CODE], a = data[offset + A], b = data[offset + B];
    const here = x(index + 1);
    switch (code) {
      case Code.DELIVER:
      case Code.DROP: {
        const kind = data[offset + KIND], sent = data[offset + SENT];
        ended.add(data[offset + MESSAGE]);
        const [y1, y2] = [endpointY(layout, a), endpointY(layout, b)];
        const lost = code === Code.DROP;
        scene.lines.push({
          x1: x(sent), y1, x2: here, y2: lost ? (y1 + y2) / 2 : y2, tone: toneOf(kind), kind, reply: isReply(kind),
          state: lost ? "lost" : "arrived", action: index,
        });
        break;
      }
      case Code.DUPLICATE:
      case Code.DELAY:
        if (a >= 0 && b >= 0) {
          const y = (endpointY(layout, a) + endpointY(layout, b)) / 2;
          scene.flags.push({ x: here, y, glyph: code === Code.DELAY ? "late" : "copy", action: index });
        }
        break;
      case Code.FIRE:
        scene.ticks.push({ x: here, y: laneY(layout, a), action: index, timer: b, node: a });
        break;
      case Code.CRASH:
      case Code.PAUSE:
        close(a, here);
        open[a] = { x: here, status: code === Code.CRASH ? 2 : 1, action: index };
        break;
      case Code.RESTART:
      case Code.RESUME:
        close(a, here);
        break;
      case Code.SET_RULE:
        scene.flags.push({ x: here, y: layout.eventsY, glyph: "rule", action: index });
        break;
      case Code.RETRY:
        if (a >= CLIENT_BASE) scene.flags.push({ x: here, y: clientY(layout, a - CLIENT_BASE), glyph: "retry", action: index });
        break;
      default: {
        const glyph = NODE_GLYPHS.get(code);
        if (glyph && a >= 0) scene.flags.push({ x: here, y: laneY(layout, a) - layout.laneStep / 2 + 5, glyph, action: index });
      }
    }
  });
  for (let node = 0; node < open.length; node++) close(node, x(window.last));

  addFlying(scene, given, ended, toneOf, isReply);
  addSpans(scene, given, x);
  addBars(scene, given, x);
  for (const note of given.notes) {
    if (note.index >= from && note.index <= window.last) {
      // Beside a violation at the same moment, not under it.
      const shift = given.violations.includes(note.index - 1) ? -13 : 0;
      scene.marks.push({ x: x(note.index) + shift, index: note.index, kind: "note", text: given.words(note), id: "" });
    }
  }
  for (const action of given.violations) {
    const index = action + 1;
    if (index < from || index > window.last) continue;
    const broken = given.checks.filter(({ violated }) => violated?.index === index);
    // Ahead of the present moment only the first invariant that it breaks is known.
    const ids = broken.map(({ id }) => id);
    if (!ids.length) {
      rows.each(cursor.branch, action, index, cursor.length, (data, offset) => {
        ids.push(given.checks[data[offset + VIOLATED]]?.id ?? "");
      });
    }
    scene.marks.push({
      x: x(index), index, kind: "violation", id: given.named(ids),
      text: broken.map(({ violated }) => violated?.why).join(" "),
    });
  }
  return scene;
}

/**
 * Messages in flight at the present moment whose end is not in the window: drawn as far as they got.
 * @param {Scene} scene @param {Parameters<typeof sceneOf>[0]} given @param {Set<number>} ended
 * @param {(kind: number) => Tone} toneOf @param {(kind: number) => boolean} isReply
 */
function addFlying(scene, { flying, window, layout, cursor, playheadX }, ended, toneOf, isReply) {
  if (cursor.index < window.first || cursor.index > window.last) return;
  for (let offset = 0; offset < flying.length; offset += MESSAGE_STRIDE) {
    if (ended.has(flying[offset + FLYING.id])) continue;
    const sentMs = flying[offset + FLYING.sentMs], dueMs = flying[offset + FLYING.dueMs];
    const part = dueMs > sentMs ? Math.min(0.9, Math.max(0.06, (cursor.nowMs - sentMs) / (dueMs - sentMs))) : 0.5;
    const y1 = endpointY(layout, flying[offset + FLYING.from]), y2 = endpointY(layout, flying[offset + FLYING.to]);
    const x1 = xOf(window, flying[offset + FLYING.sentIndex]);
    const kind = flying[offset + FLYING.kind];
    // Sent by the last action: a stub, so that one sees that something is under way.
    const x2 = Math.max(playheadX, x1 + 4);
    scene.lines.push({
      x1, y1, x2, y2: y1 + (y2 - y1) * part, tone: toneOf(kind), kind, reply: isReply(kind), state: "flying", action: -1,
    });
  }
}

/**
 * The time in which some link is cut, as one span: from a cut until all is healed.
 * @param {Scene} scene @param {Parameters<typeof sceneOf>[0]} given @param {(moment: number) => number} x
 */
function addSpans(scene, { faults, window, layout }, x) {
  let since = -1;
  const push = (/** @type {number} */ until) => {
    if (since >= 0 && until >= window.first && since <= window.last) {
      scene.spans.push({ x1: x(Math.max(window.first, since + 1)), x2: x(Math.min(window.last, until)), action: since });
    }
    since = -1;
  };
  for (const { index, code, cut } of faults) {
    if (code < Code.CUT || code > Code.HEAL_ALL) continue;
    const inWindow = index >= window.first && index < window.last;
    if (cut && since < 0) since = index;
    else if (!cut) push(index + 1);
    if (inWindow) {
      const glyph = code === Code.CUT || code === Code.PARTITION ? "cut" : "heal";
      scene.flags.push({ x: x(index + 1), y: layout.eventsY, glyph, action: index });
    }
  }
  push(Number.MAX_SAFE_INTEGER);
}

/** @param {Scene} scene @param {Parameters<typeof sceneOf>[0]} given @param {(moment: number) => number} x */
function addBars(scene, { operations, window, layout, cursor }, x) {
  for (const [place, operation] of operations.entries()) {
    const called = operation.callIndex;
    const end = operation.returnIndex ?? operation.gaveUpIndex ?? cursor.length;
    if (called > window.last || end < window.first) continue;
    const isOver = (/** @type {number | null} */ at) => at !== null && at <= cursor.length;
    const state = isOver(operation.returnIndex) ? "answered" : isOver(operation.gaveUpIndex) ? "given-up" : "open";
    const height = layout.clientStep - 5;
    scene.bars.push({
      x1: x(Math.max(window.first, called)), x2: Math.max(x(Math.min(window.last, end)), x(Math.max(window.first, called)) + 3),
      y: clientY(layout, operation.client) - height / 2, height, state, action: called, place,
      text: state === "answered" ? `${operation.text} → ${operation.outcome}` : operation.text,
    });
  }
}

/**
 * The action nearest to a point, if one is near.
 * @param {Scene} scene @param {number} px @param {number} py
 * @returns {{ action: number } | { mark: Mark } | { bar: Bar } | null}
 */
export function hit(scene, px, py) {
  for (const mark of scene.marks) if (py < 22 && Math.abs(px - mark.x) < 8) return { mark };
  for (const bar of scene.bars) if (px >= bar.x1 && px <= bar.x2 && py >= bar.y && py <= bar.y + bar.height) return { bar };
  let best = 8, action = -1;
  const offer = (/** @type {number} */ distance, /** @type {number} */ candidate) => {
    if (distance < best && candidate >= 0) {
      best = distance;
      action = candidate;
    }
  };
  for (const flag of scene.flags) offer(Math.hypot(px - flag.x, py - flag.y) - 3, flag.action);
  for (const tick of scene.ticks) offer(Math.hypot(px - tick.x, (py - tick.y) / 2), tick.action);
  for (const line of scene.lines) {
    if (px < line.x1 - 8 || px > line.x2 + 8) continue;
    offer(distanceToLine(line, px, py) + 1, line.action);
  }
  if (action >= 0) return { action };
  return null;
}

/** @param {Line} line @param {number} px @param {number} py */
function distanceToLine({ x1, y1, x2, y2 }, px, py) {
  const dx = x2 - x1, dy = y2 - y1;
  const part = Math.max(0, Math.min(1, ((px - x1) * dx + (py - y1) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(px - x1 - part * dx, py - y1 - part * dy);
}
