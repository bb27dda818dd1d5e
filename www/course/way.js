// The way to the course, which is fetched when somebody asks for it.

import { isCoreError } from "../core.js";
import { fetchWords } from "../i18n.js";

/** @typedef {import("../app.js").App} App */

/**
 * The course and its chapters; where they cannot be had, that is said.
 * @param {App} app
 */
async function course(app) {
  try {
    const module = await import("./course.js");
    // Where only the words cannot be had, English stands in.
    await Promise.all([module.chapters(), fetchWords(app.language).catch(() => {})]);
    return module;
  } catch (error) {
    if (isCoreError(error)) throw error;
    const why = String(/** @type {any} */ (error)?.message ?? error);
    throw { kind: "link", code: "not-fetched", message: app.t("page.notFetched", { why }) };
  }
}

/**
 * Opens the list of lessons below a button.
 * @param {App} app
 * @param {HTMLElement} button
 * @param {(error: import("../types.js").CoreError) => void} onTrouble
 */
export async function openCourse(app, button, onTrouble) {
  try {
    await (await course(app)).openList(app, button, onTrouble);
  } catch (error) {
    if (isCoreError(error)) app.toast(error.message, "bad");
    else app.onPanic(error);
  }
}

/**
 * Opens a lesson or challenge.
 * @param {App} app
 * @param {string} id
 */
export async function openLesson(app, id) {
  await (await course(app)).openItem(app, id);
}
