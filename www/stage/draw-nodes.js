// Draws nodes and clients: role by shape and word, state by icon and word, timers as a bar that runs
// down. Pure: context, frame, layout, time.

import { drawIcon, fitText, FONT, roundRect, textWidth } from "./pen.js";

/**
 * @typedef {import("./pen.js").Context} Context
 * @typedef {import("./pen.js").Colours} Colours
 * @typedef {import("../types.js").NodeState} NodeState
 * @typedef {import("./layout.js").Layout} Layout
 * @typedef {{selectedNode: number, selectedClient: number, hoveredNode: number, touchedNode: number,
 *   periodLetter: string, downWord: string, pausedWord: string, waitingWord: string, idleWord: string,
 *   gaveUpWord: string}} NodeStyle
 */

/** How much of its width a word keeps at least where it is set closer. */
const CLOSEST = 0.88;
/** @type {Record<string, number[]>} */
const DASHES = { plain: [], double: [], dashed: [7, 4], dotted: [1.6, 4] };

/**
 * @param {Context} context
 * @param {NodeState[]} nodes
 * @param {Layout} layout
 * @param {number} nowMs
 * @param {Colours} colours
 * @param {NodeStyle} style
 */
export function drawNodes(context, nodes, layout, nowMs, colours, style) {
  nodes.forEach((node, index) => {
    const place = layout.nodes[index];
    if (!place) return;
    if (layout.tier === "dot") drawDot(context, node, place, colours, style, index);
    else drawCard(context, node, place, layout.tier === "card", nowMs, colours, style, index);
  });
}

/**
 * @param {Context} context
 * @param {NodeState} node
 * @param {import("./layout.js").NodePlace} place
 * @param {boolean} full
 * @param {number} nowMs
 * @param {Colours} colours
 * @param {NodeStyle} style
 * @param {number} index
 */
function drawCard(context, node, place, full, nowMs, colours, style, index) {
  const down = node.status === "down";
  const x = place.x - place.w / 2;
  const y = place.y - place.h / 2;
  const radius = full ? 16 : 13;
  if (style.selectedNode === index || style.hoveredNode === index) {
    const selected = style.selectedNode === index;
    roundRect(context, x - 8, y - 8, place.w + 16, place.h + 16, radius + 8);
    context.lineWidth = selected ? 2 : 1;
    context.strokeStyle = selected ? colours.accent : colours.soft;
    context.setLineDash([]);
    context.stroke();
  }
  roundRect(context, x, y, place.w, place.h, radius);
  context.fillStyle = colours.panel;
  context.fill();
  if (style.touchedNode === index) {
    context.fillStyle = colours.mark;
    context.fill();
  }
  context.lineWidth = 1.6;
  context.lineCap = "round";
  context.strokeStyle = down ? colours.soft : colours.ink;
  context.setLineDash(down ? [3, 4] : (DASHES[node.view.shape] ?? []));
  context.stroke();
  context.setLineDash([]);
  if (node.view.shape === "double" && !down) {
    roundRect(context, x - 4, y - 4, place.w + 8, place.h + 8, radius + 4);
    context.lineWidth = 1.6;
    context.stroke();
  }
  drawWords(context, node, place, full, colours, style);
  drawStateIcons(context, node, place, colours);
  if (!down) drawTimers(context, node, place, nowMs, colours);
}

/**
 * @param {Context} context
 * @param {NodeState} node
 * @param {import("./layout.js").NodePlace} place
 * @param {boolean} full
 * @param {Colours} colours
 * @param {NodeStyle} style
 */
function drawWords(context, node, place, full, colours, style) {
  const down = node.status === "down";
  const role = down ? style.downWord : node.status === "paused" ? `${node.view.role} · ${style.pausedWord}` : node.view.role;
  const period = `${style.periodLetter}${node.view.period}`;
  const room = place.w - 14;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = down ? colours.soft : colours.ink;
  if (full) {
    drawTitle(context, node.name, period, place.x, place.y - 19, down ? colours.soft : colours.ink);
    drawFacts(context, node.view.badges, place.x, place.y + 15, room);
    context.font = FONT.text;
    context.fillStyle = colours.soft;
    context.fillText(fitText(context, role, FONT.text, room), place.x, place.y - 2);
    return;
  }
  drawTitle(context, node.name, period, place.x, place.y - 9, down ? colours.soft : colours.ink);
  context.textAlign = "center";
  context.font = FONT.text;
  context.fillStyle = colours.soft;
  // A long word in a small card is set smaller, then closer, before anything of it is left out.
  const font = textWidth(context, role, FONT.text) > room ? FONT.small : FONT.text;
  context.font = font;
  // The middle of a card is wider than its rounded corners let the other lines be.
  const most = room + 8;
  context.fillText(fitText(context, role, font, most / CLOSEST), place.x, place.y + 8, most);
}

/**
 * The facts in one line: smaller before any is left out, and a fact is left out before one is cut.
 * @param {Context} context
 * @param {string[]} badges
 * @param {number} x
 * @param {number} y
 * @param {number} room
 */
function drawFacts(context, badges, x, y, room) {
  const line = (/** @type {number} */ count) => badges.slice(0, count).join(" · ") + (count < badges.length ? " …" : "");
  const font = textWidth(context, line(badges.length), FONT.text) > room ? FONT.small : FONT.text;
  let count = badges.length;
  while (count > 1 && textWidth(context, line(count), font) > room) count--;
  context.textAlign = "center";
  context.font = font;
  context.fillText(fitText(context, line(count), font, room), x, y);
}

/**
 * The name, and beside it the period: the two things everybody looks for first.
 * @param {Context} context
 * @param {string} name
 * @param {string} period
 * @param {number} x
 * @param {number} y
 * @param {string} colour
 */
function drawTitle(context, name, period, x, y, colour) {
  const nameWidth = textWidth(context, name, FONT.name);
  const gap = 7;
  const left = x - (nameWidth + gap + textWidth(context, period, FONT.period)) / 2;
  context.textAlign = "left";
  context.fillStyle = colour;
  context.font = FONT.name;
  context.fillText(name, left, y);
  context.font = FONT.period;
  context.fillText(period, left + nameWidth + gap, y);
}

/**
 * Icons sit on the card's upper edge, where nothing else stands.
 * @param {Context} context
 * @param {NodeState} node
 * @param {import("./layout.js").NodePlace} place
 * @param {Colours} colours
 */
function drawStateIcons(context, node, place, colours) {
  let x = place.x + place.w / 2 - 6;
  const y = place.y - place.h / 2;
  const put = (/** @type {string} */ name, /** @type {string} */ colour) => {
    context.beginPath();
    context.arc(x, y, 10.5, 0, 2 * Math.PI);
    context.fillStyle = colours.bg;
    context.fill();
    context.lineWidth = 1.4;
    context.strokeStyle = colour;
    context.stroke();
    drawIcon(context, name, x, y, 12, colour, 1.6);
    x -= 24;
  };
  if (node.status === "down") put("cross", colours.bad);
  if (node.status === "paused") put("pause", colours.ink);
  if (node.diskHeld) put("disk", colours.bad);
  if (node.clockRate !== 1000) {
    put("clock", colours.ink);
    const text = `×${node.clockRate / 1000}`;
    const w = textWidth(context, text, FONT.small) + 6;
    roundRect(context, x + 12 - w, y - 8, w, 16, 4);
    context.fillStyle = colours.bg;
    context.fill();
    context.fillStyle = colours.ink;
    context.textAlign = "left";
    context.font = FONT.small;
    context.fillText(text, x + 15 - w, y + 0.5);
  }
}

/**
 * One bar per armed timer on the lower edge, the soonest lowest; full when just armed.
 * @param {Context} context
 * @param {NodeState} node
 * @param {import("./layout.js").NodePlace} place
 * @param {number} nowMs
 * @param {Colours} colours
 */
function drawTimers(context, node, place, nowMs, colours) {
  const armed = node.timers.filter((timer) => timer.dueMs !== null);
  armed.sort((a, b) => (a.dueMs ?? 0) - (b.dueMs ?? 0));
  const room = place.w - 32;
  armed.slice(0, 2).forEach((timer, row) => {
    const left = Math.min(1, Math.max(0, ((timer.dueMs ?? 0) - nowMs) / Math.max(1, timer.spanMs)));
    const y = place.y + place.h / 2 - row * 5;
    context.lineCap = "round";
    context.lineWidth = row === 0 ? 4 : 2.5;
    context.strokeStyle = colours.line;
    stroke(context, place.x - room / 2, y, room);
    context.strokeStyle = node.status === "paused" ? colours.soft : colours.accent;
    if (left > 0.01) stroke(context, place.x - room / 2, y, room * left);
  });
}

/**
 * @param {Context} context
 * @param {number} x
 * @param {number} y
 * @param {number} length
 */
function stroke(context, x, y, length) {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + length, y);
  context.stroke();
}

/**
 * @param {Context} context
 * @param {NodeState} node
 * @param {import("./layout.js").NodePlace} place
 * @param {Colours} colours
 * @param {NodeStyle} style
 * @param {number} index
 */
function drawDot(context, node, place, colours, style, index) {
  const down = node.status === "down";
  const r = place.w / 2;
  const circle = (/** @type {number} */ radius) => {
    context.beginPath();
    context.arc(place.x, place.y, radius, 0, 2 * Math.PI);
  };
  if (style.selectedNode === index || style.hoveredNode === index) {
    circle(r + 6);
    context.lineWidth = style.selectedNode === index ? 2 : 1;
    context.strokeStyle = style.selectedNode === index ? colours.accent : colours.soft;
    context.stroke();
  }
  circle(r);
  context.fillStyle = style.touchedNode === index ? colours.mark : colours.panel;
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = down ? colours.soft : colours.ink;
  context.setLineDash(down ? [2, 3] : (DASHES[node.view.shape] ?? []).map((part) => part * 0.6));
  context.stroke();
  context.setLineDash([]);
  if (node.view.shape === "double" && !down) {
    circle(r + 3);
    context.stroke();
  }
  // There is no room for facts: a filled middle tells which nodes hold data at all.
  if (!down && node.view.data.length > 0) {
    circle(r * 0.5);
    context.fillStyle = colours.soft;
    context.fill();
  }
  if (down) drawIcon(context, "cross", place.x, place.y, Math.min(14, r * 1.5), colours.bad);
  else if (node.status === "paused") drawIcon(context, "pause", place.x, place.y, Math.min(14, r * 1.5), colours.ink);
  const isNamed = place.isNamed || style.selectedNode === index || style.hoveredNode === index;
  if (!isNamed) return;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.font = FONT.small;
  context.fillStyle = down ? colours.soft : colours.ink;
  context.fillText(node.name, place.nameX, place.nameY);
}

/**
 * @param {Context} context
 * @param {import("../types.js").ClientState[]} clients
 * @param {Layout} layout
 * @param {Colours} colours
 * @param {NodeStyle} style
 */
export function drawClients(context, clients, layout, colours, style) {
  clients.forEach((client, index) => {
    const place = layout.clients[index];
    if (!place) return;
    const circle = (/** @type {number} */ radius) => {
      context.beginPath();
      context.arc(place.x, place.y, radius, 0, 2 * Math.PI);
    };
    if (style.selectedClient === index) {
      circle(place.r + 6);
      context.lineWidth = 2;
      context.strokeStyle = colours.accent;
      context.stroke();
    }
    circle(place.r);
    context.fillStyle = colours.panel;
    context.fill();
    context.lineWidth = client.open ? 2.4 : 1.5;
    context.strokeStyle = colours.client;
    context.stroke();
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.font = FONT.name;
    context.fillStyle = colours.ink;
    context.fillText(client.name, place.x, place.y + 0.5);
    const room = layout.clientColumn - 4;
    const below = place.y + place.r + 15;
    context.font = FONT.small;
    if (client.open) {
      context.fillText(fitText(context, client.open.text, FONT.small, room), place.x, below);
      context.fillStyle = colours.soft;
      context.fillText(fitText(context, style.waitingWord, FONT.small, room), place.x, below + 14);
    } else if (client.last) {
      context.fillStyle = colours.soft;
      context.fillText(fitText(context, client.last.text, FONT.small, room), place.x, below);
      const outcome = client.last.outcome === null ? style.gaveUpWord : `→ ${client.last.outcome}`;
      context.fillStyle = client.last.outcome === null ? colours.bad : colours.ok;
      context.fillText(fitText(context, outcome, FONT.small, room), place.x, below + 14);
    } else {
      context.fillStyle = colours.soft;
      context.fillText(style.idleWord, place.x, below);
    }
  });
}
