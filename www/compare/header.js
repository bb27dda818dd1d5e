// The header of the comparison: the way back to the playground, the link, language and colours.

import { fill, h, icon } from "../dom.js";
import { addressOf, pageQuery } from "./address.js";

/** @typedef {import("./comparison.js").Comparison} Comparison */

const THEMES = /** @type {const} */ (["auto", "light", "dark"]);
const THEME_ICONS = { auto: "auto", light: "sun", dark: "moon" };

/**
 * @param {HTMLElement} host
 * @param {Comparison} page
 */
export function createHeader(host, page) {
  const query = pageQuery();
  const home = h("a", { class: "home", href: query.size > 0 ? `./?${query}` : "./", "aria-label": "Consensus Playground" },
    icon("step-back", 15), h("span", { class: "wide-only" }, "Consensus Playground"));
  const title = h("h1");
  const copy = h("button", { type: "button", class: "primary with-icon", onclick: copyLink });
  const language = h("button", { type: "button", class: "plain", onclick: () => page.setLanguage(page.language === "zh" ? "en" : "zh") });
  const theme = h("button", {
    type: "button", class: "plain square",
    onclick: () => page.setTheme(THEMES[(THEMES.indexOf(page.theme) + 1) % THEMES.length]),
  });
  fill(host, home, icon("chevron", 12), title, h("nav", { class: "header-end" }, copy, language, theme));

  async function copyLink() {
    try {
      const address = addressOf(page);
      copy.dataset.address = address;
      await navigator.clipboard.writeText(address);
      page.toast(page.t("share.copied"));
    } catch (error) {
      // Where the clipboard is closed to the page, the link stands in the address bar, to be copied there.
      if (copy.dataset.address && error instanceof Error) {
        history.replaceState(null, "", copy.dataset.address);
        page.toast(page.t("compare.inAddressBar"));
      } else {
        page.complain(error);
      }
    }
  }

  const relabel = () => {
    title.textContent = page.t("compare.title");
    document.title = `${page.runs().map(({ sheet }) => sheet.title).join(" | ") || page.t("compare.title")} · Consensus Playground`;
    fill(copy, icon("copy", 15), h("span", null, page.t("compare.copy")));
    copy.disabled = page.runs().length === 0;
    language.textContent = page.language === "zh" ? "English" : "中文";
    language.lang = page.language === "zh" ? "en" : "zh-Hans";
    language.title = page.t("header.language");
    fill(theme, icon(THEME_ICONS[page.theme]));
    const words = page.t("header.theme", { theme: page.t(`theme.${page.theme}`) });
    theme.setAttribute("aria-label", words);
    theme.title = words;
  };
  relabel();
  for (const event of ["open", "language", "theme"]) page.on(event, relabel);
}
