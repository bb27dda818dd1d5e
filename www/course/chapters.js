// The course's chapters, read by the core, and what the person has done of them, kept in the browser.

import { courseChapter } from "../../pkg/consensus_playground.js";
import { fetchPart, loaded } from "../engine.js";
import { textOf } from "../files.js";
import { recall, remember } from "../storage.js";

/** @typedef {{en: string, zh: string}} Words */
/** @typedef {{say: Words, when: string}} Choice */
/** @typedef {{ask: Words, choices: Choice[]}} Question */
/** @typedef {{at: number, say: Words, question: Question | null}} Step */
/** @typedef {{scenario: string, steps: Step[]}} Lesson */
/** @typedef {{start: string, goal: string, hint: Words, solution: string}} Challenge */
/** @typedef {{id: string, title: Words, about: Words, task: {lesson?: Lesson, challenge?: Challenge}}} Item */
/** @typedef {{id: string, title: Words, items: Item[]}} Chapter */

const PROGRESS = "course";

/** @type {Promise<Chapter[]> | null} */
let coming = null;

/** All chapters in order. @returns {Promise<Chapter[]>} */
export function chapters() {
  coming ??= read();
  coming.catch(() => (coming = null));
  return coming;
}

async function read() {
  const [order] = await Promise.all([text("ORDER"), fetchPart("course")]);
  const texts = await Promise.all(order.trim().split("\n").map((name) => text(`${name}.txt`)));
  return Promise.all(texts.map((source) => loaded(() => /** @type {Chapter} */ (courseChapter(source)))));
}

/** @param {string} name */
async function text(name) {
  const found = await textOf(`course/${name}`);
  if (found === null) throw new Error(`there is no course/${name}`);
  return found;
}

/** The names of what has been done. @returns {Set<string>} */
export function done() {
  try {
    const kept = JSON.parse(recall(PROGRESS) ?? "[]");
    return new Set(Array.isArray(kept) ? kept.filter((id) => typeof id === "string") : []);
  } catch {
    return new Set();
  }
}

/** @param {string} id */
export function keepDone(id) {
  const all = done();
  if (all.has(id)) return;
  remember(PROGRESS, JSON.stringify([...all, id]));
}
