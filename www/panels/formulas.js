// The arithmetic that safety rests on, with the numbers of this cluster: each formula filled in, whether
// it holds, what follows, and its quorums drawn.

import { h, icon } from "../dom.js";
import { namesOf, quorumSets } from "../quorums.js";
import { heading } from "./parts.js";
import { quorumPicture } from "./quorum-picture.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../types.js").Formula} Formula */

/**
 * @param {App} app
 * @param {Formula[]} formulas
 * @returns {Node[]}
 */
export function formulaSection(app, formulas) {
  if (formulas.length === 0) return [];
  return [
    heading(app.t("formulas.heading")),
    h("ul", { class: "formula-list", "data-key": "formulas" }, formulas.map((formula, place) => formulaRow(app, formula, place))),
  ];
}

/**
 * @param {App} app
 * @param {Formula} formula
 * @param {number} place
 */
function formulaRow(app, { text, filled, holds, meaning, quorums }, place) {
  return h("li", { class: holds ? "formula ok" : "formula bad", "data-key": text },
    h("p", { class: "formula-text" },
      h("span", { class: "soft" }, text), h("b", null, filled),
      h("span", { class: "formula-state" }, icon(holds ? "check" : "cross", 14), app.t(holds ? "formulas.holds" : "formulas.fails"))),
    quorums.length > 0 ? picture(app, quorums, place) : null,
    h("p", { class: "quiet" }, sentence(meaning, app.language === "zh" ? "。" : ".")));
}

/** What the core says in passing, as a sentence of its own. @param {string} words @param {string} end */
function sentence(words, end) {
  return words.slice(0, 1).toUpperCase() + words.slice(1) + (/[.!?。]$/.test(words) ? "" : end);
}

/**
 * @param {App} app
 * @param {import("../types.js").Quorum[]} quorums
 * @param {number} place
 */
function picture(app, quorums, place) {
  const { nodes } = app.about;
  const nameOf = (/** @type {number} */ node) => app.frame.nodes[node]?.name ?? "?";
  const found = quorumSets(quorums, nodes);
  const words = sharedWords(app, found, nameOf);
  const label = [...found.sets.map(({ name, members }) => `${name}: ${namesOf(members, nameOf)}`), words].join(". ");
  // It can have the focus, because with it the sets show on the stage. The label says what is drawn.
  return h("figure", { class: "quorums", tabindex: "0", "data-formula": place, "data-key": "quorums", "aria-label": label },
    quorumPicture(found, nodes, nameOf),
    words ? h("figcaption", { class: found.shared.length > 0 ? "" : "bad" }, words) : null);
}

/**
 * Who is in all of the quorums, in a sentence.
 * @param {App} app
 * @param {import("../quorums.js").QuorumSets} quorums
 * @param {(node: number) => string} nameOf
 */
function sharedWords(app, { sets, shared }, nameOf) {
  if (sets.length < 2) return "";
  const all = sets.length > 2 ? "All" : "Both";
  const names = namesOf(shared, nameOf);
  if (shared.length === 0) return app.t(`formulas.none${all}`);
  return app.t(shared.length === 1 ? `formulas.one${all}` : `formulas.some${all}`, { names, count: shared.length });
}
