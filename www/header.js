// The header: what is open, and the page's own settings.

import { fill, h, icon } from "./dom.js";
import { fetchMore, isMoreThere } from "./engine.js";
import { whenOpened } from "./opening.js";
import { keepSettings } from "./session.js";

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
  const asks = h("span", { class: "unseen" });
  const chooser = h("button", { type: "button", class: "chooser", "aria-haspopup": "dialog" },
    asks, protocol, " ", icon("chevron", 12), title, icon("down", 14));
  chooser.addEventListener("click", () => whenOpened(app, ({ openChooser }) => openChooser(app, chooser, onTrouble)));
  const course = h("button", { type: "button", class: "plain with-icon", "aria-haspopup": "dialog" });
  course.addEventListener("click", () => whenOpened(app, ({ openCourse }) => openCourse(app, course, onTrouble)));
  const share = h("button", { type: "button", class: "primary with-icon", onclick: () => app.showTab("share") });
  const language = h("button", { type: "button", class: "plain", onclick: () => app.setLanguage(app.language === "zh" ? "en" : "zh") });
  const theme = h("button", {
    type: "button", class: "plain square",
    onclick: () => app.setTheme(THEMES[(THEMES.indexOf(app.theme) + 1) % THEMES.length]),
  });
  const helpButton = h("button", { type: "button", class: "plain square", "aria-haspopup": "dialog" }, icon("help"));
  const compare = h("a", { class: "plain with-icon", href: "compare.html" });
  for (const event of ["pointerenter", "focus"]) compare.addEventListener(event, () => fetchMore().catch(() => {}));
  compare.addEventListener("click", (event) => {
    if (!isMoreThere() && !event.ctrlKey && !event.metaKey) {
      // Again, when what makes links is there.
      event.preventDefault();
      fetchMore().then(() => compare.click(), () => location.assign(`compare.html${keepSettings()}`));
      return;
    }
    try {
      compare.href = `compare.html${keepSettings()}#${app.playground.link(true).replace(/^#/, "")}`;
    } catch {
      // A run beyond what a link holds: the comparison opens with its own.
      compare.href = `compare.html${keepSettings()}`;
    }
  });
  fill(host, h("h1", null, "Consensus Playground"), chooser,
    h("nav", { class: "header-end" }, h("span", { class: "wide-only" }, course), compare, share, language, theme, helpButton));

  const relabel = () => {
    fill(share, icon("share", 15), h("span", { class: "wide-only" }, app.t("header.share")));
    share.setAttribute("aria-label", app.t("header.share"));
    fill(course, icon("steps", 15), app.t("header.course"));
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
    const name = app.words(app.lessonTitle ?? app.about.title) || app.t("header.untitled");
    protocol.textContent = app.sheet.title;
    title.textContent = name;
    asks.textContent = `${app.t("header.choose")}: `;
    chooser.title = name;
    document.title = `${name} · ${app.sheet.title} · Consensus Playground`;
  };
  relabel();
  app.on("open", relabel);
  app.on("language", relabel);
  app.on("theme", relabel);
  return { helpButton };
}
