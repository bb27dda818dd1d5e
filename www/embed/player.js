// Begins an embedded run: fetches what all of a page share and what the run needs, all at once, and says of it
// what is known while the core is on its way. Fetched when the first element of a page comes into view.

import { fetchProtocol, scenarioText, start } from "../engine.js";
import { addWords, fetchWords } from "../i18n.js";
import english from "../locale/en.embed.js";
import { breath } from "../page.js";
import { Player } from "./run.js";
import { sheetText } from "./sheet.js";

/** @typedef {import("./attributes.js").Asked} Asked */

// Tests go through here to a defect.
export { lastPanic, panicOnPurpose } from "../../pkg/consensus_playground.js";

addWords(english, () => import("../locale/zh.embed.js"));

// What all elements of a page share.
/** @type {Promise<unknown> | null} */
let core = null;
/** @type {Promise<CSSStyleSheet> | null} */
let styles = null;

function fetchCore() {
  core ??= start();
  core.catch(() => (core = null));
  return core;
}

function fetchStyles() {
  styles ??= sheetText().then((text) => new CSSStyleSheet().replace(text));
  styles.catch(() => (styles = null));
  return styles;
}

/**
 * Begins to fetch what will be shown while the core is on its way.
 * @param {Asked} asked
 * @returns {Promise<string | null>} the scenario's text, where it has one that can be had now
 */
async function fetchShown({ source }) {
  const text = source?.kind === "text" ? source.text : null;
  const protocol = source?.kind === "preset" ? source.id.split("/")[0] : /^protocol (\w+)$/m.exec(text ?? "")?.[1];
  // What fails is told when it is asked for again.
  if (protocol) fetchProtocol(protocol).catch(() => {});
  return source?.kind === "preset" ? scenarioText(source.id).catch(() => null) : text;
}

/**
 * @param {HTMLElement} element
 * @param {HTMLElement} frame in its shadow root
 * @param {Asked} asked
 * @param {() => boolean} isOver whether nobody waits for it any more
 * @returns {Promise<Player | null>}
 */
export async function createPlayer(element, frame, asked, isOver) {
  const [coreComes, textComes] = [fetchCore(), fetchShown(asked)];
  // The page around may draw and answer between the steps.
  const [sheet] = await Promise.all([fetchStyles(), fetchWords(asked.spoken).catch(() => {}), breath()]);
  if (isOver()) return null;
  const root = /** @type {ShadowRoot} */ (frame.getRootNode());
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  const player = new Player(element, frame, asked);
  try {
    void textComes.then((text) => player.announce(text));
    await Promise.all([coreComes, breath()]);
    await breath();
    if (!isOver()) await player.open();
  } catch (error) {
    player.close();
    throw error;
  }
  if (!isOver()) return player;
  player.close();
  return null;
}
