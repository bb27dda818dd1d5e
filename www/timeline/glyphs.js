// The small signs on the diagram: each has a shape of its own, so that colour never has to tell.

/** @typedef {import("./scene.js").Flag} Flag */

/**
 * @param {CanvasRenderingContext2D} context @param {Flag} flag @param {import("../theme.js").Colours} colours
 */
export function drawFlag(context, { x, y, glyph }, colours) {
  context.lineWidth = 1.3;
  context.strokeStyle = colours.ink;
  context.fillStyle = colours.panel;
  context.beginPath();
  SHAPES[glyph](context, x, y, colours);
}

/** @type {Record<Flag["glyph"], (context: CanvasRenderingContext2D, x: number, y: number, colours: import("../theme.js").Colours) => void>} */
const SHAPES = {
  // A pennant on a pole.
  rule(context, x, y, colours) {
    context.moveTo(x, y + 3);
    context.lineTo(x, y - 9);
    context.lineTo(x + 8, y - 6);
    context.lineTo(x, y - 3);
    context.fillStyle = colours.mark;
    context.fill();
    context.stroke();
  },
  clock(context, x, y) {
    context.arc(x, y, 4.2, 0, 2 * Math.PI);
    context.fill();
    context.moveTo(x, y - 2.6);
    context.lineTo(x, y);
    context.lineTo(x + 2, y + 1);
    context.stroke();
  },
  disk(context, x, y) {
    context.roundRect(x - 4, y - 4, 8, 8, 1.5);
    context.fill();
    context.moveTo(x - 4, y);
    context.lineTo(x + 4, y);
    context.stroke();
  },
  command(context, x, y) {
    context.moveTo(x - 3, y - 4);
    context.lineTo(x + 1.5, y);
    context.lineTo(x - 3, y + 4);
    context.stroke();
  },
  // A gap in a line.
  cut(context, x, y, colours) {
    context.strokeStyle = colours.bad;
    context.moveTo(x - 1.8, y - 10);
    context.lineTo(x - 1.8, y + 1);
    context.moveTo(x + 1.8, y - 10);
    context.lineTo(x + 1.8, y + 1);
    context.stroke();
  },
  heal(context, x, y, colours) {
    context.strokeStyle = colours.ok;
    context.moveTo(x - 4, y - 4.5);
    context.lineTo(x + 4, y - 4.5);
    context.moveTo(x, y - 8.5);
    context.lineTo(x, y - 0.5);
    context.stroke();
  },
  retry(context, x, y) {
    context.arc(x, y, 3.6, 0.2 * Math.PI, 1.6 * Math.PI);
    context.stroke();
  },
  copy(context, x, y) {
    context.rect(x - 4, y - 4, 5.5, 5.5);
    context.rect(x - 1.5, y - 1.5, 5.5, 5.5);
    context.fill();
    context.stroke();
  },
  // An hourglass.
  late(context, x, y) {
    context.moveTo(x - 3, y - 4);
    context.lineTo(x + 3, y - 4);
    context.lineTo(x - 3, y + 4);
    context.lineTo(x + 3, y + 4);
    context.closePath();
    context.fill();
    context.stroke();
  },
};

/** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} size @param {string} colour */
export function drawCross(context, x, y, size, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1.8;
  context.beginPath();
  context.moveTo(x - size, y - size);
  context.lineTo(x + size, y + size);
  context.moveTo(x + size, y - size);
  context.lineTo(x - size, y + size);
  context.stroke();
}
