// The page's language: looks words up in the locale files and remembers the choice. English is there
// from the start, being what stands in for missing words; Chinese is fetched for those who read it.

import { textOf } from "./files.js";
import en from "./locale/en.js";
import { recall, remember } from "./storage.js";

/** @typedef {"en"|"zh"} Language */

/** @typedef {() => Promise<{default: Record<string, string>}>} Load */

const TABLES = { en: /** @type {Record<string, string>} */ (en), zh: /** @type {Record<string, string>} */ ({}) };
/** @type {{load: Load, done: Promise<unknown> | null}[]} where Chinese is fetched from */
const chinese = [{ load: () => import("./locale/zh.js"), done: null }];

/** @type {(words: string, parameters: Record<string, string | number>) => string} */
const plain = (words, parameters) => words.replace(/\{(\w+)(?:\|(.*?)\|(.*?))?\}/g, (whole, name, one, many) => {
  const value = parameters[name] ?? whole;
  return many ? `${value} ${String(value) === "1" ? one : many}` : String(value);
});
/** How what stands in a sentence's holes is put there: Chinese has its own way with blanks. */
const FILLED = { en: plain, zh: plain };

/**
 * Adds the words of a part of the page that is not always there. Whoever shows that part calls
 * `fetchWords` before.
 * @param {Record<string, string>} english
 * @param {Load} load fetches the other language's
 */
export function addWords(english, load) {
  Object.assign(TABLES.en, english);
  chinese.push({ load, done: null });
}

/**
 * Makes sure that a language's words are there. Until then, and where they cannot be fetched, English
 * stands in.
 * @param {Language} language
 */
export async function fetchWords(language) {
  if (language !== "zh") return;
  await Promise.all([import("./words.js").then(({ filled }) => {
    FILLED.zh = (words, parameters) => filled(words, (name) => String(parameters[name] ?? `{${name}}`));
  }, () => {}), ...chinese.map((part) => {
    part.done ??= part.load().then(({ default: words }) => Object.assign(TABLES.zh, words));
    part.done.catch(() => (part.done = null));
    return part.done;
  })]);
}

/**
 * Lets a playground, or a page, say what the core says in the language of the page that shows it, whatever
 * that becomes meanwhile. Where its words cannot be fetched, it goes on in English.
 * @param {{language: Language}} page
 * @param {any} pupil
 * @param {string} [protocol] whose words it needs beside those of all
 */
export async function teach(page, pupil, protocol) {
  for (let language = ""; language !== page.language;) {
    language = page.language;
    pupil.speaker = language === "zh"
      ? await import("./words.js").then(({ speakerOf }) => speakerOf(textOf, protocol)).catch(() => null) : null;
  }
}

/**
 * The language to start in: the address first, then the last choice, then the first of the browser's that
 * there is.
 * @returns {Language}
 */
export function startLanguage() {
  const asked = new URLSearchParams(location.search).get("lang") ?? recall("language");
  return [asked, ...navigator.languages].map((tag) => tag?.slice(0, 2).toLowerCase())
    .find((short) => short === "en" || short === "zh") ?? "en";
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
 * The words for a key, with `{name}` replaced; `{name|node|nodes}` is a number and what there are so many of.
 * A missing key falls back to English, then to itself, so that a gap is visible and harmless.
 * @param {Language} language
 * @param {string} key
 * @param {Record<string, string | number>} [parameters]
 * @returns {string}
 */
export function translate(language, key, parameters) {
  const own = TABLES[language]?.[key];
  const text = own ?? TABLES.en[key] ?? key;
  if (!parameters) return text;
  // English that stands in is filled as English.
  return (own === undefined ? plain : FILLED[language])(text, parameters);
}

/**
 * Words that came from the core in several languages.
 * @param {Language} language
 * @param {{en?: string, zh?: string} | null | undefined} words
 */
export function pick(language, words) {
  return words?.[language] ?? words?.en ?? words?.zh ?? "";
}
