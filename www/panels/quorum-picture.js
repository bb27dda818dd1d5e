// A formula's quorums drawn on a row of all nodes: a bracket for each, and a hatched diamond for every
// node that is in all of them. Pure: sets in, a picture out.

import { runs } from "../quorums.js";

/** @typedef {import("../quorums.js").QuorumSets} QuorumSets */

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 340;
const ROW = 25;
/** Names stand under the dots while each has this much room. */
const NAME_ROOM = 23;
/** Closer than this, dots would run into each other: one bar stands for all. */
const DOT_ROOM = 3;

/**
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {...(Element | string)} children
 */
function s(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/**
 * @param {QuorumSets} quorums
 * @param {number} count
 * @param {(node: number) => string} nameOf
 */
export function quorumPicture({ sets, shared }, count, nameOf) {
  const pitch = WIDTH / Math.max(1, count);
  const r = Math.max(1.1, Math.min(9, pitch * 0.34));
  const named = pitch >= NAME_ROOM;
  const above = Math.ceil(sets.length / 2) * ROW;
  const below = Math.floor(sets.length / 2) * ROW;
  const y = above + 4 + Math.max(r, 4);
  const under = y + Math.max(r, 4) + (named ? 18 : 4);
  const height = under + below + 2;
  const xOf = (/** @type {number} */ node) => (node + 0.5) * pitch;
  const inAll = new Set(shared);
  const parts = sets.flatMap((set, place) => {
    const isAbove = place % 2 === 0;
    const row = Math.floor(place / 2);
    const line = isAbove ? above - row * ROW : under + row * ROW + 5;
    return brackets(set, place, line, isAbove, pitch);
  });
  const nodes = pitch < DOT_ROOM ? bars(sets, shared, pitch, y)
    : Array.from({ length: count }, (_, node) => {
      const place = sets.findIndex(({ members }) => members.has(node));
      return inAll.has(node) ? diamond(xOf(node), y, r + (r > 4 ? 2 : 0.5))
        : s("circle", { cx: xOf(node), cy: y, r, class: place < 0 ? "dot out" : `dot quorum-${place % 4}` });
    });
  const names = named ? Array.from({ length: count }, (_, node) => s("text", {
    x: xOf(node), y: y + Math.max(r, 4) + 14, "text-anchor": "middle", class: inAll.has(node) ? "name shared" : "name",
  }, nameOf(node))) : [];
  return s("svg", { viewBox: `0 0 ${WIDTH} ${height}`, class: "quorum-picture", "aria-hidden": "true" },
    ...parts, ...nodes, ...names);
}

/**
 * A quorum's bracket, with its name and size at its outer end.
 * @param {import("../quorums.js").QuorumSet} set
 * @param {number} place
 * @param {number} line
 * @param {boolean} isAbove
 * @param {number} pitch
 */
function brackets({ name, size, members }, place, line, isAbove, pitch) {
  const pieces = runs(members);
  if (pieces.length === 0) return [];
  const tick = isAbove ? 4 : -4;
  const gap = Math.min(3, pitch * 0.15);
  const path = pieces.map(([first, last]) =>
    `M${first * pitch + gap} ${line + tick}V${line}H${(last + 1) * pitch - gap}V${line + tick}`).join("");
  const atRight = place % 2 === 1;
  const x = atRight ? (pieces[pieces.length - 1][1] + 1) * pitch - gap : pieces[0][0] * pitch + gap;
  // A label at the right is wider than a small quorum, so it grows to the left, and the other way.
  return [
    s("path", { d: path, class: `bracket quorum-${place % 4}` }),
    s("text", {
      x, y: isAbove ? line - 6 : line + 15, "text-anchor": atRight ? "end" : "start", class: "quorum-name",
    }, `${name} · ${size}`),
  ];
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} r
 */
function diamond(x, y, r) {
  const shape = `M${x - r} ${y}L${x} ${y - r}L${x + r} ${y}L${x} ${y + r}Z`;
  const hatch = r < 5 ? "" : [1 / 3, 2 / 3].map((t) =>
    `M${x - r + r * t} ${y + r * t}L${x + r * t} ${y - r + r * t}`).join("");
  return s("path", { d: shape + hatch, class: r < 5 ? "diamond small" : "diamond" });
}

/**
 * @param {import("../quorums.js").QuorumSet[]} sets
 * @param {number[]} shared
 * @param {number} pitch
 * @param {number} y
 */
function bars(sets, shared, pitch, y) {
  const bar = (/** @type {Iterable<number>} */ nodes, /** @type {number} */ half, /** @type {string} */ kind) =>
    runs(nodes).map(([first, last]) => s("rect", {
      x: first * pitch, y: y - half, width: (last - first + 1) * pitch, height: half * 2, class: kind,
    }));
  return [
    s("rect", { x: 0, y: y - 1, width: WIDTH, height: 2, class: "bar out" }),
    ...sets.flatMap(({ members }, place) => bar(members, 2, `bar quorum-${place % 4}`)),
    ...bar(shared, 4, "bar shared"),
  ];
}
