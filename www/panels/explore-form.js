// What a search is asked: what to look for, from where, and how many surprises of each kind a run may
// hold. It is made once for each protocol and language, so that what somebody types stays theirs.

import { fill, h } from "../dom.js";
import { EXPECT, VIOLATION, askedBy, isDrawn, linesOf, usual } from "../explore/asked.js";
import { heading, plain } from "./parts.js";
import { kindWords, propertyWords } from "./explore-parts.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../explore/asked.js").Asked} Asked */
/** @typedef {import("../explore/asked.js").Options} Options */

const BUDGET_MAX = 99;
const WAIT_MAX_MS = 3_600_000;
const SEED_MAX = 2 ** 32 - 1;
/** Kinds that most searches are about; the others are folded away. */
const USUAL_KINDS = 5;

/** @typedef {(request: import("../explore/search.js").Request) => void} Begin */

/**
 * @param {App} app
 * @param {Begin} begin
 */
export function createForm(app, begin) {
  const root = h("form", { class: "explore-form" });
  let options = /** @type {Options} */ (/** @type {unknown} */ (null));
  let asked = /** @type {Asked} */ (/** @type {unknown} */ (null));
  let madeFor = "", from = "";
  const start = h("button", { type: "submit", class: "strong" });
  const problem = h("p", { class: "warn", role: "alert", hidden: true });

  const startsFrom = h("p", { class: "quiet" });

  /** The search begins where the run stands, and keeps to the rules that hold there. */
  function showStart() {
    const { cursor, rules, checks } = app.frame;
    const broken = checks.filter(({ violated }) => violated).map(({ id }) => id);
    const off = rules.filter(({ on }) => !on).map(({ id }) => plain(id, app.sheet));
    startsFrom.textContent = `${app.t("explore.fromHere", { index: cursor.index })} ${off.length > 0
      ? app.t("explore.rulesOff", { names: off.join(app.t("page.and")) }) : app.t("explore.rulesOn")}${broken.length > 0
      ? ` ${app.t("explore.brokenAlready", { names: app.named(broken) })}` : ""}`;
  }

  root.addEventListener("submit", (event) => {
    event.preventDefault();
    go(begin, false);
  });

  /**
   * @param {Begin} how
   * @param {boolean} isKnown whether it is known what this budget finds: no smaller one is searched before
   */
  function go(how, isKnown) {
    problem.hidden = true;
    // The moment shown is the one that is meant.
    app.pause();
    try {
      how({
        text: app.playground.searchText(), lines: linesOf(asked, options), budget: { ...asked.budget },
        from: { sheet: app.sheet, title: app.about.title, index: app.frame.cursor.index }, isWhole: isKnown || asked.search !== options.searches[0], seed: isDrawn(asked.search) && !isKnown ? asked.seed : null,
      });
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

  /**
   * @param {number} value
   * @param {number} most
   * @param {(value: number) => void} set
   */
  function numberField(value, most, set) {
    const input = h("input", {
      type: "number", min: 0, max: most, step: 1, inputmode: "numeric", value,
      onchange: () => {
        const number = Math.max(0, Math.min(most, Math.floor(Number(input.value)) || 0));
        input.value = String(number);
        set(number);
      },
    });
    return input;
  }

  /** @param {[string, number]} kind */
  function budgetField([kind]) {
    const input = numberField(asked.budget[kind] ?? 0, BUDGET_MAX, (number) => (asked.budget[kind] = number));
    input.id = `explore-${kind}`;
    return h("div", { class: "explore-kind" }, h("label", { for: input.id }, kindWords(app, kind)), input);
  }

  /** @param {Set<string>} set @param {string} member @param {boolean} isIn */
  function put(set, member, isIn) {
    if (isIn) set.add(member);
    else set.delete(member);
  }

  function make() {
    const t = app.t.bind(app);
    const { timers } = app.sheet;
    const expectation = h("textarea", { rows: 2, spellcheck: "false", placeholder: "n1 committed 1", oninput: () => (asked.goalText = expectation.value) });
    expectation.value = asked.goalText;
    const expectationRow = row("explore-expect", t("explore.goal.expectText"), expectation, t("explore.goal.expectHint"));
    const offered = h("textarea", { rows: 4, spellcheck: "false", oninput: () => (asked.offers = offered.value) });
    offered.value = asked.offers;
    const seedRow = row("explore-seed", t("explore.seed"), numberField(asked.seed, SEED_MAX, (number) => (asked.seed = number)), t("explore.seedHint"));
    const limit = h("input", { type: "number", min: 1, step: 1, value: asked.states, onchange: () => {
      asked.states = Math.max(1, Math.floor(Number(limit.value)) || usual(options).states);
      limit.value = String(asked.states);
    } });
    const deepest = h("input", { type: "number", min: 1, step: 1, value: asked.depth, placeholder: t("explore.noLimit"), onchange: () => (asked.depth = deepest.value && String(Math.max(1, Math.floor(Number(deepest.value)) || 1))) });
    /** Some fields are about some searches alone. */
    const showRows = () => {
      expectationRow.hidden = asked.goal !== EXPECT;
      seedRow.hidden = !isDrawn(asked.search);
    };
    const [kinds, further] = [options.budget.slice(0, USUAL_KINDS), options.budget.slice(USUAL_KINDS)];
    const fresh = usual(options);
    const isUnusual = linesOf({ ...asked, goal: VIOLATION }, options).join() !== linesOf(fresh, options).join();
    fill(root,
      heading(t("explore.heading"), t("explore.headingHint")),
      row("explore-goal", t("explore.goal"), select([
        [VIOLATION, t("explore.goal.violation")], ["leaders", t("explore.goal.leaders")],
        ["candidates", t("explore.goal.candidates")], [EXPECT, t("explore.goal.expect")],
        // The first property is what a violation is about; each other is asked for by its word.
        ...options.properties.slice(1).map((word) => /** @type {[string, string]} */ ([`property ${word}`, propertyWords(app, word)])),
      ], asked.goal, (value) => {
        asked.goal = value;
        showRows();
      })),
      expectationRow,
      startsFrom,
      h("fieldset", { class: "explore-budget" },
        h("legend", null, t("explore.budget")),
        h("div", { class: "explore-kinds" }, kinds.map(budgetField)),
        h("details", { open: further.some(([kind, number]) => (asked.budget[kind] ?? 0) !== number) }, h("summary", null, t("explore.moreKinds")),
          h("div", { class: "explore-kinds" }, further.map(budgetField))),
        h("p", { class: "quiet" }, t("explore.budgetHint"))),
      h("details", { open: isUnusual }, h("summary", null, t("explore.details")),
        row("explore-search", t("explore.search"), select(
          options.searches.map((word) => [word, t(`explore.search.${word}`)]), asked.search, (value) => {
            asked.search = value;
            showRows();
          }), t("explore.searchHint")),
        seedRow,
        row("explore-offers", t("explore.offers"), offered, t("explore.offersHint")),
        timers.length > 0 ? h("fieldset", null, h("legend", null, t("explore.timersFire")),
          timers.map(({ name }, place) => tick(name, !asked.silent.has(options.timers[place]), (on) => put(asked.silent, options.timers[place], !on)))) : null,
        tick(t("explore.askLeaders"), asked.asksLeaders, (on) => (asked.asksLeaders = on)),
        tick(t("explore.timely"), asked.isTimely, (on) => (asked.isTimely = on)),
        h("fieldset", null, h("legend", null, t("explore.reductions")),
          options.reductions.map((name) => tick(t(`explore.reduction.${name}`), !asked.off.has(name), (on) => put(asked.off, name, !on)))),
        row("explore-wait", t("explore.wait"), numberField(asked.waitMs, WAIT_MAX_MS, (number) => (asked.waitMs = number)), t("explore.waitHint")),
        row("explore-states", t("explore.statesMost"), limit), row("explore-depth", t("explore.depthMost"), deepest)),
      h("div", { class: "buttons" }, start), problem);
    start.textContent = t("explore.start");
    showRows();
  }

  /** Options are the protocol's; what somebody asked of the same one stays theirs. */
  function look() {
    options = app.playground.searchOptions();
    if (from === app.sheet.id) return;
    asked = usual(options);
    from = app.sheet.id;
  }

  return {
    root,
    /**
     * Fills in what is known to find a run, and searches.
     * @param {string[]} lines
     * @param {Begin} how
     */
    ask(lines, how) {
      look();
      asked = askedBy(lines, options);
      make();
      go(how, lines.length > 0);
    },
    update() {
      showStart();
      const key = `${app.sheet.id} ${app.language} ${app.sheet.rules.length}`;
      if (key === madeFor) return;
      madeFor = key;
      look();
      make();
    },
  };
}
