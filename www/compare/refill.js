// Making the content of an element anew without taking the focus away from whoever works in it.

import { fill } from "../dom.js";

/** @typedef {import("../dom.js").Child} Child */

/**
 * Replaces everything inside an element; what has the focus there keeps it, known by its id.
 * @param {Element} element
 * @param {() => Child[]} make
 */
export function refill(element, make) {
  // What is seen for the first time is seen at once.
  if (!element.hasChildNodes()) {
    fill(element, make());
    return;
  }
  // A field that is left by Tab tells of its change before the focus has moved on to the next.
  window.setTimeout(() => {
    const focused = element.contains(document.activeElement) ? document.activeElement?.id : "";
    fill(element, make());
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }, 0);
}
