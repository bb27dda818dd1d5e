// A run as a film: key pictures of the stage, made with its own code, and what is said at each moment. Between
// two key pictures of the same moment things move in straight lines, which is all that a player has to know.

import { pictureOf } from "../picture.js";
import { Motion } from "../stage/motion.js";
import { COLOUR_NAMES } from "../theme.js";
import { drawStage, momentOf, momentWords, sentenceOf } from "./picture.js";
import { SvgPen } from "./svg-pen.js";

/**
 * A part of a key picture: the place of its pattern, and the numbers that go into it.
 * @typedef {number[]} Part
 * A pattern: tag, names of attributes, their values (null where a number goes), and text.
 * @typedef {[string, string[], (string | null)[], string | null]} Pattern
 * Milliseconds until the next one, the step it belongs to, and its parts by their places.
 * @typedef {[number, number, number[]]} Key
 * @typedef {{index: number, where: string, words: string, violated: boolean}} Step
 * @typedef {{patterns: Pattern[], parts: Part[], keys: Key[], steps: Step[], byHand: boolean, from: number, to: number, length: number}} Film
 */

export const SIZE = Object.freeze({ width: 680, height: 410 });
/** What a film holds at most: actions, and the bytes of its key pictures. */
const ACTIONS_MAX = 400;
const BYTES_MAX = 3_000_000;
/** Of a longer run, this much of it lies before the present moment. */
const BEFORE = 0.75;

/** As the page plays: so many wall milliseconds for one of the run while messages fly, and fewer while none does. */
const WALL_PER_MS = 25;
const QUIET_MOST_MS = 900;
const LEAST_MS = 60;
/** A lane is curved: a key picture at least so often while messages fly on it. */
const KEY_EVERY_MS = 8;
const KEYS_MOST = 6;
/** By hand: how messages come to rest, and fly to whom they are delivered, each in key pictures. */
const REST_MS = [0, 64, 64, 128];
const FLIGHT_MS = 500;
const FLIGHT_KEYS = 4;
const BEAT_MS = 300;
const DELIVER = 1, CODE = 1, MESSAGE = 5;
/** Work is done in slices of this length, so that the page goes on. */
const SLICE_MS = 30;

/** Colours by their names: the film's own style sheet resolves them, in light and in dark. */
const COLOURS = /** @type {import("../theme.js").Colours} */ (Object.fromEntries(COLOUR_NAMES.map((name) => [name, `var(--${name})`])));

/**
 * How long a sentence takes to read.
 * @param {string} words
 * @param {string} language
 */
function readingMs(words, language) {
  return words === "" ? 0 : Math.min(4500, 700 + words.length * (language === "zh" ? 68 : 26));
}

/**
 * Which actions of a run are shown: all, or those around a moment.
 * @param {number} length
 * @param {number} index
 */
export function stretch(length, index) {
  if (length <= ACTIONS_MAX) return { from: 0, to: length };
  const from = Math.max(0, Math.min(length - ACTIONS_MAX, index - Math.round(ACTIONS_MAX * BEFORE)));
  return { from, to: from + ACTIONS_MAX };
}

/** Gathers what is drawn, each thing once. */
class Reel {
  /** @type {Pattern[]} */
  patterns = [];
  /** @type {Part[]} */
  parts = [];
  /** @type {Key[]} */
  keys = [];
  bytes = 0;
  /** @type {Map<string, number>} */
  #patternPlaces = new Map();
  /** @type {Map<string, number>} */
  #partPlaces = new Map();

  /** @param {number} ms @param {number} step @param {import("./svg-pen.js").Drawn[]} drawn */
  add(ms, step, drawn) {
    const places = drawn.map((one) => this.#part(one));
    this.keys.push([Math.round(ms), step, places]);
    this.bytes += places.length * 5 + 12;
  }

  /** @param {import("./svg-pen.js").Drawn} drawn */
  #part({ tag, attributes, text }) {
    const names = Object.keys(attributes);
    const values = Object.values(attributes);
    const pattern = [tag, names, values.map((value) => (typeof value === "number" ? null : value)), text ?? null];
    const place = this.#place(this.#patternPlaces, this.patterns, /** @type {any} */ (pattern));
    const numbers = values.flatMap((value) => (typeof value === "number" ? [value] : []));
    return this.#place(this.#partPlaces, this.parts, /** @type {any} */ ([place, ...numbers]));
  }

  /**
   * @template T
   * @param {Map<string, number>} places
   * @param {T[]} list
   * @param {T} value
   */
  #place(places, list, value) {
    const key = JSON.stringify(value);
    let place = places.get(key);
    if (place === undefined) {
      place = list.length;
      list.push(value);
      places.set(key, place);
      this.bytes += key.length + 1;
    }
    return place;
  }
}

/**
 * Films a run. The playground is moved about; give it a copy.
 * @param {any} playground
 * @param {object} options
 * @param {(text: string, font: string) => number} options.measure
 * @param {import("./picture.js").Style["t"]} options.t
 * @param {import("./picture.js").Style["words"]} options.words
 * @param {string} options.language
 * @param {(part: number) => void} [options.onProgress] from 0 to 1
 * @param {AbortSignal} [options.signal] ends it
 * @returns {Promise<Film>}
 */
export async function film(playground, { measure, t, words, language, onProgress = () => {}, signal }) {
  const { branch, index, length } = playground.cursor();
  const [about, sheet] = [playground.about(), playground.sheet()];
  const style = { ...SIZE, colours: COLOURS, t, words, language };
  const reel = new Reel();
  const motion = new Motion();
  const { from, to } = stretch(length, index);
  /** @type {Step[]} */
  const steps = [];
  let wallMs = 0, labelled = /** @type {ReadonlySet<number>} */ (new Set()), said = "", sliceBegan = performance.now();

  for (let at = from; at <= to && reel.bytes < BYTES_MAX; at++) {
    if (performance.now() - sliceBegan > SLICE_MS) {
      onProgress((at - from) / Math.max(1, to - from));
      await new Promise((resolve) => setTimeout(resolve, 0));
      signal?.throwIfAborted();
      sliceBegan = performance.now();
    }
    playground.seek(branch, at);
    const frame = pictureOf(playground);
    /** @type {Map<number, string>} */
    const labels = new Map();
    const labelOf = (/** @type {number} */ id) => {
      const label = labels.get(id) ?? String(playground.label(id).short);
      labels.set(id, label);
      return label;
    };
    const moment = momentOf(playground, frame, { about, sheet, labelOf });
    const sentence = sentenceOf(moment, words);
    const step = steps.push({
      index: at, where: momentWords(moment, t, language), words: sentence, violated: frame.last.violated.length > 0,
    }) - 1;
    // A sentence of the author's is read; what merely happened is seen.
    const reading = sentence !== said && sentence !== frame.last.text ? readingMs(sentence, language) : 0;
    said = sentence;
    const key = (/** @type {number} */ ms, /** @type {Partial<import("./picture.js").Moment>} */ drawnAs) => {
      const pen = new SvgPen(measure);
      const asContext = /** @type {any} */ (pen);
      labelled = drawStage(asContext, { ...moment, labelled, ...drawnAs }, style);
      // The player says it of every text.
      for (const { attributes } of pen.drawn) delete attributes.lengthAdjust;
      reel.add(ms, step, pen.drawn);
    };
    const isLast = at === to;
    if (about.pace === "by-time") {
      const span = isLast ? 0 : playground.diagram(branch, at, at + 1)[0] - frame.cursor.nowMs;
      const isQuiet = frame.messages.length === 0;
      const count = isQuiet ? 1 : Math.min(KEYS_MOST, Math.max(1, Math.ceil(span / KEY_EVERY_MS)));
      const wall = Math.max(LEAST_MS, isQuiet ? Math.min(QUIET_MOST_MS, span * WALL_PER_MS) : span * WALL_PER_MS);
      if (reading > 0) key(reading, {});
      for (let part = 0; part < count; part++) key(wall / count, { nowMs: frame.cursor.nowMs + (span * part) / count });
      if (span > 0) key(0, { nowMs: frame.cursor.nowMs + span });
    } else {
      /** @type {{message: number | null, progress: number} | null} */
      let beat = null;
      const progress = () => motion.restingProgress(frame.messages, beat, false, wallMs).progress;
      REST_MS.forEach((ms, place) => {
        // A pause of this length is more than one step of the page's own clock.
        for (let passed = 0; passed < ms; passed += 64) {
          wallMs += 64;
          if (passed + 64 < ms) progress();
        }
        key(REST_MS[place + 1] ?? reading + (isLast ? 0 : BEAT_MS), { progress: progress() });
      });
      const row = isLast ? [] : playground.diagram(branch, at, at + 1);
      if (row[CODE] === DELIVER) {
        for (let part = 0; part <= FLIGHT_KEYS; part++) {
          beat = { message: row[MESSAGE], progress: part / FLIGHT_KEYS };
          key(part < FLIGHT_KEYS ? FLIGHT_MS / FLIGHT_KEYS : 0, { progress: progress() });
        }
      }
    }
  }
  onProgress(1);
  const last = steps.at(-1)?.index ?? from;
  return { patterns: reel.patterns, parts: reel.parts, keys: reel.keys, steps, byHand: about.pace !== "by-time", from, to: last, length };
}
