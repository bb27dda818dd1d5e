// The curved lanes that messages travel on: one per direction, bowed to its own side, so that what
// goes and what comes back never lie on each other.

import { CLIENT_BASE } from "../types.js";

/**
 * A quadratic curve, and the part of it that lies outside both ends' outlines.
 * @typedef {{ax: number, ay: number, qx: number, qy: number, bx: number, by: number,
 *   start: number, end: number, length: number}} Lane
 */

const LANE_KEY = 1024;
const BEND = 0.14;
const BEND_MAX = 40;
/** Wider bows that are tried, in this order, where a card stands in the way. */
const DETOURS = [-1, 2, -2, 3, -3, 4.2, -4.2, 5.5, -5.5];
/** Between a label and the card it comes from: room for a double outline. */
const LABEL_AIR = 5;
/** Half a pill, and a little air. */
const PILL_ROOM = 13;

/**
 * @param {import("./layout.js").Layout} layout
 * @param {number} endpoint a node's number, or a client's from CLIENT_BASE on
 * @returns {{x: number, y: number, halfW: number, halfH: number} | null}
 */
export function endpointBox(layout, endpoint) {
  if (endpoint >= CLIENT_BASE) {
    const client = layout.clients[endpoint - CLIENT_BASE];
    return client ? { x: client.x, y: client.y, halfW: client.r, halfH: client.r } : null;
  }
  const node = layout.nodes[endpoint];
  return node ? { x: node.x, y: node.y, halfW: node.w / 2, halfH: node.h / 2 } : null;
}

/**
 * @param {import("./layout.js").Layout} layout
 * @param {number} from
 * @param {number} to
 * @returns {Lane | null} null when an end is not on the stage
 */
export function laneBetween(layout, from, to) {
  const key = from * LANE_KEY + to;
  const known = layout.lanes.get(key);
  if (known) return known;
  const a = endpointBox(layout, from);
  const b = endpointBox(layout, to);
  if (!a || !b) return null;
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  const length = Math.hypot(dx, dy) || 1;
  const bend = Math.min(BEND_MAX, length * BEND);
  const ends = { ax: a.x, ay: a.y, bx: b.x, by: b.y, start: 0, end: 1, length };
  const bowed = (/** @type {number} */ by) => ({
    ...ends, qx: (a.x + b.x) / 2 - (dy / length) * by, qy: (a.y + b.y) / 2 + (dx / length) * by,
  });
  /** @type {Lane} */
  let lane = bowed(bend);
  if (from === to) {
    // A message to oneself goes round a loop above the node.
    lane = { ...ends, qx: a.x + a.halfW * 2.2, qy: a.y - a.halfH * 3.4 };
  } else if (layout.tier !== "dot" && crossesCard(layout, lane, from, to)) {
    const free = DETOURS.map((times) => bowed(bend * times)).find((other) => !crossesCard(layout, other, from, to));
    lane = free ?? lane;
  }
  const margin = layout.tier === "dot" ? 3 : 12;
  lane.start = leaves(lane, a, margin, margin, 0, 0.5);
  lane.end = leaves(lane, b, margin, margin, 1, 0.5);
  layout.lanes.set(key, lane);
  return lane;
}

/**
 * Whether a lane would run under the card of a third node.
 * @param {import("./layout.js").Layout} layout
 * @param {Lane} lane
 * @param {number} from
 * @param {number} to
 */
function crossesCard(layout, lane, from, to) {
  for (let step = 1; step < 16; step++) {
    const { x, y } = pointAt(lane, step / 16);
    if (x < 0 || y < PILL_ROOM || y > layout.height - PILL_ROOM) return true;
    const hit = layout.nodes.some((node, index) => index !== from && index !== to
      && Math.abs(x - node.x) < node.w / 2 + 6 && Math.abs(y - node.y) < node.h / 2 + PILL_ROOM);
    if (hit) return true;
  }
  return false;
}

/**
 * The parameter at which the curve leaves a box, searched from inside to the middle.
 * @param {Lane} lane
 * @param {{x: number, y: number, halfW: number, halfH: number}} box
 * @param {number} marginX
 * @param {number} marginY
 * @param {number} inside
 * @param {number} outside
 */
function leaves(lane, box, marginX, marginY, inside, outside) {
  let within = inside;
  let beyond = outside;
  for (let round = 0; round < 12; round++) {
    const middle = (within + beyond) / 2;
    const { x, y } = pointAt(lane, middle);
    const isInside = Math.abs(x - box.x) < box.halfW + marginX && Math.abs(y - box.y) < box.halfH + marginY;
    if (isInside) within = middle;
    else beyond = middle;
  }
  return beyond;
}

/**
 * @param {Lane} lane
 * @param {number} t
 */
export function pointAt(lane, t) {
  const u = 1 - t;
  return {
    x: u * u * lane.ax + 2 * u * t * lane.qx + t * t * lane.bx,
    y: u * u * lane.ay + 2 * u * t * lane.qy + t * t * lane.by,
  };
}

/**
 * Where a message is after a part of its way between the two outlines.
 * @param {Lane} lane
 * @param {number} progress from 0 to 1
 */
export function travel(lane, progress) {
  return pointAt(lane, lane.start + (lane.end - lane.start) * progress);
}

/**
 * Where a label of a size is after a part of its way, so that neither end's card ever covers it;
 * null where the two ends stand too near for it.
 * @param {import("./layout.js").Layout} layout
 * @param {Lane} lane
 * @param {number} from
 * @param {number} to
 * @param {number} progress
 * @param {number} w
 * @param {number} h
 */
export function travelWithLabel(layout, lane, from, to, progress, w, h) {
  const a = endpointBox(layout, from);
  const b = endpointBox(layout, to);
  if (!a || !b) return null;
  const marginX = w / 2 + LABEL_AIR;
  const marginY = h / 2 + LABEL_AIR;
  const start = Math.max(lane.start, leaves(lane, a, marginX, marginY, 0, 0.5));
  const end = Math.min(lane.end, leaves(lane, b, marginX, marginY, 1, 0.5));
  const middle = pointAt(lane, 0.5);
  const covered = [a, b].some((box) => Math.abs(middle.x - box.x) < box.halfW + marginX - 1
    && Math.abs(middle.y - box.y) < box.halfH + marginY - 1);
  return covered ? null : pointAt(lane, start + (end - start) * progress);
}

/**
 * Adds the lane to the context's present path.
 * @param {CanvasRenderingContext2D} context
 * @param {Lane} lane
 */
export function traceLane(context, lane) {
  context.moveTo(lane.ax, lane.ay);
  context.quadraticCurveTo(lane.qx, lane.qy, lane.bx, lane.by);
}
