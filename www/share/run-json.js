// A run as JSON, for programs: what it was made from, what happened, what clients saw, and where it stands.
// docs/sharing.md describes it; a change that breaks a reader gets another number.

import { CLIENT_BASE, KIND_REPLY, KIND_REQUEST } from "../types.js";

export const FORMAT = "consensus-playground/run";
export const VERSION = 1;

/** The actions by their codes, as a scenario writes them. */
export const ACTIONS = [
  "wait", "deliver", "drop", "duplicate", "delay", "fire", "crash", "restart", "pause", "resume", "lose-disk",
  "hold-disk", "sync-disk", "cut", "partition", "heal", "heal-all", "clock-rate", "clock-jump", "rule", "invoke",
  "retry", "give-up", "command",
];
const FIRE = 5, INVOKE = 20, GIVE_UP = 22;
/** Those that happen to one node: crash to sync-disk, clocks, an operator's command. */
const ON_NODE = new Set([6, 7, 8, 9, 10, 11, 12, 17, 18, 23]);
/** Numbers per action in a diagram, and what stands where. */
const ROW = Object.freeze({ ms: 0, code: 1, a: 2, b: 3, kind: 4, message: 5, flags: 7, length: 9 });
const VIOLATED = 1;

/**
 * @param {any} playground
 * @param {string | null} link the part of it from `v1.` on; null where the run is longer than a link may be
 */
export function runJson(playground, link) {
  const { branch, index, length, nowMs } = playground.cursor();
  const [about, sheet] = [playground.about(), playground.sheet()];
  const nodes = playground.nodes().map((/** @type {{name: string}} */ { name }) => name);
  const clients = playground.clients().map((/** @type {{name: string}} */ { name }) => name);
  const rows = playground.diagram(branch, 0, length);
  const nameOf = (/** @type {number} */ end) => (end >= CLIENT_BASE ? clients[end - CLIENT_BASE] : nodes[end]) ?? null;
  return {
    format: FORMAT, version: VERSION,
    protocol: about.protocol, title: about.title, about: about.about, seed: about.seed, pace: about.pace,
    nodes, clients, scenario: playground.text(), link,
    moment: { index, ms: nowMs, fingerprint: playground.fingerprint() },
    violated: playground.checks().flatMap((/** @type {import("../types.js").Check} */ { id, violated }) =>
      (violated ? [{ invariant: id, index: violated.index, ms: violated.atMs, why: violated.why }] : [])),
    actions: Array.from({ length }, (_, at) => {
      const row = rows.subarray(at * ROW.length, (at + 1) * ROW.length);
      return { index: at + 1, ms: row[ROW.ms], ...actionOf(row, nameOf, sheet), text: playground.describe(branch, at) };
    }),
    operations: playground.operations(branch).map((/** @type {any} */ { client, ...operation }) => ({ client: clients[client] ?? null, ...operation })),
    notes: playground.notes(),
  };
}

/**
 * @param {Int32Array} row
 * @param {(end: number) => string | null} nameOf
 * @param {import("../types.js").Sheet} sheet
 */
function actionOf(row, nameOf, sheet) {
  const code = row[ROW.code];
  const action = ACTIONS[code] ?? null;
  const violated = (row[ROW.flags] & VIOLATED) !== 0 ? { violated: true } : {};
  if (row[ROW.message] >= 0) {
    const kind = { [KIND_REQUEST]: "request", [KIND_REPLY]: "reply" }[row[ROW.kind]] ?? sheet.messages[row[ROW.kind]]?.name ?? null;
    return { action, from: nameOf(row[ROW.a]), to: nameOf(row[ROW.b]), kind, message: row[ROW.message], ...violated };
  }
  if (code === FIRE) return { action, node: nameOf(row[ROW.a]), timer: sheet.timers[row[ROW.b]]?.name ?? null, ...violated };
  if (code >= INVOKE && code <= GIVE_UP) return { action, client: nameOf(row[ROW.a]), ...row[ROW.b] >= 0 && { node: nameOf(row[ROW.b]) }, ...violated };
  return { action, ...ON_NODE.has(code) && { node: nameOf(row[ROW.a]) }, ...violated };
}
