// Whether the page around an embedded run is light or dark. Colours follow the color-scheme that the page
// declares, by `light-dark()`; only canvases, and pages that are dark without declaring it, need more.

/** From this brightness on a background counts as light; 0 is black, 1 white. */
const LIGHT = 0.4;

/** @type {Set<() => void>} */
const callbacks = new Set();
let asked = false;

/**
 * Calls back whenever the page around may have changed its colours.
 * @param {() => void} callback
 * @returns {() => void} stops it
 */
export function watchHostTheme(callback) {
  callbacks.add(callback);
  watch();
  return () => {
    callbacks.delete(callback);
  };
}

let watched = false;

/** One set of watchers for all elements of a page. */
function watch() {
  if (watched) return;
  watched = true;
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);
  const observer = new MutationObserver(tell);
  for (const element of [document.documentElement, document.body]) observer.observe(element, { attributes: true });
}

function tell() {
  if (asked) return;
  asked = true;
  // After the styles have been worked out, and once for all changes of a frame.
  requestAnimationFrame(() => {
    asked = false;
    for (const callback of callbacks) callback();
  });
}

/**
 * The scheme that the page around does not declare but shows: dark where an element lies on a dark
 * background and nothing says so; empty otherwise.
 * @param {HTMLElement} element
 * @returns {"dark"|""}
 */
export function undeclaredScheme(element) {
  if (getComputedStyle(element).colorScheme !== "normal") return "";
  for (let at = element.parentElement; at; at = at.parentElement) {
    const parts = getComputedStyle(at).backgroundColor.match(/[\d.]+/g)?.map(Number) ?? [];
    const [red, green, blue, alpha = 1] = parts;
    if (parts.length < 3 || alpha < 0.5) continue;
    return (0.3 * red + 0.59 * green + 0.11 * blue) / 255 < LIGHT ? "dark" : "";
  }
  return "";
}
