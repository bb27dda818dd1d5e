// What hands do on the diagram: drag to scrub, press to go, wheel and pinch to move and zoom. On
// touch, a drag beside the playhead's handle moves the diagram, and the page still scrolls.

/**
 * @typedef {{ x: number, y: number }} Point
 * @typedef {{ playheadX: () => number, scrubTo: (x: number) => void, scrubEnd: () => void,
 *   scroll: (pixels: number) => boolean, zoom: (x: number, factor: number) => void,
 *   hover: (point: Point | null) => void, gutter: () => number, canScrollDown: () => boolean }} Hands
 */

const HANDLE = 20;
const TAP_PIXELS = 7;
/** Within this of an edge a scrub moves the diagram along. */
const EDGE = 28;

/** @param {HTMLElement} plot @param {Hands} hands */
export function listen(plot, hands) {
  /** @type {Map<number, Point>} */
  const down = new Map();
  /** @type {null | "scrub" | "pan" | "pinch"} */
  let doing = null;
  /** @type {Point} */
  let began = { x: 0, y: 0 };
  let moved = 0;
  let edgeFrame = 0;
  /** @type {Point} */
  let last = { x: 0, y: 0 };

  const pointOf = (/** @type {PointerEvent | WheelEvent} */ event) => {
    const box = plot.getBoundingClientRect();
    return { x: event.clientX - box.left - hands.gutter(), y: event.clientY - box.top };
  };
  const width = () => plot.clientWidth - hands.gutter();

  const pushEdge = () => {
    edgeFrame = 0;
    if (doing !== "scrub") return;
    const over = last.x < EDGE ? last.x - EDGE : last.x > width() - EDGE ? last.x - (width() - EDGE) : 0;
    if (over === 0) return;
    if (hands.scroll(Math.max(-24, Math.min(24, over * 0.4)))) hands.scrubTo(last.x);
    edgeFrame = requestAnimationFrame(pushEdge);
  };

  plot.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const point = pointOf(event);
    down.set(event.pointerId, point);
    plot.setPointerCapture(event.pointerId);
    began = last = point;
    moved = 0;
    if (down.size === 2) {
      doing = "pinch";
    } else if (down.size === 1) {
      const onHandle = Math.abs(point.x - hands.playheadX()) < HANDLE;
      doing = event.pointerType !== "touch" || onHandle ? "scrub" : "pan";
      if (doing === "scrub" && event.pointerType !== "touch") hands.scrubTo(point.x);
    }
  });

  plot.addEventListener("pointermove", (event) => {
    const point = pointOf(event);
    const former = down.get(event.pointerId);
    if (!former) {
      if (event.pointerType !== "touch") hands.hover(point);
      return;
    }
    moved = Math.max(moved, Math.hypot(point.x - began.x, point.y - began.y));
    if (doing === "pinch" && down.size === 2) {
      const [one, two] = [...down.values()];
      const before = Math.abs(one.x - two.x);
      down.set(event.pointerId, point);
      const [first, second] = [...down.values()];
      const after = Math.abs(first.x - second.x);
      if (before > 12 && after > 12) hands.zoom((first.x + second.x) / 2, after / before);
      hands.scroll((former.x - point.x) / 2);
      return;
    }
    down.set(event.pointerId, point);
    last = point;
    if (doing === "pan") hands.scroll(former.x - point.x);
    if (doing === "scrub") {
      hands.hover(null);
      hands.scrubTo(point.x);
      if (!edgeFrame) edgeFrame = requestAnimationFrame(pushEdge);
    }
  });

  const up = (/** @type {PointerEvent} */ event) => {
    if (!down.delete(event.pointerId)) return;
    const point = pointOf(event);
    if (event.type === "pointerup" && doing === "pan" && moved < TAP_PIXELS) hands.scrubTo(point.x);
    if (down.size === 0) {
      doing = null;
      hands.scrubEnd();
    } else if (doing === "pinch") {
      doing = "pan";
    }
  };
  plot.addEventListener("pointerup", up);
  plot.addEventListener("pointercancel", up);
  plot.addEventListener("pointerleave", () => hands.hover(null));

  plot.addEventListener("wheel", (event) => {
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 18 : event.deltaMode === WheelEvent.DOM_DELTA_PAGE ? width() : 1;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      hands.zoom(pointOf(event).x, Math.exp(-Math.max(-60, Math.min(60, event.deltaY * unit)) * 0.008));
      return;
    }
    const sideways = Math.abs(event.deltaX) >= Math.abs(event.deltaY);
    // Many lanes scroll down as usual; then only a sideways wheel moves through time.
    if (!sideways && !event.shiftKey && hands.canScrollDown()) return;
    if (hands.scroll((sideways ? event.deltaX : event.deltaY) * unit)) event.preventDefault();
  }, { passive: false });
}
