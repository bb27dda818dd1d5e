// Which nodes a formula's quorums are, when they are as far apart as they can be. Pure: sizes and a
// number of nodes in, sets of nodes out.

/** @typedef {import("./types.js").Quorum} Quorum */

/**
 * @typedef {{name: string, size: number, members: Set<number>}} QuorumSet
 * @typedef {{sets: QuorumSet[], shared: number[]}} QuorumSets what the quorums are, and who is in all
 */

/**
 * The first quorum from the left, the second from the right. Of more than two, the nodes that each
 * leaves out stand side by side, so that as few as possible are in all.
 * @param {Quorum[]} quorums
 * @param {number} count
 * @returns {QuorumSets}
 */
export function quorumSets(quorums, count) {
  let after = 0;
  const sets = quorums.map(({ name, size }, place) => {
    const missing = count - Math.min(size, count);
    const from = place === 0 ? count - missing : after;
    if (place > 0) after += missing;
    /** @type {Set<number>} */
    const members = new Set();
    for (let node = 0; node < count; node++) {
      if ((((node - from) % count) + count) % count >= missing) members.add(node);
    }
    return { name, size, members };
  });
  const shared = sets.length < 2 ? []
    : [...sets[0].members].filter((node) => sets.every(({ members }) => members.has(node)));
  return { sets, shared };
}

/**
 * Neighbours put together: 0, 1, 2, 5 as [0, 2] and [5, 5].
 * @param {Iterable<number>} nodes in order
 * @returns {[number, number][]}
 */
export function runs(nodes) {
  /** @type {[number, number][]} */
  const found = [];
  for (const node of nodes) {
    const last = found.at(-1);
    if (last && last[1] === node - 1) last[1] = node;
    else found.push([node, node]);
  }
  return found;
}

/**
 * The names of nodes, long runs shortened: `n1, n2` or `n1–n40`.
 * @param {Iterable<number>} nodes
 * @param {(node: number) => string} nameOf
 */
export function namesOf(nodes, nameOf) {
  return runs(nodes)
    .flatMap(([first, last]) => (last - first < 3
      ? Array.from({ length: last - first + 1 }, (_, at) => nameOf(first + at))
      : [`${nameOf(first)}–${nameOf(last)}`]))
    .join(", ");
}
