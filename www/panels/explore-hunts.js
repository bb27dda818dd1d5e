// A rule and the run that it prevents: for each rule of the protocol what is known to find a run that breaks
// without it, in words, and one button that opens the empty scenario, fills the form and searches.

import { h } from "../dom.js";
import { askedBy, valuesOf } from "../explore/asked.js";
import { translate } from "../i18n.js";
import { Doer, budgetWords, patch, propertyWords, tellKept } from "./explore-parts.js";
import { heading, plain } from "./parts.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {{rule: string, isLarger: boolean, text: string, request: string[], property: string | null | undefined, length: number}} Hunt */

/**
 * @param {App} app
 * @param {(lines: string[]) => void} ask fills the form and searches, from the moment shown on
 */
export function createHunts(app, ask) {
  const select = h("select", { id: "explore-rule", onchange: () => choose(select.value) });
  const label = h("label", { for: select.id });
  // The choice stays as it is while the rest is described anew: it has the focus of whoever walks through it.
  const [head, body] = [h("div"), h("div")];
  const root = h("section", { class: "explore-hunts" }, head, h("div", { class: "explore-row" }, label, select), body);
  const doer = new Doer(body);
  /** @type {Hunt[]} */
  let hunts = [];
  let knownOf = "", rule = "", shown = "", isChosen = false;

  /** @param {string} id */
  function choose(id) {
    rule = id;
    isChosen = true;
    render();
  }

  function render() {
    const { rules } = app.frame;
    const { sheet } = app;
    const off = new Set(rules.filter(({ on }) => !on).map(({ id }) => id));
    const key = [app.language, sheet.id, rule, ...off].join(" ");
    if (key === shown) return;
    shown = key;
    doer.begin();
    const group = (/** @type {boolean} */ isOff) => {
      const members = sheet.rules.filter(({ id }) => off.has(id) === isOff);
      return members.length > 0 ? h("optgroup", { label: app.t(isOff ? "explore.hunt.areOff" : "explore.hunt.areOn") },
        members.map(({ id }) => h("option", { value: id, selected: id === rule }, plain(id, sheet)))) : null;
    };
    select.replaceChildren(...[group(true), group(false)].filter((entry) => entry !== null));
    const { text, without } = sheet.rules.find(({ id }) => id === rule) ?? { text: "", without: "" };
    doer.add("hunt", () => void begin());
    label.textContent = app.t("explore.hunt.rule");
    patch(head, [heading(app.t("explore.hunt"))]);
    patch(body, [
      h("p", { "data-key": "text" }, text),
      h("p", { class: "quiet", "data-key": "without" }, h("b", null, app.t("rules.without")), without),
      ...hunts.filter((one) => one.rule === rule).map((hunt) => wordsOf(hunt)),
      h("div", { class: "buttons", "data-key": "go" },
        h("button", { type: "button", class: "strong", "data-do": "hunt" }, app.t("explore.hunt.go"))),
    ]);
  }

  /** @param {Hunt} hunt */
  function wordsOf({ text, request, property, length, isLarger }) {
    const options = app.playground.searchOptions();
    const { budget, silent, search, asksLeaders, isTimely, waitMs } = askedBy(request, options);
    const offers = valuesOf("offer", request);
    const invariant = app.sheet.invariants.find(({ id }) => id === property);
    const isShortest = search === options.searches[0];
    const timers = options.timers.map((/** @type {string} */ name, /** @type {number} */ place) => silent.has(name) ? app.sheet.timers[place].name : "");
    const more = [
      silent.size > 0 ? app.t("explore.hunt.silent", { names: timers.filter(Boolean).join(app.t("page.and")) }) : null,
      isTimely ? app.t("explore.hunt.timely") : null,
      asksLeaders ? app.t("explore.hunt.askLeaders") : null,
      waitMs === options.waitMs ? null : app.t("explore.hunt.wait", { ms: waitMs }),
      isShortest ? null : app.t(`explore.search.${search}`),
    ].filter((words) => words !== null);
    // Without the protocol, which is open; rules that are off stand together.
    const [off, other] = [/^without /, /^(?!without )/].map((one) => text.trim().split("\n").slice(1).filter((line) => one.test(line)));
    const header = [...other, `without ${off.map((line) => line.slice("without ".length)).join(" ")}`];
    /** @type {[string, (Node | string)[]][]} */
    const rows = [
      property ? ["breaks", [invariant ? plain(property, app.sheet) : propertyWords(app, property)]] : ["reaches", codes(valuesOf("goal", request))],
      ["from", codes(header)],
      ["within", [budgetWords(app, budget)]],
      ...offers.length > 0 ? [/** @type {[string, (Node | string)[]]} */ (["offers", codes(offers)])] : [],
      ...more.length > 0 ? [/** @type {[string, string[]]} */ (["also", [more.join(app.t("explore.hunt.and"))]])] : [],
      ["length", [app.t(isShortest ? "explore.hunt.shortest" : "explore.hunt.atMost", { count: length }), isLarger ? ` ${app.t("explore.hunt.larger")}` : ""]],
    ];
    return h("dl", { class: "explore-known", "data-key": "known" }, rows.map(([key, words]) =>
      h("div", { "data-key": key }, h("dt", null, app.t(`explore.hunt.${key}`)), h("dd", null, words))));
  }

  /** Lines of notation, side by side. @param {string[]} lines @returns {(Node | string)[]} */
  function codes(lines) {
    return lines.flatMap((line, at) => [at > 0 ? " · " : "", h("code", null, line)]);
  }

  /** Opens the empty scenario with the rule off, as any other, and searches from there. */
  async function begin() {
    const hadWork = app.ownWork;
    isChosen = true;
    const known = hunts.find((one) => one.rule === rule);
    if (!known) return;
    try {
      const name = plain(rule, app.sheet);
      const title = (/** @type {"en" | "zh"} */ language) => translate(language, "explore.hunt.title", { rule: name });
      const isChinese = app.language === "zh";
      const without = app.sheet.rules.find(({ id }) => id === rule)?.without ?? "";
      const told = [
        `title ${title("en")}`, ...isChinese ? [`title.zh ${title("zh")}`] : [], ...without ? [`about${isChinese ? ".zh" : ""} ${without}`] : [],
      ];
      const lines = known.text.split("\n").filter((/** @type {string} */ line) => !/^(title|about)[ .]/.test(line));
      // The protocol's line comes first.
      if (!await app.openText([lines[0], ...told, ...lines.slice(1)].join("\n"), false)) return;
      app.pause();
    } catch (error) {
      app.complain(error);
      return;
    }
    tellKept(app, hadWork);
    ask(known.request);
  }

  return {
    root,
    update() {
      if (knownOf !== app.sheet.id) {
        hunts = app.playground.hunts();
        knownOf = app.sheet.id;
        rule = "";
        isChosen = false;
      }
      const asked = app.exploreWithout;
      app.exploreWithout = "";
      if (asked) [rule, isChosen] = [asked, true];
      // One that is off, if there is.
      else if (!isChosen) rule = (app.frame.rules.find(({ on }) => !on) ?? app.sheet.rules[0])?.id ?? "";
      root.hidden = rule === "";
      if (!root.hidden) render();
      if (!asked) return;
      /** @type {HTMLElement | null} */ (body.querySelector('[data-do="hunt"]'))?.focus({ preventScroll: true });
      root.scrollIntoView({ block: "nearest" });
    },
  };
}
