// Each invariant in words: whether it holds, and if not, since when and why; and what the scenario
// itself expects.

import { h, icon } from "../dom.js";
import { formatMs } from "../timeline/labels.js";
import { heading, paced, plain } from "./parts.js";
import { Doer, patch } from "./patch.js";

/** @typedef {import("../app.js").App} App */

/**
 * What stands beside the tab's name: how many checks have failed.
 * @param {App} app
 * @returns {string | null}
 */
export function badge(app) {
  const violated = app.frame?.checks.filter((check) => check.violated).length ?? 0;
  return violated > 0 ? String(violated) : null;
}

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @returns {{ update(): void, destroy(): void }}
 */
export function create(host, app) {
  const root = h("div", { class: "panel checks" });
  host.append(root);
  const doer = new Doer(root);

  const render = () => {
    if (!app.frame) return;
    doer.begin();
    const { checks } = app.frame;
    const violated = checks.filter((check) => check.violated).length;
    const expectations = app.playground.expectations();
    const bounds = app.playground.bounds();
    patch(root, [
      heading(app.t("checks.invariants"), violated > 0 ? app.t("checks.violatedCount", { count: violated }) : app.t("checks.allHold")),
      h("ul", { class: "check-list", "data-key": "invariants" },
        // What is wrong comes first.
        app.sheet.invariants
          .map((invariant) => ({ invariant, violated: checks.find(({ id }) => id === invariant.id)?.violated ?? null }))
          .sort((one, other) => Number(other.violated !== null) - Number(one.violated !== null))
          .map(({ invariant, violated }) => invariantRow(invariant, violated))),
      ...(expectations.length > 0
        ? [heading(app.t("checks.expectations"), app.t("checks.expectationsHint")), h("ul", { class: "check-list", "data-key": "expectations" }, expectations.map(expectationRow))]
        : []),
      ...(bounds.length > 0
        ? [heading(app.t("checks.bounds")), h("ul", { class: "bounds", "data-key": "bounds" }, bounds.map((/** @type {string} */ text) => h("li", { class: "warn" }, text)))]
        : []),
    ]);
  };

  /** @param {string} key @param {number} index */
  function goThere(key, index) {
    doer.add(key, () => app.seek(app.frame.cursor.branch, index));
    return h("button", { type: "button", class: "edge", "data-do": key }, app.t("checks.go"));
  }

  /**
   * @param {import("../types.js").Sheet["invariants"][number]} invariant
   * @param {import("../types.js").Check["violated"]} violated
   */
  function invariantRow(invariant, violated) {
    return h("li", { class: violated ? "bad" : "ok", "data-key": invariant.id },
      h("span", { class: "mark" }, icon(violated ? "cross" : "check", 16)),
      h("div", null,
        h("p", { class: "state" }, h("b", null, plain(invariant.id, app.sheet)), " · ",
          violated ? app.t("checks.violated", { index: violated.index, ms: formatMs(violated.atMs) }) : app.t("checks.holds")),
        h("p", null, invariant.text),
        violated ? h("p", { class: "why" }, violated.why) : null,
        violated ? goThere(`go-${invariant.id}`, violated.index) : null,
        h("p", { class: "quiet" }, invariant.source)));
  }

  /** @param {{ index: number, text: string, ok: boolean | null, why: string | null }} expectation @param {number} place */
  function expectationRow({ index, text, ok, why }, place) {
    const state = ok === null ? "pending" : ok ? "ok" : "bad";
    return h("li", { class: state, "data-key": `expectation-${place}` },
      h("span", { class: "mark" }, icon(ok === null ? "more" : ok ? "check" : "cross", 16)),
      h("div", null,
        h("p", { class: "state" }, h("code", null, text)),
        h("p", { class: "quiet" }, app.t(`checks.expectation.${state}`, { index })),
        why ? h("p", { class: "why" }, why) : null,
        ok === false ? goThere(`go-expectation-${place}`, index) : null));
  }

  return { update: paced(app, render), destroy: () => root.remove() };
}
