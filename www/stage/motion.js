// What moves although the clock does not: messages of a by-hand run glide to a resting place on
// their lane, and a message that is taken before it was due flies the rest of its way as a ghost.

import { ease } from "../play.js";
import { MESSAGE, MESSAGE_STRIDE } from "../types.js";

/** @typedef {{from: number, to: number, kind: number, progress: number, label: string | null}} Seen */
/** @typedef {Seen & {id: number, dropped: boolean, bornWallMs: number, spanMs: number}} Ghost */

const DROP = 2;
const ROW = 9;
const GHOST_MS = 420;
/** More ghosts than this at once are only noise. */
const GHOSTS_MAX = 60;
const REST = 0.56;
const REST_STEP = 0.17;
const APPROACH_MS = 150;

export class Motion {
  /** What was drawn last, by message. @type {Map<number, Seen>} */
  seen = new Map();
  /** @type {Ghost[]} */
  ghosts = [];
  /** How far each message of a by-hand run has come. @type {Map<number, number>} */
  #resting = new Map();
  /** @type {{id: number, from: number} | null} */
  #flying = null;
  #lastWallMs = 0;

  /**
   * A new picture replaced the former one.
   * @param {import("../app.js").App} app
   * @param {import("../app.js").ChangeKind} kind
   * @param {import("../types.js").Frame | null} former
   * @param {number} wallMs
   */
  pictureChanged(app, kind, former, wallMs) {
    if (kind === "jump" || !former || app.stillness) {
      this.ghosts = [];
      this.seen.clear();
      this.#resting.clear();
      this.#flying = null;
      if (kind === "jump") this.#restAtOnce = true;
      return;
    }
    const present = new Set();
    const { messages, cursor } = app.frame;
    for (let at = 0; at < messages.length; at += MESSAGE_STRIDE) present.add(messages[at]);
    const gone = [...this.seen].filter(([id]) => !present.has(id));
    for (const [id] of gone) {
      this.seen.delete(id);
      this.#resting.delete(id);
    }
    if (gone.length === 0 || gone.length > GHOSTS_MAX) return;
    const dropped = droppedBetween(app.playground, cursor, former.cursor.index);
    for (const [id, seen] of gone) {
      if (seen.progress > 0.93 && !dropped.has(id)) continue;
      const spanMs = dropped.has(id) ? GHOST_MS * 1.3 : Math.max(140, GHOST_MS * (1 - seen.progress));
      this.ghosts.push({ ...seen, id, dropped: dropped.has(id), bornWallMs: wallMs, spanMs });
    }
    this.ghosts.splice(0, Math.max(0, this.ghosts.length - GHOSTS_MAX));
  }

  #restAtOnce = true;

  /**
   * The progress of every message in a by-hand run, in the order of the picture.
   * @param {Int32Array} messages
   * @param {{message: number | null, progress: number} | null} beat
   * @param {boolean} still whether nothing may glide
   * @param {number} wallMs
   * @returns {{progress: Float64Array, moving: boolean}}
   */
  restingProgress(messages, beat, still, wallMs) {
    const passedMs = Math.min(64, wallMs - this.#lastWallMs);
    this.#lastWallMs = wallMs;
    const approach = still || this.#restAtOnce ? 1 : 1 - Math.exp(-passedMs / APPROACH_MS);
    this.#restAtOnce = false;
    /** @type {Map<number, number>} */
    const waiting = new Map();
    const progress = new Float64Array(messages.length / MESSAGE_STRIDE);
    let moving = false;
    for (let row = 0; row < progress.length; row++) {
      const at = row * MESSAGE_STRIDE;
      const id = messages[at + MESSAGE.id];
      const lane = messages[at + MESSAGE.from] * 1024 + messages[at + MESSAGE.to];
      const rank = waiting.get(lane) ?? 0;
      waiting.set(lane, rank + 1);
      const target = Math.max(0.06, REST - rank * REST_STEP);
      let now = this.#resting.get(id) ?? 0;
      if (beat?.message === id) {
        if (this.#flying?.id !== id) this.#flying = { id, from: now };
        now = this.#flying.from + (1 - this.#flying.from) * ease(beat.progress);
      } else {
        now += (target - now) * approach;
        if (Math.abs(target - now) < 0.004) now = target;
        else moving = true;
      }
      this.#resting.set(id, now);
      progress[row] = now;
    }
    return { progress, moving };
  }

  /**
   * The ghosts that are still on their way, with how far they have come.
   * @param {number} wallMs
   */
  liveGhosts(wallMs) {
    this.ghosts = this.ghosts.filter((ghost) => wallMs - ghost.bornWallMs < ghost.spanMs);
    return this.ghosts.map((ghost) => {
      const part = Math.min(1, Math.max(0, (wallMs - ghost.bornWallMs) / ghost.spanMs));
      const progress = ghost.dropped ? ghost.progress : ghost.progress + (1 - ghost.progress) * ease(part);
      return { ...ghost, progress, part };
    });
  }
}

/**
 * The messages that the actions between two moments lost.
 * @param {any} playground
 * @param {import("../types.js").Cursor} cursor
 * @param {number} fromIndex
 */
function droppedBetween(playground, cursor, fromIndex) {
  const dropped = new Set();
  if (fromIndex >= cursor.index) return dropped;
  const rows = playground.diagram(cursor.branch, fromIndex, cursor.index);
  for (let at = 0; at < rows.length; at += ROW) {
    if (rows[at + 1] === DROP) dropped.add(rows[at + 5]);
  }
  return dropped;
}
