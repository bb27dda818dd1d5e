// A QR code as SVG: the core says which modules are dark. Always dark on light, in every theme, with the margin
// that readers need.

import { engine, loaded } from "../engine.js";
import { writeSvg } from "./svg.js";

const MARGIN = 4;
/** How many pixels a module is shown with at least, so that a phone can tell them apart. */
const MODULE = 4;
/** Up to this many modules a side, a phone reads it at arm's length from a screen. */
export const EASY_SIDE = 65;

/**
 * @param {string} text
 * @returns {Promise<{side: number, modules: Uint8Array} | null>} null where it is too long for any code
 */
export async function qrCode(text) {
  const modules = await loaded(() => engine.Playground.qrModules(text));
  return modules ? { side: Math.sqrt(modules.length), modules } : null;
}

/**
 * @param {{side: number, modules: Uint8Array}} code
 * @param {{title: string, description: string, language: string}} words
 */
export function qrSvg({ side, modules }, words) {
  let path = "";
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      let length = 0;
      while (x + length < side && modules[y * side + x + length] === 1) length++;
      if (length > 0) path += `M${x + MARGIN} ${y + MARGIN}h${length}v1h-${length}z`;
      x += length;
    }
  }
  const width = side + 2 * MARGIN;
  return writeSvg([
    { tag: "rect", attributes: { width, height: width, fill: "#fff" } },
    { tag: "path", attributes: { d: path, fill: "#000", "shape-rendering": "crispEdges" } },
  ], { width, height: width, zoom: MODULE, ...words });
}
