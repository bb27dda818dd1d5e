// The question before a movement: what will happen? One choice, and the run gives the answer.

import { fill, h } from "../dom.js";

/**
 * @param {import("../app.js").App} app
 * @param {import("./guide.js").Guide} guide
 * @param {() => void} onAnswer
 */
export function createQuestion(app, guide, onAnswer) {
  const root = h("form", { class: "lesson-question", hidden: true });
  let shown = "";
  root.addEventListener("submit", (event) => {
    event.preventDefault();
    const chosen = /** @type {HTMLInputElement | null} */ (root.querySelector("input:checked"));
    if (!chosen) return;
    guide.predict(Number(chosen.value));
    onAnswer();
  });

  function show() {
    const step = guide.asked;
    root.hidden = step === null;
    if (step === null) {
      shown = "";
      return;
    }
    const key = `${guide.item?.id} ${step} ${app.language}`;
    if (shown === key) return;
    shown = key;
    const question = guide.steps[step].question;
    if (!question) return;
    const answer = h("button", { type: "submit", class: "edge", disabled: true }, app.t("course.predict"));
    fill(root, h("fieldset", null, h("legend", null, app.words(question.ask)),
      question.choices.map((choice, place) => h("label", { class: "lesson-choice" },
        h("input", { type: "radio", name: "prediction", value: String(place), onchange: () => (answer.disabled = false) }),
        h("span", null, app.words(choice.say))))), answer);
  }
  return { root, show };
}
