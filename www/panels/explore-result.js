// What a search has found, or what it has covered and what it has not.

import { h } from "../dom.js";
import { pageAddress } from "../root.js";
import { PRUNED, budgetWords, codes, propertyWords, valuesOf } from "./explore-parts.js";
import { heading, plain } from "./parts.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../explore/search.js").Search} Search */
/** @typedef {import("./patch.js").Doer} Doer */

/** Searches whose first find is at the end of a shortest run. */
const FIND_SHORTEST = ["breadth", "deepening"];

/**
 * @param {App} app
 * @param {Search} search
 * @param {Doer} doer
 * @returns {(Node | null)[]}
 */
export function resultOf(app, search, doer) {
  if (search.state === "found") return found(app, search, doer);
  if (search.isOpen) return [];
  if (search.state === "refused") return [h("p", { class: "warn", role: "alert", "data-key": "problem" }, app.say(search.problem))];
  return [...nothing(app, search), details(app, search)];
}

/** @param {App} app @param {Search} search @param {Doer} doer */
function found(app, search, doer) {
  const { story, found: rung } = search;
  if (!story || !rung?.view) return [];
  const { property, why } = rung.view;
  const isShortest = FIND_SHORTEST.includes(rung.view.search);
  const invariant = app.sheet.invariants.find(({ id }) => id === property);
  doer.add("play", () => void play(app, story));
  const address = `${pageAddress()}#${story.link.replace(/^#/, "")}`;
  return [
    h("div", { class: "explore-found", "data-key": "found" },
      property
        ? h("p", null, h("b", null, app.t("explore.violated", { property: invariant ? plain(property, app.sheet) : propertyWords(app, property) })), invariant ? ` ${invariant.text}` : "")
        : h("p", null, h("b", null, app.t("explore.reached")), " ", codes(valuesOf("goal", search.lines))),
      property ? h("p", { class: "why" }, app.say(why ?? "")) : null,
      h("p", { class: "quiet" }, app.t(isShortest ? "explore.within" : "explore.withinAny", { budget: budgetWords(app, rung.budget) }), seedWords(app, rung.seed))),
    h("div", { class: "buttons", "data-key": "play" },
      h("button", { type: "button", class: "strong", "data-do": "play" }, app.t("explore.play"))),
    heading(app.t("explore.run"), app.t("explore.actions", { count: story.lines.length })),
    h("ol", { class: "explore-run", "data-key": "run" }, story.lines.map((line) => h("li", null, h("code", null, app.say(line))))),
    copyField(app, "link", app.t("explore.link"), h("input", { type: "text", readonly: true, value: address, "aria-label": app.t("explore.link") })),
    h("details", { "data-key": "text" }, h("summary", null, app.t("explore.text")),
      copyField(app, "text", app.t("explore.text"), h("textarea", { readonly: true, rows: 8, "aria-label": app.t("explore.text") }, story.text))),
    details(app, search),
  ];
}

/** @param {App} app @param {string} key @param {string} label @param {HTMLElement} field */
function copyField(app, key, label, field) {
  return h("div", { class: "copy-field", "data-key": `copy-${key}` }, field,
    h("button", { type: "button", class: "edge", "data-copy": key, "aria-label": `${app.t("explore.copy")}${app.t("page.colon")}${label}` }, app.t("explore.copy")));
}

/**
 * Opens a found run as any other scenario, at the moment from which it was found, and plays it.
 * @param {App} app
 * @param {import("../explore/search.js").Story} story
 * @param {boolean} [own] whether it is kept as the person's work
 */
export async function play(app, story, own = true) {
  try {
    if (!await app.openText(story.text, own)) return;
  } catch (error) {
    app.toast(error instanceof Object && "message" in error ? app.say(String(error.message)) : String(error), "bad");
    return;
  }
  const { branch, length } = app.frame.cursor;
  const begun = length - story.lines.length;
  if (begun > 0) app.seek(branch, begun);
  // On a narrow page the panel may have taken its place.
  document.getElementById("stage")?.scrollIntoView({ block: "nearest", behavior: app.stillness ? "auto" : "smooth" });
  if (!app.stillness) app.play();
}

/** @param {App} app @param {number | null} seed */
function seedWords(app, seed) {
  return seed === null ? "" : ` ${app.t("explore.ofSeed", { seed })}`;
}

/** @param {App} app @param {Search} search */
function nothing(app, search) {
  const covered = search.covered();
  const words = (/** @type {import("../explore/search.js").Rung[]} */ rungs) => h("ul", null,
    rungs.map(({ budget, seed, why }) => h("li", null, budgetWords(app, budget), seedWords(app, seed), why ? h("span", { class: "quiet" }, ` (${why})`) : null)));
  const open = search.rungs.filter(({ state }) => ["limited", "stopped", "died"].includes(state));
  // Of what is left only the smallest say more than their number.
  const LEFT_MAX = 4;
  return [
    covered.length > 0 ? h("p", { "data-key": "covered-words" }, app.t("explore.covered")) : h("p", { "data-key": "covered-words" }, app.t("explore.coveredNothing")),
    covered.length > 0 ? h("div", { class: "explore-covered", "data-key": "covered" }, words(covered)) : null,
    open.length > 0 ? h("p", { "data-key": "open-words" }, app.t(search.state === "died" ? "explore.notCoveredDied" : "explore.notCovered")) : null,
    open.length > 0 ? h("div", { class: "explore-open", "data-key": "open" }, words(open.slice(0, LEFT_MAX)),
      open.length > LEFT_MAX ? h("p", { class: "quiet" }, app.t("explore.andMore", { count: open.length - LEFT_MAX })) : null) : null,
  ];
}

/** @param {App} app @param {Search} search */
function details(app, search) {
  const { pruned, collisionsMillionths } = search.totals();
  const left = PRUNED.map((name, at) => ({ name, count: pruned[at] ?? 0 })).filter(({ count }) => count > 0);
  const off = search.lines.filter((line) => line.startsWith("no ")).map((line) => line.slice(3));
  return h("details", { "data-key": "details" }, h("summary", null, app.t("explore.notLookedAt")),
    h("ul", null,
      h("li", null, app.t("explore.assumes.budget")),
      h("li", null, app.t("explore.assumes.time")),
      left.map(({ name, count }) => h("li", null, app.t(`explore.pruned.${name}`, { count: count.toLocaleString(app.language) }))),
      off.length > 0 ? h("li", null, app.t("explore.assumes.off", { names: off.join(app.t("page.and")) })) : null,
      h("li", null, app.t("explore.collisions", { count: (collisionsMillionths / 1e6).toLocaleString(app.language, { maximumFractionDigits: 6 }) }))));
}
