// The protocol's rules as switches: what each says, what it protects and what happens without it.

import { h, icon } from "../dom.js";
import { heading, paced, plain } from "./parts.js";
import { Doer, patch } from "./patch.js";

/** @typedef {import("../app.js").App} App */

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @returns {{ update(): void, destroy(): void }}
 */
export function create(host, app) {
  const root = h("div", { class: "panel rules" });
  host.append(root);
  const doer = new Doer(root);

  const render = () => {
    if (!app.frame) return;
    doer.begin();
    const { rules, last } = app.frame;
    const off = rules.filter(({ on }) => !on).length;
    patch(root, [
      heading(app.t("rules.heading", { title: app.sheet.title }), off > 0 ? app.t("rules.off", { count: off }) : app.t("rules.allOn")),
      h("ul", { class: "rule-list", "data-key": "rules" }, app.sheet.rules.map((rule) => ruleRow(rule, {
        on: rules.find(({ id }) => id === rule.id)?.on ?? true,
        applied: last.applied.includes(rule.id), missed: last.missed.includes(rule.id),
      }))),
    ]);
  };

  /**
   * @param {import("../types.js").Sheet["rules"][number]} rule
   * @param {{ on: boolean, applied: boolean, missed: boolean }} state
   */
  function ruleRow(rule, { on, applied, missed }) {
    const key = `rule-${rule.id}`;
    doer.add(key, () => app.setRule(rule.id, !on));
    const id = `rule-text-${rule.id}`;
    return h("li", { class: `rule${applied ? " lit" : ""}${missed ? " missed" : ""}${on ? "" : " off"}`, "data-key": key },
      h("button", {
        type: "button", role: "switch", class: "switch", "aria-checked": String(on), "aria-labelledby": id,
        "data-do": key, title: app.t(on ? "rules.switchOff" : "rules.switchOn"),
      }, h("span", { "aria-hidden": "true" })),
      h("div", { class: "rule-body" },
        applied ? h("span", { class: "tag lit", "data-key": "applied" }, app.t("rules.applied")) : null,
        missed ? h("span", { class: "tag missed", "data-key": "missed" }, app.t("rules.missed")) : null,
        !on ? h("span", { class: "tag off", "data-key": "off" }, app.t("rules.isOff")) : null,
        h("p", { id, "data-key": "text" }, rule.text),
        h("details", { "data-key": "more" },
          h("summary", null, rule.source, rule.protects.length > 0 ? h("span", null, ` · ${app.t("rules.protects", { what: rule.protects.map((id) => plain(id, app.sheet)).join(app.t("page.and")) })}`) : null),
          h("p", null, h("b", null, app.t("rules.without")), rule.without),
          rule.protects.map((invariant) => h("p", { class: "quiet", "data-key": invariant },
            h("b", null, plain(invariant, app.sheet)), app.t("page.colon"), app.sheet.invariants.find(({ id: other }) => other === invariant)?.text ?? "")))),
      findButton(rule.id, on));
  }

  /** @param {string} rule @param {boolean} on */
  function findButton(rule, on) {
    const key = `find-${rule}`;
    doer.add(key, () => {
      app.exploreWithout = rule;
      app.showTab("explore");
    });
    const words = app.t("rules.explore");
    return h("button", {
      type: "button", class: on ? "plain square find" : "edge find", "data-key": key, "data-do": key, title: words, "aria-label": on ? words : null,
    }, on ? icon("search") : words);
  }

  return { update: paced(app, render), destroy: () => root.remove() };
}
