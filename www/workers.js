// Starts what works beside the page and adds styles, from files of their own. Where there is only one file,
// other ways take the place of these (www/packed/).

import { EXPLORE, JUDGE } from "./root.js";

const JUDGING = new URL("judge-worker.js", JUDGE);

/** A worker that judges histories. */
export function judgingWorker() {
  return new Worker(JUDGING, { type: "module" });
}

/** The same without a worker: the page does it. */
export function judgingHere() {
  return /** @type {Promise<typeof import("./judge/judge-worker.js")>} */ (import(/** @type {any} */ (JUDGING.href)));
}

/** A worker that searches. */
export function searchWorker() {
  return new Worker(new URL("worker.js", EXPLORE), { type: "module" });
}

/**
 * The styles of a part of the page that comes later.
 * @param {URL} folder
 * @param {string} name
 */
export function addStyles(folder, name) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL(name, folder).href;
  document.head.append(link);
}
