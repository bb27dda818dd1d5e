// Builds elements without innerHTML, and the page's icons as inline SVG (font glyphs are empty boxes
// on machines that lack the font).

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * An element. In `properties`, `class` and attributes are set as attributes, `on…` functions become
 * listeners (`onclick`), `data` fills `dataset`, booleans add or leave out an attribute, and
 * `style` is an object of style properties (set from JavaScript, which the page's CSP allows).
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, any> | null} [properties]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on") && typeof value === "function") {
      element.addEventListener(name.slice(2), value);
    } else if (name === "data") {
      Object.assign(element.dataset, value);
    } else if (name === "style") {
      Object.assign(element.style, value);
    } else {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  append(element, children);
  return element;
}

/**
 * @param {Element} element
 * @param {(Child | Child[])[]} children
 */
function append(element, children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/**
 * What has the focus in the tree that something stands in, which may be a shadow root.
 * @param {Node} node
 */
export function activeBeside(node) {
  return /** @type {Document | ShadowRoot} */ (node.getRootNode()).activeElement;
}

/**
 * Replaces everything inside an element.
 * @param {Element} element
 * @param {...(Child | Child[])} children
 */
export function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

/**
 * The icons, drawn by stroke in a box of 16 × 16. The stage draws the same paths on its canvas.
 * @type {Record<string, string>}
 */
export const ICON_PATHS = {
  play: "M5 3.2v9.6l7.6-4.8z",
  pause: "M5.5 3.5v9M10.5 3.5v9",
  start: "M4 3.5v9M12.5 3.8v8.4L6.5 8z",
  "step-back": "M10.5 3.5 6 8l4.5 4.5",
  "step-forward": "M5.5 3.5 10 8l-4.5 4.5",
  chevron: "M6 4l4 4-4 4",
  down: "M4 6l4 4 4-4",
  share: "M8 10V2.5M5 5l3-3 3 3M3.5 8v5.5h9V8",
  sun: "M8 5.2a2.8 2.8 0 1 1 0 5.6a2.8 2.8 0 1 1 0-5.6M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.1 1.1M11.9 11.9 13 13M13 3l-1.1 1.1M4.1 11.9 3 13",
  moon: "M13 9.6A5.6 5.6 0 1 1 6.4 3a4.5 4.5 0 0 0 6.6 6.6z",
  auto: "M8 2.2a5.8 5.8 0 1 1 0 11.6a5.8 5.8 0 1 1 0-11.6M8 2.2v11.6M10 3v10M12 4.2v7.6",
  help: "M5.6 6a2.4 2.4 0 1 1 3.4 2.2c-.7.3-1 .8-1 1.5M8 12.4v.2",
  cross: "M4 4l8 8M12 4l-8 8",
  check: "M3 8.5l3.2 3.2L13 4.8",
  warning: "M8 2.2 14.5 13.5h-13zM8 6.4v3.2M8 11.6v.2",
  message: "M2.5 4h11v8h-11zM2.5 4.4 8 8.6l5.5-4.2",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  delay: "M8 2.2a5.8 5.8 0 1 1 0 11.6a5.8 5.8 0 1 1 0-11.6M8 4.8V8l2.2 1.6",
  clock: "M8 2.2a5.8 5.8 0 1 1 0 11.6a5.8 5.8 0 1 1 0-11.6M8 4.8V8l2.2 1.6",
  timer: "M5 2h6M5 14h6M5.6 2c0 3 4.8 3.6 4.8 6s-4.8 3-4.8 6M10.4 2c0 3-4.8 3.6-4.8 6s4.8 3 4.8 6",
  disk: "M3 4.4c0-2.4 10-2.4 10 0v7.2c0 2.4-10 2.4-10 0zM3 4.4c0 2.4 10 2.4 10 0",
  cut: "M8 1.5v2M8 6v4M8 12.5v2M2 8h3M11 8h3",
  link: "M6.6 9.4l2.8-2.8M7.4 4.6l1.6-1.6a2.8 2.8 0 0 1 4 4l-1.6 1.6M8.6 11.4 7 13a2.8 2.8 0 0 1-4-4l1.6-1.6",
  restart: "M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3",
  inbox: "M2 9.5h3.4L6.6 11h2.8l1.2-1.5H14M2 9.5 4 3h8l2 6.5V13H2z",
  person: "M8 2.5a2.6 2.6 0 1 1 0 5.2a2.6 2.6 0 1 1 0-5.2M3 14c0-5 10-5 10 0",
  command: "M3 4.5 6.5 8 3 11.5M8 12h5",
  more: "M3 8h.2M8 8h.2M13 8h.2",
  history: "M3 8a5 5 0 1 0 1.6-3.7M3 2v3h3M8 5.2V8l2 1.4",
  download: "M8 2.5V10M5 7l3 3 3-3M3 13.5h10",
  search: "M7 2.8a4.2 4.2 0 1 1 0 8.4a4.2 4.2 0 1 1 0-8.4M10.2 10.2 13.5 13.5",
  columns: "M2.5 3.5h4v9h-4zM9.5 3.5h4v9h-4z",
  steps: "M2.5 13.5h3v-3.5h3.5V6.5h3.5V3h1.5",
  fork: "M4 2.5v11M4 9c0-3 8-2 8-6.5",
};

const FILLED = new Set(["play"]);

/**
 * An inline SVG icon, hidden from screen readers: its button carries the words.
 * @param {string} name one of ICON_PATHS
 * @param {number} [size] in px
 * @returns {SVGSVGElement}
 */
export function icon(name, size = 16) {
  const svg = document.createElementNS(SVG, "svg");
  const attributes = {
    viewBox: "0 0 16 16", width: size, height: size, fill: "none", stroke: "currentColor",
    "stroke-width": 1.5, "stroke-linecap": "round", "stroke-linejoin": "round",
    "aria-hidden": "true", class: "icon",
  };
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, String(value));
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICON_PATHS[name] ?? ICON_PATHS.more);
  if (FILLED.has(name)) path.setAttribute("fill", "currentColor");
  svg.append(path);
  return svg;
}
