// The header: what is open, the scenarios by protocol, and the page's own settings.

import { fill, h, icon } from "./dom.js";
import { isCoreError } from "./core.js";
import { closePopover, openPanel, standBelow } from "./popover.js";
import { scenarioList } from "./engine.js";
import { restoreSession, savedSession } from "./session.js";

/** @typedef {import("./app.js").App} App */

const THEMES = /** @type {const} */ (["auto", "light", "dark"]);
const THEME_ICONS = { auto: "auto", light: "sun", dark: "moon" };

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @param {(error: import("./types.js").CoreError) => void} onTrouble
 * @returns {{helpButton: HTMLElement}}
 */
export function createHeader(host, app, onTrouble) {
  const protocol = h("span", { class: "crumb-protocol" });
  const title = h("span", { class: "crumb-title" });
  const chooser = h("button", { type: "button", class: "chooser", "aria-haspopup": "dialog" },
    protocol, icon("chevron", 12), title, icon("down", 14));
  chooser.addEventListener("click", () => openChooser(app, chooser, onTrouble));
  const share = h("button", { type: "button", class: "primary with-icon", onclick: () => app.showTab("share") });
  const language = h("button", { type: "button", class: "plain", onclick: () => app.setLanguage(app.language === "zh" ? "en" : "zh") });
  const theme = h("button", {
    type: "button", class: "plain square",
    onclick: () => app.setTheme(THEMES[(THEMES.indexOf(app.theme) + 1) % THEMES.length]),
  });
  const helpButton = h("button", { type: "button", class: "plain square", "aria-haspopup": "dialog" }, icon("help"));
  const compare = h("a", { class: "plain with-icon", href: "compare.html" });
  compare.addEventListener("click", () => {
    try {
      compare.href = `compare.html${keepSettings()}#${app.playground.link(true).replace(/^#/, "")}`;
    } catch {
      // A run beyond what a link holds: the comparison opens with its own.
      compare.href = `compare.html${keepSettings()}`;
    }
  });
  fill(host, h("h1", null, "Consensus Playground"), chooser,
    h("nav", { class: "header-end" }, compare, share, language, theme, helpButton));

  const relabel = () => {
    fill(share, icon("share", 15), h("span", { class: "wide-only" }, app.t("header.share")));
    share.setAttribute("aria-label", app.t("header.share"));
    fill(compare, icon("columns", 15), h("span", { class: "wide-only" }, app.t("header.compare")));
    compare.setAttribute("aria-label", app.t("header.compare"));
    compare.title = app.t("header.compareHint");
    language.textContent = app.language === "zh" ? "English" : "中文";
    language.lang = app.language === "zh" ? "en" : "zh-Hans";
    language.title = app.t("header.language");
    fill(theme, icon(THEME_ICONS[app.theme]));
    const words = app.t("header.theme", { theme: app.t(`theme.${app.theme}`) });
    theme.setAttribute("aria-label", words);
    theme.title = words;
    helpButton.setAttribute("aria-label", app.t("header.help"));
    helpButton.title = app.t("header.help");
    if (!app.sheet) return;
    const name = app.words(app.about.title) || app.t("header.untitled");
    protocol.textContent = app.sheet.title;
    title.textContent = name;
    chooser.setAttribute("aria-label", `${app.t("header.choose")}: ${app.sheet.title}, ${name}`);
    chooser.title = name;
    document.title = `${name} · ${app.sheet.title} · Consensus Playground`;
  };
  relabel();
  app.on("open", relabel);
  app.on("language", relabel);
  app.on("theme", relabel);
  return { helpButton };
}

/**
 * @param {App} app
 * @param {HTMLElement} button
 * @param {(error: import("./types.js").CoreError) => void} onTrouble
 */
async function openChooser(app, button, onTrouble) {
  const guarded = (/** @type {() => Promise<unknown>} */ run) => async () => {
    closePopover();
    try {
      await run();
    } catch (error) {
      if (isCoreError(error)) onTrouble(error);
      else app.onPanic(error);
    }
  };
  /** @type {Map<string, import("./types.js").ScenarioEntry[]>} */
  const groups = new Map();
  for (const entry of await scenarioList()) {
    const group = groups.get(entry.protocol);
    if (group) group.push(entry);
    else groups.set(entry.protocol, [entry]);
  }
  const sections = [...groups].map(([protocol, entries]) => h("section", null,
    h("h3", null, entries[0].protocolTitle),
    entries.map((entry) => {
      const present = entry.id === app.scenarioId;
      return h("button", {
        type: "button", class: "scenario-entry", "aria-current": present ? "true" : undefined, autofocus: present,
        onclick: guarded(() => {
          history.replaceState(null, "", location.pathname + keepSettings());
          return app.openScenario(entry.id);
        }),
      }, h("b", null, app.words(entry.title)), h("span", null, app.words(entry.about)));
    })));
  const saved = savedSession();
  const restore = saved ? h("button", { type: "button", class: "scenario-entry restore", onclick: guarded(() => restoreSession(app)) },
    h("b", null, icon("history", 14), app.t("header.lastSession")), h("span", null, app.words(saved.title))) : null;
  const panel = openPanel(button.getBoundingClientRect(), { title: app.t("header.choose"), className: "pop-chooser" },
    h("div", { class: "chooser-list" }, sections.length > 0 ? sections : h("p", { class: "pop-note" }, app.t("header.noScenarios")), restore));
  standBelow(panel, button);
  panel.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
}

/** The part of the query that is about the page and not about what is open. */
function keepSettings() {
  const query = new URLSearchParams(location.search);
  const kept = new URLSearchParams();
  for (const name of ["lang", "theme"]) {
    const value = query.get(name);
    if (value) kept.set(name, value);
  }
  return kept.size > 0 ? `?${kept}` : "";
}
