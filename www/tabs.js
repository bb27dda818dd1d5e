// The side panel: one tab per panel module; a panel is made when it is first shown and updated while
// it is seen.

import { fill, h, icon } from "./dom.js";
import { fetchMore, fetchPart } from "./engine.js";
import { fetchWords } from "./i18n.js";
import { create as inspector } from "./panels/inspector.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {{update(): void, destroy?(): void}} Panel */
/** @typedef {{id: string, load: () => Promise<(host: HTMLElement, app: App) => Panel>}} TabModule */

const more = async () => (await Promise.all([import("./panels/more.js"), fetchMore()]))[0].panels;

/** @type {TabModule[]} */
const TABS = [
  { id: "inspector", load: async () => inspector },
  { id: "settings", load: async () => (await more()).settings },
  { id: "rules", load: async () => (await more()).rules },
  { id: "checks", load: async () => (await more()).checks },
  { id: "consistency", load: async () => (await more()).consistency },
  { id: "explore", load: async () => (await Promise.all([import("./panels/explore.js"), fetchMore(), fetchPart("explore")]))[0].create },
  { id: "scenario", load: async () => (await more()).scenario },
  { id: "share", load: async () => (await Promise.all([import("./panels/share.js"), fetchMore()]))[0].create },
];
/** While the run plays, panels are updated this often at most. */
const UPDATE_EVERY_MS = 120;

/**
 * @param {HTMLElement} host
 * @param {App} app
 */
export function createTabs(host, app) {
  const list = h("div", { role: "tablist", class: "tabs" });
  /** @type {{id: string, tab: HTMLButtonElement, body: HTMLElement, panel: Panel | null, loading: boolean, failed: boolean, load: TabModule["load"]}[]} */
  const entries = TABS.map(({ id, load }) => ({
    id, load, panel: null, loading: false, failed: false,
    tab: h("button", {
      type: "button", role: "tab", id: `tab-${id}`, "aria-controls": `panel-${id}`, onclick: () => show(id, true),
      // What a hand is about to ask for is fetched; what fails is told when it is asked for.
      onpointerenter: () => load().catch(() => {}),
    }),
    body: h("div", { role: "tabpanel", id: `panel-${id}`, "aria-labelledby": `tab-${id}`, class: `panel-${id}`, tabindex: "0", hidden: true }),
  }));
  const bodies = h("div", { class: "tab-bodies" }, entries.map(({ body }) => body));
  fill(list, entries.map(({ tab }) => tab));
  fill(host, list, bodies);
  let present = "inspector";
  let updatedAt = 0, timer = 0;

  const update = () => {
    const entry = entries.find(({ id }) => id === present);
    if (!entry || !app.playground) return;
    if (!entry.panel && !entry.loading) {
      entry.loading = true;
      entry.load().then(async (create) => {
        // The panel may have brought words; where they cannot be had, English stands in.
        await fetchWords(app.language).catch(() => {});
        fill(entry.body);
        entry.panel = create(entry.body, app);
        entry.panel.update();
      }, (error) => {
        entry.failed = true;
        fill(entry.body, h("p", { class: "problem" }, app.t("tabs.failed", { why: String(error?.message ?? error) })));
      });
    }
    entry.panel?.update();
  };
  const refresh = () => {
    clearTimeout(timer);
    timer = 0;
    updatedAt = performance.now();
    update();
  };
  const show = (/** @type {string} */ id, /** @type {boolean} */ byPerson) => {
    present = id;
    for (const entry of entries) {
      const selected = entry.id === id;
      entry.tab.setAttribute("aria-selected", String(selected));
      entry.tab.tabIndex = selected ? 0 : -1;
      entry.body.hidden = !selected;
      // Asked for again, it may come.
      if (selected && entry.failed) entry.failed = entry.loading = false;
    }
    update();
    app.emit("tab", id);
    // Below the stage on a narrow page, a panel that was asked for must come into sight.
    if (!byPerson && id === "share") host.scrollIntoView({ block: "nearest", behavior: app.stillness ? "auto" : "smooth" });
  };
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = entries.findIndex(({ id }) => id === present);
    const next = entries[(at + step + entries.length) % entries.length];
    show(next.id, true);
    next.tab.focus();
  });

  const relabel = () => {
    const { selection, frame } = app;
    list.setAttribute("aria-label", app.t("tabs.label"));
    for (const { id, tab } of entries) {
      const node = id === "inspector" && selection?.type === "node" ? frame?.nodes[selection.node]?.name : null;
      const off = id === "rules" ? (frame?.rules.filter(({ on }) => !on).length ?? 0) : 0;
      const bad = id === "checks" ? (frame?.checks.filter(({ violated }) => violated).length ?? 0) : 0;
      const words = node ?? app.t(`tabs.${id}`);
      const badge = off > 0 ? app.t("tabs.off", { count: off }) : bad > 0 ? app.t("tabs.violated", { count: bad }) : "";
      const key = `${words}|${badge}`;
      if (tab.dataset.shown === key) continue;
      tab.dataset.shown = key;
      tab.setAttribute("aria-label", badge ? `${words}, ${badge}` : words);
      tab.title = badge;
      fill(tab, words, badge ? h("span", { class: `badge${bad > 0 ? " bad" : ""}` }, bad > 0 ? icon("warning", 12) : null, String(bad > 0 ? bad : off)) : null);
    }
  };
  app.on("change", () => {
    relabel();
    const wait = app.playing ? updatedAt + UPDATE_EVERY_MS - performance.now() : 0;
    // What is put off is not left out: the next action may be a second away.
    if (wait > 0) timer ||= window.setTimeout(refresh, wait);
    else refresh();
  });
  app.on("play", () => app.changed());
  app.on("selection", () => {
    relabel();
    update();
  });
  app.on("language", relabel);
  app.showTab = (id) => show(id, false);
  show(present, true);
  relabel();
}
