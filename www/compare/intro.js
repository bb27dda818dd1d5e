// What to watch, in a sentence, and the comparisons that are ready.

import { h } from "../dom.js";
import { pageQuery } from "./address.js";
import { offered } from "./partners.js";
import { refill } from "./refill.js";

/** @typedef {import("./comparison.js").Comparison} Comparison */

/**
 * @param {HTMLElement} host
 * @param {Comparison} page
 * @param {(ready: import("./ready.js").Ready) => Promise<void>} open
 */
export function createIntro(host, page, open) {
  const watch = h("p", { class: "watch" });
  const list = h("nav", { class: "ready-list" });
  host.append(watch, list);

  const relabel = () => {
    const [left] = page.columns;
    const about = left.playground ? page.words(left.about.about) : "";
    watch.textContent = page.ready ? page.t(`compare.ready.${page.ready.id}.watch`) : about || page.t("compare.watch");
    list.setAttribute("aria-label", page.t("compare.readyList"));
    refill(list, () => offered().map((ready) => link(ready)));
  };
  /** @param {import("./ready.js").Ready} ready */
  const link = (ready) => {
    const query = pageQuery();
    query.set("ready", ready.id);
    const address = `${location.pathname}?${query}`;
    return h("a", {
      id: `ready-${ready.id}`, href: address, "aria-current": page.ready?.id === ready.id ? "true" : undefined,
      onclick: (/** @type {MouseEvent} */ event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        history.replaceState(null, "", address);
        open(ready).catch((error) => page.complain(error));
      },
    }, page.t(`compare.ready.${ready.id}`));
  };
  page.on("open", relabel);
  page.on("kept", relabel);
  page.on("language", relabel);
}
