// How settings are written in a scenario's header, and read from what the core tells of it. Pure: the
// header's own words in and out.

/** @typedef {{low: number, high: number, loss: string, duplicate: string, ordered: boolean}} Network */
/** @typedef {{id: string, low: number, high: number}} Workload an empty id is none */

/** How long clients rest where nobody says otherwise. */
const REST = { low: 100, high: 300 };

/**
 * @param {string} text such as `delay 10..30 loss 5% ordered`
 * @returns {Network}
 */
export function readNetwork(text) {
  const [, low, high] = /delay (\d+)(?:\.\.(\d+))?/.exec(text) ?? ["", "0", "0"];
  const share = (/** @type {string} */ name) => new RegExp(`${name} ([\\d.]+)%`).exec(text)?.[1] ?? "0";
  return {
    low: Number(low), high: Number(high ?? low), loss: share("loss"), duplicate: share("duplicate"),
    ordered: /\bordered\b/.test(text),
  };
}

/** @param {Network} network */
export function networkLine({ low, high, loss, duplicate, ordered }) {
  const share = (/** @type {string} */ text) => `${text.trim().replace(",", ".") || "0"}%`;
  return `network delay ${low}..${high} loss ${share(loss)} duplicate ${share(duplicate)}${ordered ? " ordered" : ""}`;
}

/**
 * @param {string | null} text such as `queue every 100..300`
 * @returns {Workload}
 */
export function readWorkload(text) {
  const [, id, low, high] = /^(\S+)(?: every (\d+)\.\.(\d+))?/.exec(text ?? "") ?? [];
  return { id: id ?? "", low: Number(low ?? REST.low), high: Number(high ?? REST.high) };
}

/** @param {Workload} workload */
export function workloadLine({ id, low, high }) {
  return id === "" ? "workload none" : `workload ${id} every ${low}..${high}`;
}

/**
 * The ends of a span after one of them was changed: the other goes along where it must.
 * @param {{low: number, high: number}} span
 * @param {"low"|"high"} end
 * @param {number} value
 */
export function moveEnd({ low, high }, end, value) {
  return end === "low" ? { low: value, high: Math.max(value, high) } : { low: Math.min(low, value), high: value };
}
