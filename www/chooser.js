// The chooser of scenarios: a search over all of them, and one group for each protocol, of which the
// present one stands open.

import { closePopover, openPanel, standBelow } from "./popover.js";
import { isCoreError } from "./core.js";
import { fill, h, icon } from "./dom.js";
import { scenarioList } from "./engine.js";
import { keepSettings, restoreSession, savedSessions } from "./session.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {import("./types.js").ScenarioEntry} ScenarioEntry */
/** @typedef {(run: () => Promise<unknown>) => () => void} Guard */

/**
 * @param {App} app
 * @param {HTMLElement} button
 * @param {(error: import("./types.js").CoreError) => void} onTrouble
 */
export async function openChooser(app, button, onTrouble) {
  /** @type {Guard} */
  const guarded = (run) => async () => {
    closePopover();
    try {
      await run();
    } catch (error) {
      if (isCoreError(error)) onTrouble(error);
      else app.onPanic(error);
    }
  };
  const entries = await scenarioList();
  const list = h("div", { class: "chooser-list" });
  const search = /** @type {HTMLInputElement} */ (h("input", {
    type: "text", class: "chooser-search", enterkeyhint: "go", autocomplete: "off", spellcheck: "false", autofocus: true,
    placeholder: app.t("header.search"), "aria-label": app.t("header.search"),
  }));
  const found = h("p", { class: "pop-note", role: "status" });
  const show = () => {
    const words = plain(search.value).split(" ").filter(Boolean);
    const matches = entries.filter((entry) => words.every((word) => wordsOf(entry).includes(word)));
    const isSearch = words.length > 0;
    fill(list, ...groups(app, matches, isSearch, guarded),
      matches.length === 0 ? h("p", { class: "pop-note" }, app.t(isSearch ? "header.noneFound" : "header.noScenarios")) : null,
      ...isSearch ? [] : ownWork(app, guarded));
    found.textContent = isSearch ? app.t("header.found", { count: matches.length }) : "";
  };
  show();
  search.addEventListener("input", show);
  const panel = openPanel(button.getBoundingClientRect(), { title: app.t("header.choose"), className: "pop-chooser" },
    search, found, list);
  panel.addEventListener("keydown", (event) => walk(event, panel, search));
  standBelow(panel, button);
  const present = /** @type {HTMLElement | null} */ (list.querySelector("[aria-current]"));
  present?.scrollIntoView({ block: "nearest" });
  // Where fingers type, a keyboard would cover half of the list.
  if (matchMedia("(pointer: coarse)").matches) present?.focus({ preventScroll: true });
}

/**
 * @param {App} app
 * @param {ScenarioEntry[]} entries
 * @param {boolean} allOpen
 * @param {Guard} guarded
 */
function groups(app, entries, allOpen, guarded) {
  /** @type {Map<string, ScenarioEntry[]>} */
  const byProtocol = new Map();
  for (const entry of entries) {
    const group = byProtocol.get(entry.protocol);
    if (group) group.push(entry);
    else byProtocol.set(entry.protocol, [entry]);
  }
  // The present protocol stands first: the next scenario is mostly one of its own.
  const present = app.about?.protocol;
  const ordered = [...byProtocol].sort(([one], [two]) => Number(two === present) - Number(one === present));
  return ordered.map(([protocol, group]) => h("details", {
    class: "chooser-group", open: allOpen || protocol === present,
  },
  h("summary", null, icon("chevron", 12), h("b", null, group[0].protocolTitle), h("span", { class: "count" }, group.length)),
  h("div", { class: "chooser-entries" }, group.map((entry) => {
    const isOpen = entry.id === app.scenarioId;
    return h("button", {
      type: "button", class: "scenario-entry", "aria-current": isOpen ? "true" : undefined,
      onclick: guarded(() => {
        history.replaceState(null, "", location.pathname + keepSettings());
        return app.openScenario(entry.id);
      }),
    }, h("b", null, app.words(entry.title)), h("span", null, app.words(entry.about)));
  }))));
}

/**
 * What somebody did themselves, the last of it first.
 * @param {App} app
 * @param {Guard} guarded
 */
function ownWork(app, guarded) {
  return savedSessions().map((saved, place) => {
    const when = new Date(saved.savedAt).toLocaleString(app.language, { dateStyle: "medium", timeStyle: "short" });
    return h("button", { type: "button", class: "scenario-entry restore", onclick: guarded(() => restoreSession(app, saved)) },
      h("b", null, icon("history", 14), app.t(place === 0 ? "header.lastSession" : "header.formerSession")),
      h("span", null, [app.words(saved.title), when].filter(Boolean).join(" · ")));
  });
}

/** @param {string} text */
function plain(text) {
  return text.toLowerCase().replace(/[-_/\s]+/g, " ").trim();
}

/**
 * Both languages, so that an English term is found in Chinese too.
 * @param {ScenarioEntry} entry
 */
function wordsOf({ id, protocolTitle, title, about }) {
  return plain([id, protocolTitle, title.en, title.zh, about.en, about.zh].join(" "));
}

/**
 * Arrows walk what can be seen; Enter in the search opens the first that it found.
 * @param {KeyboardEvent} event
 * @param {HTMLElement} panel
 * @param {HTMLInputElement} search
 */
function walk(event, panel, search) {
  if (event.isComposing) return;
  if (event.key === "Enter" && event.target === search) {
    if (search.value.trim() === "") return;
    event.preventDefault();
    /** @type {HTMLElement | null} */ (panel.querySelector(".scenario-entry"))?.click();
    return;
  }
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const stops = /** @type {HTMLElement[]} */ ([...panel.querySelectorAll("input, summary, .scenario-entry")])
    .filter((stop) => stop.checkVisibility());
  const at = stops.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  event.preventDefault();
  stops[Math.max(0, Math.min(stops.length - 1, at + step))]?.focus();
}
