// What a verdict adds to the space-time diagram: which operations cannot be ordered, and, while one is
// pointed at, where in the order each of them takes effect.

import { clientY } from "../timeline/layout.js";
import { xOf } from "../timeline/warp.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../timeline/scene.js").Bar} Bar */
/** @typedef {import("../timeline/scene.js").Operation} Operation */
/** @typedef {import("./checker.js").Order} Order */
/** @typedef {import("./checker.js").Verdict} Verdict */

/**
 * What the diagram hands over when it draws.
 * @typedef {{context: CanvasRenderingContext2D, scene: import("../timeline/scene.js").Scene,
 *   layout: import("../timeline/layout.js").Layout, window: import("../timeline/warp.js").Window,
 *   colours: import("../theme.js").Colours, operations: Operation[], hover: Bar | null}} Given
 */

const RADIUS = 6;

export class Overlay {
  /** @type {Verdict | null} */
  verdict = null;
  /** The operation that the panel points at, by its place. */
  focus = -1;
  /** Which of several orders the panel shows. */
  chosen = 0;
  /** Those that were drawn last. @type {Operation[]} */
  #operations = [];

  /** @param {App} app */
  constructor(app) {
    this.app = app;
  }

  /** What is said of an operation besides what it is. @param {number} place */
  tell(place) {
    const { verdict, app } = this;
    if (!verdict) return "";
    const parts = [];
    const order = this.#order(this.#operations[place]?.client ?? -1);
    const number = order ? order.places.indexOf(place) + 1 : 0;
    if (order && number > 0) parts.push(app.t("consistency.numberOf", { number, count: order.places.length }));
    if (verdict.culprits.some((told) => told.place === place)) parts.push(app.t("consistency.culprit"));
    return parts.map((part) => ` · ${part}`).join("");
  }

  /** The order to show at a client's operation: its own view where each session has one. @param {number} client */
  #order(client) {
    const orders = this.verdict?.orders ?? [];
    const name = this.app.frame.clients[client]?.name;
    return orders.find((order) => order.client !== null && order.client === name) ?? orders[this.chosen] ?? orders[0] ?? null;
  }

  /** @param {Given} given */
  draw(given) {
    const { context, layout, scene } = given;
    this.#operations = given.operations;
    if (!this.verdict) return;
    context.save();
    context.translate(layout.gutter, 0);
    context.beginPath();
    context.rect(0, 0, layout.plotWidth, layout.height);
    context.clip();
    const culprits = new Set(this.verdict.culprits.map(({ place }) => place));
    for (const bar of scene.bars) if (culprits.has(bar.place)) drawCulprit(given, bar);
    const pointed = given.hover?.place ?? this.focus;
    const operation = given.operations[pointed];
    const order = operation ? this.#order(given.hover ? operation.client : -1) : null;
    if (order) drawOrder(given, order, pointed);
    context.restore();
  }
}

/** A thick frame and a small cross, so that it differs without its colour. @param {Given} given @param {Bar} bar */
function drawCulprit({ context, colours }, bar) {
  context.strokeStyle = colours.bad;
  context.lineWidth = 3;
  context.beginPath();
  context.roundRect(bar.x1, bar.y, bar.x2 - bar.x1, bar.height, 3);
  context.stroke();
  const x = Math.max(bar.x1, 7), y = bar.y;
  context.fillStyle = colours.bad;
  context.beginPath();
  context.arc(x, y, 6, 0, 2 * Math.PI);
  context.fill();
  context.strokeStyle = colours.panel;
  context.lineWidth = 1.6;
  context.beginPath();
  context.moveTo(x - 2.4, y - 2.4);
  context.lineTo(x + 2.4, y + 2.4);
  context.moveTo(x + 2.4, y - 2.4);
  context.lineTo(x - 2.4, y + 2.4);
  context.stroke();
}

/**
 * Numbers where the operations take effect; at their calls where the order does not keep to time.
 * @param {Given} given @param {Order} order @param {number} pointed
 */
function drawOrder({ context, colours, layout, window, operations }, order, pointed) {
  const points = pointsOf(operations, order.places);
  context.font = "600 9px system-ui, sans-serif";
  context.textAlign = "center";
  context.textBaseline = "middle";
  order.places.forEach((place, at) => {
    const operation = operations[place];
    if (!operation) return;
    const point = points?.[at];
    const moment = point?.after ?? operation.callIndex;
    if (moment < window.first || moment > window.last) return;
    const from = xOf(window, moment);
    const x = point ? from + (xOf(window, Math.min(window.last, moment + 1)) - from) * point.part : from;
    // On the upper edge, where it hides no words.
    const y = clientY(layout, operation.client) - (layout.clientStep - 5) / 2 - 2;
    const isPointed = place === pointed;
    if (isPointed) {
      context.strokeStyle = colours.accent;
      context.lineWidth = 1;
      context.setLineDash([3, 3]);
      context.beginPath();
      context.moveTo(x, layout.rulerY);
      context.lineTo(x, layout.height);
      context.stroke();
      context.setLineDash([]);
    }
    const text = String(at + 1);
    const half = Math.max(RADIUS, context.measureText(text).width / 2 + 3);
    context.beginPath();
    context.roundRect(x - half, y - RADIUS, 2 * half, 2 * RADIUS, RADIUS);
    // Filled where it is a point in time, hollow where it is only a number.
    context.fillStyle = point ? colours.accent : colours.panel;
    context.fill();
    context.strokeStyle = isPointed ? colours.ink : colours.accent;
    context.lineWidth = isPointed ? 2 : 1;
    context.stroke();
    context.fillStyle = point ? colours.panel : colours.accent;
    context.fillText(text, x, y + 0.5);
  });
  context.textAlign = "left";
}

/**
 * After which action each operation of an order takes effect: the latest call so far. Those between the
 * same two actions share the room. Null where some operation had returned by then.
 * @param {Operation[]} operations @param {number[]} places
 * @returns {{after: number, part: number}[] | null}
 */
export function pointsOf(operations, places) {
  const points = [];
  let latest = 0;
  for (const place of places) {
    const { callIndex, returnIndex } = operations[place] ?? {};
    if (callIndex === undefined) return null;
    latest = Math.max(latest, callIndex);
    if (returnIndex !== null && returnIndex !== undefined && returnIndex < latest) return null;
    points.push({ after: latest, part: 0 });
  }
  for (let from = 0; from < points.length; ) {
    let to = from;
    while (to < points.length && points[to].after === points[from].after) to++;
    for (let at = from; at < to; at++) points[at].part = (at - from + 1) / (to - from + 1);
    from = to;
  }
  return points;
}
