// Where the present moment stands in the window, and how far the window moves to keep it in sight.

import { stepWidth, xOf } from "./warp.js";

/** Where the playhead stands while the run goes on, as a part of the width. */
export const FOLLOW_AT = 0.74;
/** How much of the way is made up per frame, so that the diagram glides instead of jumping. */
const GLIDE = 0.18;
/** Nearer to an edge than this, what comes next cannot be seen. */
const SIGHT = 24;

/**
 * Between two actions as far as time has passed.
 * @param {import("./warp.js").Window} window
 * @param {{ index: number, length: number, nowMs: number, zoom: number }} present
 */
export function playheadIn(window, { index, length, nowMs, zoom }) {
  const here = xOf(window, index);
  if (index < window.first || index > window.last) return here;
  const at = window.ms[index - window.first];
  const passed = nowMs - at;
  if (passed < 0 && index > window.first) {
    // A step glides from the moment before.
    const before = window.ms[index - 1 - window.first];
    const part = at > before ? Math.max(0, (nowMs - before) / (at - before)) : 1;
    const former = xOf(window, index - 1);
    return former + (here - former) * Math.min(1, part);
  }
  if (passed <= 0) return here;
  if (index < Math.min(length, window.last)) {
    const gap = window.ms[index + 1 - window.first] - at;
    return here + (xOf(window, index + 1) - here) * (gap > 0 ? Math.min(1, passed / gap) : 0);
  }
  return here + stepWidth(passed, zoom, 0);
}

/** @param {number} x the playhead @param {number} width @param {boolean} stillness */
export function shiftWhilePlaying(x, width, stillness) {
  const over = x - width * FOLLOW_AT;
  if (x < 0 || x > width) return over;
  return over <= 0 ? 0 : stillness ? over : over * GLIDE;
}

/** After a jump. @param {number} x the playhead @param {number} width */
export function shiftIntoSight(x, width) {
  if (x < SIGHT) return x - width * 0.3;
  return x > width - SIGHT ? x - width * FOLLOW_AT : 0;
}
