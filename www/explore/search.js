// One search as the page sees it: a ladder of budgets, each searched by a worker of its own, several at
// once where there are cores. Whatever becomes of a worker, what it has told so far stays.

import { searchWorker } from "../workers.js";
import { valuesOf } from "./asked.js";
import { budgetLine, isWithin, ladder } from "./ladder.js";

/** @typedef {import("./ladder.js").Budget} Budget */
/**
 * @typedef {{sheet: import("../types.js").Sheet, title: import("../types.js").Words, index: number}} From where a search begins: the
 *   protocol, the scenario and the moment
 * @typedef {{progress: string, distinct: number, generated: number, depth: number, frontier: number, tableBytes: number,
 *   pruned: number[], collisionsMillionths: number, budget: string, search: string, property: string | null, why: string | null}} View
 * @typedef {{text: string, link: string, lines: string[], transcript?: string}} Story
 * @typedef {"waiting"|"running"|"exhausted"|"covered"|"limited"|"found"|"stopped"|"died"} RungState
 * @typedef {{budget: Budget, seed: number | null, state: RungState, view: View | null, searchedMs: number, lane: number, memoryBytes: number, worker: Worker | null,
 *   why: string}} Rung lane: several budgets are searched beside each other, a worker each
 * @typedef {{text: string, lines: string[], budget: Budget, from: From, isWhole: boolean, seed: number | null}} Request isWhole: no smaller
 *   budget is searched before; seed: of random runs, of which each worker draws its own
 * @typedef {"running"|"paused"|"found"|"exhausted"|"limited"|"stopped"|"died"|"refused"} SearchState
 */

/** The page itself needs a core. */
const WORKERS_MAX = 4;

export class Search {
  /** Called whenever something has changed. */
  onChange = () => {};
  /** Says more of what was found. @type {(story: Story, view: View) => Promise<Story>} */
  tell = async (story) => story;
  /** @type {SearchState} */
  state = "running";
  /** @type {Story | null} */
  story = null;
  /** @type {Rung | null} where something was found */
  found = null;
  /** Why it did not even begin. */
  problem = "";
  /** The most that all workers together have held. */
  memoryMostBytes = 0;
  /** How long it has searched, without pauses, up to the last time it began to. */
  #searchedMs = 0;
  /** When it last began to. */
  #sinceMs = performance.now();

  /**
   * @param {Request} request
   */
  constructor({ text, lines, budget, from, isWhole, seed }) {
    this.text = text;
    this.lines = lines;
    this.from = from;
    /** The most states that each worker looks at. */
    this.statesMost = Number(valuesOf("states", lines)[0] ?? Infinity);
    this.workersMax = Math.max(1, Math.min(WORKERS_MAX, (navigator.hardwareConcurrency || 2) - 1));
    const tasks = seed !== null ? Array.from({ length: this.workersMax }, (_, at) => ({ budget, seed: (seed + at) % 2 ** 32 }))
      : (isWhole ? [budget] : ladder(budget)).map((rung) => ({ budget: rung, seed: null }));
    /** @type {Rung[]} */
    this.rungs = tasks.map((task) => ({
      ...task, state: "waiting", view: null, searchedMs: 0, lane: 0, memoryBytes: 0, worker: null, why: "",
    }));
    this.#fill();
  }

  /** Whether it can still go on. */
  get isOpen() {
    return this.state === "running" || this.state === "paused";
  }

  pause() {
    if (this.state === "running") this.#say("paused", "pause");
  }

  goOn() {
    if (this.state === "paused") this.#say("running", "go");
    this.#fill();
  }

  stop() {
    if (!this.isOpen) return;
    for (const rung of this.rungs) if (rung.state === "running" || rung.state === "waiting") this.#close(rung, "stopped");
    this.#end("stopped");
  }

  /** How long it has searched, without pauses. */
  get elapsedMs() {
    return this.#searchedMs + (this.state === "running" ? performance.now() - this.#sinceMs : 0);
  }

  /** How far it is for certain, from 0 to 1: a budget may have fewer states than it may have at most. */
  get share() {
    const shares = this.rungs.map(({ state, view, seed }) => {
      if (state !== "running") return state === "waiting" ? 0 : 1;
      // Random runs may go through the same states again.
      return Math.min(1, (view ? (seed === null ? view.distinct : view.generated) : 0) / this.statesMost);
    });
    return shares.reduce((sum, share) => sum + share, 0) / shares.length;
  }

  /** What has been counted by all workers together. */
  totals() {
    const views = this.rungs.flatMap(({ view }) => (view ? [view] : []));
    const sum = (/** @type {(view: View) => number} */ of) => views.reduce((total, view) => total + of(view), 0);
    const running = this.rungs.filter(({ worker }) => worker !== null);
    const distinct = sum((view) => view.distinct);
    // Each lane does one budget after the other; that which has searched the longest tells for how long all have.
    /** @type {number[]} */
    const lanesMs = Array(this.workersMax).fill(0);
    for (const rung of this.rungs) lanesMs[rung.lane] += rung.searchedMs;
    const searchedMs = Math.max(...lanesMs);
    return {
      distinct, generated: sum(({ generated }) => generated),
      frontier: sum(({ frontier }) => frontier), depth: Math.max(0, ...views.map(({ depth }) => depth)),
      collisionsMillionths: sum(({ collisionsMillionths }) => collisionsMillionths),
      pruned: views.reduce((all, { pruned }) => pruned.map((number, at) => number + (all[at] ?? 0)), /** @type {number[]} */ ([])),
      rate: searchedMs > 0 ? (distinct / searchedMs) * 1000 : 0,
      memoryBytes: this.isOpen ? running.reduce((total, { memoryBytes }) => total + memoryBytes, 0) : this.memoryMostBytes,
      workers: running.length,
      done: this.rungs.filter(({ state }) => state !== "waiting" && state !== "running").length,
    };
  }

  /** The largest budgets that were searched to the end. */
  covered() {
    const done = this.rungs.filter(({ state }) => state === "exhausted");
    return done.filter(({ budget }) => !done.some((other) => other.budget !== budget && isWithin(budget, other.budget)));
  }

  /** @param {SearchState} state */
  #turn(state) {
    this.#searchedMs = this.elapsedMs;
    this.#sinceMs = performance.now();
    this.state = state;
  }

  /** @param {SearchState} state @param {"pause" | "go"} kind */
  #say(state, kind) {
    this.#turn(state);
    for (const { worker } of this.rungs) worker?.postMessage({ kind });
    this.onChange();
  }

  /** Starts workers for the next budgets. */
  #fill() {
    if (this.state !== "running") return;
    for (const rung of this.rungs) {
      if (this.rungs.filter(({ worker }) => worker !== null).length >= this.workersMax) break;
      if (rung.state === "waiting") this.#begin(rung);
    }
    if (this.rungs.every(({ state }) => state !== "waiting" && state !== "running")) {
      const isAll = this.rungs.at(-1)?.state === "exhausted";
      this.#end(isAll ? "exhausted" : this.rungs.some(({ state }) => state === "died") ? "died" : "limited");
    }
    this.onChange();
  }

  /** @param {Rung} rung */
  #begin(rung) {
    const worker = searchWorker();
    const taken = this.rungs.flatMap((other) => (other.worker ? [other.lane] : []));
    const lane = taken.findIndex((_, place) => !taken.includes(place));
    Object.assign(rung, { worker, state: "running", lane: lane < 0 ? taken.length : lane });
    worker.onmessage = ({ data }) => this.#hear(rung, data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#die(rung, event.message || "");
    };
    const seed = rung.seed === null ? [] : [`seed ${rung.seed}`];
    const request = [...this.lines, ...seed, `budget ${budgetLine(rung.budget)}`].join("\n");
    worker.postMessage({ kind: "explore", text: this.text, request });
  }

  /** @param {Rung} rung @param {any} data what its worker says */
  #hear(rung, data) {
    if (rung.worker === null) return;
    if (data.kind === "progress") {
      Object.assign(rung, { view: data.view, searchedMs: data.searchedMs, memoryBytes: data.memoryBytes });
      const held = this.rungs.reduce((sum, { worker, memoryBytes }) => sum + (worker ? memoryBytes : 0), 0);
      this.memoryMostBytes = Math.max(this.memoryMostBytes, held);
      this.onChange();
    } else if (data.kind === "failed" && !data.down) {
      this.problem = data.why;
      for (const other of this.rungs) this.#close(other, "stopped");
      this.#end("refused");
    } else if (data.kind === "failed") {
      this.#die(rung, data.why);
    } else {
      void this.#finish(rung, data.story);
    }
  }

  /** @param {Rung} rung @param {Story | null} story */
  async #finish(rung, story) {
    const word = rung.view?.progress;
    if (story && rung.view) {
      this.#close(rung, "found");
      for (const other of this.rungs) if (other.state === "running" || other.state === "waiting") this.#close(other, "stopped");
      // What cannot be said in more words is still what was found.
      const told = await this.tell(story, rung.view).catch(() => story);
      if (!this.isOpen) return;
      Object.assign(this, { story: told, found: rung });
      this.#end("found");
      return;
    }
    this.#close(rung, word === "exhausted" ? "exhausted" : "limited");
    if (word === "exhausted") {
      for (const other of this.rungs) {
        const isOpen = other.state === "running" || other.state === "waiting";
        if (isOpen && isWithin(other.budget, rung.budget)) this.#close(other, "covered");
      }
    }
    this.#fill();
  }

  /** A worker is gone: what it has told stays, and larger budgets would go the same way. @param {Rung} rung @param {string} why */
  #die(rung, why) {
    rung.why = why;
    this.#close(rung, "died");
    for (const other of this.rungs) {
      if (other.state === "waiting" && isWithin(rung.budget, other.budget)) this.#close(other, "died");
    }
    this.#fill();
  }

  /** @param {Rung} rung @param {RungState} state */
  #close(rung, state) {
    rung.worker?.terminate();
    Object.assign(rung, { worker: null, state });
  }

  /** @param {SearchState} state */
  #end(state) {
    this.#turn(state);
    this.onChange();
  }
}
