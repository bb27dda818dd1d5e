// Starts what works beside the page, from files of their own. Where there is only one file, other ways take
// the place of these (www/packed/).

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

/** The styles of the panel that shows verdicts. */
export function addJudgingStyles() {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("judge.css", JUDGE).href;
  document.head.append(link);
}
