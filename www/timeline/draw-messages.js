// Messages as lines, timers as ticks, and their names where there is room.

import { drawCross } from "./glyphs.js";
import { widthOf } from "./labels.js";

/**
 * @typedef {import("./draw.js").Look} Look
 * @typedef {import("./scene.js").Scene} Scene
 * @typedef {import("./layout.js").Layout} Layout
 * @typedef {import("./labels.js").Places} Places
 * @typedef {CanvasRenderingContext2D} Context
 */

/** @param {Context} context @param {Scene} scene @param {Look} look */
export function drawLines(context, scene, look) {
  const { colours, spacing } = look;
  const thin = spacing < 2.5;
  const strength = context.globalAlpha;
  if (spacing < 1.2) {
    drawCrowd(context, scene, colours);
    return;
  }
  for (const line of scene.lines) {
    const colour = colours[line.tone];
    context.strokeStyle = colour;
    context.lineWidth = thin ? 0.8 : line.reply ? 1.1 : 1.5;
    context.globalAlpha = strength * (thin ? 0.6 : 1);
    if (line.state === "lost") context.setLineDash([4, 3]);
    context.beginPath();
    context.moveTo(line.x1, line.y1);
    context.lineTo(line.x2, line.y2);
    context.stroke();
    if (line.state === "lost") context.setLineDash([]);
    if (line.state === "lost") drawCross(context, line.x2, line.y2, thin ? 2 : 3.5, colours.bad);
    else if (line.state === "flying") drawDot(context, line, 3.2, colour, colours.panel);
    else if (thin) drawDot(context, line, 1.4, colour, line.reply ? colours.panel : colour);
    else drawArrow(context, line, colour, colours.panel);
  }
  context.globalAlpha = strength;
}

/**
 * Thousands of lines in a few strokes: from so far away only their density and colour tell.
 * @param {Context} context @param {Scene} scene @param {import("../theme.js").Colours} colours
 */
function drawCrowd(context, scene, colours) {
  /** @type {Map<string, import("./scene.js").Line[]>} */
  const crowds = new Map();
  for (const line of scene.lines) {
    const key = line.state === "lost" ? "bad" : line.tone;
    const crowd = crowds.get(key);
    if (crowd) crowd.push(line);
    else crowds.set(key, [line]);
  }
  context.globalAlpha *= 0.6;
  context.lineWidth = 0.8;
  for (const [tone, lines] of crowds) {
    context.strokeStyle = colours[/** @type {keyof typeof colours} */ (tone)];
    context.beginPath();
    for (const line of lines) {
      context.moveTo(line.x1, line.y1);
      context.lineTo(line.x2, line.y2);
    }
    context.stroke();
  }
}

/** @param {Context} context @param {import("./scene.js").Line} line @param {number} radius @param {string} colour @param {string} inside */
function drawDot(context, { x2, y2 }, radius, colour, inside) {
  context.beginPath();
  context.arc(x2, y2, radius, 0, 2 * Math.PI);
  context.fillStyle = inside;
  context.fill();
  context.strokeStyle = colour;
  context.stroke();
}

/** A filled head for what is asked, an open one for an answer. @param {Context} context @param {import("./scene.js").Line} line @param {string} colour @param {string} inside */
function drawArrow(context, line, colour, inside) {
  const angle = Math.atan2(line.y2 - line.y1, line.x2 - line.x1);
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  const at = (/** @type {number} */ along, /** @type {number} */ across) =>
    /** @type {[number, number]} */ ([line.x2 + along * cosine - across * sine, line.y2 + along * sine + across * cosine]);
  context.beginPath();
  context.moveTo(...at(0, 0));
  context.lineTo(...at(-6.5, 2.8));
  context.lineTo(...at(-6.5, -2.8));
  context.closePath();
  context.fillStyle = line.reply ? inside : colour;
  context.fill();
  context.lineWidth = 1;
  context.stroke();
}

/** @param {Context} context @param {Scene} scene @param {Layout} layout @param {Look} look */
export function drawTicks(context, scene, layout, look) {
  if (look.spacing < 1.2) return;
  const half = Math.min(5, layout.laneStep * 0.28);
  context.strokeStyle = look.colours.ink;
  context.lineWidth = 1.8;
  context.lineCap = "round";
  context.beginPath();
  for (const tick of scene.ticks) {
    context.moveTo(tick.x, tick.y - half);
    context.lineTo(tick.x, tick.y + half);
  }
  context.stroke();
  context.lineCap = "butt";
}

/** Names of messages and timers where there is room. @param {Context} context @param {Scene} scene @param {Layout} layout @param {Look} look @param {Places} places */
export function drawLabels(context, scene, layout, look, places) {
  if (look.spacing < 12) return;
  for (const line of scene.lines) {
    const span = Math.abs(line.x2 - line.x1);
    const text = look.kindName(line.kind);
    const width = widthOf(context, text);
    if (span < width * 0.6 || line.state === "flying") continue;
    const x = (line.x1 + line.x2) / 2 - width / 2, y = (line.y1 + line.y2) / 2;
    if (x < 0 || x + width > layout.plotWidth || !places.take(x - 3, y - 7, width + 6, 14)) continue;
    plate(context, look, x - 2, y - 6, width + 4, 12);
    context.fillStyle = look.colours[line.tone];
    context.fillText(text, x, y + 0.5);
  }
  for (const tick of scene.ticks) {
    const text = look.timerName(tick.timer);
    const width = widthOf(context, text);
    if (!places.take(tick.x + 3, tick.y - 12, width + 4, 11)) continue;
    plate(context, look, tick.x + 4, tick.y - 12, width + 2, 11);
    context.fillStyle = look.colours.soft;
    context.fillText(text, tick.x + 5, tick.y - 6.5);
  }
}

/** Ground behind a label, so that lines do not run through it. @param {Context} context @param {Look} look @param {number} x @param {number} y @param {number} width @param {number} height */
function plate(context, look, x, y, width, height) {
  context.globalAlpha = 0.85;
  context.fillStyle = x > look.playheadX ? look.colours.bg : look.colours.panel;
  context.fillRect(x, y, width, height);
  context.globalAlpha = 1;
}

/** @param {Context} context @param {Scene} scene @param {Layout} layout @param {Look} look */
export function drawHover(context, scene, layout, look) {
  const { colours, hover, hoverX } = look;
  if (look.hoverMoment >= 0) {
    context.strokeStyle = colours.soft;
    context.lineWidth = 1;
    context.setLineDash([3, 3]);
    context.beginPath();
    context.moveTo(hoverX, layout.rulerY);
    context.lineTo(hoverX, layout.height);
    context.stroke();
    context.setLineDash([]);
  }
  if (hover < 0) return;
  for (const line of scene.lines) {
    if (line.action !== hover) continue;
    context.strokeStyle = colours[line.tone];
    context.lineWidth = 3;
    context.beginPath();
    context.moveTo(line.x1, line.y1);
    context.lineTo(line.x2, line.y2);
    context.stroke();
  }
  context.strokeStyle = colours.accent;
  context.lineWidth = 1.5;
  for (const point of [...scene.ticks, ...scene.flags]) {
    if (point.action !== hover) continue;
    context.beginPath();
    context.arc(point.x, point.y, 8, 0, 2 * Math.PI);
    context.stroke();
  }
}
