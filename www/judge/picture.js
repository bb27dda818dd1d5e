// A recorded history drawn: a lane for each client, a bar for each operation, where it takes effect, and
// what cannot be ordered. The core has laid it out so that every label fits.

import { h } from "../dom.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("./checker.js").Bar} Bar */
/** @typedef {import("./checker.js").Picture} Picture */

const SVG = "http://www.w3.org/2000/svg";
const LANE = 28, BAR = 20, EDGE = 8;

/**
 * @param {App} app @param {Picture} picture
 * @returns {{root: HTMLElement, jump(place: number): void, begin(): void}} `begin` brings what is wrong into sight
 */
export function drawPicture(app, picture) {
  const said = h("p", { class: "quiet said", "aria-live": "polite" }, app.t("consistency.pointAt"));
  const height = EDGE * 2 + LANE * picture.lanes.length;
  const svg = element("svg", { width: picture.width, height, role: "list", "aria-label": app.t("consistency.picture") });
  const top = (/** @type {number} */ lane) => EDGE + LANE * lane + (LANE - BAR) / 2;
  picture.lanes.forEach((_, lane) => {
    svg.append(element("path", { class: "lane", d: `M0 ${top(lane) + BAR / 2}H${picture.width}` }));
  });
  /** @type {Map<number, SVGElement>} */
  const drawn = new Map();
  for (const bar of picture.bars) {
    const y = top(bar.lane), words = tell(app, picture, bar);
    const group = element("g", {
      class: `operation${bar.open ? " open" : ""}${bar.culprit ? " culprit" : ""}`, role: "listitem", tabindex: "-1",
      "aria-label": words, "data-said": words,
    });
    group.append(
      element("rect", { x: bar.from, y, width: Math.max(3, bar.to - bar.from), height: BAR, rx: 4 }),
      Object.assign(element("text", { x: bar.from + 6, y: y + 14 }), { textContent: bar.label }));
    if (bar.culprit) group.append(element("path", { class: "cross", d: `M${bar.from - 3} ${y - 3}l6 6m0 -6l-6 6` }));
    if (bar.point !== null) {
      const x = bar.point / 10;
      group.append(
        element("path", { class: "guide", d: `M${x} 0V${height}` }),
        element("circle", { class: "point", cx: x, cy: y + BAR + 1, r: 3 }),
        Object.assign(element("text", { class: "number", x, y: y - 2 }), { textContent: String(bar.number ?? "") }));
    }
    drawn.set(bar.place, group);
    svg.append(group);
  }
  const frame = h("div", { class: "history-picture", tabindex: "0", role: "group", "aria-label": app.t("consistency.picture") },
    h("div", { class: "lanes", "aria-hidden": "true" }, picture.lanes.map((name) => h("div", { title: name }, name))), svg);
  let pointed = picture.bars.findIndex(({ culprit }) => culprit) - 1;

  /** @param {Event} event */
  const say = (event) => {
    const group = /** @type {Element} */ (event.target).closest?.(".operation");
    if (group instanceof SVGElement) said.textContent = group.dataset.said ?? "";
  };
  for (const type of ["pointerover", "click", "focusin"]) frame.addEventListener(type, say);
  frame.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    pointed = Math.max(0, Math.min(picture.bars.length - 1, pointed + step));
    jump(picture.bars[pointed].place);
  });

  /** @param {number} place */
  function jump(place) {
    const group = drawn.get(place);
    if (!group) return;
    show(picture.bars.find((other) => other.place === place));
    /** @type {any} */ (group).focus({ preventScroll: true });
  }

  /** @param {Bar | undefined} bar */
  function show(bar) {
    if (bar) frame.scrollTo({ left: bar.from - 40, top: top(bar.lane) - frame.clientHeight / 2 });
  }

  return {
    root: h("div", { class: "history" }, leftOut(app, picture), frame, said), jump,
    begin: () => show(picture.bars.find(({ culprit }) => culprit)),
  };
}

/** @param {App} app @param {Picture} picture */
function leftOut(app, { left, bars }) {
  if (left.kind === "nothing") return null;
  const words = left.kind === "far" ? app.t("consistency.far", { count: bars.length, of: left.of, from: left.from })
    : app.t("consistency.otherKeys", { count: bars.length, key: left.key });
  return h("p", { class: "quiet" }, words);
}

/** @param {App} app @param {Picture} picture @param {Bar} bar */
function tell(app, { lanes }, bar) {
  const parts = [`${lanes[bar.lane]}: ${bar.text}`, app.t("consistency.line", { line: bar.line })];
  if (bar.open) parts.push(app.t("consistency.neverReturned"));
  if (bar.number !== null) parts.push(app.t("consistency.number", { number: bar.number }));
  if (bar.culprit) parts.push(app.t("consistency.culprit"));
  return parts.join(" · ");
}

/**
 * @param {string} name @param {{[name: string]: string | number}} attributes
 * @returns {SVGElement}
 */
function element(name, attributes) {
  const made = /** @type {SVGElement} */ (document.createElementNS(SVG, name));
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}
