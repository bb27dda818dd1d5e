// Draws the space-time diagram: (context, scene, layout, look) in, pixels out; nothing is kept.

import { drawBars, drawMarkLines, drawMarks, drawRuler } from "./draw-marks.js";
import { drawHover, drawLabels, drawLines, drawTicks } from "./draw-messages.js";
import { drawFlag } from "./glyphs.js";
import { Places, widthOf } from "./labels.js";
import { laneY } from "./layout.js";

/**
 * @typedef {{ colours: import("../theme.js").Colours, playheadX: number, atEnd: boolean, spacing: number,
 *   hover: number, hoverMoment: number, hoverX: number, grabbed: boolean, window: import("./warp.js").Window,
 *   actionName: (index: number) => string, kindName: (kind: number) => string, timerName: (timer: number) => string,
 *   word: (key: "crashed"|"paused"|"cut"|"open"|"gave-up"|"violated") => string, colon: string }} Look
 * `spacing`: pixels per action, which decides how much detail there is room for.
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./layout.js").Layout} Layout
 * @typedef {CanvasRenderingContext2D} Context
 */

const FAMILY = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans CJK SC', sans-serif";
const SMALL = `11px ${FAMILY}`;
/** How strongly the recorded future is drawn; its words stay in full. */
const FUTURE = 0.5;

/** @param {Context} context @param {Scene} scene @param {Layout} layout @param {Look} look */
export function draw(context, scene, layout, look) {
  const { colours } = look;
  context.fillStyle = colours.panel;
  context.fillRect(0, 0, layout.width, layout.height);
  context.save();
  context.translate(layout.gutter, 0);
  context.beginPath();
  context.rect(0, 0, layout.plotWidth, layout.height);
  context.clip();
  context.font = SMALL;
  context.textBaseline = "middle";
  context.lineJoin = "round";

  if (!look.atEnd && look.playheadX < layout.plotWidth) {
    context.fillStyle = colours.bg;
    const left = Math.max(0, look.playheadX);
    context.fillRect(left, 0, layout.plotWidth - left, layout.height);
  }
  const places = new Places();
  // The playhead's handle comes first: no label may lie under it.
  places.take(look.playheadX - 8, 0, 16, 12);
  drawMarkLines(context, scene, layout, look);
  drawSpans(context, scene, layout, look);
  drawLanes(context, layout, look);
  drawBands(context, scene, layout, look);
  twice(context, layout, look, () => {
    drawLines(context, scene, look);
    drawTicks(context, scene, layout, look);
  });
  drawBandWords(context, scene, layout, look, places);
  drawBars(context, scene, look, places);
  for (const flag of scene.flags) {
    context.globalAlpha = flag.x > look.playheadX ? 0.75 : 1;
    drawFlag(context, flag, colours);
    places.take(flag.x - 6, flag.y - 6, 12, 12);
  }
  context.globalAlpha = 1;
  drawMarks(context, scene, layout, look, places);
  drawSpanWords(context, scene, layout, look, places);
  drawRuler(context, layout, look, places);
  drawLabels(context, scene, layout, look, places);
  drawHover(context, scene, layout, look);
  drawPlayhead(context, layout, look);
  context.restore();
  context.fillStyle = colours.line;
  context.fillRect(layout.gutter - 1, 0, 1, layout.height);
}

/**
 * Once for the past at full strength, once for the recorded future, faintly, so that what crosses
 * the present moment changes exactly there.
 * @param {Context} context @param {Layout} layout @param {Look} look @param {() => void} paint
 */
function twice(context, layout, look, paint) {
  const split = Math.max(0, Math.min(layout.plotWidth, look.playheadX + 0.5));
  for (const [from, to, strength] of [[0, split, 1], [split, layout.plotWidth, FUTURE]]) {
    if (to <= from) continue;
    context.save();
    context.beginPath();
    context.rect(from, 0, to - from, layout.height);
    context.clip();
    context.globalAlpha = strength;
    paint();
    context.restore();
  }
}

/** @param {Context} context @param {Layout} layout @param {Look} look */
function drawLanes(context, layout, look) {
  context.strokeStyle = look.colours.line;
  context.lineWidth = 1;
  context.beginPath();
  for (let node = 0; node < layout.nodes; node++) {
    const y = Math.round(laneY(layout, node)) + 0.5;
    context.moveTo(0, y);
    context.lineTo(layout.plotWidth, y);
  }
  context.stroke();
  if (layout.clients > 0) {
    context.setLineDash([2, 4]);
    context.beginPath();
    const y = Math.round(layout.lanesBottom + 1) + 0.5;
    context.moveTo(0, y);
    context.lineTo(layout.plotWidth, y);
    context.stroke();
    context.setLineDash([]);
  }
}

/** @param {Context} context @param {Scene} scene @param {Layout} layout @param {Look} look */
function drawBands(context, scene, layout, look) {
  const { colours } = look;
  const height = bandHeight(layout);
  for (const band of scene.bands) {
    const y = laneY(layout, band.node) - height / 2;
    const left = Math.max(-2, band.x1), right = Math.min(layout.plotWidth + 2, band.x2);
    context.fillStyle = colours.line;
    context.fillRect(left, y, right - left, height);
    // A crash is hatched and a pause is plain, so that the two differ without the word.
    if (band.status === 2) hatch(context, left, y, right - left, height, colours.panel);
  }
}

/** The words in the bands, above the lines that cross them. @param {Context} context @param {Scene} scene @param {Layout} layout @param {Look} look @param {Places} places */
function drawBandWords(context, scene, layout, look, places) {
  const height = bandHeight(layout);
  if (height < 11) return;
  for (const band of scene.bands) {
    const y = laneY(layout, band.node) - height / 2;
    const text = look.word(band.status === 2 ? "crashed" : "paused");
    const width = widthOf(context, text) + 8;
    const at = Math.max(band.x1, 0) + 4;
    if (Math.min(band.x2, layout.plotWidth) - at < width + 2 || !places.take(at - 2, y, width + 4, height)) continue;
    context.fillStyle = look.colours.line;
    context.fillRect(at, y + 1, width, height - 2);
    context.fillStyle = look.colours.ink;
    context.fillText(text, at + 4, y + height / 2 + 0.5);
  }
}

/** @param {Layout} layout */
function bandHeight(layout) {
  return Math.min(layout.laneStep - 2, 20);
}

/** @param {Context} context @param {number} x @param {number} y @param {number} width @param {number} height @param {string} colour */
function hatch(context, x, y, width, height, colour) {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  // The stripes hang on the plot, not on the band, so that they stand still while it grows.
  for (let at = Math.floor((x - height) / 7) * 7; at < x + width; at += 7) {
    context.moveTo(at, y + height);
    context.lineTo(at + height, y);
  }
  context.stroke();
  context.restore();
}

/** @param {Context} context @param {Scene} scene @param {Layout} layout @param {Look} look */
function drawSpans(context, scene, layout, look) {
  for (const span of scene.spans) {
    context.globalAlpha = 0.07;
    context.fillStyle = look.colours.bad;
    context.fillRect(span.x1, layout.rulerY, span.x2 - span.x1, layout.lanesBottom - layout.rulerY);
    context.globalAlpha = 1;
    context.strokeStyle = look.colours.bad;
    context.lineWidth = 1.5;
    context.setLineDash([2, 4]);
    context.beginPath();
    context.moveTo(Math.max(-8, span.x1), layout.rulerY + 0.5);
    context.lineTo(Math.min(layout.plotWidth + 8, span.x2), layout.rulerY + 0.5);
    context.stroke();
    context.setLineDash([]);
  }
}

/** @param {Context} context @param {Scene} scene @param {Layout} layout @param {Look} look @param {Places} places */
function drawSpanWords(context, scene, layout, look, places) {
  const text = look.word("cut");
  const width = widthOf(context, text);
  for (const span of scene.spans) {
    const at = Math.max(span.x1 + 9, 6);
    if (span.x2 - at < width + 6 || !places.take(at - 2, layout.rulerY + 2, width + 4, 12)) continue;
    context.fillStyle = look.colours.bad;
    context.fillText(text, at, layout.rulerY + 8.5);
  }
}

/** @param {Context} context @param {Layout} layout @param {Look} look */
function drawPlayhead(context, layout, { playheadX: x, colours, grabbed }) {
  if (x < -12 || x > layout.plotWidth + 12) return;
  context.strokeStyle = colours.accent;
  context.fillStyle = colours.accent;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(x, 8);
  context.lineTo(x, layout.height);
  context.stroke();
  const half = grabbed ? 7 : 6;
  context.beginPath();
  context.moveTo(x - half, 0);
  context.lineTo(x + half, 0);
  context.lineTo(x + half, 6);
  context.lineTo(x, 13);
  context.lineTo(x - half, 6);
  context.closePath();
  context.fill();
}
