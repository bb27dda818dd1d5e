// The sentence under the stage: the narration of the moment, or what to watch; beside it, quietly, what
// happened last.

import { fill, h } from "./dom.js";

/**
 * @param {HTMLElement} host
 * @param {import("./app.js").App} app
 */
export function createSentence(host, app) {
  const words = h("p", { class: "sentence-words" });
  const last = h("p", { class: "sentence-last" });
  fill(host, words, last);
  const update = () => {
    const { note, last: action } = app.frame;
    const text = app.words(note) || app.words(app.about.about) || app.t("sentence.nothing");
    if (words.textContent !== text) words.textContent = text;
    // What happened last cannot be read while it changes many times a second.
    const calm = !app.playing || app.byHand;
    const event = calm ? action.text : "";
    if (last.textContent !== event) last.textContent = event;
    last.classList.toggle("bad", calm && action.violated.length > 0);
  };
  app.on("change", update);
}
