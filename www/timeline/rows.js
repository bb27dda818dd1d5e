// The actions of a run as rows of numbers, fetched in chunks when somebody looks at them and kept
// as long as they are near; and the few of them that change who can reach whom, found once.

/** Numbers per action, as `Playground.diagram` gives them. */
export const ROW = 9;
/** The columns of a row. */
export const AT_MS = 0, CODE = 1, A = 2, B = 3, KIND = 4, MESSAGE = 5, SENT = 6, FLAGS = 7, VIOLATED = 8;

/** A flag: the action broke an invariant. */
export const FLAG_VIOLATED = 1;
/** Set where some link is cut after the action. */
export const FLAG_CUT = 2;

/** What an action is, by the number that the core gives it. */
export const Code = Object.freeze({
  WAIT: 0, DELIVER: 1, DROP: 2, DUPLICATE: 3, DELAY: 4, FIRE: 5, CRASH: 6, RESTART: 7, PAUSE: 8, RESUME: 9,
  LOSE_DISK: 10, HOLD_DISK: 11, SYNC_DISK: 12, CUT: 13, PARTITION: 14, HEAL: 15, HEAL_ALL: 16, CLOCK_RATE: 17,
  CLOCK_JUMP: 18, SET_RULE: 19, INVOKE: 20, RETRY: 21, GIVE_UP: 22, COMMAND: 23,
});

const CHUNK = 512;
const CHUNKS_KEPT = 96;
/** Rows looked through for faults in one go; the rest waits for the next quiet moment. */
const SCAN_ROWS = 8192;

/** @typedef {{ data: Int32Array, filled: number }} Chunk */
/** A fault or its end: the action's index and code, and whether some link is cut afterwards. @typedef {{ index: number, code: number, cut: boolean }} Fault */

export class Rows {
  /** @param {{ diagram(branch: number, from: number, to: number): Int32Array }} playground */
  constructor(playground) {
    this.playground = playground;
    /** @type {Map<number, Chunk>} */
    this.chunks = new Map();
    /** @type {Map<number, { scanned: number, faults: Fault[], violations: number[] }>} */
    this.scans = new Map();
  }

  /**
   * Calls `visit` for each action of [from, to) of a branch, with the numbers and where they begin.
   * @param {number} branch @param {number} from @param {number} to
   * @param {number} length actions on the branch
   * @param {(data: Int32Array, offset: number, index: number) => void} visit
   */
  each(branch, from, to, length, visit) {
    const end = Math.min(to, length);
    for (let index = Math.max(0, from); index < end; ) {
      const number = Math.floor(index / CHUNK);
      const chunk = this.chunk(branch, number, length);
      const stop = Math.min(end, number * CHUNK + chunk.filled);
      if (stop <= index) return;
      for (; index < stop; index++) visit(chunk.data, (index - number * CHUNK) * ROW, index);
    }
  }

  /**
   * When an action happens; 0 before the first.
   * @param {number} branch @param {number} index @param {number} length
   */
  atMs(branch, index, length) {
    if (index < 0 || length === 0) return 0;
    const row = Math.min(index, length - 1);
    const chunk = this.chunk(branch, Math.floor(row / CHUNK), length);
    return chunk.data[(row % CHUNK) * ROW + AT_MS];
  }

  /** @param {number} branch @param {number} number @param {number} length @returns {Chunk} */
  chunk(branch, number, length) {
    const key = branch * 1e7 + number;
    let chunk = this.chunks.get(key);
    if (!chunk) {
      chunk = { data: new Int32Array(CHUNK * ROW), filled: 0 };
      this.chunks.set(key, chunk);
      if (this.chunks.size > CHUNKS_KEPT) {
        const oldest = this.chunks.keys().next().value;
        if (oldest !== undefined) this.chunks.delete(oldest);
      }
    }
    // A run only ever grows, so what is there stays and only the missing rows are asked for.
    const wanted = Math.min(CHUNK, length - number * CHUNK);
    if (chunk.filled < wanted) {
      const from = number * CHUNK + chunk.filled;
      const rows = this.playground.diagram(branch, from, number * CHUNK + wanted);
      chunk.data.set(rows, chunk.filled * ROW);
      chunk.filled += Math.floor(rows.length / ROW);
    }
    return chunk;
  }

  /**
   * The crashes, cuts and switches of a branch, and the actions that broke an invariant, in order, as far as they have been looked for.
   * @param {number} branch @param {number} length
   * @returns {{ faults: Fault[], violations: number[], complete: boolean }}
   */
  eventful(branch, length) {
    let scan = this.scans.get(branch);
    if (!scan) this.scans.set(branch, (scan = { scanned: 0, faults: [], violations: [] }));
    if (scan.scanned < length) {
      const to = Math.min(length, scan.scanned + SCAN_ROWS);
      const rows = this.playground.diagram(branch, scan.scanned, to);
      for (let offset = 0; offset < rows.length; offset += ROW) {
        const code = rows[offset + CODE];
        if (code >= Code.CRASH && code <= Code.SET_RULE) {
          scan.faults.push({ index: scan.scanned + offset / ROW, code, cut: (rows[offset + FLAGS] & FLAG_CUT) !== 0 });
        }
        if (rows[offset + FLAGS] & FLAG_VIOLATED) scan.violations.push(scan.scanned + offset / ROW);
      }
      scan.scanned = to;
    }
    return { faults: scan.faults, violations: scan.violations, complete: scan.scanned >= length };
  }
}
