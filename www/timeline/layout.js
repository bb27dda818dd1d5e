// Where things stand from top to bottom: the ruler, a row for what concerns everybody, a lane per
// node, a row per client. Shrinks to the room there is; what still does not fit scrolls.

/**
 * @typedef {{ width: number, height: number, gutter: number, plotWidth: number, rulerY: number, eventsY: number,
 *   lanesTop: number, lanesBottom: number, laneStep: number, nodes: number, clientsTop: number,
 *   clientStep: number, clients: number }} Layout
 */

import { CLIENT_BASE } from "../types.js";

const RULER = 20;
const EVENTS = 15;
const LANE_MIN = 13;
const LANE_MAX = 30;
const LANE_CROWDED = 7;
const CLIENT_MIN = 17;
const CLIENT_MAX = 23;

/**
 * @param {number} width @param {number} room the height there is @param {number} nodes @param {number} clients
 * @returns {Layout}
 */
export function layoutOf(width, room, nodes, clients) {
  const gutter = width < 560 ? 36 : 52;
  const head = RULER + EVENTS;
  const laneMin = nodes > 12 ? LANE_CROWDED : LANE_MIN;
  const clientStep = Math.max(CLIENT_MIN, Math.min(CLIENT_MAX, (room - head) / (nodes + clients + 1)));
  const laneStep = Math.max(laneMin, Math.min(LANE_MAX, (room - head - 8 - clients * clientStep) / Math.max(1, nodes)));
  const lanesTop = head;
  const lanesBottom = lanesTop + laneStep * nodes;
  const clientsTop = lanesBottom + 4;
  return {
    width, gutter, plotWidth: Math.max(40, width - gutter), rulerY: RULER, eventsY: head - 3,
    lanesTop, lanesBottom, laneStep, nodes, clientsTop, clientStep, clients,
    height: Math.max(room, Math.ceil(clientsTop + clients * clientStep + 4)),
  };
}

/** The middle of a node's lane. @param {Layout} layout @param {number} node */
export function laneY(layout, node) {
  return layout.lanesTop + layout.laneStep * (node + 0.5);
}

/** The middle of a client's row. @param {Layout} layout @param {number} client */
export function clientY(layout, client) {
  return layout.clientsTop + layout.clientStep * (client + 0.5);
}

/** The row of either: nodes by number, clients from CLIENT_BASE on. @param {Layout} layout @param {number} endpoint */
export function endpointY(layout, endpoint) {
  return endpoint >= CLIENT_BASE ? clientY(layout, endpoint - CLIENT_BASE) - layout.clientStep / 2 + 2 : laneY(layout, endpoint);
}
