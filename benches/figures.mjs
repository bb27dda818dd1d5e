// What the scripts here have in common: the statistics, and the line of JSON that a figure is.

/** @param {number[]} values */
export const median = (values) => quantile(values, 0.5);

/** @param {number[]} values */
export const worst = (values) => quantile(values, 1);

/**
 * The value that a part of all values does not exceed.
 * @param {number[]} values
 * @param {number} part from 0 to 1
 */
export function quantile(values, part) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
}

/**
 * @param {string} name
 * @param {number} value
 * @param {string} unit
 * @param {string} note
 */
export function print(name, value, unit, note) {
  console.log(JSON.stringify({ name, value, unit, note }));
}
