// Makes of the page's present run what can be saved: pictures of its moment, a film, JSON.

import { engine, loaded } from "../engine.js";
import { readColours } from "../theme.js";
import { h } from "../dom.js";
import { drawPicture, momentOf, momentWords, sentenceOf, titleOf } from "./picture.js";
import { film, stretch } from "./replay.js";
import { replayPage } from "./replay-page.js";
import { runJson } from "./run-json.js";
import { fileName, makePng } from "./save.js";
import { writeSvg } from "./svg.js";
import { SvgPen } from "./svg-pen.js";

/**
 * @typedef {import("../app.js").App} App
 * @typedef {"light"|"dark"} Theme
 */

const SIZE = Object.freeze({ width: 800, height: 450 });

/** @param {App} app */
export function makers(app) {
  const context = /** @type {CanvasRenderingContext2D} */ (h("canvas").getContext("2d"));
  const measure = (/** @type {string} */ text, /** @type {string} */ font) => {
    context.font = font;
    return context.measureText(text).width;
  };
  const t = (/** @type {string} */ key, /** @type {Record<string, string | number> | undefined} */ values) => app.t(key, values);
  const words = (/** @type {{en?: string, zh?: string} | null | undefined} */ said) => app.words(said);
  const style = (/** @type {Theme} */ theme) => ({ ...SIZE, colours: coloursOf(theme), t, words, language: app.language });
  const moment = () => momentOf(app.playground, app.frame, { about: app.about, sheet: app.sheet, nowMs: app.nowMs, selection: app.selection });
  const title = () => titleOf(app, words);
  const description = () => {
    const present = moment();
    return `${sentenceOf(present, words)} (${momentWords(present, t, app.language)})`;
  };
  const language = () => (app.language === "zh" ? "zh-Hans" : "en");

  return {
    title, description, stretch,
    /** What the files are called, without an ending. */
    name: () => fileName(app.about.title.en ?? "", app.sheet.id.replaceAll("_", "-")),
    /** @returns {Theme} that of the page */
    theme: () => (getComputedStyle(document.documentElement).colorScheme === "dark"
      || (app.theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches) ? "dark" : "light"),

    /** @param {Theme} theme */
    svg(theme) {
      const pen = new SvgPen(measure);
      drawPicture(/** @type {any} */ (pen), moment(), style(theme));
      return writeSvg(pen.drawn, { ...SIZE, title: title(), description: description(), language: language() });
    },

    /** @param {Theme} theme */
    png: (theme) => makePng(SIZE.width, SIZE.height, (canvas) => drawPicture(canvas, moment(), style(theme))),

    /** @param {string | null} link */
    json: (link) => `${JSON.stringify(runJson(app.playground, link), null, 1)}\n`,

    /**
     * Films the run from a copy of it, so that the page may go on.
     * @param {{link: string | null, signal: AbortSignal, onProgress: (part: number) => void}} options
     */
    async film({ link, signal, onProgress }) {
      const { sheet } = app;
      const copy = await copyOf(app);
      try {
        const made = await film(copy, { measure, t, words, language: app.language, onProgress, signal });
        const html = replayPage(made, {
          title: title(), protocol: sheet.title, language: app.language, link: link?.startsWith("http") ? link : null,
          colours: { light: coloursOf("light"), dark: coloursOf("dark") }, t,
        });
        const number = (/** @type {number} */ count) => count.toLocaleString(app.language);
        const isCut = made.from > 0 || made.to < made.length;
        return { html, cut: isCut ? { from: number(made.from), to: number(made.to), length: number(made.length) } : null };
      } finally {
        copy.free();
      }
    },
  };
}

/**
 * The same run once more, at the same moment.
 * @param {App} app
 */
async function copyOf(app) {
  const { Playground } = engine;
  const { playground } = app;
  const { index } = app.frame.cursor;
  let make;
  try {
    const link = playground.link(true);
    make = () => Playground.fromLink(link);
  } catch {
    // Longer than a link may be.
    const text = playground.text();
    make = () => Playground.fromText(text);
  }
  const copy = await loaded(make);
  copy.seek(0, index);
  return copy;
}

/**
 * The page's colours as they are in a theme, whichever it has.
 * @param {Theme} theme
 */
function coloursOf(theme) {
  const host = h("div", { hidden: true, style: { colorScheme: theme } });
  document.body.append(host);
  const colours = readColours(host);
  host.remove();
  return colours;
}
