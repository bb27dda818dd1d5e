// What the parts of the exploring panel share.

import { EXPECT, VIOLATION, goalIn } from "../explore/asked.js";
import { restoreSession, savedSession } from "../session.js";
import { plain } from "./parts.js";
import { Doer, patch } from "./patch.js";

export { Doer, patch };

/** @typedef {import("../app.js").App} App */

/** The names of what a search leaves out, in the order in which the core counts it. */
export const PRUNED = ["dead", "idle", "equal", "reordered", "budget", "depth"];

/**
 * Buttons with `data-copy` copy the text of the field before them.
 * @param {HTMLElement} host
 * @param {App} app
 */
export function showsCopies(host, app) {
  host.addEventListener("click", async (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("[data-copy]");
    const field = button?.parentElement?.querySelector("input, textarea");
    if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return;
    const done = await navigator.clipboard.writeText(field.value).then(() => true, () => {
      field.focus();
      field.select();
      return document.execCommand("copy");
    });
    app.toast(app.t(done ? "explore.copied" : "explore.notCopied"), done ? undefined : "bad");
  });
}

/**
 * A budget in the page's words.
 * @param {App} app
 * @param {Record<string, number>} budget
 */
export function budgetWords(app, budget) {
  const parts = Object.entries(budget).filter(([, number]) => number > 0);
  if (parts.length === 0) return app.t("explore.noSurprise");
  return parts.map(([kind, number]) => `${kindWords(app, kind)} × ${number}`).join(app.t("page.and"));
}

/** The words of a kind of surprise that the core knows and this page may not. @param {App} app @param {string} kind */
export function kindWords(app, kind) {
  const words = app.t(`explore.kind.${kind}`);
  return words.startsWith("explore.") ? kind : words;
}

/**
 * What a search looks for, in words. @param {App} app @param {string[]} lines of its request
 */
export function goalWords(app, lines) {
  const { goal, goalText } = goalIn(lines);
  if (goal === VIOLATION) return app.t("explore.goal.violation");
  if (goal === EXPECT) return goalText.split("\n").join(app.t("page.and"));
  return goal.startsWith("property ") ? propertyWords(app, goal.slice("property ".length)) : app.t(`explore.goal.${goal}`);
}

/**
 * Says that work whose place something else has taken is kept, and leads back to it.
 * @param {App} app
 * @param {boolean} hadWork
 */
export function tellKept(app, hadWork) {
  const work = savedSession();
  if (!hadWork || !work) return;
  app.toast(app.t("toast.ownWorkKept"), "info", { words: app.t("header.lastSession"), run: () => void restoreSession(app, work).catch(app.onPanic) });
}

/**
 * A property to look for the violation of, in words. @param {App} app @param {string} word
 */
export function propertyWords(app, word) {
  const words = app.t(`explore.property.${word}`);
  return words.startsWith("explore.") ? app.t("explore.property", { model: plain(word, app.sheet) }) : words;
}
