// The ladder of budgets up to the one that was asked for: small ones are searched first and in no time,
// so what is found needs few surprises; and a budget that was searched to the end covers all within it.

/** @typedef {Record<string, number>} Budget numbers by kind of surprise */

/** With more budgets than this, all kinds rise together. */
const RUNGS_MAX = 24;

/**
 * @param {Budget} budget the largest
 * @returns {Budget[]} from the smallest to the largest
 */
export function ladder(budget) {
  const kinds = Object.keys(budget).filter((kind) => budget[kind] > 0);
  const count = kinds.reduce((product, kind) => product * (budget[kind] + 1), 1);
  if (count > RUNGS_MAX) {
    const most = Math.max(...kinds.map((kind) => budget[kind]));
    return Array.from({ length: most }, (_, at) => Object.fromEntries(kinds.map((kind) => [kind, Math.min(at + 1, budget[kind])])));
  }
  /** @type {Budget[]} */
  let rungs = [{}];
  for (const kind of kinds) {
    rungs = rungs.flatMap((rung) => Array.from({ length: budget[kind] + 1 }, (_, number) => ({ ...rung, [kind]: number })));
  }
  // Sorting is stable: what is named first rises last.
  return rungs.sort((one, other) => surprises(one) - surprises(other));
}

/** @param {Budget} budget */
export function surprises(budget) {
  return Object.values(budget).reduce((sum, number) => sum + number, 0);
}

/** Whether every run of one is a run of the other. @param {Budget} one @param {Budget} other */
export function isWithin(one, other) {
  return Object.entries(one).every(([kind, number]) => number <= (other[kind] ?? 0));
}

/** As a request's line has it. @param {Budget} budget */
export function budgetLine(budget) {
  const parts = Object.entries(budget).filter(([, number]) => number > 0);
  return parts.map(([kind, number]) => `${kind}=${number}`).join(",");
}
