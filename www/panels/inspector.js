// The inspector: the selected node, message or client, or all nodes in brief; and the rules that
// decided the last action.

import { h } from "../dom.js";
import { opened, openedIfThere } from "../opening.js";
import { allNodes, clientRows, justApplied } from "./inspector-brief.js";
import { allLogs } from "./logs.js";
import { heading, paced, showReasons } from "./parts.js";
import { Doer, patch } from "./patch.js";

/** @typedef {import("../app.js").App} App */

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @returns {{ update(): void, destroy(): void }}
 */
export function create(host, app) {
  const root = h("div", { class: "panel inspector" });
  host.append(root);
  const doer = new Doer(root);
  showReasons(root);
  /** What is written in each client's form; nobody else may overwrite it. @type {Map<number, import("./inspector-other.js").Draft>} */
  const drafts = new Map();
  /** The selection whose panel was asked for before it had come. @type {import("../types.js").Selection} */
  let asked = null;
  let failed = "";

  const render = () => {
    if (!app.frame) return;
    doer.begin();
    const rest = app.selection?.type === "node" ? [] : justApplied(app);
    patch(root, [...back(), ...selected(), ...rest]);
  };
  const update = paced(app, render);
  const offs = [app.on("open", () => drafts.clear()), app.on("selection", render)];

  /** @returns {Node[]} */
  function back() {
    if (!app.selection) return [];
    doer.add("all", () => app.select(null));
    return [h("button", { type: "button", class: "link back", "data-key": "all-nodes", "data-do": "all" }, app.t("inspector.back"))];
  }

  /** @returns {Node[]} */
  function selected() {
    const { selection } = app;
    if (selection && (selection.type !== "node" || app.frame.nodes[selection.node])) return one(selection);
    const clients = clientRows(app, doer);
    return [
      heading(app.t("inspector.all"), app.t("inspector.allHint")),
      allNodes(app, doer),
      ...allLogs(app),
      ...(clients ? [heading(app.t("inspector.clients")), clients] : []),
    ];
  }

  /**
   * @param {NonNullable<import("../types.js").Selection>} selection
   * @returns {Node[]}
   */
  function one(selection) {
    const there = openedIfThere();
    if (!there) {
      // Asked for once for each selection, and drawn again when it has come or cannot be had.
      if (selection !== asked) {
        asked = selection;
        failed = "";
        opened(app).catch((error) => (failed = String(error?.message ?? error))).then(render);
      }
      return failed ? [h("p", { class: "problem" }, app.t("page.notFetched", { why: failed }))] : [];
    }
    if (selection.type === "node") return there.nodePanel(app, doer, selection.node);
    if (selection.type === "message") return there.messagePanel(app, doer, selection.id);
    let draft = drafts.get(selection.client);
    if (!draft) drafts.set(selection.client, (draft = there.newDraft(app)));
    return there.clientPanel(app, doer, selection.client, draft);
  }

  return {
    update,
    destroy() {
      for (const off of offs) off();
      root.remove();
    },
  };
}
