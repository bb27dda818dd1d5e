// Rings around the nodes of each quorum that a formula speaks of; nodes in all of them wear every ring
// and a hatched diamond. Pure: context, sets, layout.

import { roundRect } from "./pen.js";

/** A ring's dashes tell the sets apart where colours do not. */
const DASHES = [[], [7, 4], [1.6, 4], [10, 3, 2, 3]];
const COLOURS = /** @type {const} */ (["accent", "vote", "append", "client"]);

/**
 * @param {import("./pen.js").Context} context
 * @param {import("../quorums.js").QuorumSets | null} quorums
 * @param {import("./layout.js").Layout} layout
 * @param {import("./pen.js").Colours} colours
 */
export function drawQuorums(context, quorums, layout, colours) {
  if (!quorums) return;
  const dot = layout.tier === "dot";
  context.save();
  context.lineWidth = 2;
  context.lineCap = "round";
  quorums.sets.forEach(({ members }, place) => {
    context.strokeStyle = colours[COLOURS[place % COLOURS.length]];
    context.setLineDash(DASHES[place % DASHES.length]);
    for (const node of members) ring(context, layout.nodes[node], dot, dot ? 4 + 4 * place : 7 + 5 * place);
  });
  context.setLineDash([]);
  for (const node of quorums.shared) {
    const at = layout.nodes[node];
    if (at) diamond(context, at.x - (dot ? 0 : at.w / 2 + 4), at.y - at.h / 2 - (dot ? 12 : 4), dot ? 5 : 9, colours);
  }
  context.restore();
}

/**
 * @param {import("./pen.js").Context} context
 * @param {import("./layout.js").NodePlace | undefined} place
 * @param {boolean} dot
 * @param {number} away
 */
function ring(context, place, dot, away) {
  if (!place) return;
  const { x, y, w, h } = place;
  if (dot) {
    context.beginPath();
    context.arc(x, y, w / 2 + away, 0, 2 * Math.PI);
  } else {
    roundRect(context, x - w / 2 - away, y - h / 2 - away, w + 2 * away, h + 2 * away, 14 + away);
  }
  context.stroke();
}

/**
 * @param {import("./pen.js").Context} context
 * @param {number} x
 * @param {number} y
 * @param {number} r
 * @param {import("./pen.js").Colours} colours
 */
function diamond(context, x, y, r, colours) {
  context.beginPath();
  context.moveTo(x - r, y);
  context.lineTo(x, y - r);
  context.lineTo(x + r, y);
  context.lineTo(x, y + r);
  context.closePath();
  context.fillStyle = colours.mark;
  context.fill();
  context.lineWidth = 1.5;
  context.strokeStyle = colours.ink;
  context.stroke();
  context.beginPath();
  for (const part of [1 / 3, 2 / 3]) {
    context.moveTo(x - r + r * part, y + r * part);
    context.lineTo(x + r * part, y - r + r * part);
  }
  context.lineWidth = 1;
  context.stroke();
}
