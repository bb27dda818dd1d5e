// Comparisons that are ready to watch. A new one is a line here and its words in the locale files,
// `compare.ready.ID` and `compare.ready.ID.watch`; one whose protocols are not there is not offered.
// The first is what a visitor without a link sees.

/**
 * `right` with `set` is the right column; `fromMs` is the moment at which it opens; `cut` is how many
 * nodes the slider cuts off.
 * @typedef {{id: string, left: string, right: string, set?: Record<string, string>, fromMs: number,
 *   cut: number, lines: string}} Ready
 */

const REGISTER = "nodes 5\nclients 3\nseed 11\nworkload register every 60..180";
const STORE = "nodes 5\nclients 3\nseed 4\nworkload database every 60..180";
const BANK = "nodes 5\nclients 3\nseed 5\nworkload bank every 200..400";
const SPLIT = "at 1500\npartition n1 n2\nat 2600\nheal";

/** @type {Ready[]} */
export const READY = [
  { id: "consensus", left: "raft", right: "abd", fromMs: 1300, cut: 2, lines: `${REGISTER}\n\n${SPLIT}` },
  { id: "leaders", left: "raft", right: "multi_paxos", fromMs: 1300, cut: 2, lines: `${STORE}\n\nat 1500\ncrash n4\nat 2600\nrestart n4` },
  { id: "reads", left: "raft", right: "raft", set: { reads: "lease" }, fromMs: 1300, cut: 2, lines: `${REGISTER}\n\n${SPLIT}` },
  { id: "loss", left: "multi_paxos", right: "abd", fromMs: 1300, cut: 1, lines: `${REGISTER}\nnetwork delay 10..30 loss 10%\n\nat 1500\ncrash n3` },
  { id: "quorums", left: "raft", right: "quorum", fromMs: 1300, cut: 2, lines: `${REGISTER}\n\n${SPLIT}` },
  { id: "gossip", left: "abd", right: "gossip", fromMs: 1300, cut: 2, lines: `${REGISTER}\n\n${SPLIT}` },
  { id: "commit", left: "two_phase_commit", right: "paxos_commit", fromMs: 300, cut: 1, lines: `${BANK}\n\nat 500\ncrash n1\nat 1600\nrestart n1` },
];
