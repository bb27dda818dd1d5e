// The ruler with its times, notes and violations, and the clients' operations as bars.

import { drawCross } from "./glyphs.js";
import { formatMs, niceStep, widthOf } from "./labels.js";
import { xOfTime } from "./warp.js";

/**
 * @typedef {import("./draw.js").Look} Look
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./layout.js").Layout} Layout
 * @typedef {import("./labels.js").Places} Places
 * @typedef {CanvasRenderingContext2D} Context
 */

/** @param {Context} context @param {Scene} scene @param {Layout} layout @param {Look} look */
export function drawMarkLines(context, scene, layout, look) {
  for (const mark of scene.marks) {
    if (mark.kind !== "violation") continue;
    context.globalAlpha = 0.14;
    context.fillStyle = look.colours.bad;
    context.fillRect(mark.x - 3, layout.rulerY, 6, layout.height - layout.rulerY);
    context.globalAlpha = 1;
    context.fillRect(mark.x - 0.75, layout.rulerY, 1.5, layout.height - layout.rulerY);
  }
}

/** @param {Context} context @param {Scene} scene @param {Layout} layout @param {Look} look @param {Places} places */
export function drawMarks(context, scene, layout, look, places) {
  const { colours } = look;
  const y = layout.rulerY - 7;
  for (const mark of scene.marks) {
    context.beginPath();
    if (mark.kind === "note") {
      // A speech bubble.
      context.roundRect(mark.x - 5, y - 6, 10, 7.5, 2);
      context.moveTo(mark.x - 2, y + 1.5);
      context.lineTo(mark.x, y + 5);
      context.lineTo(mark.x + 2, y + 1.5);
      context.fillStyle = colours.mark;
      context.strokeStyle = colours.ink;
      context.lineWidth = 1;
      context.fill();
      context.stroke();
      places.take(mark.x - 6, 0, 12, layout.rulerY);
    } else {
      context.moveTo(mark.x, y - 7);
      context.lineTo(mark.x + 6, y);
      context.lineTo(mark.x, y + 7);
      context.lineTo(mark.x - 6, y);
      context.closePath();
      context.fillStyle = colours.bad;
      context.fill();
      places.take(mark.x - 7, 0, 14, layout.rulerY);
    }
  }
  for (const mark of scene.marks) {
    if (mark.kind !== "violation") continue;
    const text = mark.id ? `${look.word("violated")}${look.colon}${mark.id}` : look.word("violated");
    const width = widthOf(context, text) + 4;
    const left = mark.x + 8 + width < layout.plotWidth ? mark.x + 8 : mark.x - 10 - width;
    if (!places.take(left, y - 6, width, 12)) continue;
    context.fillStyle = colours.bad;
    context.fillText(text, left + 2, y);
  }
}

/** @param {Context} context @param {Layout} layout @param {Look} look @param {Places} places */
export function drawRuler(context, layout, look, places) {
  const { window, colours } = look;
  const { ms, xs } = window;
  context.strokeStyle = colours.line;
  context.beginPath();
  context.moveTo(0, layout.rulerY + 0.5);
  context.lineTo(layout.plotWidth, layout.rulerY + 0.5);
  context.stroke();
  const begin = ms[0], end = ms[ms.length - 1];
  const step = niceStep(Math.max(1, ((end - begin) / Math.max(1, xs[xs.length - 1] - xs[0])) * 64));
  // Rounder numbers first, so that the labels hardly change while the window moves.
  for (const unit of [step * 10, step * 5, step]) {
    for (let time = Math.ceil(begin / unit) * unit; time <= end; time += unit) {
      if (time !== 0 && unit < step * 10 && time % (unit === step ? step * 5 : step * 10) === 0) continue;
      label(formatMs(time), xOfTime(window, time));
    }
  }
  if (begin === end) {
    // No time passes here, so the actions are counted instead.
    for (const unit of [50, 10, 5]) {
      for (let moment = Math.ceil(window.first / unit) * unit; moment <= window.last; moment += unit) {
        label(look.actionName(moment), xs[moment - window.first]);
      }
    }
    return;
  }
  // Where time runs slowly no round number may lie for a long way.
  for (let place = 0; place < xs.length; place++) {
    const x = xs[place];
    if (x > 30 && x < layout.plotWidth - 30 && places.take(x - 70, 2, 140, 12)) paint(formatMs(ms[place]), x);
  }

  /** @param {string} text @param {number} x */
  function label(text, x) {
    const half = widthOf(context, text) / 2 + 7;
    // Half a number would be another number.
    if (x < half - 6 || x > layout.plotWidth - half + 6) return;
    if (places.take(x - half, 2, 2 * half, 12)) paint(text, x);
  }

  /** @param {string} text @param {number} x */
  function paint(text, x) {
    const wide = widthOf(context, text) / 2;
    context.fillStyle = colours.soft;
    context.fillText(text, x - wide, 8.5);
    context.fillRect(Math.round(x), layout.rulerY - 4, 1, 4);
  }
}

/** @param {Context} context @param {Scene} scene @param {Look} look @param {Places} places */
export function drawBars(context, scene, look, places) {
  const { colours } = look;
  const sorted = [...scene.bars].sort((left, right) => left.x1 - right.x1);
  sorted.forEach((bar, place) => {
    const colour = bar.state === "answered" ? colours.ok : bar.state === "open" ? colours.client : colours.soft;
    const width = bar.x2 - bar.x1;
    const isFuture = bar.x1 > look.playheadX;
    context.globalAlpha = isFuture ? 0.7 : 1;
    context.fillStyle = colours.panel;
    context.fillRect(bar.x1, bar.y, width, bar.height);
    /** @type {string | CanvasGradient} */
    let stroke = colour;
    if (bar.state === "open") {
      // No one knows when it ends, so neither does the bar.
      const fade = context.createLinearGradient(Math.max(bar.x1, bar.x2 - 60), 0, bar.x2, 0);
      fade.addColorStop(0, colour);
      fade.addColorStop(1, "rgba(128,128,128,0)");
      stroke = fade;
    }
    context.strokeStyle = stroke;
    context.lineWidth = 1.5;
    context.beginPath();
    if (bar.state === "answered") context.roundRect(bar.x1, bar.y, width, bar.height, 3);
    else {
      context.moveTo(bar.x2, bar.y);
      context.lineTo(bar.x1, bar.y);
      context.lineTo(bar.x1, bar.y + bar.height);
      context.lineTo(bar.x2, bar.y + bar.height);
    }
    context.stroke();
    if (bar.state === "given-up") drawCross(context, bar.x2, bar.y + bar.height / 2, 3.5, colours.bad);
    context.globalAlpha = 1;

    const at = Math.max(bar.x1, 0) + 6;
    const next = sorted.slice(place + 1).find((other) => other.y === bar.y)?.x1 ?? Infinity;
    for (const text of [bar.text, bar.text.split(" → ")[0]]) {
      const needs = widthOf(context, text) + 6;
      const outside = bar.state === "given-up" ? 8 : 0;
      const fitsInside = at + needs <= bar.x2;
      const left = fitsInside || bar.state === "open" ? at : bar.x2 + 5 + outside;
      if (left < 0 || (!fitsInside && left + needs > next)) continue;
      if (!places.take(left, bar.y, needs, bar.height)) continue;
      context.fillStyle = isFuture ? colours.soft : colours.ink;
      context.fillText(text, left, bar.y + bar.height / 2 + 0.5);
      break;
    }
  });
}
