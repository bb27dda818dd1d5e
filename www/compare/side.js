// One side of the comparison as it is seen: which protocol, what it promises, its settings, the
// stage, what happened last, the figures, and the invariants that are broken.

import { nodeName } from "../a11y.js";
import { fill, h, icon } from "../dom.js";
import { Stage } from "../stage/index.js";
import { protocols } from "./load.js";
import { showFigures } from "./measures.js";
import { createSettings } from "./settings.js";

/**
 * @typedef {import("./comparison.js").Comparison} Comparison
 * @typedef {import("../app.js").App} App
 */

/** What changes with every message is shown at the pace of the eye. */
const LAST_EVERY_MS = 350;
/** The nodes in words follow at the pace of the ear. */
const NODES_EVERY_MS = 1500;

/**
 * @param {HTMLElement} host
 * @param {Comparison} page
 * @param {number} place 0 for left, 1 for right
 * @returns {{draw(wallMs: number): boolean}}
 */
export function createSide(host, page, place) {
  const run = page.columns[place];
  const chooser = h("select", { class: "edge side-protocol", onchange: () => page.chooseProtocol(place, chooser.value) });
  const alone = h("a", { class: "side-alone", href: "./" });
  const settings = createSettings(page, place);
  const guarantee = h("p", { class: "side-guarantee" });
  const picture = h("div", { class: "side-stage" });
  const problem = h("div", { class: "side-problem", role: "alert", hidden: true });
  const last = h("p", { class: "side-last" });
  const nodes = h("ul", { class: "unseen" });
  const measures = h("dl", { class: "figures" });
  const broken = h("p", { class: "side-broken", role: "alert", hidden: true });
  fill(host, h("div", { class: "side-head" }, chooser, settings.summary, alone), settings.body, guarantee, picture, problem, last, broken, measures, nodes);

  // The stage asks an app for its picture and its words; a column answers the same.
  const stage = new Stage(picture, /** @type {App} */ (/** @type {unknown} */ (run)), { watched: true, label: "compare.stage" });
  let shownLastMs = 0, namedMs = 0;

  alone.addEventListener("click", (event) => {
    try {
      alone.href = `./#${run.playground.link(true).replace(/^#/, "")}`;
    } catch (error) {
      event.preventDefault();
      page.complain(error);
    }
  });

  const relabel = () => {
    const side = page.t(place === 0 ? "compare.left" : "compare.right");
    host.setAttribute("aria-label", run.playground ? `${side}: ${run.sheet.title}` : side);
    chooser.setAttribute("aria-label", `${side}: ${page.t("compare.protocol")}`);
    const present = run.playground ? run.about.protocol : page.right;
    const list = protocols();
    const isKnown = list.some(({ id }) => id === present);
    fill(chooser, isKnown ? null : h("option", { value: present, selected: true }, present || "–"),
      list.map(({ id, title }) => h("option", { value: id, selected: id === present }, page.say(title))));
    fill(alone, page.t("compare.alone"), icon("chevron", 12));
    const isThere = run.playground !== null;
    for (const part of [picture, last, measures, guarantee, alone]) part.hidden = !isThere;
    problem.hidden = isThere;
    if (!isThere) {
      fill(problem, icon("warning", 18), h("div", null, h("p", null, sentence(page.say(page.problem?.message ?? ""))),
        h("p", { class: "soft" }, page.t("compare.problemHint")),
        h("button", { type: "button", class: "edge", onclick: () => page.withoutSteps() }, page.t("compare.withoutSteps"))));
      broken.hidden = true;
      return;
    }
    guarantee.textContent = run.sheet.guarantee;
    nodes.setAttribute("aria-label", page.t("compare.nodes", { name: run.sheet.title }));
  };
  const update = () => {
    if (!run.playground) return;
    showFigures(measures, run);
    const violated = run.violated();
    broken.hidden = violated.length === 0;
    const words = page.t("compare.broken", { what: violated.join(page.t("page.and")) });
    if (violated.length > 0 && broken.dataset.shown !== words) {
      broken.dataset.shown = words;
      fill(broken, icon("warning", 15), words);
    }
    const now = performance.now();
    if (!page.clock.playing || now - shownLastMs > LAST_EVERY_MS) {
      shownLastMs = now;
      const text = run.words(run.frame.note) || run.frame.last.text || page.t("compare.nothingYet");
      if (last.textContent !== text) last.textContent = text;
    }
    if (!page.clock.playing || now - namedMs > NODES_EVERY_MS) {
      namedMs = now;
      const app = /** @type {App} */ (/** @type {unknown} */ (run));
      fill(nodes, run.frame.nodes.map((_, node) => h("li", null, nodeName(app, node))));
    }
  };
  page.on("open", relabel);
  page.on("kept", relabel);
  page.on("language", relabel);
  page.on("change", update);
  page.on("play", () => page.changed());
  return { draw: (wallMs) => (run.playground ? stage.draw(wallMs) : false) };
}

/** @param {string} message */
function sentence(message) {
  return message.slice(0, 1).toUpperCase() + message.slice(1);
}
