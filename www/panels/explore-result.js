// What a search has found, or what it has covered and what it has not.

import { h } from "../dom.js";
import { pageAddress } from "../root.js";
import { PRUNED, budgetWords, goalWords, propertyWords, tellKept } from "./explore-parts.js";
import { heading, plain } from "./parts.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../explore/search.js").Search} Search */
/** @typedef {import("../explore/search.js").Story} Story */
/** @typedef {import("../explore/search.js").Rung} Rung */
/** @typedef {import("./patch.js").Doer} Doer */

/** Searches whose first find is at the end of a shortest run. */
const FIND_SHORTEST = ["breadth", "deepening"];
/** Why a search ends before its end, in the core's words. */
const [STATES_REACHED, DEPTH_REACHED] = ["states reached", "depth reached"];

/**
 * @param {App} app
 * @param {Search} search
 * @param {Doer} doer
 * @param {Node | null} counted what was counted
 * @returns {(Node | null)[]}
 */
export function resultOf(app, search, doer, counted) {
  if (search.state === "found") return found(app, search, doer, counted);
  if (search.isOpen) return [counted];
  if (search.state === "refused") return [h("p", { class: "warn", role: "alert", "data-key": "problem" }, app.say(search.problem))];
  return [...nothing(app, search), counted, details(app, search)];
}

/** From where it is searched, and for what. @param {App} app @param {Search} search */
export function fromWords(app, { from, lines }) {
  const { sheet, title, index } = from;
  return app.t("explore.searchedFrom", {
    protocol: (sheet.id === app.sheet.id ? app.sheet : sheet).title, title: app.words(title) || app.t("header.untitled"),
    index, goal: goalWords(app, lines),
  });
}

/** What is violated, in words; nothing where nothing is. @param {App} app @param {Search} search @returns {string[]} */
export function violationWords(app, search) {
  const property = search.found?.view?.property;
  if (!property) return [];
  const { sheet, invariant } = invariantOf(app, search, property);
  return [invariant ? app.t("explore.violated", { property: plain(property, sheet) }) : app.t("explore.foundOne", { property: propertyWords(app, property) })];
}

/** Invariants are those of the protocol that was searched, which need not be the one that is open. @param {App} app @param {Search} search @param {string | null} property */
function invariantOf(app, { from }, property) {
  const sheet = from.sheet.id === app.sheet.id ? app.sheet : from.sheet;
  return { sheet, invariant: sheet.invariants.find(({ id }) => id === property) };
}

/** @param {App} app @param {Search} search @param {Doer} doer @param {Node | null} counted */
function found(app, search, doer, counted) {
  const { story, found: rung } = search;
  if (!story || !rung?.view) return [];
  const { property, why } = rung.view;
  const isShortest = FIND_SHORTEST.includes(rung.view.search);
  const { invariant } = invariantOf(app, search, property);
  doer.add("play", () => void play(app, search));
  doer.add("begun", () => app.seek(0, search.from.index));
  const address = `${pageAddress()}#${story.link.replace(/^#/, "")}`;
  return [
    h("div", { class: `explore-found${property ? "" : " reached"}`, "data-key": "found" },
      property
        ? h("p", null, h("b", null, violationWords(app, search)), invariant ? ` ${invariant.text}` : "")
        : h("p", null, h("b", null, app.t("explore.reached", { goal: goalWords(app, search.lines) }))),
      property ? h("p", { class: "why" }, app.say(why ?? "")) : null,
      h("p", { class: "quiet" }, app.t(isShortest ? "explore.within" : "explore.withinAny", { budget: budgetWords(app, rung.budget) }), seedWords(app, rung.seed))),
    h("div", { class: "buttons", "data-key": "play" },
      h("button", { type: "button", class: "strong", "data-do": "play" }, app.t("explore.play")),
      opened.get(app.playground) === story
        ? h("button", { type: "button", class: "edge", "data-key": "begun", "data-do": "begun" }, app.t("explore.begun")) : null),
    heading(app.t("explore.run"), app.t("explore.actions", { count: story.lines.length })),
    h("ol", { class: "explore-run", "data-key": "run" }, story.lines.map((line) => h("li", null, h("code", null, app.say(line))))),
    copyField(app, "link", app.t("explore.link"), h("input", { type: "text", readonly: true, value: address, "aria-label": app.t("explore.link") })),
    h("details", { "data-key": "text" }, h("summary", null, app.t("explore.text")),
      copyField(app, "text", app.t("explore.text"), h("textarea", { readonly: true, rows: 8, "aria-label": app.t("explore.text") }, story.text))),
    story.transcript ? h("details", { "data-key": "transcript" }, h("summary", null, app.t("explore.transcript")),
      copyField(app, "transcript", app.t("explore.transcript"),
        h("textarea", { readonly: true, rows: 12, wrap: "off", lang: "en", "aria-label": app.t("explore.transcript") }, story.transcript))) : null,
    counted,
    details(app, search),
  ];
}

/** @param {App} app @param {string} key @param {string} label @param {HTMLElement} field */
function copyField(app, key, label, field) {
  return h("div", { class: "copy-field", "data-key": `copy-${key}` }, field,
    h("button", { type: "button", class: "edge", "data-copy": key, "aria-label": `${app.t("explore.copy")}${app.t("page.colon")}${label}` }, app.t("explore.copy")));
}

/** The found run that a playground was opened with. @type {WeakMap<object, Story>} */
const opened = new WeakMap();

/**
 * Opens a found run as any other scenario, at the moment from which it was found, and plays it.
 * @param {App} app
 * @param {Search} search
 * @param {boolean} [own] whether it is kept as the person's work
 */
export async function play(app, search, own = true) {
  const { story } = search;
  if (!story) return;
  const hadWork = app.ownWork;
  try {
    // One that is open already begins again.
    if (opened.get(app.playground) !== story && !await app.openText(story.text, own)) return;
  } catch (error) {
    app.toast(error instanceof Object && "message" in error ? app.say(String(error.message)) : String(error), "bad");
    return;
  }
  opened.set(app.playground, story);
  search.onChange();
  app.seek(0, search.from.index);
  tellKept(app, hadWork && !own);
  // On a narrow page the panel may have taken its place.
  document.getElementById("stage")?.scrollIntoView({ block: "nearest", behavior: app.stillness ? "auto" : "smooth" });
  if (!app.stillness) app.play();
}

/** @param {App} app @param {number | null} seed */
function seedWords(app, seed) {
  return seed === null ? "" : ` ${app.t("explore.ofSeed", { seed })}`;
}

/** How much of a budget that was not searched to its end was looked at. @param {App} app @param {Rung} rung */
function partOf(app, { state, view, why }) {
  if (state === "exhausted") return "";
  const count = (view?.distinct ?? 0).toLocaleString(app.language);
  const limits = { [STATES_REACHED]: "explore.part.states", [DEPTH_REACHED]: "explore.part.depth" };
  const part = view ? app.t(limits[view.progress] ?? "explore.part.some", { count }) : app.t("explore.part.none");
  return app.t("explore.part", { part: [part, why].filter(Boolean).join(app.t("page.and")) });
}

/** @param {App} app @param {Search} search */
function nothing(app, search) {
  const covered = search.covered();
  const words = (/** @type {Rung[]} */ rungs) => h("ul", null,
    rungs.map((rung) => h("li", null, budgetWords(app, rung.budget), seedWords(app, rung.seed), h("span", { class: "quiet" }, partOf(app, rung)))));
  const open = search.rungs.filter(({ state }) => ["limited", "stopped", "died"].includes(state));
  // Of what is left only the smallest say more than their number.
  const LEFT_MAX = 4;
  return [
    covered.length > 0 ? h("p", { "data-key": "covered-words" }, app.t("explore.covered")) : h("p", { "data-key": "covered-words" }, app.t("explore.coveredNothing")),
    covered.length > 0 ? h("div", { class: "explore-covered", "data-key": "covered" }, words(covered)) : null,
    open.length > 0 ? h("p", { "data-key": "open-words" }, app.t(search.state === "died" ? "explore.notCoveredDied" : "explore.notCovered")) : null,
    open.length > 0 ? h("div", { class: "explore-open", "data-key": "open" }, words(open.slice(0, LEFT_MAX)),
      open.length > LEFT_MAX ? h("p", { class: "quiet" }, app.t("explore.andMore", { count: open.length - LEFT_MAX })) : null,
      search.state === "limited" && search.rungs.some(({ view }) => view?.progress === STATES_REACHED)
        ? h("p", { class: "quiet" }, app.t("explore.toSeeMore")) : null) : null,
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
