// The shapes of what the core hands over, written once for the whole page; types only, no code.

/**
 * @typedef {{en?: string, zh?: string}} Words
 * @typedef {{name: string, value: string}} Field
 * @typedef {{index: number, period: number, text: string, committed: boolean}} LogCell
 * @typedef {{title: string, durable: boolean, cells: LogCell[], skipped: number}} LogView
 * @typedef {{role: string, shape: "plain"|"double"|"dashed"|"dotted", period: number, badges: string[],
 *   durable: Field[], volatile: Field[], logs: LogView[], data: Field[]}} NodeView
 * @typedef {{timer: number, name: string, spanMs: number, dueMs: number|null}} TimerState
 * @typedef {{name: string, status: "up"|"paused"|"down", diskHeld: boolean, clockMs: number,
 *   clockRate: number, timers: TimerState[], view: NodeView}} NodeState
 * @typedef {{name: string, contact: number, open: {id: number, text: string}|null,
 *   last: {text: string, outcome: string|null}|null}} ClientState
 * @typedef {{branch: number, index: number, length: number, nowMs: number, branches: number}} Cursor
 * @typedef {{text: string, touched: number|null, applied: string[], missed: string[], sent: number[],
 *   violated: string[]}} LastAction
 * @typedef {{id: string, violated: null|{index: number, atMs: number, why: string}}} Check
 * @typedef {{id: string, on: boolean}} RuleState
 * @typedef {Words & {index: number}} Note
 * @typedef {{short: string, fields: Field[], kind: string}} MessageLabel
 * @typedef {"append"|"vote"|"client"|"control"} Tone
 * @typedef {{name: string, tone: Tone, reply: boolean}} MessageKind
 * @typedef {{id: string, title: string, source: string, guarantee: string, period: string, messages: MessageKind[],
 *   timers: {name: string, text: string}[], commands: {name: string, text: string}[],
 *   rules: {id: string, source: string, text: string, without: string, protects: string[]}[],
 *   invariants: {id: string, source: string, text: string}[],
 *   settings: Setting[], operations: {name: string, parts: string[]}[], nodes_default: number,
 *   nodes_range: [number, number], letter?: string, names?: Record<string, string>}} Sheet in another language than
 *   English with the letter of its periods, and with what ids are called
 * @typedef {{id: string, text: string, default: number, range: {number?: [number, number], choice?: string[]}}} Setting
 * @typedef {{name: string, size: number}} Quorum
 * @typedef {{text: string, filled: string, holds: boolean, meaning: string, quorums: Quorum[]}} Formula
 * @typedef {{name: string, value: number, of: number}} Meter
 * @typedef {{protocol: string, title: Words, about: Words, nodes: number, clients: number, seed: string,
 *   pace: "by-time"|"by-hand"|"at-random", openAt: number, network: string,
 *   workload: string | null, workloads: {id: string, text: string}[],
 *   settings: {id: string, value: string}[], rulesOff: string[]}} About
 * @typedef {{messages: number, called: number, answered: number, hops: number, latencyMs: number,
 *   reads: number, stale: number, behindMost: number}} Metrics
 * @typedef {{asked: number, answered: number, reads: number, fresh: number}} Tradeoff
 * @typedef {{id: string, protocol: string, protocolTitle: string, title: Words, about: Words}} ScenarioEntry
 * @typedef {{type: string, [key: string]: any}} Action
 * @typedef {{kind: "text"|"link"|"refused"|"bound", code: string, message: string, line?: number,
 *   column?: number}} CoreError
 */

/** @typedef {{playground: any, sheet: Sheet, about: About, frame: Frame}} Run */

/**
 * What the page caches of one moment; `app.frame`.
 * @typedef {{cursor: Cursor, nodes: NodeState[], clients: ClientState[], messages: Int32Array,
 *   cuts: number[][], last: LastAction, note: Note|null, checks: Check[], rules: RuleState[]}} Frame
 */

/**
 * @typedef {null | {type: "node", node: number} | {type: "message", id: number}
 *   | {type: "client", client: number}} Selection
 */

/** Numbers per message in `frame.messages`, and what stands where. */
export const MESSAGE_STRIDE = 9;
export const MESSAGE = Object.freeze({
  id: 0, from: 1, to: 2, kind: 3, sentMs: 4, dueMs: 5, lost: 6, dead: 7, sentIndex: 8,
});

/** Endpoints from this number on are clients. */
export const CLIENT_BASE = 1000;

/** Message kinds that every protocol shares: what clients ask and what they are told. */
export const KIND_REQUEST = 200;
export const KIND_REPLY = 201;
