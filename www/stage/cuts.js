// Cuts of the network on the stage: a partition is one dashed line between the sides, anything else
// a mark on each link that is cut. Finding out which, drawing it, and hitting it.

import { laneBetween, pointAt, traceLane } from "./lanes.js";
import { drawIcon, FONT, roundRect, textWidth } from "./pen.js";
import { touches } from "./place.js";

/**
 * @typedef {{x: number, y: number}} Point
 * @typedef {{kind: "line", points: Point[], sides: number[][], caption: import("./place.js").Rect | null}
 *   | {kind: "link", from: number, to: number, both: boolean}} CutShape
 * @typedef {import("./layout.js").Layout} Layout
 */

/**
 * @param {number[][]} cuts for each node the nodes it cannot reach
 * @param {Layout} layout
 * @returns {CutShape[]}
 */
export function cutShapes(cuts, layout) {
  if (!cuts.some((row) => row.length > 0)) return [];
  const blocked = cuts.map((row) => new Set(row));
  const sides = components(blocked);
  /** @type {CutShape[]} */
  const shapes = [];
  const side = sideOf(sides, cuts.length);
  const clean = sides.length > 1 && allBlockedBetween(blocked, side) && contiguous(side);
  if (clean) shapes.push(...partitionLines(side, sides, layout));
  for (let from = 0; from < cuts.length; from++) {
    for (const to of cuts[from]) {
      if (clean && side[from] !== side[to]) continue;
      const both = blocked[to].has(from);
      if (both && to < from) continue;
      shapes.push({ kind: "link", from, to, both });
    }
  }
  return shapes;
}

/**
 * The sets of nodes that are whole among themselves, joined by any link that works both ways.
 * @param {Set<number>[]} blocked
 */
function components(blocked) {
  const seen = new Set();
  /** @type {number[][]} */
  const sides = [];
  for (let first = 0; first < blocked.length; first++) {
    if (seen.has(first)) continue;
    const side = [first];
    seen.add(first);
    for (let at = 0; at < side.length; at++) {
      for (let next = 0; next < blocked.length; next++) {
        if (seen.has(next) || blocked[side[at]].has(next) || blocked[next].has(side[at])) continue;
        seen.add(next);
        side.push(next);
      }
    }
    sides.push(side.sort((a, b) => a - b));
  }
  return sides;
}

/**
 * @param {number[][]} sides
 * @param {number} count
 */
function sideOf(sides, count) {
  const side = new Array(count).fill(0);
  sides.forEach((members, index) => members.forEach((node) => (side[node] = index)));
  return side;
}

/**
 * @param {Set<number>[]} blocked
 * @param {number[]} side
 */
function allBlockedBetween(blocked, side) {
  return side.every((mine, from) => side.every((theirs, to) => mine === theirs || blocked[from].has(to)));
}

/**
 * Whether every side is one stretch of the ring.
 * @param {number[]} side
 */
function contiguous(side) {
  const changes = side.filter((mine, node) => mine !== side[(node + 1) % side.length]).length;
  return changes === new Set(side).size;
}

/**
 * @param {number[]} side
 * @param {number[][]} sides
 * @param {Layout} layout
 * @returns {CutShape[]}
 */
function partitionLines(side, sides, layout) {
  const count = side.length;
  /** @type {Point[]} */
  const gaps = [];
  for (let node = 0; node < count; node++) {
    if (side[node] !== side[(node + 1) % count]) gaps.push(gapPoint(layout, node, (node + 1) % count));
  }
  if (gaps.length === 2 && count > 2) {
    const small = sides[0].length <= sides[1].length ? sides[0] : sides[1];
    const between = betweenSides(small, layout);
    const chord = mean(gaps);
    // A quadratic curve passes half way between its control point and its chord's middle.
    const control = { x: 2 * between.x - chord.x, y: 2 * between.y - chord.y };
    return [{ kind: "line", points: sampleCurve(gaps[0], control, gaps[1]), sides, caption: null }];
  }
  if (count === 2) {
    const { x, y } = layout.centre;
    const reach = Math.max(60, layout.ry);
    return [{ kind: "line", points: [{ x, y: y - reach }, { x, y: y + reach }], sides, caption: null }];
  }
  return gaps.map((gap) => ({ kind: "line", points: [gap, layout.centre], sides, caption: null }));
}

/**
 * A point on the inner edge of a side's cards, towards the middle of the ring.
 * @param {number[]} side
 * @param {Layout} layout
 */
function betweenSides(side, layout) {
  const middle = mean(side.map((node) => layout.nodes[node]));
  const dx = layout.centre.x - middle.x;
  const dy = layout.centre.y - middle.y;
  const length = Math.hypot(dx, dy) || 1;
  const { w, h } = layout.nodes[side[0]];
  const card = Math.min(w / 2 / Math.max(0.01, Math.abs(dx / length)), h / 2 / Math.max(0.01, Math.abs(dy / length)));
  const reach = Math.min(length, card + 30);
  return { x: middle.x + (dx / length) * reach, y: middle.y + (dy / length) * reach };
}

/**
 * A point beyond the ring between two neighbours.
 * @param {Layout} layout
 * @param {number} a
 * @param {number} b
 */
function gapPoint(layout, a, b) {
  const one = layout.nodes[a];
  const two = layout.nodes[b];
  const middle = { x: (one.x + two.x) / 2, y: (one.y + two.y) / 2 };
  const dx = middle.x - layout.centre.x;
  const dy = middle.y - layout.centre.y;
  const length = Math.hypot(dx, dy) || 1;
  const reach = length + Math.min(90, layout.ry * 0.55);
  const clampX = Math.min(layout.width - 8, Math.max(8, layout.centre.x + (dx / length) * reach));
  const clampY = Math.min(layout.height - 14, Math.max(10, layout.centre.y + (dy / length) * reach));
  return { x: clampX, y: clampY };
}

/** @param {Point[]} points */
function mean(points) {
  const sum = points.reduce((total, { x, y }) => ({ x: total.x + x, y: total.y + y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}

/**
 * @param {Point} a
 * @param {Point} control
 * @param {Point} b
 */
function sampleCurve(a, control, b) {
  const curve = { ax: a.x, ay: a.y, qx: control.x, qy: control.y, bx: b.x, by: b.y };
  return Array.from({ length: 17 }, (_, step) => pointAt(/** @type {any} */ (curve), step / 16));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {CutShape[]} shapes
 * @param {Layout} layout
 * @param {import("../theme.js").Colours} colours
 * @param {string} caption "cut · click to heal"
 * @param {CutShape | null} hovered
 * @param {import("./place.js").Rect[]} obstacles where the caption must not stand
 */
export function drawCuts(context, shapes, layout, colours, caption, hovered, obstacles) {
  for (const shape of shapes) {
    const strong = shape === hovered;
    context.lineCap = "round";
    context.strokeStyle = colours.bad;
    if (shape.kind === "line") {
      context.beginPath();
      shape.points.forEach(({ x, y }, at) => (at === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
      context.lineWidth = strong ? 3.5 : 2.2;
      context.setLineDash([2, 7]);
      context.stroke();
      context.setLineDash([]);
      continue;
    }
    const lane = laneBetween(layout, shape.from, shape.to);
    if (!lane) continue;
    context.beginPath();
    if (shape.both) {
      context.moveTo(lane.ax, lane.ay);
      context.lineTo(lane.bx, lane.by);
    } else {
      traceLane(context, lane);
    }
    context.lineWidth = strong ? 2.4 : 1.4;
    context.setLineDash([2, 6]);
    context.stroke();
    context.setLineDash([]);
    drawMark(context, linkMark(layout, shape), lane, shape.both, colours);
  }
  const line = shapes.find((shape) => shape.kind === "line");
  if (line?.kind === "line") {
    line.caption ??= captionPlace(line.points, layout, textWidth(context, caption, FONT.text) + 12, obstacles);
    drawCaption(context, line.caption, colours, caption);
  }
}

/**
 * A cross on the link; where only one direction is cut, an arrowhead says which.
 * @param {CanvasRenderingContext2D} context
 * @param {Point} at
 * @param {import("./lanes.js").Lane} lane
 * @param {boolean} both
 * @param {import("../theme.js").Colours} colours
 */
function drawMark(context, at, lane, both, colours) {
  context.beginPath();
  context.arc(at.x, at.y, 10, 0, 2 * Math.PI);
  context.fillStyle = colours.bg;
  context.fill();
  context.lineWidth = 1.4;
  context.stroke();
  drawIcon(context, "cross", at.x, at.y, 11, colours.bad, 1.8);
  if (both) return;
  const tip = pointAt(lane, 0.5 + 26 / Math.max(60, lane.length));
  const angle = Math.atan2(tip.y - at.y, tip.x - at.x);
  context.beginPath();
  for (const turn of [-2.5, 2.5]) {
    context.moveTo(tip.x, tip.y);
    context.lineTo(tip.x + Math.cos(angle + turn) * 8, tip.y + Math.sin(angle + turn) * 8);
  }
  context.lineWidth = 1.8;
  context.stroke();
}

/**
 * A free place for the words beside the line: at its ends first, then along it.
 * @param {Point[]} points
 * @param {Layout} layout
 * @param {number} w
 * @param {import("./place.js").Rect[]} obstacles
 * @returns {import("./place.js").Rect}
 */
function captionPlace(points, layout, w, obstacles) {
  const h = 20;
  const first = points[0];
  const last = points[points.length - 1];
  const outward = first.x <= last.x ? [first, last] : [last, first];
  const centres = [
    { x: outward[0].x - w / 2 - 6, y: outward[0].y }, { x: outward[1].x + w / 2 + 6, y: outward[1].y },
    first, last, ...points.slice(3, -3),
  ];
  const taken = [...obstacles, ...layout.nodes.map((node) => ({ x: node.x - node.w / 2, y: node.y - node.h / 2, w: node.w, h: node.h })),
    ...layout.clients.map(({ x, y, r }) => ({ x: x - r, y: y - r, w: 2 * r, h: 2 * r + 34 }))];
  const rects = centres.map(({ x, y }) => ({ x: x - w / 2, y: y - h / 2, w, h }));
  const inside = (/** @type {import("./place.js").Rect} */ { x, y }) => x > 2 && y > 2 && x + w < layout.width - 2 && y + h < layout.height - 2;
  return rects.find((rect) => inside(rect) && !taken.some((other) => touches(rect, other, 4))) ?? rects[rects.length - 1];
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./place.js").Rect} rect
 * @param {import("../theme.js").Colours} colours
 * @param {string} caption
 */
function drawCaption(context, rect, colours, caption) {
  roundRect(context, rect.x, rect.y, rect.w, rect.h, 6);
  context.fillStyle = colours.bg;
  context.fill();
  context.fillStyle = colours.bad;
  context.font = FONT.text;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(caption, rect.x + rect.w / 2, rect.y + rect.h / 2 + 0.5);
}

/**
 * @param {Layout} layout
 * @param {{from: number, to: number, both: boolean}} link
 */
function linkMark(layout, link) {
  const lane = laneBetween(layout, link.from, link.to);
  if (!lane) return { x: -99, y: -99 };
  return link.both ? { x: (lane.ax + lane.bx) / 2, y: (lane.ay + lane.by) / 2 } : pointAt(lane, 0.5);
}

/**
 * @param {CutShape[]} shapes
 * @param {Layout} layout
 * @param {Point} point
 * @param {number} reach
 * @returns {CutShape | null}
 */
export function cutAt(shapes, layout, point, reach) {
  for (const shape of shapes) {
    if (shape.kind === "line") {
      for (let at = 1; at < shape.points.length; at++) {
        if (distanceToSegment(point, shape.points[at - 1], shape.points[at]) < reach) return shape;
      }
      const { caption } = shape;
      if (caption && touches(caption, { ...point, w: 0, h: 0 }, reach / 2)) return shape;
    } else {
      const mark = linkMark(layout, shape);
      if (Math.hypot(point.x - mark.x, point.y - mark.y) < reach + 6) return shape;
    }
  }
  return null;
}

/**
 * The actions that heal what a shape shows.
 * @param {CutShape} shape
 * @param {CutShape[]} all
 * @returns {import("../types.js").Action[]}
 */
export function healActions(shape, all) {
  if (shape.kind === "link") {
    const actions = [{ type: "heal", from: [shape.from], to: [shape.to] }];
    if (shape.both) actions.push({ type: "heal", from: [shape.to], to: [shape.from] });
    return actions;
  }
  if (all.every((other) => other.kind === "line")) return [{ type: "heal-all" }];
  return shape.sides.flatMap((from, mine) =>
    shape.sides.flatMap((to, theirs) => (mine === theirs ? [] : [{ type: "heal", from, to }])));
}

/**
 * @param {Point} point
 * @param {Point} a
 * @param {Point} b
 */
function distanceToSegment(point, a, b) {
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const t = Math.max(0, Math.min(1, ((point.x - a.x) * dx + (point.y - a.y) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(point.x - a.x - t * dx, point.y - a.y - t * dy);
}
