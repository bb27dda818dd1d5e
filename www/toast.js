// Short messages at the edge of the page, spoken politely; they go by themselves.

import { fill, h, icon } from "./dom.js";

const STAYS_MS = 4200;
const STAYS_WHEN_BAD_MS = 8000;
const STAYS_WITH_BUTTON_MS = 12_000;
const SHOWN_MAX = 3;

/**
 * @param {HTMLElement} host an element with role="status"
 * @param {import("./app.js").App} app
 */
export function createToasts(host, app) {
  /**
   * @param {string} text
   * @param {string} [kind]
   * @param {{words: string, run: () => void}} [way]
   */
  const show = (text, kind = "info", way) => {
    for (const other of host.children) if (other.getAttribute("data-text") === text) other.remove();
    const close = () => toast.remove();
    const toast = h("div", { class: `toast ${kind}`, data: { text } }, kind === "bad" ? icon("warning") : null, h("span", null, text));
    if (way) {
      toast.append(h("button", {
        type: "button", class: "edge",
        onclick: () => {
          close();
          way.run();
        },
      }, way.words));
    }
    const dismiss = h("button", { type: "button", class: "plain square", "aria-label": app.t("toast.close"), onclick: close });
    fill(dismiss, icon("cross", 12));
    toast.append(dismiss);
    host.append(toast);
    while (host.childElementCount > SHOWN_MAX) host.firstElementChild?.remove();
    window.setTimeout(close, way ? STAYS_WITH_BUTTON_MS : kind === "bad" ? STAYS_WHEN_BAD_MS : STAYS_MS);
  };
  return { show };
}
