// The doors to the core that the comparison goes through: the core itself, making a playground, and
// the list of what there is. Each may take a while: code and list may have to be fetched first.

import init, * as core from "../../pkg/consensus_playground.js";

/** @typedef {import("../core.js").Engine} Engine */
/** @typedef {{id: string, title: string}} ProtocolEntry */

export const engine = /** @type {Engine} */ (/** @type {unknown} */ (core));

/** @type {ProtocolEntry[]} */
let known = [];

/** Loads the core, and learns which protocols there are, in the order of their scenarios. */
export async function start() {
  await init();
  /** @type {Map<string, string>} */
  const titles = new Map();
  for (const { protocol, protocolTitle } of engine.scenarios()) titles.set(protocol, protocolTitle);
  known = [...titles].map(([id, title]) => ({ id, title }));
}

/** The protocols that there are. */
export function protocols() {
  return known;
}

/**
 * Runs what needs a protocol's code.
 * @template T
 * @param {() => T} make
 * @returns {Promise<T>}
 */
export async function opened(make) {
  return make();
}

/**
 * Runs `use` with a playground that is given back afterwards.
 * @template T
 * @param {() => any} make
 * @param {(draft: any) => T} use
 * @returns {Promise<T>}
 */
export async function withDraft(make, use) {
  const draft = await opened(make);
  try {
    return await opened(() => use(draft));
  } finally {
    draft.free();
  }
}
