// One picture of a run, in the order in which things lie on each other. The stage draws it on its canvas, and
// what is saved is drawn by the same calls: a pen is anything that has a canvas context's methods.

import { drawCuts } from "./cuts.js";
import { drawGhosts, drawLinks, drawMessages } from "./draw-messages.js";
import { drawClients, drawNodes } from "./draw-nodes.js";
import { drawQuorums } from "./draw-quorums.js";

/**
 * @typedef {object} Scene
 * @property {import("../types.js").Frame} frame
 * @property {import("../types.js").Sheet} sheet
 * @property {number} nowMs
 * @property {import("./layout.js").Layout} layout
 * @property {import("../theme.js").Colours} colours
 * @property {import("./cuts.js").CutShape[]} cuts
 * @property {string} cutWords
 * @property {import("./cuts.js").CutShape | null} hoveredCut
 * @property {import("./place.js").Rect[]} obstacles what lies over the picture
 * @property {import("./place.js").Placed[]} placed
 * @property {{hovered: number, selected: number, node: number}} focus
 * @property {ReturnType<import("./motion.js").Motion["liveGhosts"]>} ghosts
 * @property {(text: string) => number} measure
 * @property {import("./draw-nodes.js").NodeStyle} style
 * @property {import("../quorums.js").QuorumSets | null} quorums
 */

/**
 * @param {import("./pen.js").Context} pen
 * @param {Scene} scene
 */
export function drawScene(pen, { frame, sheet, nowMs, layout, colours, cuts, cutWords, hoveredCut, obstacles, placed, focus, ghosts, measure, style, quorums }) {
  drawLinks(pen, layout, colours);
  drawCuts(pen, cuts, layout, colours, cutWords, hoveredCut, obstacles);
  drawMessages(pen, placed, layout, colours, sheet, focus);
  drawGhosts(pen, ghosts, layout, colours, sheet, measure);
  drawNodes(pen, frame.nodes, layout, nowMs, colours, style);
  drawQuorums(pen, quorums, layout, colours);
  drawClients(pen, frame.clients, layout, colours, style);
}

/** Where captions of a cut lie: labels keep out of them. @param {import("./cuts.js").CutShape[]} cuts */
export const captionsOf = (cuts) => cuts.flatMap((cut) => (cut.kind === "line" && cut.caption ? [cut.caption] : []));

/**
 * The words that stand on nodes and clients.
 * @param {(key: string) => string} t
 * @param {import("../types.js").Sheet} sheet
 */
export function stageWords(t, sheet) {
  return {
    periodLetter: sheet.period.slice(0, 1).toUpperCase(),
    downWord: t("node.down"), pausedWord: t("node.paused"),
    waitingWord: t("client.waiting"), idleWord: t("client.idle"), gaveUpWord: t("client.noAnswer"),
  };
}
