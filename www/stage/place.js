// Decides for every message where it is drawn and whether there is room for its label: labels never
// lie on each other, a message without room is a dot.

import { CLIENT_BASE, MESSAGE, MESSAGE_STRIDE } from "../types.js";
import { laneBetween, travel, travelWithLabel } from "./lanes.js";

/**
 * @typedef {{id: number, from: number, to: number, kind: number, x: number, y: number, progress: number,
 *   lost: boolean, dead: boolean, label: string | null, w: number, h: number, alpha: number}} Placed
 * @typedef {{x: number, y: number, w: number, h: number}} Rect
 */

export const PILL_HEIGHT = 22;
/** With more messages than this on the stage, all are dots. */
const LABELS_MAX = 40;
const LABELS_MAX_NARROW = 18;
/** A lost message is seen to go this far. */
const LOST_REACH = 0.62;

/**
 * @param {object} input
 * @param {Int32Array} input.messages
 * @param {import("./layout.js").Layout} input.layout
 * @param {number} input.nowMs
 * @param {Float64Array | null} input.progress given where progress does not follow the clock
 * @param {(id: number) => string} input.labelOf
 * @param {(text: string) => number} input.measure
 * @param {ReadonlySet<number>} input.labelled the messages that had a label last time keep it first
 * @param {ReadonlySet<number>} input.wanted messages that get a label before all others
 * @param {Rect[]} input.obstacles
 * @returns {Placed[]} in the order of the picture
 */
export function placeMessages({ messages, layout, nowMs, progress, labelOf, measure, labelled, wanted, obstacles }) {
  /** @type {Placed[]} */
  const placed = [];
  for (let at = 0, row = 0; at < messages.length; at += MESSAGE_STRIDE, row++) {
    const sentMs = messages[at + MESSAGE.sentMs];
    const dueMs = messages[at + MESSAGE.dueMs];
    const lost = messages[at + MESSAGE.lost] !== 0;
    let part = progress ? progress[row] : (nowMs - sentMs) / Math.max(1, dueMs - sentMs);
    // Not sent yet at the drawn moment: the picture is a step ahead of the glide.
    if (part < 0) continue;
    part = Math.min(1, part);
    const alpha = lost ? Math.max(0.6, 1 - part * 0.6) : 1;
    if (lost) part = Math.min(part, LOST_REACH);
    const from = messages[at + MESSAGE.from];
    const to = messages[at + MESSAGE.to];
    const lane = laneBetween(layout, from, to);
    if (!lane) continue;
    const { x, y } = travel(lane, part);
    placed.push({
      id: messages[at + MESSAGE.id], from, to, kind: messages[at + MESSAGE.kind], x, y, progress: part,
      lost, dead: messages[at + MESSAGE.dead] !== 0, label: null, w: 0, h: PILL_HEIGHT, alpha,
    });
  }
  giveLabels(placed, { layout, labelOf, measure, labelled, wanted, obstacles });
  return placed;
}

/**
 * @param {Placed[]} placed
 * @param {Pick<Parameters<typeof placeMessages>[0], "layout"|"labelOf"|"measure"|"labelled"|"wanted"|"obstacles">} input
 */
function giveLabels(placed, { layout, labelOf, measure, labelled, wanted, obstacles }) {
  const crowded = placed.length > (layout.narrow ? LABELS_MAX_NARROW : LABELS_MAX) || layout.tier === "dot";
  /** @type {Rect[]} */
  const taken = [...obstacles];
  const rank = (/** @type {Placed} */ message) => (wanted.has(message.id) ? 0 : labelled.has(message.id) ? 1 : 2);
  const queue = crowded ? placed.filter((message) => wanted.has(message.id)) : [...placed];
  queue.sort((a, b) => rank(a) - rank(b) || a.id - b.id);
  // Dots take room too: a label over somebody else's dot hides it.
  for (const message of queue) {
    const text = labelOf(message.id);
    const w = measure(text) + 18;
    const lane = laneBetween(layout, message.from, message.to);
    const spot = lane && travelWithLabel(layout, lane, message.from, message.to, message.progress, w, PILL_HEIGHT);
    const x = spot ? Math.min(Math.max(spot.x, w / 2 + 2), layout.width - w / 2 - 2) : message.x;
    const y = Math.min(Math.max(spot?.y ?? message.y, PILL_HEIGHT / 2 + 2), layout.height - PILL_HEIGHT / 2 - 2);
    const rect = { x: x - w / 2, y: y - PILL_HEIGHT / 2, w, h: PILL_HEIGHT };
    const free = wanted.has(message.id) || !taken.some((other) => touches(rect, other, 2));
    if (!spot || !free || foreignCard(layout, message, rect)) {
      taken.push({ x: message.x - 6, y: message.y - 6, w: 12, h: 12 });
      continue;
    }
    taken.push(rect);
    message.label = text;
    message.w = w;
    message.x = x;
    message.y = y;
  }
}

/**
 * Whether a label would lie under the card of a node it neither comes from nor goes to.
 * @param {import("./layout.js").Layout} layout
 * @param {Placed} message
 * @param {Rect} rect
 */
function foreignCard(layout, message, rect) {
  for (let node = 0; node < layout.nodes.length; node++) {
    if (node === message.from || node === message.to) continue;
    const { x, y, w, h } = layout.nodes[node];
    if (touches(rect, { x: x - w / 2, y: y - h / 2, w, h }, 3)) return true;
  }
  for (let client = 0; client < layout.clients.length; client++) {
    if (client + CLIENT_BASE === message.from || client + CLIENT_BASE === message.to) continue;
    const { x, y, r } = layout.clients[client];
    if (touches(rect, { x: x - r, y: y - r, w: 2 * r, h: 2 * r + 18 }, 2)) return true;
  }
  return false;
}

/**
 * @param {Rect} a
 * @param {Rect} b
 * @param {number} gap
 */
export function touches(a, b, gap) {
  return a.x < b.x + b.w + gap && b.x < a.x + a.w + gap && a.y < b.y + b.h + gap && b.y < a.y + a.h + gap;
}
