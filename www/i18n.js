// The page's language: looks words up in the locale files and remembers the choice.

import en from "./locale/en.js";
import zh from "./locale/zh.js";
import { recall, remember } from "./storage.js";

/** @type {Record<string, Record<string, string>>} */
const TABLES = { en, zh };

/** @typedef {"en"|"zh"} Language */

/**
 * The language to start in: the address first, then the last choice, then the browser's.
 * @returns {Language}
 */
export function startLanguage() {
  const asked = new URLSearchParams(location.search).get("lang") ?? recall("language");
  if (asked && asked.slice(0, 2) in TABLES) return /** @type {Language} */ (asked.slice(0, 2));
  return navigator.language?.toLowerCase().startsWith("zh") ? "zh" : "en";
}

/** @param {Language} language */
export function keepLanguage(language) {
  remember("language", language);
  applyLanguage(language);
}

/**
 * Tells the document which language it is in, and fills static markup that names its words by
 * `data-words` (text) or `data-words-label` (accessible name and tooltip).
 * @param {Language} language
 */
export function applyLanguage(language) {
  document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
  for (const element of document.querySelectorAll("[data-words]")) {
    element.textContent = translate(language, /** @type {HTMLElement} */ (element).dataset.words ?? "");
  }
  for (const element of document.querySelectorAll("[data-words-label]")) {
    element.setAttribute(
      "aria-label",
      translate(language, /** @type {HTMLElement} */ (element).dataset.wordsLabel ?? ""),
    );
  }
}

/**
 * The words for a key, with `{name}` replaced. A missing key falls back to English, then to itself,
 * so that a gap is visible and harmless.
 * @param {Language} language
 * @param {string} key
 * @param {Record<string, string | number>} [parameters]
 * @returns {string}
 */
export function translate(language, key, parameters) {
  const text = TABLES[language]?.[key] ?? TABLES.en[key] ?? key;
  if (!parameters) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(parameters[name] ?? whole));
}

/**
 * Words that came from the core in several languages.
 * @param {Language} language
 * @param {{en?: string, zh?: string} | null | undefined} words
 */
export function pick(language, words) {
  return words?.[language] ?? words?.en ?? words?.zh ?? "";
}
