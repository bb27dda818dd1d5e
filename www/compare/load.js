// The two doors to the core that this page goes through: making a playground, and the list of what
// there is. Both may take a while: a protocol's code may have to be fetched first.

/** @typedef {import("../core.js").Engine} Engine */
/** @typedef {{id: string, title: string}} ProtocolEntry */

/** Reading the list takes the core some milliseconds, and it is always the same. @type {ProtocolEntry[] | null} */
let known = null;

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
 * The protocols that there are, in the order of their scenarios.
 * @param {Engine} engine
 * @returns {ProtocolEntry[]}
 */
export function protocols(engine) {
  if (known) return known;
  /** @type {Map<string, string>} */
  const titles = new Map();
  for (const { protocol, protocolTitle } of engine.scenarios()) titles.set(protocol, protocolTitle);
  return (known = [...titles].map(([id, title]) => ({ id, title })));
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
