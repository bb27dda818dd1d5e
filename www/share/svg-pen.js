// A pen with the methods of a canvas context that keeps a list of SVG elements instead of colouring pixels:
// what the stage draws can so be saved, and cannot come out differently. It knows what the draw functions
// use; anything else is missing, and a call of it fails.

/**
 * @typedef {{tag: string, attributes: Record<string, string | number>, text?: string}} Drawn
 * @typedef {{tag: "circle"|"rect", attributes: Record<string, number>, path: string}} Shape
 */

/** From the middle of a font's height to the line that letters stand on, as a part of the size. */
const MIDDLE = 0.3;
const FULL = 2 * Math.PI;

/** Coordinates are kept to a tenth of a pixel, factors to a hundredth. */
const tenth = (/** @type {number} */ value) => Math.round(value * 10) / 10;
const hundredth = (/** @type {number} */ value) => Math.round(value * 100) / 100;

export class SvgPen {
  /** What has been drawn so far. @type {Drawn[]} */
  drawn = [];

  fillStyle = "#000";
  strokeStyle = "#000";
  lineWidth = 1;
  lineCap = "butt";
  lineJoin = "miter";
  globalAlpha = 1;
  font = "10px sans-serif";
  textAlign = "start";
  textBaseline = "alphabetic";

  /** @type {number[]} */
  #dash = [];
  #moved = { x: 0, y: 0, scale: 1 };
  /** @type {object[]} */
  #saved = [];
  #path = "";
  /** @type {Shape[]} */
  #shapes = [];
  /** The element that the present path was last filled as. @type {Drawn | null} */
  #filled = null;

  /** @param {(text: string, font: string) => number} measure the width of a text */
  constructor(measure) {
    this.measure = measure;
  }

  // ---- state

  save() {
    const { fillStyle, strokeStyle, lineWidth, lineCap, lineJoin, globalAlpha, font, textAlign, textBaseline } = this;
    const plain = { fillStyle, strokeStyle, lineWidth, lineCap, lineJoin, globalAlpha, font, textAlign, textBaseline };
    this.#saved.push({ plain, dash: this.#dash, moved: this.#moved });
  }

  restore() {
    const saved = /** @type {any} */ (this.#saved.pop());
    if (!saved) return;
    Object.assign(this, saved.plain);
    this.#dash = saved.dash;
    this.#moved = saved.moved;
  }

  /** @param {number} x @param {number} y */
  translate(x, y) {
    const { scale } = this.#moved;
    this.#moved = { x: this.#moved.x + x * scale, y: this.#moved.y + y * scale, scale };
  }

  /** @param {number} factor @param {number} [other] */
  scale(factor, other = factor) {
    if (factor !== other) throw new Error("this pen scales both ways alike");
    this.#moved = { ...this.#moved, scale: this.#moved.scale * factor };
  }

  /** @param {number[]} dash */
  setLineDash(dash) {
    this.#dash = [...dash];
  }

  // ---- paths

  beginPath() {
    this.#path = "";
    this.#shapes = [];
    this.#filled = null;
  }

  /** @param {number} x @param {number} y */
  moveTo(x, y) {
    this.#path += `M${this.#point(x, y)}`;
  }

  /** @param {number} x @param {number} y */
  lineTo(x, y) {
    this.#path += `L${this.#point(x, y)}`;
  }

  /** @param {number} qx @param {number} qy @param {number} x @param {number} y */
  quadraticCurveTo(qx, qy, x, y) {
    this.#path += `Q${this.#point(qx, qy)} ${this.#point(x, y)}`;
  }

  closePath() {
    this.#path += "Z";
  }

  /** @param {number} x @param {number} y @param {number} r @param {number} from @param {number} to */
  arc(x, y, r, from, to) {
    if (to - from < FULL - 1e-6) throw new Error("this pen draws whole circles only");
    const around = `a${tenth(r)} ${tenth(r)} 0 1 0 `;
    this.#shapes.push({
      tag: "circle", attributes: { cx: this.#x(x), cy: this.#y(y), r: this.#length(r) },
      path: `M${this.#point(x - r, y)}${around}${tenth(2 * r)} 0${around}${tenth(-2 * r)} 0Z`,
    });
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height */
  rect(x, y, width, height) {
    this.roundRect(x, y, width, height, 0);
  }

  /** @param {number} x @param {number} y @param {number} width @param {number} height @param {number} r */
  roundRect(x, y, width, height, r) {
    const attributes = { x: this.#x(x), y: this.#y(y), width: this.#length(width), height: this.#length(height) };
    const path = `M${this.#point(x, y)}h${attributes.width}v${attributes.height}h${-attributes.width}Z`;
    this.#shapes.push({ tag: "rect", attributes: r > 0 ? { ...attributes, rx: this.#length(r) } : attributes, path });
  }

  fill() {
    const paint = { fill: this.fillStyle, ...this.globalAlpha < 1 && { "fill-opacity": hundredth(this.globalAlpha) } };
    this.#filled = this.#put(paint);
  }

  stroke() {
    const paint = this.#strokePaint();
    // A stroke lies on what was filled just before, and is one element with it.
    if (this.#filled && this.#filled === this.drawn.at(-1)) Object.assign(this.#filled.attributes, paint);
    else this.#put({ fill: "none", ...paint });
    this.#filled = null;
  }

  /** Strokes a path as SVG writes it. @param {string} path */
  strokePath(path) {
    const { x, y, scale } = this.#moved;
    const transform = `translate(${tenth(x)} ${tenth(y)}) scale(${hundredth(scale)})`;
    this.drawn.push({ tag: "path", attributes: { d: path, transform, fill: "none", ...this.#strokePaint(1) } });
  }

  // ---- text

  /** @param {string} text */
  measureText(text) {
    return { width: this.measure(text, this.font) };
  }

  /**
   * Writes a text as wide as it is here, whatever font a reader has: so labels stay inside their outlines.
   * @param {string} text @param {number} x @param {number} y @param {number} [most]
   */
  fillText(text, x, y, most = Infinity) {
    const { weight, size } = readFont(this.font);
    const width = Math.min(this.measure(text, this.font), most);
    if (text.trim() === "") return;
    const anchor = { center: "middle", right: "end", end: "end" }[this.textAlign];
    this.drawn.push({
      tag: "text", text,
      attributes: {
        x: this.#x(x), y: this.#y(y + (this.textBaseline === "middle" ? size * MIDDLE : 0)),
        "font-size": this.#length(size), ...weight !== "400" && { "font-weight": weight },
        ...anchor && { "text-anchor": anchor },
        fill: this.fillStyle, ...this.globalAlpha < 1 && { "fill-opacity": hundredth(this.globalAlpha) },
        textLength: this.#length(width), lengthAdjust: "spacingAndGlyphs",
      },
    });
  }

  // ---- inside

  /** @param {number} x */
  #x(x) {
    return tenth(this.#moved.x + x * this.#moved.scale);
  }

  /** @param {number} y */
  #y(y) {
    return tenth(this.#moved.y + y * this.#moved.scale);
  }

  /** @param {number} length */
  #length(length) {
    return tenth(length * this.#moved.scale);
  }

  /** @param {number} x @param {number} y */
  #point(x, y) {
    return `${this.#x(x)} ${this.#y(y)}`;
  }

  /** @param {number} [scale] that of what is stroked, where the element carries its own */
  #strokePaint(scale = this.#moved.scale) {
    return {
      stroke: this.strokeStyle, "stroke-width": hundredth(this.lineWidth * scale),
      ...this.globalAlpha < 1 && { "stroke-opacity": hundredth(this.globalAlpha) },
      ...this.lineCap !== "butt" && { "stroke-linecap": this.lineCap },
      ...this.lineJoin !== "miter" && { "stroke-linejoin": this.lineJoin },
      ...this.#dash.length > 0 && { "stroke-dasharray": this.#dash.map((part) => tenth(part * scale)).join(" ") },
    };
  }

  /** @param {Record<string, string | number>} paint */
  #put(paint) {
    const [shape, ...others] = this.#shapes;
    const isOne = shape && others.length === 0 && this.#path === "";
    if (!isOne && this.#shapes.some(({ attributes }) => "rx" in attributes)) throw new Error("this pen draws rounded corners alone");
    // A straight line by its ends, whose numbers a film can move.
    const [, x1, y1, x2, y2] = /^M(\S+) ([\d.-]+)L(\S+) ([\d.-]+)$/.exec(this.#path) ?? [];
    const drawn = x1 && !shape ? { tag: "line", attributes: { x1: Number(x1), y1: Number(y1), x2: Number(x2), y2: Number(y2), ...paint } }
      : isOne ? { tag: shape.tag, attributes: { ...shape.attributes, ...paint } }
      : { tag: "path", attributes: { d: this.#path + this.#shapes.map(({ path }) => path).join(""), ...paint } };
    this.drawn.push(drawn);
    return drawn;
  }
}

/**
 * Weight and size of a font as a canvas has it.
 * @param {string} font such as `600 12px system-ui, sans-serif`
 */
function readFont(font) {
  const [, weight = "400", size] = /^(?:(\d+) )?([\d.]+)px /.exec(font) ?? [];
  if (!size) throw new Error(`this pen cannot read the font ${font}`);
  return { weight, size: Number(size) };
}
