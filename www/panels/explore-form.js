// What a search is asked: what to look for, from where, and how many surprises of each kind a run may
// hold. It is made once for each protocol and language, so that what somebody types stays theirs.

import { fill, h } from "../dom.js";
import { heading, plain } from "./parts.js";
import { kindWords } from "./explore-parts.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {{budget: [string, number][], searches: string[], properties: string[], offers: string[], reductions: string[], unusual: string[]}} Options */

const BUDGET_MAX = 99;
const STATES = 1_000_000;
/** Kinds that most searches are about; the others are folded away. */
const USUAL_KINDS = 5;
const HERE = "";

/**
 * @param {App} app
 * @param {(request: {text: string, lines: string[], budget: Record<string, number>, isWhole: boolean}) => void} begin
 */
export function createForm(app, begin) {
  const root = h("form", { class: "explore-form" });
  /** @type {Record<string, number>} */
  let budget = {};
  let goal = "violation", goalText = "", without = HERE, states = STATES, depth = "";
  let offers = "", asksLeaders = false, isTimely = false;
  /** @type {string[]} the first is usual */
  let searches = [];
  let searchBy = "";
  /** @type {Set<string>} */
  const silent = new Set();
  /** @type {Set<string>} */
  const reductionsTurned = new Set();
  /** @type {string[]} */
  let unusual = [];
  let madeFor = "", from = "";
  const start = h("button", { type: "submit", class: "strong" });
  const problem = h("p", { class: "warn", role: "alert", hidden: true });

  const rulesOff = h("p", { class: "quiet" });

  /** The search keeps to the rules that hold at the moment shown. */
  function showRules() {
    const off = app.frame.rules.filter(({ id, on }) => !on && id !== without).map(({ id }) => plain(id, app.sheet));
    const names = without === HERE ? off : [...app.about.rulesOff.filter((id) => id !== without), without].map((id) => plain(id, app.sheet));
    rulesOff.textContent = names.length > 0 ? app.t("explore.rulesOff", { names: names.join(", ") }) : app.t("explore.rulesOn");
  }

  root.addEventListener("submit", (event) => {
    event.preventDefault();
    go();
  });

  function go() {
    const goals = { violation: [], leaders: ["goal leaders 2"], candidates: ["goal candidates 2"], expect: [`goal ${goalText}`] };
    const isWhole = searchBy !== searches[0];
    const lines = [
      ...(goals[/** @type {keyof typeof goals} */ (goal)] ?? [goal]), ...(isWhole ? [`search ${searchBy}`] : []),
      ...offers.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => `offer ${line}`),
      ...[...silent].map((name) => `silent ${name}`), ...[...reductionsTurned].map((name) => `${unusual.includes(name) ? "reduce" : "no"} ${name}`),
      ...(asksLeaders ? ["ask-leaders"] : []), ...(isTimely ? ["timely"] : []),
      `states ${states}`, ...(depth ? [`depth ${depth}`] : []),
    ];
    problem.hidden = true;
    try {
      begin({ text: app.playground.searchText(without || undefined), lines, budget: { ...budget }, isWhole });
    } catch (error) {
      problem.hidden = false;
      problem.textContent = error instanceof Object && "message" in error ? app.say(String(error.message)) : String(error);
    }
  }

  /** @param {string} id @param {string} label @param {HTMLElement} control @param {string} [hint] */
  function row(id, label, control, hint) {
    control.id = id;
    return h("div", { class: "explore-row" }, h("label", { for: id }, label), control, hint ? h("p", { class: "quiet" }, hint) : null);
  }

  /** @param {[string, string][]} entries @param {string} value @param {(value: string) => void} choose */
  function select(entries, value, choose) {
    const element = h("select", { onchange: () => choose(element.value) },
      entries.map(([key, words]) => h("option", { value: key, selected: key === value }, words)));
    return element;
  }

  /** @param {string} words @param {boolean} checked @param {(on: boolean) => void} set */
  function tick(words, checked, set) {
    const input = h("input", { type: "checkbox", checked, onchange: () => set(input.checked) });
    return h("label", { class: "explore-tick" }, input, " ", words);
  }

  /** @param {string} word */
  function propertyWords(word) {
    const words = app.t(`explore.property.${word}`);
    return words.startsWith("explore.") ? app.t("explore.property", { model: plain(word, app.sheet) }) : words;
  }

  /** @param {[string, number]} kind */
  function budgetField([kind]) {
    const words = kindWords(app, kind);
    const input = h("input", {
      type: "number", min: 0, max: BUDGET_MAX, step: 1, inputmode: "numeric", value: budget[kind], id: `explore-${kind}`,
      onchange: () => {
        budget[kind] = Math.max(0, Math.min(BUDGET_MAX, Math.floor(Number(input.value)) || 0));
        input.value = String(budget[kind]);
      },
    });
    return h("div", { class: "explore-kind" }, h("label", { for: input.id }, words), input);
  }

  function make() {
    const { t } = { t: app.t.bind(app) };
    /** @type {Options} */
    const options = app.playground.searchOptions();
    searches = options.searches;
    unusual = options.unusual;
    if (from !== app.sheet.id) {
      searchBy = searches[0];
      budget = Object.fromEntries(options.budget);
      offers = options.offers.join("\n");
      without = HERE;
      silent.clear();
      from = app.sheet.id;
    }
    const expectation = h("input", { type: "text", value: goalText, placeholder: "n1 committed 1", oninput: () => (goalText = expectation.value) });
    const expectationRow = row("explore-expect", t("explore.goal.expectText"), expectation);
    expectationRow.hidden = goal !== "expect";
    const offered = h("textarea", { rows: 4, spellcheck: "false", oninput: () => (offers = offered.value) });
    offered.value = offers;
    const limit = h("input", { type: "number", min: 1, step: 1, value: states, onchange: () => (states = Math.max(1, Math.floor(Number(limit.value)) || STATES)) });
    const deepest = h("input", { type: "number", min: 1, step: 1, value: depth, onchange: () => (depth = deepest.value && String(Math.max(1, Math.floor(Number(deepest.value)) || 1))) });
    fill(root,
      heading(t("explore.heading"), t("explore.headingHint")),
      row("explore-goal", t("explore.goal"), select([
        ["violation", t("explore.goal.violation")], ["leaders", t("explore.goal.leaders")],
        ["candidates", t("explore.goal.candidates")], ["expect", t("explore.goal.expect")],
        // The first property is what a violation is about; each other is asked for by its word.
        ...options.properties.slice(1).map((word) => /** @type {[string, string]} */ ([`property ${word}`, propertyWords(word)])),
      ], goal, (value) => {
        goal = value;
        expectationRow.hidden = goal !== "expect";
      })),
      expectationRow,
      row("explore-from", t("explore.from"), select([
        [HERE, t("explore.from.here")],
        ...app.sheet.rules.map(({ id }) => /** @type {[string, string]} */ ([id, t("explore.from.without", { rule: plain(id, app.sheet) })])),
      ], without, (value) => {
        without = value;
        showRules();
      })),
      rulesOff,
      h("fieldset", { class: "explore-budget" },
        h("legend", null, t("explore.budget")),
        h("div", { class: "explore-kinds" }, options.budget.slice(0, USUAL_KINDS).map(budgetField)),
        h("details", null, h("summary", null, t("explore.moreKinds")),
          h("div", { class: "explore-kinds" }, options.budget.slice(USUAL_KINDS).map(budgetField))),
        h("p", { class: "quiet" }, t("explore.budgetHint"))),
      h("details", null, h("summary", null, t("explore.details")),
        row("explore-offers", t("explore.offers"), offered, t("explore.offersHint")),
        app.sheet.timers.length > 0 ? h("fieldset", null, h("legend", null, t("explore.timersFire")),
          app.sheet.timers.map(({ name }) => tick(name, !silent.has(name), (on) => void (on ? silent.delete(name) : silent.add(name))))) : null,
        h("fieldset", null, h("legend", null, t("explore.reductions")),
          options.reductions.map((name) => tick(t(`explore.reduction.${name}`), unusual.includes(name) === reductionsTurned.has(name),
            (on) => void (on === unusual.includes(name) ? reductionsTurned.add(name) : reductionsTurned.delete(name))))),
        tick(t("explore.askLeaders"), asksLeaders, (on) => (asksLeaders = on)),
        tick(t("explore.timely"), isTimely, (on) => (isTimely = on)),
        row("explore-search", t("explore.search"), select(
          searches.map((word) => [word, t(`explore.search.${word}`)]), searchBy, (value) => (searchBy = value)), t("explore.searchHint")),
        row("explore-states", t("explore.statesMost"), limit), row("explore-depth", t("explore.depthMost"), deepest)),
      h("div", { class: "buttons" }, start), problem);
    start.textContent = t("explore.start");
  }

  return {
    root,
    update() {
      const rule = app.exploreWithout;
      const key = `${app.sheet.id} ${app.language} ${app.sheet.rules.length}`;
      showRules();
      if (key === madeFor && !rule) return;
      madeFor = key;
      if (rule) {
        if (from !== app.sheet.id) make();
        without = rule;
        goal = "violation";
        app.exploreWithout = "";
      }
      make();
      showRules();
      if (rule) go();
    },
  };
}
