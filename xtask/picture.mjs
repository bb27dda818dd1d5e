// Draws a moment of a run as SVG, with the code that draws the page: `node xtask/picture.mjs SCENARIO OUT.svg`.
//
// SCENARIO is a shipped scenario's id (raft/figure-8), a scenario's file, or a share link. Options:
//   --at N            the moment after so many actions; else where the scenario opens, else its busiest moment
//   --theme light|dark
//   --lang en|zh
//   --size 800x450    of the drawing; --zoom 1.5 shows it larger (an image of 1200 × 630: --size 800x420 --zoom 1.5)
//
// It needs pkg/ as `cargo xtask build` writes it, and nothing else. Widths of text are those of common sans serif
// fonts: every text is set to its width, so that labels fit whichever font a reader has.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import * as core from "../pkg/consensus_playground.js";
import { addWords, fetchWords, pick, translate } from "../www/i18n.js";
import pictureWords from "../www/locale/en.share.js";
import { pictureOf } from "../www/picture.js";
import { coloursIn } from "../www/share/colours.js";
import { drawPicture, momentOf, momentWords, sentenceOf, titleOf } from "../www/share/picture.js";
import { SvgPen } from "../www/share/svg-pen.js";
import { writeSvg } from "../www/share/svg.js";

const ROOT = new URL("../", import.meta.url);
/** How far the search for a busy moment looks, and how far a run without steps is let go on. */
const BUSIEST_WITHIN = 400;
const LIVE_ACTIONS = 60;
/** With more messages than this, a picture is no better. */
const BUSY = 6;
/** The part of the time until something happens that has passed in a picture. */
const ON_THE_WAY = 0.6;

addWords(pictureWords, () => import("../www/locale/zh.share.js"));

// ---- the core

/** The code that has been read, the core's first. @type {Set<string>} */
const there = new Set();

/** Does something with the core, and puts the code into it that it asks for. */
function withCore(make) {
  if (there.size === 0) core.initSync({ module: readFileSync(new URL("pkg/consensus_playground_bg.wasm", ROOT)) });
  there.add("core");
  for (;;) {
    try {
      return make();
    } catch (error) {
      if ((error.kind !== "protocol" && error.kind !== "part") || there.has(error.code)) throw error;
      there.add(error.code);
      const code = readFileSync(new URL(`pkg/${error.kind}_${error.code}.wasm`, ROOT));
      new WebAssembly.Instance(new WebAssembly.Module(code), { core: core.coreExports() });
      if (error.kind === "protocol") core.protocolLoaded(error.code);
      if (error.code === "judge") core.judgeLoaded();
    }
  }
}

/**
 * A playground in Node. Every call may ask for code that is read then.
 * @param {string} source a scenario's id, file or link
 */
export function openPlayground(source) {
  const file = [new URL(`scenarios/${source}.txt`, ROOT), source].find((path) => existsSync(path));
  if (file !== undefined) return openText(readFileSync(file, "utf8"));
  if (!/(^|#)v\d+\./.test(source)) throw new Error(`${source} is no scenario, no file and no link`);
  return asking(() => core.Playground.fromLink(source));
}

/** The same, from a scenario's text. @param {string} text */
export function openText(text) {
  return asking(() => core.Playground.fromText(text));
}

/** A chapter of the course, read. @param {string} text */
export function readChapter(text) {
  return withCore(() => core.courseChapter(text));
}

/** A playground whose every call may ask for code. @param {() => any} make */
function asking(make) {
  return new Proxy(withCore(make), {
    get: (target, name) => (typeof target[name] === "function" ? (...values) => withCore(() => target[name](...values)) : target[name]),
  });
}

/**
 * Goes to the moment that is asked for, or to one that is worth a picture.
 * @returns {number} the time to draw: in a moment of our choice messages have come part of their way
 */
export function goToMoment(playground, at) {
  if (at !== undefined) {
    playground.seek(0, at);
    while (playground.cursor().index < at && playground.forward());
    return playground.cursor().nowMs;
  }
  const { openAt } = playground.about();
  playground.seek(0, openAt > 0 ? openAt : busiest(playground));
  const { nowMs } = playground.cursor();
  return nowMs + ((playground.nextMs() ?? nowMs) - nowMs) * ON_THE_WAY;
}

/** The first moment with the most messages in flight. */
function busiest(playground) {
  while (playground.cursor().length < LIVE_ACTIONS && playground.cursor().index === playground.cursor().length && playground.forward());
  const { length } = playground.cursor();
  return busiestOf(playground, Array.from({ length: Math.min(length, BUSIEST_WITHIN) + 1 }, (_, index) => index));
}

/**
 * The first of these moments with the most messages in flight.
 * @param {number[]} moments
 */
export function busiestOf(playground, moments) {
  let best = { index: 0, busy: -1 };
  for (const index of moments) {
    playground.seek(0, index);
    const busy = Math.min(BUSY, playground.messages().length);
    if (busy > best.busy) best = { index, busy };
  }
  return best.index;
}

// ---- looks

/** The colours of the style sheet in a theme. @param {"light"|"dark"} theme */
export function coloursOf(theme) {
  return coloursIn(readFileSync(new URL("www/palette.css", ROOT), "utf8"), theme);
}

/** Widths in thousandths of the size, of the characters from the space to the tilde. */
const WIDTHS = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
  1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
  333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
const OTHERS = new Map(Object.entries({ "·": 278, "…": 1000, "→": 1000, "×": 584, "“": 333, "”": 333, "’": 222, "‘": 222 }));
const USUAL = 600, WIDE = 1000, BOLD = 1.06;

/** @param {string} text @param {string} font */
export function measure(text, font) {
  const [, weight = "400", size] = /^(?:(\d+) )?([\d.]+)px /.exec(font);
  let width = 0;
  for (const character of text) {
    width += WIDTHS[character.codePointAt(0) - 32] ?? OTHERS.get(character) ?? (character >= "\u2e80" ? WIDE : USUAL);
  }
  return (width / 1000) * Number(size) * (Number(weight) > 500 ? BOLD : 1);
}

/**
 * The present moment of a playground as SVG.
 * @param {any} playground from openPlayground
 * @param {{told?: {title: object, say: object}}} [how] `told` is what a lesson calls it and says of the moment
 */
export async function picture(playground, { nowMs = playground.cursor().nowMs, theme = "light", lang = "en", width = 800, height = 450, zoom = 1, told } = {}) {
  await fetchWords(lang);
  const words = (/** @type {any} */ said) => pick(lang, said);
  const t = (/** @type {string} */ key, /** @type {any} */ values) => translate(lang, key, values);
  const [about, sheet, frame] = [playground.about(), playground.sheet(), pictureOf(playground)];
  if (told) [about.title, frame.note] = [told.title, told.say];
  const moment = momentOf(playground, frame, { about, sheet, nowMs });
  const pen = new SvgPen(measure);
  drawPicture(pen, moment, { width, height, colours: coloursOf(theme), t, words, language: lang });
  return writeSvg(pen.drawn, {
    width, height, zoom, language: lang === "zh" ? "zh-Hans" : "en", title: titleOf(moment, words),
    description: `${sentenceOf(moment, words)} (${momentWords(moment, t, lang)})`,
  });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { values, positionals: [source, out] } = parseArgs({
    allowPositionals: true,
    options: { at: { type: "string" }, theme: { type: "string" }, lang: { type: "string" }, size: { type: "string" }, zoom: { type: "string" } },
  });
  const [width, height] = (values.size ?? "800x450").split("x").map(Number);
  if (!out || !(width > 0 && height > 0)) {
    console.error("node xtask/picture.mjs SCENARIO OUT.svg [--at N] [--theme light|dark] [--lang en|zh] [--size 800x450] [--zoom 1]");
    process.exit(2);
  }
  try {
    const playground = openPlayground(source);
    const nowMs = goToMoment(playground, values.at === undefined ? undefined : Number(values.at));
    const theme = values.theme === "dark" ? "dark" : "light";
    writeFileSync(out, await picture(playground, { nowMs, theme, lang: values.lang === "zh" ? "zh" : "en", width, height, zoom: Number(values.zoom ?? 1) }));
  } catch (error) {
    // The core's own refusals are plain objects that say in words what is wrong.
    console.error(error instanceof Error ? error.message : `${source}: ${error.message}`);
    process.exit(1);
  }
}
