// The faults of a run, read from its record: crashes, disks, cuts and clocks.

/** The first and the last code of an action that is a fault. */
const CODES = { first: 6, last: 18 };
const ROW = 9;
const AT = 0;
const CODE = 1;

/** @typedef {{at: number, index: number}} Fault */

/**
 * @param {any} playground
 * @returns {Fault[]} those to the end of the present branch
 */
export function faultsOf(playground) {
  const { branch, length } = playground.cursor();
  const rows = playground.diagram(branch, 0, length);
  /** @type {Fault[]} */
  const faults = [];
  for (let index = 0; index * ROW < rows.length; index++) {
    const code = rows[index * ROW + CODE];
    if (code >= CODES.first && code <= CODES.last) faults.push({ at: rows[index * ROW + AT], index });
  }
  return faults;
}
