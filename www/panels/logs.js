// The logs of all nodes below each other: what is committed has a firm edge, what may still go a dashed
// one.

import { h } from "../dom.js";
import { heading } from "./parts.js";

/** @typedef {import("../types.js").LogView} LogView */

/** How many places of the logs stand side by side; the panel is narrow. */
const SIDE_BY_SIDE = 12;

/**
 * The ends of all nodes' logs below each other, place under place, so that what differs is seen.
 * @param {import("../app.js").App} app
 * @returns {HTMLElement[]} nothing where no node has a log
 */
export function allLogs(app) {
  const { nodes } = app.frame;
  const logs = nodes.map(({ view }) => view.logs[0]);
  const last = Math.max(0, ...logs.map((log) => log?.cells.at(-1)?.index ?? 0));
  if (last === 0) return [];
  const first = Math.max(1, last - SIDE_BY_SIDE + 1);
  const places = Array.from({ length: last - first + 1 }, (_, at) => first + at);
  const title = app.t("inspector.allLogs", { title: logs.find(Boolean)?.title ?? "", period: app.sheet.period });
  const row = (/** @type {string} */ name, /** @type {LogView | undefined} */ log) => {
    const cells = new Map((log?.cells ?? []).map((cell) => [cell.index, cell]));
    return h("tr", { "data-key": name },
      h("th", { scope: "row" }, name),
      places.map((place) => {
        const cell = cells.get(place);
        if (!cell) return h("td", { class: "none" });
        const state = app.t(cell.committed ? "inspector.cellCommitted" : "inspector.cellOpen");
        return h("td", { class: cell.committed ? "committed" : "open", title: `${cell.text} · ${state}` },
          `${cell.period}`, h("span", { class: "unseen" }, ` ${cell.text} (${state})`));
      }));
  };
  return [
    heading(title),
    h("div", { class: "log-scroll", "data-key": "logs", tabindex: "0", role: "region", "aria-label": title },
      h("table", { class: "logs" },
        h("thead", null, h("tr", null, h("th", { scope: "col" }, app.t("inspector.logIndex")),
          places.map((place) => h("th", { scope: "col" }, `${place}`)))),
        h("tbody", null, nodes.map(({ name }, node) => row(name, logs[node]))))),
  ];
}
