// What every draw function needs: the fonts, icons as canvas paths, and a few strokes in common.

import { ICON_PATHS } from "../dom.js";

/**
 * A canvas's context, or a pen with the same methods that writes what it is told to draw
 * (share/svg-pen.js); such a one takes an icon's path as it is written.
 * @typedef {CanvasRenderingContext2D & {strokePath?: (path: string) => void}} Context
 * @typedef {import("../theme.js").Colours} Colours
 */

const FAMILY = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';
export const FONT = {
  name: `650 14px ${FAMILY}`,
  period: `14px ${FAMILY}`,
  text: `12px ${FAMILY}`,
  small: `11px ${FAMILY}`,
  pill: `600 12px ${FAMILY}`,
};

/** @type {Map<string, number>} */
const widths = new Map();

/**
 * The width of a text, remembered: the same few words are drawn thousands of times.
 * @param {Context} context
 * @param {string} text
 * @param {string} font
 */
export function textWidth(context, text, font) {
  const key = font + text;
  const known = widths.get(key);
  if (known !== undefined) return known;
  if (widths.size > 4000) widths.clear();
  context.font = font;
  const { width } = context.measureText(text);
  widths.set(key, width);
  return width;
}

/**
 * The longest beginning of a text that fits, with an ellipsis where something is left out; the
 * whole text stands in the inspector and in the accessible name.
 * @param {Context} context
 * @param {string} text
 * @param {string} font
 * @param {number} room
 */
export function fitText(context, text, font, room) {
  if (textWidth(context, text, font) <= room) return text;
  let length = text.length;
  while (length > 1 && textWidth(context, `${text.slice(0, length)}…`, font) > room) length--;
  return `${text.slice(0, length).trimEnd()}…`;
}

/** @type {Map<string, Path2D>} */
const iconPaths = new Map();

/**
 * @param {Context} context
 * @param {string} name one of ICON_PATHS
 * @param {number} x its middle
 * @param {number} y
 * @param {number} size
 * @param {string} colour
 * @param {number} [weight] the stroke, in px on the screen
 */
export function drawIcon(context, name, x, y, size, colour, weight = 1.5) {
  const scale = size / 16;
  context.save();
  context.translate(x - size / 2, y - size / 2);
  context.scale(scale, scale);
  context.lineWidth = weight / scale;
  context.lineCap = context.lineJoin = "round";
  context.strokeStyle = colour;
  if (context.strokePath) context.strokePath(ICON_PATHS[name]);
  else context.stroke(iconPath(name));
  context.restore();
}

/** @param {string} name */
function iconPath(name) {
  let path = iconPaths.get(name);
  if (!path) {
    path = new Path2D(ICON_PATHS[name]);
    iconPaths.set(name, path);
  }
  return path;
}

/**
 * @param {Context} context
 * @param {number} x
 * @param {number} y
 * @param {number} w
 * @param {number} h
 * @param {number} r
 */
export function roundRect(context, x, y, w, h, r) {
  context.beginPath();
  context.roundRect(x, y, w, h, Math.max(0, Math.min(r, w / 2, h / 2)));
}
