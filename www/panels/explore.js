// Exploring: what to look for, how many surprises a run may hold, how far the search is, and what it
// found. The search itself runs in workers; this panel only shows it.

import { heading } from "./parts.js";
import { h } from "../dom.js";
import { addWords } from "../i18n.js";
import { Search } from "../explore/search.js";
import english from "../locale/en.explore.js";
import { createAround } from "./explore-around.js";
import { createForm } from "./explore-form.js";
import { createHunts } from "./explore-hunts.js";
import { fromWords, play, resultOf, violationWords } from "./explore-result.js";
import { Doer, patch, showsCopies } from "./explore-parts.js";
import { titled } from "./explore-story.js";
import { EXPLORE } from "../root.js";
import { addStyles } from "../workers.js";

// Reached by the same ways as the other panels, this one does not cut what the page loads at first into
// more files.
import "./more.js";

addWords(english, () => import("../locale/zh.explore.js"));
addStyles(EXPLORE, "explore.css");

/** @typedef {import("../app.js").App} App */

/** How often a listener is told how far it is. */
const SAY_EVERY_MS = 5000;
const SHOW_EVERY_MS = 200;

/** The search outlives the panel's language and whatever is opened meanwhile. @type {WeakMap<App, Search>} */
const searches = new WeakMap();

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @returns {{ update(): void, destroy(): void }}
 */
export function create(host, app) {
  const form = createForm(app, (request) => playsWhenFound(begin(request, form.root)));
  const hunts = createHunts(app, (lines) => form.ask(lines, (request) => playsWhenFound(begin(request, hunts.root))));
  const progress = h("div", { class: "explore-progress" });
  const said = h("p", { class: "unseen", role: "status", "aria-live": "polite" });
  const around = createAround(app);
  const root = h("div", { class: "panel explore" }, hunts.root, form.root, progress, said, around.root);
  host.append(root);
  const doer = new Doer(progress);
  showsCopies(progress, app);
  let shownAt = 0, timer = 0, saidAt = 0, saidState = "";

  /**
   * @param {import("../explore/search.js").Request} request
   * @param {HTMLElement} asking below what was asked stands what comes of it
   */
  function begin(request, asking) {
    searches.get(app)?.stop();
    const search = new Search(request);
    searches.set(app, search);
    search.tell = (story, view) => titled(app, request, story, view);
    search.onChange = soon;
    asking.after(progress);
    render();
    progress.scrollIntoView({ block: "nearest", behavior: app.stillness ? "auto" : "smooth" });
    return search;
  }

  /** What is found is played at once, if the moment that it was searched from is still the one that is shown. @param {Search} search */
  function playsWhenFound(search) {
    const { playground } = app;
    const { branch, index } = app.frame.cursor;
    search.onChange = () => {
      soon();
      if (search.state !== "found" || !search.story) return;
      search.onChange = soon;
      const { cursor } = app.frame;
      const isThere = app.playground === playground && cursor.branch === branch && cursor.index === index && !app.playing;
      if (isThere && searches.get(app) === search) void play(app, search, false);
    };
  }

  /** Workers tell more often than an eye can follow. */
  function soon() {
    const search = searches.get(app);
    const wait = search?.isOpen ? shownAt + SHOW_EVERY_MS - performance.now() : 0;
    if (wait <= 0) {
      clearTimeout(timer);
      timer = 0;
      render();
    } else if (!timer) {
      timer = window.setTimeout(() => {
        timer = 0;
        render();
      }, wait);
    }
  }

  function render() {
    shownAt = performance.now();
    const search = searches.get(app);
    if (!search) return;
    doer.begin();
    const number = (/** @type {number} */ value) => Math.round(value).toLocaleString(app.language);
    const totals = search.totals();
    const say = app.t(`explore.state.${search.state}`);
    const { length } = search.rungs;
    const partly = app.t(search.rungs[0].seed === null ? "explore.rungs" : "explore.seeds", { done: number(totals.done), all: number(length) });
    const seconds = (search.elapsedMs / 1000).toLocaleString(app.language, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    const facts = [
      ["states", number(totals.distinct)], ["generated", number(totals.generated)], ["depth", number(totals.depth)],
      ["rate", number(totals.rate)], ["frontier", number(totals.frontier)],
      ["memory", app.t("explore.megabytes", { count: number(totals.memoryBytes / 1e6) })],
      ["time", app.t("explore.seconds", { count: seconds })],
      ...(search.isOpen ? [["workers", number(totals.workers)]] : []),
    ];
    const counted = search.state === "refused" ? null : h("dl", { class: "explore-facts", "data-key": "facts" }, facts.map(([key, value]) =>
      h("div", { "data-key": key }, h("dt", null, app.t(`explore.${key}`)), h("dd", null, value))));
    const title = heading(say, search.isOpen && length > 1 ? partly : undefined);
    title.tabIndex = -1;
    const hadFocus = progress.contains(document.activeElement);
    patch(progress, [
      title,
      h("p", { class: "quiet", "data-key": "from" }, fromWords(app, search)),
      search.isOpen ? h("progress", { "data-key": "bar", max: 1, value: search.share, "aria-label": say }) : null,
      search.isOpen ? h("div", { class: "buttons", "data-key": "orders" },
        // One button, so that whoever pressed it stays on it.
        button("pause", search.state === "paused" ? "go" : "pause", () => search.state === "paused" ? search.goOn() : search.pause()),
        button("stop", "stop", () => search.stop())) : null,
      ...resultOf(app, search, doer, counted),
    ]);
    // What had the focus may be gone: then it is where the result begins.
    if (hadFocus && !progress.contains(document.activeElement)) {
      const next = progress.querySelector('[data-do="play"]') ?? progress.querySelector("h2");
      if (next instanceof HTMLElement) next.focus({ preventScroll: true });
    }
    announce(search, `${say} ${[...violationWords(app, search), app.t("explore.said", { states: number(totals.distinct), depth: number(totals.depth) })].join(" ")}`);
  }

  /** @param {"pause" | "stop"} key @param {"go" | "pause" | "stop"} word @param {() => void} run */
  function button(key, word, run) {
    return h("button", { type: "button", class: "edge", "data-key": key, "data-do": doer.add(key, run) }, app.t(`explore.${word}`));
  }

  /** @param {Search} search @param {string} words */
  function announce(search, words) {
    const now = performance.now();
    if (search.state === saidState && now - saidAt < SAY_EVERY_MS) return;
    [saidState, saidAt] = [search.state, now];
    said.textContent = words;
  }

  const offs = [app.on("language", render), app.on("open", render)];
  render();
  return {
    update() {
      hunts.update();
      form.update();
      around.update();
    },
    destroy() {
      clearTimeout(timer);
      for (const off of offs) off();
      root.remove();
    },
  };
}
