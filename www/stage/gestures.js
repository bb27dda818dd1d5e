// Pointer gestures on the stage: click, long press, and the two drags that cut the network. Nodes
// and clients are real buttons over the canvas, so their clicks come from there.

import { closePopover } from "../opening.js";
import { CLIENT_BASE } from "../types.js";
import { healActions } from "./cuts.js";

/** @typedef {import("./index.js").Stage} Stage */
/** @typedef {{x: number, y: number}} Point */

const LONG_PRESS_MS = 500;
const DRAG_FROM_PX = 10;
const REACH_MOUSE = 13;
const REACH_TOUCH = 22;

export class Gestures {
  /** Whether the next drag over the stage is a line or lasso that cuts. */
  cutting = false;
  /** @type {{kind: "lasso"|"link", node: number, points: Point[], pointer: number, long: number} | null} */
  #drag = null;
  #moved = false;
  /** A click that ends a drag or a long press is none. */
  #swallowClick = false;

  /** @param {Stage} stage */
  constructor(stage) {
    this.stage = stage;
    const { area } = stage;
    area.addEventListener("pointerdown", (event) => this.#down(event));
    area.addEventListener("pointermove", (event) => this.#move(event));
    area.addEventListener("pointerup", (event) => this.#up(event));
    area.addEventListener("pointercancel", () => this.#end());
    area.addEventListener("pointerleave", () => this.#hover(null));
    area.addEventListener("click", (event) => this.#click(event));
    area.addEventListener("contextmenu", (event) => this.#contextMenu(event));
  }

  /**
   * @param {boolean} on
   */
  setCutting(on) {
    this.cutting = on;
    this.stage.area.classList.toggle("cutting", on);
    this.stage.app.emit("cutting", on);
    if (on) this.stage.app.toast(this.stage.app.t("partition.drawNow"));
  }

  /** @param {MouseEvent} event */
  #point(event) {
    const box = this.stage.area.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /**
   * The node or client whose button is under the event, as an endpoint number.
   * @param {Event} event
   */
  #endpoint(event) {
    const button = event.target instanceof Element ? event.target.closest("[data-endpoint]") : null;
    return button instanceof HTMLElement ? Number(button.dataset.endpoint) : -1;
  }

  /** @param {Event} event */
  #inInbox(event) {
    return event.target instanceof Element && event.target.closest(".stage-inboxes") !== null;
  }

  /** @param {PointerEvent} event */
  #down(event) {
    this.#moved = false;
    this.#swallowClick = false;
    if (event.button !== 0 || this.#inInbox(event)) return;
    const endpoint = this.#endpoint(event);
    const point = this.#point(event);
    if (this.cutting) {
      this.#drag = { kind: "lasso", node: -1, points: [point], pointer: event.pointerId, long: 0 };
      this.stage.area.setPointerCapture(event.pointerId);
      event.preventDefault();
      return;
    }
    const long = window.setTimeout(() => this.#longPress(endpoint, point), LONG_PRESS_MS);
    if (endpoint >= 0 && endpoint < CLIENT_BASE) {
      this.#drag = { kind: "link", node: endpoint, points: [point], pointer: event.pointerId, long };
    } else {
      this.#drag = { kind: "link", node: -1, points: [point], pointer: event.pointerId, long };
    }
  }

  /**
   * @param {number} endpoint
   * @param {Point} point
   */
  #longPress(endpoint, point) {
    if (this.#moved || !this.#drag) return;
    this.#drag = null;
    this.#swallowClick = true;
    if (endpoint >= CLIENT_BASE) this.stage.openClient(endpoint - CLIENT_BASE);
    else if (endpoint >= 0) this.stage.openNode(endpoint);
    else {
      const message = this.stage.messageAt(point, REACH_TOUCH);
      if (message) this.stage.openMessage(message);
    }
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const point = this.#point(event);
    const drag = this.#drag;
    if (!drag) {
      if (event.pointerType === "mouse" && !this.#inInbox(event)) this.#hover(point, this.#endpoint(event));
      return;
    }
    const [start] = drag.points;
    if (!this.#moved && Math.hypot(point.x - start.x, point.y - start.y) > DRAG_FROM_PX) {
      this.#moved = true;
      window.clearTimeout(drag.long);
      if (drag.kind === "link" && drag.node < 0) {
        this.#drag = null;
        return;
      }
      this.stage.area.setPointerCapture(event.pointerId);
    }
    if (!this.#moved) return;
    if (drag.kind === "lasso") drag.points.push(point);
    else drag.points[1] = point;
    this.stage.app.invalidate();
  }

  /** @param {PointerEvent} event */
  #up(event) {
    const drag = this.#drag;
    if (!drag) return;
    window.clearTimeout(drag.long);
    const point = this.#point(event);
    if (this.#moved) {
      this.#swallowClick = true;
      if (drag.kind === "lasso") this.#cutAlong(drag.points);
      else if (drag.node >= 0) this.#dropNode(drag.node, point);
    }
    this.#end();
  }

  #end() {
    if (this.#drag) window.clearTimeout(this.#drag.long);
    this.#drag = null;
    this.stage.app.invalidate();
  }

  /**
   * A node dragged onto another cuts that link one way; dragged outside it is cut off from all.
   * @param {number} node
   * @param {Point} point
   */
  #dropNode(node, point) {
    const { app, layout } = this.stage;
    const target = layout.nodes.findIndex(({ x, y, w, h }) => Math.abs(point.x - x) < w / 2 + 6 && Math.abs(point.y - y) < h / 2 + 6);
    if (target === node) return;
    if (target >= 0) {
      const action = { type: "cut", from: [node], to: [target] };
      app.act(action);
      return;
    }
    const { centre, rx, ry } = layout;
    const outside = Math.hypot((point.x - centre.x) / rx, (point.y - centre.y) / ry) > 1.12;
    if (outside) app.act({ type: "partition", side: [node] });
  }

  /**
   * A closed stroke takes the nodes inside it; an open one parts the nodes left and right of it.
   * @param {Point[]} points
   */
  #cutAlong(points) {
    const { app, layout } = this.stage;
    this.setCutting(false);
    const first = points[0];
    const last = points[points.length - 1];
    let length = 0;
    for (let at = 1; at < points.length; at++) length += Math.hypot(points[at].x - points[at - 1].x, points[at].y - points[at - 1].y);
    const closed = Math.hypot(last.x - first.x, last.y - first.y) < length * 0.35;
    const side = layout.nodes.flatMap((place, node) => {
      const taken = closed ? isInside(place, points) : (last.x - first.x) * (place.y - first.y) - (last.y - first.y) * (place.x - first.x) > 0;
      return taken ? [node] : [];
    });
    if (side.length === 0 || side.length === layout.nodes.length) {
      app.toast(app.t("partition.missed"), "bad");
      return;
    }
    app.act({ type: "partition", side });
  }

  /** @param {MouseEvent} event */
  #click(event) {
    if (this.#swallowClick) {
      this.#swallowClick = false;
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (this.#inInbox(event)) return;
    const { stage } = this;
    const { app } = stage;
    const endpoint = this.#endpoint(event);
    if (endpoint >= CLIENT_BASE) return stage.openClient(endpoint - CLIENT_BASE);
    if (endpoint >= 0) {
      const again = app.selection?.type === "node" && app.selection.node === endpoint;
      // Enter on a focused node opens its menu; so does a second click on the selected one.
      if (event.detail === 0 || again || !app.hasPanels) stage.openNode(endpoint);
      else {
        app.select({ type: "node", node: endpoint });
        app.showTab("inspector");
      }
      return;
    }
    const touch = event instanceof PointerEvent && event.pointerType === "touch";
    const point = this.#point(event);
    const message = stage.messageAt(point, touch ? REACH_TOUCH : REACH_MOUSE);
    if (message) return stage.openMessage(message);
    const cut = stage.cutAt(point, touch ? REACH_TOUCH : REACH_MOUSE);
    if (cut) {
      for (const action of healActions(cut, stage.cuts)) app.act(action);
      return;
    }
    closePopover();
    if (app.selection) app.select(null);
  }

  /** @param {MouseEvent} event */
  #contextMenu(event) {
    if (this.#inInbox(event)) return;
    const { stage } = this;
    const endpoint = this.#endpoint(event);
    const message = endpoint < 0 ? stage.messageAt(this.#point(event), REACH_MOUSE) : null;
    if (endpoint < 0 && !message) return;
    event.preventDefault();
    this.#end();
    // A touch that stays sends this event and our own long press; one menu is enough.
    if (this.#swallowClick) return;
    this.#swallowClick = event instanceof PointerEvent && event.pointerType === "touch";
    if (message) stage.openMessage(message);
    else if (endpoint >= CLIENT_BASE) stage.openClient(endpoint - CLIENT_BASE);
    else stage.openNode(endpoint);
  }

  /**
   * @param {Point | null} point
   * @param {number} [endpoint]
   */
  #hover(point, endpoint = -1) {
    const { stage } = this;
    const message = point && endpoint < 0 ? stage.messageAt(point, REACH_MOUSE) : null;
    const cut = point && endpoint < 0 && !message ? stage.cutAt(point, REACH_MOUSE) : null;
    const node = endpoint >= 0 && endpoint < CLIENT_BASE ? endpoint : -1;
    stage.area.classList.toggle("over-thing", message !== null || cut !== null);
    const id = message?.id ?? -1;
    if (id === stage.hoveredMessage && node === stage.hoveredNode && cut === stage.hoveredCut) return;
    stage.hoveredMessage = id;
    stage.hoveredNode = node;
    stage.hoveredCut = cut;
    stage.app.invalidate();
  }

  /**
   * The line that is being dragged.
   * @param {CanvasRenderingContext2D} context
   * @param {import("../theme.js").Colours} colours
   */
  drawStroke(context, colours) {
    const drag = this.#drag;
    if (!drag || !this.#moved || drag.points.length < 2) return;
    const points = drag.kind === "link" ? [this.stage.layout.nodes[drag.node], drag.points[1]] : drag.points;
    context.beginPath();
    points.forEach(({ x, y }, at) => (at === 0 ? context.moveTo(x, y) : context.lineTo(x, y)));
    context.lineWidth = 2.5;
    context.lineCap = "round";
    context.strokeStyle = colours.bad;
    context.setLineDash([2, 7]);
    context.stroke();
    context.setLineDash([]);
  }
}

/**
 * @param {Point} point
 * @param {Point[]} outline
 */
function isInside(point, outline) {
  let inside = false;
  for (let at = 0, before = outline.length - 1; at < outline.length; before = at++) {
    const a = outline[at];
    const b = outline[before];
    if (a.y > point.y !== b.y > point.y && point.x < ((b.x - a.x) * (point.y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}
