// The doors to the core that the comparison goes through: the core itself, making a playground, and
// the list of what there is. Each may take a while: code and list may have to be fetched first.

import { engine, fetchMore, loaded, scenarioList, start as startCore } from "../engine.js";
import { addWords, fetchWords } from "../i18n.js";
import english from "../locale/en.compare.js";

/** @typedef {{id: string, title: string}} ProtocolEntry */

export { engine, loaded as opened };

addWords(english, () => import("../locale/zh.compare.js"));

/** @type {ProtocolEntry[]} */
let known = [];

/**
 * Loads the core, and learns which protocols there are, in the order of their scenarios. The titles
 * that go into links are needed in both languages.
 */
export async function start() {
  const [list] = await Promise.all([scenarioList(), startCore(), fetchWords("zh"), fetchMore()]);
  /** @type {Map<string, string>} */
  const titles = new Map();
  for (const { protocol, protocolTitle } of list) titles.set(protocol, protocolTitle);
  known = [...titles].map(([id, title]) => ({ id, title }));
}

/** The protocols that there are. */
export function protocols() {
  return known;
}

/**
 * Runs `use` with a playground that is given back afterwards.
 * @template T
 * @param {() => any} make
 * @param {(draft: any) => T} use
 * @returns {Promise<T>}
 */
export async function withDraft(make, use) {
  const draft = await loaded(make);
  try {
    return await loaded(() => use(draft));
  } finally {
    draft.free();
  }
}
