// One log as a row of cells: what is committed has a firm edge, what may still go a dashed one.

import { h } from "../dom.js";

/** @typedef {import("../types.js").LogView} LogView */

/**
 * @param {import("../app.js").App} app
 * @param {LogView} log
 * @param {LogView | null} before the same log before the last action
 * @param {string} period what the protocol calls its periods
 */
export function logTable(app, log, before, period) {
  const former = new Map((before?.cells ?? []).map((cell) => [cell.index, cell]));
  const firstFormer = before?.skipped ?? 0;
  const isChanged = (/** @type {import("../types.js").LogCell} */ cell) => {
    if (!before || cell.index <= firstFormer) return false;
    const was = former.get(cell.index);
    return !was || was.period !== cell.period || was.text !== cell.text || was.committed !== cell.committed;
  };
  const lost = (before?.cells ?? []).filter((cell) => !log.cells.some(({ index }) => index === cell.index) && cell.index > log.skipped);
  const cells = [
    ...log.cells.map((cell) => ({ cell, lost: false })),
    ...lost.map((cell) => ({ cell, lost: true })),
  ];
  if (cells.length === 0) return h("p", { class: "quiet", "data-key": `log ${log.title}` }, app.t("inspector.logEmpty", { title: log.title }));
  const look = (/** @type {{ cell: import("../types.js").LogCell, lost: boolean }} */ { cell, lost }) => ({
    class: `${lost ? "lost" : cell.committed ? "committed" : "open"}${!lost && isChanged(cell) ? " changed" : ""}`,
    title: app.t(lost ? "inspector.cellLost" : cell.committed ? "inspector.cellCommitted" : "inspector.cellOpen"),
  });
  return h("div", { class: "log-scroll", "data-key": `log ${log.title}`, tabindex: "0", role: "region", "aria-label": log.title },
    h("table", { class: "log" },
      h("tbody", null,
        h("tr", null,
          h("th", { scope: "row" }, app.t("inspector.logIndex")),
          log.skipped > 0 ? h("td", { class: "skipped", rowspan: "3", title: app.t("inspector.logSkipped", { count: log.skipped }) },
            app.t("inspector.logSkipped", { count: log.skipped })) : null,
          cells.map(({ cell }) => h("td", { class: "index" }, cell.index))),
        h("tr", null,
          h("th", { scope: "row" }, period),
          cells.map((entry) => h("td", { ...look(entry), class: `${look(entry).class} top` }, `${entry.cell.period}`))),
        h("tr", null,
          h("th", { scope: "row" }, app.t("inspector.logEntry")),
          cells.map((entry) => {
            const { class: name, title } = look(entry);
            return h("td", { class: `${name} bottom`, title },
              entry.lost ? h("s", null, entry.cell.text) : entry.cell.text,
              h("span", { class: "unseen" }, ` (${title})`));
          })))));
}
