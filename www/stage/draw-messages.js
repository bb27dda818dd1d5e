// Draws lanes and messages: pills with a label where there is room, dots elsewhere; requests filled,
// replies outlined. Pure: context, what was placed, layout.

import { KIND_REPLY, KIND_REQUEST } from "../types.js";
import { laneBetween, traceLane, travel, travelWithLabel } from "./lanes.js";
import { drawIcon, FONT, roundRect } from "./pen.js";

/**
 * @typedef {import("./pen.js").Context} Context
 * @typedef {import("./pen.js").Colours} Colours
 * @typedef {import("./place.js").Placed} Placed
 * @typedef {import("./layout.js").Layout} Layout
 * @typedef {import("../types.js").Sheet} Sheet
 */

/** With more messages than this, their lanes would be a grey wall. */
const LANES_MAX = 60;
/** Beyond this many, messages are small points. */
const POINTS_FROM = 300;

/**
 * The look of a kind of message.
 * @param {Sheet} sheet
 * @param {number} kind
 * @returns {{tone: import("../types.js").Tone, reply: boolean}}
 */
export function lookOf(sheet, kind) {
  if (kind === KIND_REQUEST) return { tone: "client", reply: false };
  if (kind === KIND_REPLY) return { tone: "client", reply: true };
  return sheet.messages[kind] ?? { tone: "control", reply: false };
}

/**
 * Faint straight links between all nodes: the paper on which the lanes are drawn.
 * @param {Context} context
 * @param {Layout} layout
 * @param {Colours} colours
 */
export function drawLinks(context, layout, colours) {
  if (layout.tier === "dot") return;
  context.beginPath();
  for (let a = 0; a < layout.nodes.length; a++) {
    for (let b = a + 1; b < layout.nodes.length; b++) {
      context.moveTo(layout.nodes[a].x, layout.nodes[a].y);
      context.lineTo(layout.nodes[b].x, layout.nodes[b].y);
    }
  }
  context.lineWidth = 1;
  context.strokeStyle = colours.line;
  context.stroke();
}

/**
 * @param {Context} context
 * @param {Placed[]} placed
 * @param {Layout} layout
 * @param {Colours} colours
 * @param {Sheet} sheet
 * @param {{hovered: number, selected: number, node: number}} focus
 */
export function drawMessages(context, placed, layout, colours, sheet, focus) {
  drawLanes(context, placed, layout, colours, sheet, focus);
  if (placed.length > POINTS_FROM) {
    drawPoints(context, placed, colours, sheet);
    placed = placed.filter((message) => message.label !== null);
  }
  // Dots first: a label must not be dotted over.
  for (const labelled of [false, true]) {
    for (const message of placed) {
      if ((message.label !== null) === labelled) drawMessage(context, message, colours, sheet, message.id === focus.selected);
    }
  }
}

/**
 * @param {Context} context
 * @param {Placed[]} placed
 * @param {Layout} layout
 * @param {Colours} colours
 * @param {Sheet} sheet
 * @param {{hovered: number, selected: number, node: number}} focus
 */
function drawLanes(context, placed, layout, colours, sheet, focus) {
  const few = placed.length <= LANES_MAX;
  for (const message of placed) {
    const inFocus = message.id === focus.hovered || message.id === focus.selected
      || message.from === focus.node || message.to === focus.node;
    if (!few && !inFocus) continue;
    const lane = laneBetween(layout, message.from, message.to);
    if (!lane) continue;
    context.beginPath();
    traceLane(context, lane);
    context.globalAlpha = (inFocus ? 0.85 : 0.32) * message.alpha;
    context.lineWidth = inFocus ? 2 : 1.3;
    context.strokeStyle = message.dead ? colours.soft : colours[lookOf(sheet, message.kind).tone];
    context.stroke();
  }
  context.globalAlpha = 1;
}

/**
 * @param {Context} context
 * @param {Placed} message
 * @param {Colours} colours
 * @param {Sheet} sheet
 * @param {boolean} selected
 */
function drawMessage(context, message, colours, sheet, selected) {
  const { tone, reply } = lookOf(sheet, message.kind);
  const colour = message.dead ? colours.soft : colours[tone];
  context.globalAlpha = message.alpha;
  context.setLineDash(message.dead || message.lost ? [3, 3] : []);
  context.lineWidth = 1.6;
  context.strokeStyle = colour;
  // A lost one fades; its label stays readable on the paper's own colour.
  const hollow = reply || message.dead || message.lost;
  context.fillStyle = hollow ? colours.bg : colour;
  if (message.label === null) {
    context.beginPath();
    context.arc(message.x, message.y, 5, 0, 2 * Math.PI);
  } else {
    roundRect(context, message.x - message.w / 2, message.y - message.h / 2, message.w, message.h, message.h / 2);
  }
  context.fill();
  context.stroke();
  context.setLineDash([]);
  if (selected) {
    const w = message.label === null ? 12 : message.w;
    const h = message.label === null ? 12 : message.h;
    roundRect(context, message.x - w / 2 - 4, message.y - h / 2 - 4, w + 8, h + 8, h / 2 + 4);
    context.strokeStyle = colours.accent;
    context.lineWidth = 2;
    context.stroke();
  }
  if (message.label !== null) {
    context.fillStyle = hollow ? colour : colours.bg;
    context.font = FONT.pill;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(message.label, message.x, message.y + 0.5);
  }
  if (message.lost && message.progress > 0.45) {
    context.globalAlpha = 1;
    drawLossMark(context, message.label === null ? message.x : message.x + message.w / 2 - 2,
      message.label === null ? message.y : message.y - message.h / 2 + 2, colours);
  }
  context.globalAlpha = 1;
}

/**
 * The cross of a lost message, on the corner of its label so that both can be read.
 * @param {Context} context
 * @param {number} x
 * @param {number} y
 * @param {Colours} colours
 */
function drawLossMark(context, x, y, colours) {
  context.beginPath();
  context.arc(x, y, 8, 0, 2 * Math.PI);
  context.fillStyle = colours.bg;
  context.fill();
  drawIcon(context, "cross", x, y, 13, colours.bad, 2.2);
}

/**
 * Thousands at once: one path per colour.
 * @param {Context} context
 * @param {Placed[]} placed
 * @param {Colours} colours
 * @param {Sheet} sheet
 */
function drawPoints(context, placed, colours, sheet) {
  /** @type {Map<string, Placed[]>} */
  const byColour = new Map();
  for (const message of placed) {
    const colour = message.dead || message.lost ? colours.soft : colours[lookOf(sheet, message.kind).tone];
    const group = byColour.get(colour);
    if (group) group.push(message);
    else byColour.set(colour, [message]);
  }
  const size = placed.length > 1000 ? 3 : 4;
  for (const [colour, group] of byColour) {
    context.beginPath();
    for (const { x, y } of group) context.rect(x - size / 2, y - size / 2, size, size);
    context.fillStyle = colour;
    context.fill();
  }
}

/**
 * Messages that were taken early fly the rest of their way; dropped ones fade under a cross.
 * @param {Context} context
 * @param {ReturnType<import("./motion.js").Motion["liveGhosts"]>} ghosts
 * @param {Layout} layout
 * @param {Colours} colours
 * @param {Sheet} sheet
 * @param {(text: string) => number} measure
 */
export function drawGhosts(context, ghosts, layout, colours, sheet, measure) {
  for (const ghost of ghosts) {
    const lane = laneBetween(layout, ghost.from, ghost.to);
    if (!lane) continue;
    const w = ghost.label === null ? 0 : measure(ghost.label) + 18;
    const spot = w > 0 ? travelWithLabel(layout, lane, ghost.from, ghost.to, ghost.progress, w, 22) : null;
    const { x, y } = spot ?? travel(lane, ghost.progress);
    drawMessage(context, {
      id: ghost.id, from: ghost.from, to: ghost.to, kind: ghost.kind, x, y, progress: ghost.progress,
      lost: false, dead: false, label: ghost.label, w, h: 22, alpha: ghost.dropped ? 1 - ghost.part : 1,
    }, colours, sheet, false);
    if (ghost.dropped) {
      context.globalAlpha = 1 - ghost.part * ghost.part;
      drawIcon(context, "cross", x, y, 18, colours.bad, 2.6);
      context.globalAlpha = 1;
    }
  }
}
