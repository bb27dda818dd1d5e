// A list of drawn elements as an SVG document: text that stands alone, opens anywhere, and fetches nothing.

import { FONT } from "../stage/pen.js";

/** @typedef {import("./svg-pen.js").Drawn} Drawn */

/** Characters that no XML document may hold, halves of pairs among them. */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const ENTITIES = /** @type {Record<string, string>} */ ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" });

/** The families that the stage writes in. */
export const FAMILY = FONT.text.slice(FONT.text.indexOf("px ") + 3);

/** A text as the content of an element or an attribute. @param {string} text */
export function escapeText(text) {
  return text.replace(FORBIDDEN, "\ufffd").replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/** @param {Drawn} drawn */
function element({ tag, attributes, text }) {
  const written = Object.entries(attributes).map(([name, value]) => ` ${name}="${escapeText(String(value))}"`).join("");
  return text === undefined ? `<${tag}${written}/>` : `<${tag}${written}>${escapeText(text)}</${tag}>`;
}

/**
 * @param {Drawn[]} drawn
 * @param {object} document
 * @param {number} document.width of the drawing
 * @param {number} document.height
 * @param {number} [document.zoom] how much larger it is shown
 * @param {string} document.title read out and shown when pointed at
 * @param {string} document.description
 * @param {string} document.language
 */
export function writeSvg(drawn, { width, height, zoom = 1, title, description, language }) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width * zoom}" height="${height * zoom}"`
    + ` font-family="${escapeText(FAMILY)}" role="img" aria-labelledby="title description" lang="${language}">\n`
    + `<title id="title">${escapeText(title)}</title>\n<desc id="description">${escapeText(description)}</desc>\n`
    + `${drawn.map(element).join("\n")}\n</svg>\n`;
}
