// The time axis: between two actions lies as much room as time passed, but never too little to tell
// them apart and never so much that nothing is left to see. Only what is near the window is worked out.

/** @typedef {{ branch: number, anchor: number, anchorX: number, zoom: number }} View
 * `anchor` is a moment and `anchorX` where it stands, in CSS pixels from the left edge of the plot. */

/**
 * Where moments stand. Moment m is the state after m actions.
 * @typedef {{ first: number, last: number, xs: Float64Array, ms: Float64Array }} Window
 */

const PIXELS_PER_MS = 1.5;
const STEP_MAX = 60;
export const ZOOM_MIN = 0.05;
export const ZOOM_MAX = 8;
/** Room before the first moment and after the last. */
export const EDGE = 14;

/**
 * The room for one action. @param {number} elapsedMs @param {number} zoom @param {number} stepMin
 */
export function stepWidth(elapsedMs, zoom, stepMin) {
  return Math.min(STEP_MAX, Math.max(stepMin, elapsedMs * PIXELS_PER_MS)) * zoom;
}

/**
 * Works out the moments within `margin` pixels of the plot, outwards from the view's anchor, keeps
 * the run inside the plot, and moves the anchor along so that the next time is as cheap.
 * @param {View} view
 * @param {{ width: number, margin: number, length: number, stepMin: number, endRoom: number,
 *   atMs: (index: number) => number }} plot `endRoom`: how much of the plot may stay empty at the end
 * @returns {Window}
 */
export function windowOf(view, { width, margin, length, stepMin, endRoom, atMs }) {
  view.anchor = Math.max(0, Math.min(view.anchor, length));
  const step = (/** @type {number} */ index) =>
    stepWidth(Math.max(0, atMs(index) - atMs(index - 1)), view.zoom, stepMin);

  /** @type {number[]} */
  const left = [];
  let first = view.anchor;
  for (let x = view.anchorX; first > 0 && x > -margin; ) {
    x -= step(first - 1);
    left.push(x);
    first--;
  }
  /** @type {number[]} */
  const right = [];
  let last = view.anchor;
  for (let x = view.anchorX; last < length && x < width + margin; ) {
    x += step(last);
    right.push(x);
    last++;
  }

  const count = last - first + 1;
  const xs = new Float64Array(count);
  const ms = new Float64Array(count);
  for (let place = 0; place < left.length; place++) xs[left.length - 1 - place] = left[place];
  xs[view.anchor - first] = view.anchorX;
  for (let place = 0; place < right.length; place++) xs[view.anchor - first + 1 + place] = right[place];
  for (let place = 0; place < count; place++) ms[place] = first + place === 0 ? 0 : atMs(first + place - 1);

  let shift = 0;
  if (last === length) shift = Math.max(0, width - Math.max(EDGE, endRoom) - xs[count - 1]);
  if (first === 0) shift = Math.min(shift, EDGE - xs[0]);
  if (first === 0 && xs[0] + shift > EDGE) shift = EDGE - xs[0];
  if (shift !== 0) {
    for (let place = 0; place < count; place++) xs[place] += shift;
    view.anchorX += shift;
  }
  const result = { first, last, xs, ms };
  if (view.anchorX < 0 || view.anchorX > width) {
    const middle = momentAt(result, width / 2);
    view.anchor = middle;
    view.anchorX = xs[middle - first];
  }
  return result;
}

/**
 * Where a moment stands; beyond the window only roughly.
 * @param {Window} window @param {number} moment
 */
export function xOf({ first, last, xs }, moment) {
  if (moment < first) return xs[0] - (first - moment) * 10;
  if (moment > last) return xs[xs.length - 1] + (moment - last) * 10;
  return xs[moment - first];
}

/** The moment nearest to a place. @param {Window} window @param {number} x */
export function momentAt({ first, xs }, x) {
  let low = 0, high = xs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle] < x) low = middle + 1;
    else high = middle;
  }
  if (low > 0 && x - xs[low - 1] < xs[low] - x) low--;
  return first + low;
}

/**
 * Where a time stands, between the moments around it.
 * @param {Window} window @param {number} time
 */
export function xOfTime({ xs, ms }, time) {
  let low = 0, high = ms.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ms[middle] < time) low = middle + 1;
    else high = middle;
  }
  if (low === 0 || ms[low] <= time) return xs[low];
  const part = (time - ms[low - 1]) / (ms[low] - ms[low - 1]);
  return xs[low - 1] + part * (xs[low] - xs[low - 1]);
}

/** The same zoom with a place held still. @param {View} view @param {Window} window @param {number} x @param {number} factor */
export function zoomAround(view, window, x, factor) {
  const moment = momentAt(window, x);
  const zoom = Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, view.zoom * factor));
  const at = xOf(window, moment);
  view.anchor = moment;
  view.anchorX = x + (at - x) * (zoom / view.zoom);
  view.zoom = zoom;
}
