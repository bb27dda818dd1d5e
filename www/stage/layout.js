// Where everything stands on the stage: nodes on an ellipse that uses the space, clients in a column
// on the left. Pure: the same picture size and counts give the same places.

/**
 * @typedef {"card"|"compact"|"dot"} Tier how much of a node there is room for
 * @typedef {{x: number, y: number, w: number, h: number, angle: number, side: "left"|"right",
 *   nameX: number, nameY: number, isNamed: boolean}} NodePlace
 * @typedef {{x: number, y: number, r: number}} ClientPlace
 * @typedef {{width: number, height: number, tier: Tier, narrow: boolean, nodes: NodePlace[],
 *   clients: ClientPlace[], centre: {x: number, y: number}, rx: number, ry: number,
 *   inboxWidth: number, clientColumn: number, lanes: Map<number, import("./lanes.js").Lane>}} Layout
 */

const CARD = { w: 132, h: 68 };
const COMPACT = { w: 84, h: 50 };
const EDGE = 18;
/** The way along the ring that a small node's name needs. */
const NAME_ROOM = 30;
/** From this many nodes on, inboxes are only counts. */
const INBOX_NODES_MAX = 9;

/**
 * @param {number} nodeCount
 * @param {number} clientCount
 * @param {number} width
 * @param {number} height
 * @param {boolean} [hasInboxes] whether room is kept for inboxes beside the nodes
 * @returns {Layout}
 */
export function computeLayout(nodeCount, clientCount, width, height, hasInboxes = true) {
  const narrow = width < 640;
  const clientColumn = clientCount === 0 ? 0 : narrow ? 62 : 116;
  const inboxWidth = hasInboxes && !narrow && nodeCount <= INBOX_NODES_MAX && width >= 820 ? 190 : 0;
  const left = Math.max(EDGE, clientColumn) + inboxWidth;
  const right = width - EDGE - inboxWidth;
  const base = { width, height, narrow, inboxWidth, clientColumn };
  const clients = clientPlaces(clientCount, clientColumn, height, narrow);
  for (const tier of /** @type {const} */ (["card", "compact", "dot"])) {
    if (tier === "card" && narrow) continue;
    const size = tier === "card" ? CARD : tier === "compact" ? COMPACT : dotSize(nodeCount, right - left, height);
    const ring = ringPlaces(nodeCount, size, left, right, height, tier);
    if (tier === "dot" || !anyOverlap(ring.nodes, tier === "card" ? 16 : 10)) {
      return { ...base, tier, ...ring, clients, lanes: new Map() };
    }
  }
  throw new Error("unreachable: the last size always fits");
}

/**
 * @param {number} count
 * @param {number} width
 * @param {number} height
 */
function dotSize(count, width, height) {
  const around = Math.PI * (width + height) * 0.45;
  const diameter = Math.max(12, Math.min(40, (around / Math.max(1, count)) * 0.55));
  return { w: diameter, h: diameter };
}

/**
 * @param {number} count
 * @param {{w: number, h: number}} size
 * @param {number} left
 * @param {number} right
 * @param {number} height
 * @param {Tier} tier
 */
function ringPlaces(count, size, left, right, height, tier) {
  // Names of small nodes stand outside their circle and need room there.
  const outside = tier === "dot" ? 30 : 0;
  const angles = Array.from({ length: count }, (_, index) => startAngle(count) + (index * 2 * Math.PI) / count);
  // A ring of five reaches less far down than up: it is stretched to use the height all the same.
  const span = (/** @type {number[]} */ values) => {
    const low = Math.min(-0.5, ...values);
    const high = Math.max(0.5, ...values);
    return { half: (high - low) / 2, middle: (high + low) / 2 };
  };
  const down = span(angles.map(Math.sin));
  const rx = Math.min(Math.max(20, (right - left - size.w) / 2 - outside), height * 1.05);
  const ry = Math.max(20, (height - 2 * EDGE - size.h) / 2 - outside * 0.6) / down.half;
  const centre = { x: (left + right) / 2, y: height / 2 - ry * down.middle };
  // Names of neighbours would touch on one ring: many nodes stand on two, alternating.
  const zigzag = tier === "dot" && count > 36;
  // Where even then names would touch, only some are named: those of the outer ring, or fewer.
  const around = Math.PI * (rx + ry) / count;
  const every = tier !== "dot" || around >= NAME_ROOM / (zigzag ? 2 : 1) ? 1 : 2 * Math.ceil(NAME_ROOM / around / 2);
  /** @type {NodePlace[]} */
  const nodes = [];
  for (let index = 0; index < count; index++) {
    const angle = angles[index];
    const reach = count === 1 ? 0 : zigzag && index % 2 === 1 ? 0.84 : 1;
    const x = centre.x + rx * reach * Math.cos(angle);
    const y = centre.y + ry * reach * Math.sin(angle);
    const away = size.w / 2 + 13;
    nodes.push({
      x, y, w: size.w, h: size.h, angle,
      side: Math.cos(angle) < -0.05 ? "left" : "right",
      nameX: x + Math.cos(angle) * away, nameY: y + Math.sin(angle) * away * 0.9,
      isNamed: index % every === 0,
    });
  }
  return { nodes, centre, rx, ry };
}

/** @param {number} count */
function startAngle(count) {
  return count === 2 ? Math.PI : -Math.PI / 2;
}

/**
 * @param {NodePlace[]} nodes
 * @param {number} gap
 */
function anyOverlap(nodes, gap) {
  for (let a = 0; a < nodes.length; a++) {
    for (let b = a + 1; b < nodes.length; b++) {
      const one = nodes[a];
      const two = nodes[b];
      if (Math.abs(one.x - two.x) < one.w + gap && Math.abs(one.y - two.y) < one.h + gap) return true;
    }
  }
  return false;
}

/**
 * @param {number} count
 * @param {number} column
 * @param {number} height
 * @param {boolean} narrow
 * @returns {ClientPlace[]}
 */
function clientPlaces(count, column, height, narrow) {
  const spacing = Math.min(narrow ? 120 : 150, (height - 20) / Math.max(1, count));
  const top = height / 2 - (spacing * (count - 1)) / 2 - (narrow ? 8 : 14);
  const r = Math.max(11, Math.min(narrow ? 15 : 20, spacing / 2 - 14));
  return Array.from({ length: count }, (_, index) => ({ x: column / 2 + (narrow ? 2 : 6), y: top + index * spacing, r }));
}
