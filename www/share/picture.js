// A moment of a run as a picture to keep: title, what the stage shows, what is being said, and which moment it
// is. Drawn with any pen, on a canvas or as SVG, in a browser or in Node.

import { cutShapes } from "../stage/cuts.js";
import { computeLayout } from "../stage/layout.js";
import { Motion } from "../stage/motion.js";
import { fitText, FONT, textWidth } from "../stage/pen.js";
import { placeMessages } from "../stage/place.js";
import { captionsOf, drawScene, stageWords } from "../stage/scene.js";

/**
 * @typedef {import("../stage/pen.js").Context} Pen
 * @typedef {import("../types.js").Frame} Frame
 * @typedef {object} Moment what is to be seen
 * @property {Frame} frame
 * @property {import("../types.js").Sheet} sheet
 * @property {import("../types.js").About} about
 * @property {(id: number) => string} labelOf the words on a message
 * @property {number} nowMs
 * @property {Float64Array | null} progress how far messages have come, where that does not follow the clock
 * @property {ReadonlySet<number>} [labelled] the messages that keep their label first
 * @property {import("../types.js").Selection} [selection]
 *
 * @typedef {object} Style how it is to be seen
 * @property {number} width
 * @property {number} height
 * @property {import("../theme.js").Colours} colours
 * @property {(key: string, parameters?: Record<string, string | number>) => string} t
 * @property {(words: {en?: string, zh?: string} | null | undefined) => string} words
 * @property {string} language
 */

const MARGIN = 16;
const HEAD = 40;
const LINE = 19;
const LINES_MAX = 3;

/**
 * The present moment of a playground.
 * @param {any} playground
 * @param {Frame} frame
 * @param {Pick<Moment, "sheet"|"about"> & Partial<Moment>} known
 * @returns {Moment}
 */
export function momentOf(playground, frame, known) {
  const byHand = known.about.pace !== "by-time";
  return {
    frame, labelOf: (id) => String(playground.label(id).short), nowMs: frame.cursor.nowMs,
    // Where no time passes, messages rest on their lanes.
    progress: byHand ? new Motion().restingProgress(frame.messages, null, true, 0).progress : null,
    ...known,
  };
}

/**
 * What is said at a moment, in a sentence or a few.
 * @param {Pick<Moment, "frame"|"about">} moment
 * @param {Style["words"]} words
 */
export function sentenceOf({ frame, about }, words) {
  const opening = frame.cursor.index <= about.openAt ? words(about.about) : "";
  return words(frame.note) || opening || frame.last.text;
}

/**
 * Draws the moment with everything that belongs to it.
 * @param {Pen} pen
 * @param {Moment} moment
 * @param {Style} style
 */
export function drawPicture(pen, moment, style) {
  const { width, height, colours, t, words } = style;
  const { frame, about, sheet } = moment;
  pen.beginPath();
  pen.rect(0, 0, width, height);
  pen.fillStyle = colours.bg;
  pen.fill();
  pen.textBaseline = "middle";
  const write = (/** @type {string} */ text, /** @type {number} */ x, /** @type {number} */ y, /** @type {string} */ font, /** @type {string} */ colour, /** @type {CanvasTextAlign} */ align = "left") => {
    pen.font = font;
    pen.fillStyle = colour;
    pen.textAlign = align;
    pen.fillText(text, x, y);
  };
  const title = titleOf(moment, words);
  const beside = title === sheet.title ? 0 : textWidth(pen, sheet.title, FONT.text) + MARGIN;
  const room = width - 2 * MARGIN - beside;
  write(fitText(pen, title, FONT.name, Math.max(room, width / 2)), MARGIN, HEAD / 2 + 2, FONT.name, colours.ink);
  if (beside > 0 && room >= width / 2) write(sheet.title, width - MARGIN, HEAD / 2 + 2, FONT.text, colours.soft, "right");

  const where = momentWords(moment, t, style.language);
  const whereWidth = textWidth(pen, where, FONT.small);
  const lines = wrap(pen, sentenceOf({ frame, about }, words), FONT.text, width - 2 * MARGIN, LINES_MAX);
  const last = lines.at(-1) ?? "";
  // Which moment it is stands beside the last line where there is room, else below.
  const isBeside = textWidth(pen, last, FONT.text) + whereWidth + 2 * MARGIN <= width - 2 * MARGIN;
  const foot = (lines.length + (isBeside ? 0 : 1)) * LINE + MARGIN;
  const top = height - foot;
  lines.forEach((line, at) => write(line, MARGIN, top + LINE * (at + 0.5) + 2, FONT.text, frame.last.violated.length > 0 ? colours.bad : colours.ink));
  write(where, width - MARGIN, height - MARGIN - LINE / 2 + 2, FONT.small, colours.soft, "right");

  pen.save();
  pen.translate(0, HEAD);
  drawStage(pen, moment, { ...style, height: Math.max(120, top - HEAD) });
  pen.restore();
}

/**
 * Draws what the stage would show in a box of that size.
 * @param {Pen} pen
 * @param {Moment} moment
 * @param {Style} style
 * @returns {Set<number>} the messages that had a label
 */
export function drawStage(pen, { frame, sheet, labelOf, nowMs, progress, labelled = new Set(), selection = null }, { width, height, colours, t }) {
  const layout = computeLayout(frame.nodes.length, frame.clients.length, width, height, false);
  const cuts = cutShapes(frame.cuts, layout);
  const measure = (/** @type {string} */ text) => textWidth(pen, text, FONT.pill);
  const chosen = selection?.type === "message" ? selection.id : -1;
  const placed = placeMessages({
    messages: frame.messages, layout, nowMs, progress, labelOf, measure, labelled, wanted: new Set([chosen]), obstacles: captionsOf(cuts),
  });
  drawScene(pen, {
    frame, sheet, nowMs, layout, colours, cuts, hoveredCut: null, cutWords: t("timeline.cut"), obstacles: [], placed,
    focus: { hovered: -1, selected: chosen, node: -1 }, ghosts: [], measure, quorums: null,
    style: {
      selectedNode: selection?.type === "node" ? selection.node : -1, selectedClient: selection?.type === "client" ? selection.client : -1,
      hoveredNode: -1, touchedNode: frame.last.touched ?? -1, ...stageWords(t, sheet),
    },
  });
  return new Set(placed.flatMap(({ id, label }) => (label === null ? [] : [id])));
}

/**
 * @param {Pick<Moment, "about"|"sheet">} moment
 * @param {Style["words"]} words
 */
export function titleOf({ about, sheet }, words) {
  return words(about.title) || sheet.title;
}

/**
 * Which moment it is: `action 12 of 40 · 340 ms`.
 * @param {Moment} moment
 * @param {Style["t"]} t
 * @param {string} language
 */
export function momentWords({ frame: { cursor } }, t, language) {
  const number = (/** @type {number} */ count) => Math.floor(count).toLocaleString(language);
  return t("picture.moment", { index: number(cursor.index), length: number(cursor.length), ms: number(cursor.nowMs) });
}

/**
 * Breaks a text into lines: between words, and between any two characters of writing without spaces.
 * @param {Pen} pen
 * @param {string} text
 * @param {string} font
 * @param {number} room
 * @param {number} most lines; the last one says where something is left out
 */
export function wrap(pen, text, font, room, most) {
  const pieces = text.match(/[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+|\s+/gu) ?? [];
  /** @type {string[]} */
  const lines = [];
  let line = "";
  for (const piece of pieces) {
    // What closes a sentence never begins a line.
    const isClosing = /^[\u3001\u3002\uff01\uff09\uff0c\uff1a\uff1b\uff1f\u201d\u300d]$/.test(piece);
    if (line !== "" && !isClosing && textWidth(pen, (line + piece).trimEnd(), font) > room) {
      lines.push(line.trimEnd());
      line = piece.trimStart();
    } else {
      line += line === "" ? piece.trimStart() : piece;
    }
  }
  if (line.trim() !== "") lines.push(line.trimEnd());
  if (lines.length > most) lines.splice(most - 1, Infinity, `${lines.slice(most - 1).join(" ")}`);
  return lines.map((one) => fitText(pen, one, font, room));
}
