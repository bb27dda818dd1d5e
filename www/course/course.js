// The course: the list of its lessons and challenges, and the one that is open.

import { chapters, done } from "./chapters.js";
import { Guide } from "./guide.js";
import { fill, h, icon } from "../dom.js";
import { addWords } from "../i18n.js";
import english from "../locale/en.course.js";
import { isCoreError } from "../core.js";
import { keepSettings } from "../session.js";
import { closePopover, opened } from "../opening.js";
import { COURSE } from "../root.js";
import { addStyles } from "../workers.js";
import { createStrip } from "./strip.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("./chapters.js").Item} Item */
/** @typedef {(error: import("../types.js").CoreError) => void} OnTrouble */

addWords(english, () => import("../locale/zh.course.js"));

// The list is styled, too, before anything of it is opened.
addStyles(COURSE, "course.css");

export { chapters };

/** @type {Guide | null} */
let guide = null;

/** @param {App} app */
function guideOf(app) {
  if (guide) return guide;
  const made = new Guide(app);
  guide = made;
  const host = /** @type {HTMLElement} */ (document.getElementById("sentence"));
  createStrip(host, app, made, (button) => openList(app, button, (error) => app.toast(error.message, "bad")));
  return made;
}

/**
 * @param {App} app
 * @param {string} id
 */
export async function openItem(app, id) {
  const all = await chapters();
  const item = all.flatMap(({ items }) => items).find((each) => each.id === id);
  if (!item) throw { kind: "link", code: "no-such-lesson", message: app.t("course.noLesson", { id }) };
  await guideOf(app).open(item);
}

/**
 * @param {App} app
 * @param {HTMLElement} button
 * @param {OnTrouble} onTrouble
 */
export async function openList(app, button, onTrouble) {
  const [{ openPanel, standBelow }, all] = await Promise.all([opened(app), chapters()]);
  const finished = done();
  const count = all.flatMap(({ items }) => items).length;
  const known = all.flatMap(({ items }) => items).filter(({ id }) => finished.has(id)).length;
  const list = h("div", { class: "course-list" });
  fill(list, all.map((chapter) => h("section", { class: "course-chapter", "aria-label": app.words(chapter.title) },
    h("h2", null, app.words(chapter.title)),
    chapter.items.map((item) => entry(app, item, finished.has(item.id), onTrouble)))));
  const panel = openPanel(button.getBoundingClientRect(), { title: app.t("course.title"), className: "pop-chooser pop-course" },
    h("div", { class: "pop-title" }, app.t("course.title")),
    h("p", { class: "pop-note" }, app.t("course.about"), " ", app.t("course.done", { done: known, all: count })), list);
  panel.addEventListener("keydown", (event) => walk(event, panel));
  standBelow(panel, button);
  const present = panel.querySelector("[aria-current]");
  if (present instanceof HTMLElement) {
    present.scrollIntoView({ block: "nearest" });
    present.focus({ preventScroll: true });
  }
}

/**
 * @param {App} app
 * @param {Item} item
 * @param {boolean} isDone
 * @param {OnTrouble} onTrouble
 */
function entry(app, item, isDone, onTrouble) {
  const open = async () => {
    closePopover();
    history.replaceState(null, "", location.pathname + keepSettings());
    try {
      await guideOf(app).open(item);
    } catch (error) {
      if (isCoreError(error)) onTrouble(error);
      else app.onPanic(error);
    }
  };
  const kind = item.task.challenge ? h("i", { class: "course-kind" }, app.t("course.challenge")) : null;
  return h("button", {
    type: "button", class: "scenario-entry", "data-item": item.id, "aria-current": guide?.item === item ? "true" : undefined,
    onclick: () => void open(),
  }, h("b", null, isDone ? icon("check", 14) : null, app.words(item.title), kind,
    isDone ? h("span", { class: "unseen" }, app.t("course.isDone")) : null), h("span", null, app.words(item.about)));
}

/**
 * Arrows walk the list.
 * @param {KeyboardEvent} event
 * @param {HTMLElement} panel
 */
function walk(event, panel) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const stops = /** @type {HTMLElement[]} */ ([...panel.querySelectorAll("[data-item]")]);
  const at = stops.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  event.preventDefault();
  stops[Math.max(0, Math.min(stops.length - 1, at + step))]?.focus();
}
