// What a lesson or challenge shows under the picture: its sentence, the ways on and back, the question and
// what came of the prediction, the goal and whether it was reached.

import { fill, h, icon } from "../dom.js";
import { popoverIsOpen } from "../opening.js";
import { createQuestion } from "./question.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("./guide.js").Guide} Guide */

/**
 * @param {HTMLElement} host the place of the run's own narration
 * @param {App} app
 * @param {Guide} guide
 * @param {(button: HTMLElement) => void} showList
 */
export function createStrip(host, app, guide, showList) {
  const button = (/** @type {string} */ name, /** @type {string} */ className, /** @type {() => void} */ onclick) =>
    h("button", { type: "button", class: className, "data-lesson": name, onclick });
  const guarded = (/** @type {() => Promise<void> | undefined} */ run) => () => void run()?.catch(app.onPanic);
  const title = h("a", { class: "lesson-title" });
  const where = h("span", { class: "num" });
  const back = button("back", "edge with-icon", () => guide.previous());
  const pause = button("pause", "edge square", () => (app.playing ? app.pause() : guide.next()));
  const next = button("next", "edge with-icon lesson-next", () => guide.next());
  const home = button("home", "edge with-icon lesson-next", guarded(() => guide.back()));
  const hintButton = button("hint", "edge", () => {
    hint.hidden = !hint.hidden;
    show();
  });
  const again = button("again", "edge", guarded(() => (guide.item ? guide.open(guide.item) : undefined)));
  const solution = button("solution", "edge", guarded(() => guide.showSolution()));
  const list = button("list", "plain square", () => showList(list));
  const close = button("close", "plain square", () => guide.close());
  // A listener hears the sentence when it changes, and what became of the prediction or the goal.
  const say = h("p", { class: "sentence-words lesson-say" });
  const verdict = h("p", { class: "lesson-verdict" });
  const asked = h("p", { class: "unseen" });
  const status = h("div", { role: "status", "aria-live": "polite" }, say, verdict, asked);
  const hint = h("p", { class: "lesson-hint", hidden: true });
  const question = createQuestion(app, guide, () => next.focus({ preventScroll: true }));
  const ways = h("div", { class: "lesson-ways" }, back, pause, next, hintButton, again, solution, home);
  const strip = h("section", { class: "lesson", hidden: true },
    h("div", { class: "lesson-bar" }, title, where, ways, h("div", { class: "lesson-end" }, list, close)),
    status, hint, question.root);
  host.prepend(strip);
  let shownItem = guide.item;

  function show() {
    const { item } = guide;
    const isThere = item !== null;
    strip.hidden = !isThere;
    host.classList.toggle("is-told", isThere && !guide.isAway);
    if (!item) return;
    const { challenge } = item.task;
    if (shownItem !== item) hint.hidden = true;
    shownItem = item;
    const isLed = !guide.isAway && !guide.isTaken;
    write(title, app.words(item.title));
    const address = `?lesson=${item.id}`;
    if (title.getAttribute("href") !== address) title.setAttribute("href", address);
    title.title = app.t("course.link");
    write(where, challenge ? app.t("course.challenge") : app.t("course.step", { step: guide.told + 1, steps: guide.steps.length }));
    const { back: canBack, on } = guide.ways;
    for (const each of [back, pause, next]) each.hidden = challenge !== undefined || !isLed;
    for (const each of [hintButton, again, solution]) each.hidden = challenge === undefined || guide.isAway;
    home.hidden = challenge ? !guide.isAway : isLed;
    disable(back, !canBack);
    disable(next, !on);
    disable(pause, !on && !app.playing);
    const pauseWords = app.t(app.playing ? "course.pause" : "course.goOn");
    if (pause.title !== pauseWords) {
      fill(pause, icon(app.playing ? "pause" : "play"));
      pause.setAttribute("aria-label", pauseWords);
      pause.title = pauseWords;
    }
    hintButton.setAttribute("aria-expanded", String(!hint.hidden));
    write(hint, challenge ? app.words(challenge.hint) : "");
    write(say, guide.isAway ? app.t("course.away") : app.words(challenge ? item.about : guide.steps[guide.told].say));
    showVerdict();
    write(asked, guide.asked === null ? "" : app.words(guide.steps[guide.asked].question?.ask));
    question.show();
  }

  function showVerdict() {
    const { item, prediction, isTaken, isAway } = guide;
    const challenge = item?.task.challenge;
    let words = "", mood = "";
    if (isAway) words = "";
    else if (challenge) {
      if (guide.reachedAt !== null) [words, mood] = [app.t(guide.isShown ? "course.shownReached" : "course.reached", { index: guide.reachedAt }), "ok"];
      else words = app.t(guide.isShown ? "course.shown" : "course.goal", { goal: challenge.goal.replaceAll("\n", " · ") });
    } else if (isTaken) words = app.t("course.taken");
    else if (prediction && prediction.right !== null && prediction.step === guide.told) {
      const choice = guide.steps[prediction.step].question?.choices[prediction.right];
      const right = app.words(choice?.say);
      if (prediction.chosen === prediction.right) [words, mood] = [app.t("course.right"), "ok"];
      else [words, mood] = [app.t(prediction.chosen === null ? "course.answer" : "course.wrong", { right }), prediction.chosen === null ? "" : "bad"];
    }
    const key = `${mood} ${words}`;
    if (verdict.dataset.shown === key) return;
    verdict.dataset.shown = key;
    verdict.className = `lesson-verdict ${mood}`;
    fill(verdict, mood ? icon(mood === "ok" ? "check" : "cross", 15) : null, words);
  }

  function relabel() {
    const named = (/** @type {HTMLElement} */ element, /** @type {string} */ key) => {
      element.setAttribute("aria-label", app.t(key));
      element.title = app.t(key);
    };
    strip.setAttribute("aria-label", app.t("course.title"));
    fill(back, icon("step-back"), app.t("course.back"));
    fill(next, app.t("course.next"), icon("step-forward"));
    fill(list, icon("steps"));
    fill(close, icon("cross"));
    fill(home, icon("restart"), app.t("course.home"));
    fill(hintButton, app.t("course.hint"));
    fill(again, app.t("course.again"));
    fill(solution, app.t("course.solution"));
    back.title = app.t("course.backHint");
    next.title = app.t("course.nextHint");
    named(list, "course.list");
    named(close, "course.close");
    show();
  }
  guide.on("change", show);
  app.on("language", relabel);
  document.addEventListener("keydown", (event) => onKey(event, guide));
  relabel();
}

/** @param {Element} element @param {string} words */
function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/**
 * A button that has the focus keeps it.
 * @param {HTMLElement} button
 * @param {boolean} isOff
 */
function disable(button, isOff) {
  button.setAttribute("aria-disabled", String(isOff));
}

/**
 * The keys of those who show slides, and one that is at hand.
 * @param {KeyboardEvent} event
 * @param {Guide} guide
 */
function onKey(event, guide) {
  const { target } = event;
  if (!guide.item?.task.lesson || guide.isAway || popoverIsOpen() || event.ctrlKey || event.metaKey || event.altKey) return;
  if (target instanceof Element && target.closest("input:not([type=radio]), textarea, select, [role=tabpanel]")) return;
  if (event.key === "n" || event.key === "PageDown") guide.next();
  else if (event.key === "N" || event.key === "PageUp") guide.previous();
  else return;
  event.preventDefault();
}
