// A found run as it is sent to others: under a title that says what it shows, and at its end, in a sentence,
// why. Both are lines of the scenario, so that text, link and transcript hold them.

import { transcriptOf } from "../../pkg/consensus_playground.js";
import { fetchMore, loaded } from "../engine.js";
import { goalWords } from "./explore-parts.js";
import { plain } from "./parts.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../explore/search.js").Story} Story */
/** @typedef {import("../explore/search.js").View} View */

/**
 * @param {App} app
 * @param {{text: string, lines: string[], from: import("../explore/search.js").From}} asked
 * @param {Story} story as the search tells it
 * @param {View} view
 * @returns {Promise<Story>}
 */
export async function titled(app, { text: begun, lines, from }, story, { property, why }) {
  const [language, { sheet }] = [app.language === "zh" ? ".zh" : "", from];
  const invariant = sheet.invariants.find(({ id }) => id === property);
  const title = invariant ? app.t("explore.title.breaks", { property: plain(invariant.id, sheet) })
    : app.t("explore.title.reaches", { goal: goalWords(app, lines) });
  const [header, steps] = parts(story.text);
  if (!header.some((line) => /^title[ .]/.test(line))) header.splice(1, 0, `title${language} ${title}`);
  // What was done before the search, and what it found; what becomes of it stands behind.
  const note = property && why ? app.say(why) : app.t("explore.reached", { goal: goalWords(app, lines) });
  steps.splice(parts(begun)[1].length + story.lines.length, 0, `note${language} ${note}`);
  const text = [...header, "", ...steps, ""].join("\n");
  await fetchMore();
  const playground = await loaded(() => app.engine.Playground.fromText(text));
  const link = playground.link(true);
  playground.free();
  return { ...story, text, link, transcript: transcriptOf(text) };
}

/** The lines of a scenario's header, and those of its steps. @param {string} text @returns {[string[], string[]]} */
function parts(text) {
  const all = text.trimEnd().split("\n");
  const end = all.indexOf("");
  return end < 0 ? [all, []] : [all.slice(0, end), all.slice(end + 1)];
}
