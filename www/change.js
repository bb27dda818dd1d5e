// Changes one line of a scenario's header, such as a setting or the number of nodes, and opens what it
// makes. What was open before can be brought back.

import { isCoreError } from "./core.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {{link: string, text: string, scenarioId: string | null, ownWork: boolean}} Former */

/** The runs that changes took the place of, the last one last. @type {WeakMap<App, Former[]>} */
const formerRuns = new WeakMap();
const FORMER_MAX = 20;

/**
 * Opens the scenario with that line. Whether it played, how, and what was selected stays.
 * @param {App} app
 * @param {string} line such as `set write-quorum 2`
 * @param {boolean} [plays] whether to play what stood still: what was asked for shows only then
 * @returns {Promise<string | null>} why it is impossible, in words; then nothing has changed
 */
export async function changeLine(app, line, plays = false) {
  watch(app);
  const runs = formerRuns.get(app) ?? [];
  try {
    const text = app.playground.changed(line);
    const former = keep(app);
    await opening(app, () => app.openText(text), plays);
    // One line is no work yet: it must not take the place of what is kept.
    app.ownWork = false;
    formerRuns.set(app, [...runs, former].slice(-FORMER_MAX));
  } catch (error) {
    if (isCoreError(error)) return app.say(error.message);
    app.onPanic(error);
    return "";
  }
  app.emit("line", line);
  return null;
}

/**
 * How many changes can be taken back.
 * @param {App} app
 */
export function formerCount(app) {
  return formerRuns.get(app)?.length ?? 0;
}

/**
 * Brings back the run before the last change, at the moment it stood at.
 * @param {App} app
 */
export async function takeBack(app) {
  const runs = formerRuns.get(app) ?? [];
  const former = runs.at(-1);
  if (!former) return;
  try {
    await opening(app, () => (former.link ? app.openLink(former.link) : app.openText(former.text)));
    app.ownWork = former.ownWork;
    app.scenarioId = former.scenarioId;
    formerRuns.set(app, runs.slice(0, -1));
  } catch (error) {
    if (!isCoreError(error)) throw error;
    app.toast(app.say(error.message), "bad");
  }
  app.emit("line", "");
}

/** The apps that are opening a changed line of the same scenario. @type {WeakSet<App>} */
const changing = new WeakSet();
/** @type {WeakSet<App>} */
const watched = new WeakSet();

/**
 * Opening something else ends what can be taken back: it is kept, or not, as everywhere.
 * @param {App} app
 */
function watch(app) {
  if (watched.has(app)) return;
  watched.add(app);
  app.on("open", () => {
    if (!changing.has(app)) formerRuns.delete(app);
  });
}

/**
 * @param {App} app
 * @returns {Former}
 */
function keep(app) {
  // Saved as what it is, before opening says that the next one is somebody's own.
  app.emit("closing");
  app.keepSafe(true);
  return { link: app.safeLink, text: app.safeText, scenarioId: app.scenarioId, ownWork: app.ownWork };
}

/**
 * @param {App} app
 * @param {() => unknown} open may return a promise
 * @param {boolean} [plays]
 */
async function opening(app, open, plays = false) {
  const { selection } = app;
  const playing = app.playing || plays;
  changing.add(app);
  try {
    await open();
  } finally {
    changing.delete(app);
  }
  if (playing && !app.stillness) app.play();
  else if (!playing) app.pause();
  const { nodes, clients } = app.frame;
  const there = selection?.type === "node" ? selection.node < nodes.length
    : selection?.type === "client" && selection.client < clients.length;
  if (there) app.select(selection);
}
