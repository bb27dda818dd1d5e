// What is shown when a comparison cannot be opened or the core went down: what is wrong, and a way
// on. Nothing else is opened in its place in silence.

import { isCoreError } from "../core.js";
import { fill, h, icon } from "../dom.js";

/** @typedef {import("./comparison.js").Comparison} Comparison */

/**
 * @param {HTMLElement} host
 * @param {Comparison} page
 * @param {() => Promise<void>} openDefault
 */
export function createTrouble(host, page, openDefault) {
  const hide = () => {
    host.hidden = true;
    fill(host);
  };
  /** @param {unknown} error */
  const show = (error) => {
    const isOurs = isCoreError(error);
    const said = isOurs ? page.say(error.message) : panicMessage() ?? (error instanceof Error ? error.message : String(error));
    const openIt = h("button", {
      type: "button", class: "primary",
      onclick: () => {
        history.replaceState(null, "", location.pathname);
        openDefault().catch(show);
      },
    }, page.t("compare.openDefault"));
    const stay = page.runs().length > 0 && isOurs ? h("button", { type: "button", class: "edge", onclick: hide }, page.t("trouble.stay")) : null;
    fill(host, h("div", { class: "trouble-card" },
      h("h2", null, icon("warning", 20), page.t(isOurs ? "compare.cannotOpen" : "trouble.panic")),
      isOurs ? h("p", null, `${said.slice(0, 1).toUpperCase()}${said.slice(1)}`) : [h("p", null, page.t("compare.panicWhat")), h("pre", { class: "panic", lang: "en" }, said)],
      isOurs ? h("p", { class: "soft" }, page.t("trouble.nothingOpened")) : null,
      h("div", { class: "buttons" }, openIt, stay)));
    host.hidden = false;
    openIt.focus({ preventScroll: true });
  };
  const panicMessage = () => {
    try {
      return page.engine.lastPanic();
    } catch {
      return undefined;
    }
  };
  return { show, hide };
}
