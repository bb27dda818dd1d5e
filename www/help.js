// The help: every key and gesture, in a panel below its button.

import { h } from "./dom.js";
import { openPanel, standBelow } from "./popover.js";

/** What is shown, in order: keys, then the words' key. */
const KEYS = [
  ["Space", "help.play"], ["← →", "help.step"], ["Home End", "help.ends"], ["↑ ↓ 1–9", "help.select"],
  ["Enter", "help.menu"], ["c", "help.crash"], ["p", "help.pause"], ["d", "help.deliver"], ["x", "help.drop"], ["u", "help.duplicate"], ["l", "help.delay"],
  ["t", "help.fire"], ["r", "help.request"], ["b", "help.branch"], ["s", "help.share"], ["n PageUp", "help.lesson"], ["?", "help.help"],
];

/**
 * @param {import("./app.js").App} app
 * @param {HTMLElement} button
 */
export function openHelp(app, button) {
  const rows = KEYS.map(([keys, words]) => h("tr", null,
    h("th", { scope: "row" }, keys.split(" ").map((key) => h("kbd", null, key))), h("td", null, app.t(words))));
  const panel = openPanel(button.getBoundingClientRect(), { title: app.t("help.title"), className: "pop-help" },
    h("div", { class: "pop-title" }, app.t("help.title")),
    h("ul", { class: "help-list" }, ["help.pointer1", "help.pointer2", "help.pointer3", "help.pointer4"].map((key) => h("li", null, app.t(key)))),
    h("table", { class: "keys" }, h("tbody", null, rows)),
    h("p", { class: "pop-note" }, app.t("help.debug")));
  standBelow(panel, button);
  panel.tabIndex = -1;
  panel.focus({ preventScroll: true });
}
