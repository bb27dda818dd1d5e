// Puts labels where nothing stands yet, first come, first served, so that no two ever overlap.

/** @typedef {{ x: number, y: number, width: number, height: number }} Box */

const CELL = 64;

export class Places {
  constructor() {
    /** @type {Map<number, Box[]>} */
    this.cells = new Map();
  }

  /**
   * Takes the box when it is free.
   * @param {number} x left @param {number} y top @param {number} width @param {number} height
   * @returns {boolean} whether it was free
   */
  take(x, y, width, height) {
    const from = Math.floor(x / CELL), to = Math.floor((x + width) / CELL);
    for (let cell = from; cell <= to; cell++) {
      for (const box of this.cells.get(cell) ?? []) {
        if (x < box.x + box.width && box.x < x + width && y < box.y + box.height && box.y < y + height) return false;
      }
    }
    const box = { x, y, width, height };
    for (let cell = from; cell <= to; cell++) {
      const boxes = this.cells.get(cell);
      if (boxes) boxes.push(box);
      else this.cells.set(cell, [box]);
    }
    return true;
  }
}

/** @type {Map<string, number>} */
const widths = new Map();

/**
 * The width of a text; measured once per font and text.
 * @param {CanvasRenderingContext2D} context with the font set
 * @param {string} text
 */
export function widthOf(context, text) {
  const key = context.font + text;
  let width = widths.get(key);
  if (width === undefined) {
    if (widths.size > 4000) widths.clear();
    width = context.measureText(text).width;
    widths.set(key, width);
  }
  return width;
}

/**
 * Steps between time labels that people count in.
 * @param {number} atLeast milliseconds
 */
export function niceStep(atLeast) {
  let decade = 1;
  while (decade * 10 <= atLeast) decade *= 10;
  for (const factor of [1, 2, 5, 10]) if (decade * factor >= atLeast) return decade * factor;
  return decade * 10;
}

/**
 * A time in as few characters as are exact.
 * @param {number} ms
 * @returns {string}
 */
export function formatMs(ms) {
  if (ms < 10_000) return `${Math.round(ms).toLocaleString("en-US")} ms`;
  const seconds = (Math.round(ms) / 1000).toFixed(3).replace(/\.?0+$/, "");
  return `${seconds} s`;
}
