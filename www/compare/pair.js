// Makes the two runs of a comparison: the left one, and the same scenario for the protocol on the right.

import { isCoreError } from "../core.js";
import { opened } from "./load.js";
import { orderedPartners } from "./partners.js";

/**
 * @typedef {import("../core.js").Engine} Engine
 * @typedef {import("../types.js").CoreError} CoreError
 * @typedef {Record<string, string>} Settings
 * @typedef {{left: any, partner: any, transferred: Settings, problem: CoreError | null}} Pair `transferred`
 *   are the settings that the right run has without a word; `problem` says why it is missing
 */

/**
 * @param {Engine} engine
 * @param {{make: () => any, right: string | null, settings: Settings, whole: boolean}} request as in
 *   `Comparison.open`
 * @param {(key: string) => string} t
 * @returns {Promise<Pair>}
 */
export async function makePair(engine, { make, right, settings, whole }, t) {
  const left = await opened(make);
  try {
    if (left.about().pace === "at-random") throw refused("no-common-clock", t("compare.random"));
    /** @type {unknown} */
    let problem = null;
    for (const id of right ? [right] : orderedPartners(left.about().protocol)) {
      try {
        return { left, ...(await transfer(engine, left, id, settings)), problem: null };
      } catch (error) {
        if (!isCoreError(error)) throw error;
        problem ??= error;
      }
    }
    problem ??= refused("no-partner", t("compare.noPartner"));
    if (whole) throw problem;
    return { left, partner: null, transferred: {}, problem: /** @type {CoreError} */ (problem) };
  } catch (error) {
    left.free();
    throw error;
  }
}

/**
 * @param {string} code
 * @param {string} message
 * @returns {CoreError}
 */
function refused(code, message) {
  return { kind: "refused", code, message };
}

/**
 * @param {Engine} engine
 * @param {any} left
 * @param {string} id
 * @param {Settings} settings
 */
async function transfer({ Playground }, left, id, settings) {
  let text = withoutTail(await opened(() => left.forProtocol(id)));
  let partner = await opened(() => Playground.fromText(text));
  const transferred = settingsOf(partner);
  for (const [name, value] of Object.entries(settings)) {
    if (transferred[name] === value) continue;
    try {
      text = partner.changed(`set ${name} ${value}`);
    } finally {
      partner.free();
    }
    partner = await opened(() => Playground.fromText(text));
  }
  return { partner, transferred };
}

/**
 * A scenario without the time that passes at its end: it passes by itself, and a step for it would be
 * an action that the other run has not.
 * @param {string} text
 */
function withoutTail(text) {
  return text.replace(/(\n(at|run) \d+)+\s*$/, "\n");
}

/** @param {any} playground @returns {Settings} */
export function settingsOf(playground) {
  return Object.fromEntries(playground.about().settings.map((/** @type {{id: string, value: string}} */ { id, value }) => [id, value]));
}
