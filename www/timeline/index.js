// The space-time diagram under the stage: a lane per node, messages as lines between them, and the
// present moment as a handle to drag. Only what the window shows is asked of the core.

import { isCoreError } from "../app.js";
import { h } from "../dom.js";
import { readColours } from "../theme.js";
import { KIND_REPLY, KIND_REQUEST } from "../types.js";
import { draw } from "./draw.js";
import { formatMs } from "./labels.js";
import { layoutOf } from "./layout.js";
import { Names } from "./names.js";
import { Overview } from "./overview.js";
import { FOLLOW_AT, playheadIn, shiftIntoSight, shiftWhilePlaying } from "./playhead.js";
import { listen } from "./pointer.js";
import { Rows } from "./rows.js";
import { hit, sceneOf } from "./scene.js";
import { EDGE, momentAt, stepWidth, windowOf, xOf, zoomAround } from "./warp.js";

/** @typedef {import("../app.js").App} App */

/** Room for one action at least, in pixels at zoom 1; by hand no time passes and more room is better. */
const STEP_MIN = 7;
const STEP_MIN_BY_HAND = 16;
const MARGIN = 420;

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @returns {{ update(): void, destroy(): void }}
 */
export function create(host, app) {
  const timeline = new Timeline(host, app);
  return { update: () => timeline.update(), destroy: () => timeline.destroy() };
}

class Timeline {
  /** @type {import("./warp.js").View} */
  view = { branch: 0, anchor: 0, anchorX: EDGE, zoom: 1 };
  /** @type {import("./warp.js").Window | null} */
  window = null;
  /** @type {import("./layout.js").Layout | null} */
  layout = null;
  /** @type {import("./scene.js").Scene | null} */
  scene = null;
  /** @type {import("./pointer.js").Point | null} */
  pointer = null;
  playheadX = 0;
  hoverAction = -1;
  /** @type {import("./scene.js").Bar | null} */
  hoverBar = null;
  following = true;
  scrubbing = false;
  seenIndex = -1;
  seenBranch = -1;
  /** @type {{ branch: number, index: number } | null} */
  wanted = null;
  frameAsked = 0;
  /** Slow questions to the core are asked again only after many times their own duration. */
  /** @type {{ key: string, at: number, cost: number, operations: import("./scene.js").Operation[], notes: import("../types.js").Note[] }} */
  memo = { key: "", at: 0, cost: 0, operations: [], notes: [] };
  broken = false;

  /** @param {HTMLElement} host @param {App} app */
  constructor(host, app) {
    this.app = app;
    this.rows = new Rows(app.playground);
    this.status = h("p", { class: "timeline-status" });
    this.tools = h("div", { class: "timeline-tools" });
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.plot = h("div", { class: "timeline-plot", role: "slider", tabindex: "0", "aria-valuemin": "0" }, this.canvas);
    const names = h("div", { class: "timeline-names" });
    this.labels = new Names(names, this.tools, app);
    this.scroller = h("div", { class: "timeline-scroll" }, this.plot, names);
    this.root = h("div", { class: "timeline" }, h("div", { class: "timeline-head" }, this.status, this.tools), this.scroller);
    host.append(this.root);
    this.overview = new Overview(this.root, app, { seek: (branch, index) => this.seekSoon(branch, index) });
    this.colours = readColours();
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));

    this.observer = new ResizeObserver(() => this.ask());
    this.observer.observe(this.scroller);
    this.offs = [
      app.on("open", () => this.onOpen()),
      app.on("theme", () => this.onTheme()),
      app.on("language", () => this.ask()),
      app.on("play", () => (this.following = true)),
      app.on("tick", () => {
        if (app.playing || this.playheadMoves()) this.paint();
      }),
    ];
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.onScheme = () => this.onTheme();
    this.scheme.addEventListener("change", this.onScheme);
    this.plot.addEventListener("keydown", (event) => this.onKey(event));
    this.plot.addEventListener("focus", () => this.ask());
    this.plot.addEventListener("blur", () => this.ask());
    this.tools.addEventListener("click", (event) => this.onTool(event));
    listen(this.plot, {
      playheadX: () => this.playheadX,
      gutter: () => this.layout?.gutter ?? 0,
      scrubTo: (x) => this.scrubTo(x),
      scrubEnd: () => {
        this.scrubbing = false;
        this.ask();
      },
      scroll: (pixels) => this.scroll(pixels),
      zoom: (x, factor) => this.zoom(x, factor),
      hover: (point) => {
        this.pointer = point;
        this.ask();
      },
      canScrollDown: () => this.scroller.scrollHeight > this.scroller.clientHeight + 1,
    });
    if (app.playground && app.frame) this.onOpen();
  }

  destroy() {
    for (const off of this.offs) off();
    this.scheme.removeEventListener("change", this.onScheme);
    this.observer.disconnect();
    cancelAnimationFrame(this.frameAsked);
    this.root.remove();
  }

  // ---- what happens outside

  onOpen() {
    this.broken = false;
    this.rows = new Rows(this.app.playground);
    this.view = { branch: 0, anchor: 0, anchorX: EDGE, zoom: 1 };
    this.memo.key = "";
    this.seenIndex = this.seenBranch = -1;
    this.following = true;
    this.fitShortRun();
    this.update();
  }

  onTheme() {
    // The style sheet answers with the new colours only after this turn.
    requestAnimationFrame(() => {
      this.colours = readColours();
      this.paint();
    });
  }

  /** A run of a few actions, made by hand, is spread over the width instead of huddling at the left. */
  fitShortRun() {
    const { length } = this.app.frame.cursor;
    if (!this.app.byHand || length === 0) return;
    const width = Math.max(200, this.scroller.clientWidth - 60);
    this.view.zoom = Math.min(2.4, Math.max(1, (width * 0.92) / (length * STEP_MIN_BY_HAND)));
  }

  update() {
    if (!this.app.frame) return;
    this.ask();
  }

  ask() {
    if (this.frameAsked) return;
    this.frameAsked = requestAnimationFrame(() => {
      this.frameAsked = 0;
      const { wanted } = this;
      this.wanted = null;
      if (wanted) this.app.seek(wanted.branch, wanted.index);
      this.paint();
    });
  }

  playheadMoves() {
    return this.window !== null && Math.abs(this.findPlayhead(this.window) - this.playheadX) > 0.2;
  }

  // ---- what hands do

  /** Seeks at the next frame; only the last of several wishes counts. @param {number} branch @param {number} index */
  seekSoon(branch, index) {
    this.wanted = { branch, index };
    this.ask();
  }

  /** @param {number} x */
  scrubTo(x) {
    if (!this.window) return;
    this.scrubbing = true;
    const { branch, index } = this.app.frame.cursor;
    const moment = momentAt(this.window, x);
    if (moment !== index || this.wanted) this.seekSoon(branch, moment);
  }

  /** @param {number} pixels @returns {boolean} whether there was anywhere to go */
  scroll(pixels) {
    if (!this.window || pixels === 0) return false;
    const { xs, first, last } = this.window;
    const { length } = this.app.frame.cursor;
    const width = this.layout?.plotWidth ?? 0;
    if (pixels > 0 && last === length && xs[xs.length - 1] <= width - EDGE) return false;
    if (pixels < 0 && first === 0 && xs[0] >= EDGE) return false;
    this.view.anchorX -= pixels;
    this.following = false;
    this.ask();
    return true;
  }

  /** @param {number} x @param {number} factor */
  zoom(x, factor) {
    if (!this.window) return;
    zoomAround(this.view, this.window, x, factor);
    this.ask();
  }

  /** @param {Event} event */
  onTool(event) {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    if (!button || !this.layout) return;
    const inside = this.playheadX > 0 && this.playheadX < this.layout.plotWidth;
    this.zoom(inside ? this.playheadX : this.layout.plotWidth / 2, button.dataset.tool === "in" ? 1.5 : 1 / 1.5);
  }

  /** @param {KeyboardEvent} event */
  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { branch, index, length } = this.app.frame.cursor;
    const seek = (/** @type {number} */ to) => this.app.seek(branch, Math.max(0, Math.min(length, to)));
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowLeft: () => this.app.step(-1),
      ArrowRight: () => this.app.step(1),
      ArrowDown: () => this.app.step(-1),
      ArrowUp: () => this.app.step(1),
      PageUp: () => seek(index + 10),
      PageDown: () => seek(index - 10),
      Home: () => seek(0),
      End: () => seek(length),
      "+": () => this.zoom(this.playheadX, 1.25),
      "=": () => this.zoom(this.playheadX, 1.25),
      "-": () => this.zoom(this.playheadX, 0.8),
    };
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    event.stopPropagation();
    this.following = true;
    action();
  }

  // ---- drawing

  get stepMin() {
    return this.app.byHand ? STEP_MIN_BY_HAND : STEP_MIN;
  }

  paint() {
    if (!this.app.frame || !this.root.isConnected || this.broken) return;
    try {
      this.paintNow();
    } catch (error) {
      // A core that went down stays down: no more questions until something is opened anew.
      this.broken = true;
      if (!isCoreError(error)) this.app.onPanic(error);
    }
  }

  paintNow() {
    const { app, view, canvas } = this;
    const width = this.scroller.clientWidth, room = this.scroller.clientHeight;
    if (width < 60 || room < 20) return;
    const { nodes, clients } = app.frame;
    const cursor = this.told();
    view.branch = cursor.branch;
    const layout = (this.layout = layoutOf(width, room, nodes.length, clients.length));
    this.resize(layout);
    this.refreshMemo();
    this.labels.update(layout);

    const { stepMin } = this;
    const plot = {
      width: layout.plotWidth, margin: MARGIN, length: cursor.length, stepMin,
      endRoom: layout.plotWidth * (1 - FOLLOW_AT),
      atMs: (/** @type {number} */ index) => this.rows.atMs(cursor.branch, index, cursor.length),
    };
    let window = windowOf(view, plot);
    this.playheadX = this.findPlayhead(window);
    const shift = this.followShift(layout.plotWidth);
    if (shift !== 0) {
      if (Math.abs(shift) > layout.plotWidth) {
        view.anchor = cursor.index;
        view.anchorX = layout.plotWidth * 0.45;
      } else {
        view.anchorX -= shift;
      }
      window = windowOf(view, plot);
      this.playheadX = this.findPlayhead(window);
    }
    this.window = window;

    const { faults, violations, complete } = this.rows.eventful(cursor.branch, cursor.length);
    if (!complete) this.ask();
    const notes = app.toldUntil === Infinity ? this.memo.notes : [];
    this.scene = sceneOf({
      window, layout, rows: this.rows, faults, violations, cursor, kinds: app.sheet.messages,
      statuses: Array.from(app.playground.statuses(cursor.branch, window.first)), operations: this.memo.operations,
      notes, checks: app.frame.checks, flying: app.frame.messages, playheadX: this.playheadX,
      words: (words) => app.words(words), named: (ids) => app.named(ids),
    });
    const status = this.findHover(window);
    draw(this.context, this.scene, layout, {
      colours: this.colours, playheadX: this.playheadX, atEnd: cursor.index >= cursor.length,
      spacing: stepWidth(0, view.zoom, stepMin), hover: this.hoverAction, grabbed: this.scrubbing,
      hoverMoment: status.moment, hoverX: status.moment >= 0 ? xOf(window, status.moment) : 0, window,
      actionName: (index) => app.t("timeline.action", { index }), kindName: (kind) => this.kindName(kind), timerName: (timer) => app.sheet.timers[timer]?.name ?? "",
      word: (key) => app.t(`timeline.${key}`), colon: app.t("page.colon"),
    });
    app.overlay?.draw({
      context: this.context, scene: this.scene, layout, window, colours: this.colours, operations: this.memo.operations,
      hover: this.hoverBar,
    });
    this.say(status.text);
    this.overview.draw({
      branches: app.playground.branches(), faults, violations: violations.filter((action) => action < cursor.length), notes, window,
      plotWidth: layout.plotWidth, colours: this.colours,
    });
    canvas.style.cursor = this.scrubbing ? "grabbing" : "";
  }

  /** @param {import("./layout.js").Layout} layout */
  resize(layout) {
    const { canvas, context } = this;
    const ratio = Math.min(3, devicePixelRatio || 1);
    const [width, height] = [Math.round(layout.width * ratio), Math.round(layout.height * ratio)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
      canvas.style.width = `${layout.width}px`;
      canvas.style.height = `${layout.height}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
  }

  /** The present moment, of a run that ends where a lesson has told it to: what comes is to be guessed. */
  told() {
    const { cursor } = this.app.frame;
    return { ...cursor, length: Math.min(cursor.length, this.app.toldUntil) };
  }

  /** @param {import("./warp.js").Window} window */
  findPlayhead(window) {
    const { index, length } = this.told();
    return playheadIn(window, { index, length, nowMs: this.app.nowMs, zoom: this.view.zoom });
  }

  /** How far the diagram has to move so that the present moment is in sight. @param {number} width */
  followShift(width) {
    const { index, branch } = this.app.frame.cursor;
    const moved = index !== this.seenIndex || branch !== this.seenBranch;
    this.seenIndex = index;
    this.seenBranch = branch;
    if (this.app.playing && this.following) return shiftWhilePlaying(this.playheadX, width, this.app.stillness);
    return moved && !this.scrubbing ? shiftIntoSight(this.playheadX, width) : 0;
  }

  refreshMemo() {
    const { cursor } = this.app.frame;
    const key = `${cursor.branch} ${cursor.length} ${this.app.language}`;
    const now = performance.now();
    if (key === this.memo.key || now - this.memo.at < this.memo.cost * 20) {
      if (key !== this.memo.key) setTimeout(() => this.ask(), this.memo.cost * 20);
      return;
    }
    const operations = this.app.playground.operations(cursor.branch);
    const notes = this.app.playground.notes();
    this.memo = { key, at: now, cost: performance.now() - now, operations, notes };
  }

  /** @param {number} kind */
  kindName(kind) {
    if (kind === KIND_REQUEST) return this.app.t("timeline.request");
    if (kind === KIND_REPLY) return this.app.t("timeline.reply");
    return this.app.sheet.messages[kind]?.name ?? "";
  }

  /**
   * What the pointer points at, in one line; otherwise the action that led here.
   * @param {import("./warp.js").Window} window
   * @returns {{ text: string, moment: number }}
   */
  findHover(window) {
    const { app, pointer, scene } = this;
    const { branch, index, length } = app.frame.cursor;
    this.hoverAction = -1;
    this.hoverBar = null;
    if (pointer && scene && pointer.x >= 0 && !this.scrubbing) {
      const found = hit(scene, pointer.x, pointer.y);
      if (found && "mark" in found) {
        const { text, index: moment } = found.mark;
        return { text: text || this.describe(branch, moment - 1), moment };
      }
      if (found && "bar" in found) {
        this.hoverBar = found.bar;
        return { text: found.bar.text + (app.overlay?.tell(found.bar.place) ?? ""), moment: -1 };
      }
      const action = found ? found.action : momentAt(window, pointer.x) - 1;
      if (action >= 0 && action < length) {
        this.hoverAction = action;
        return { text: this.describe(branch, action), moment: action + 1 };
      }
    }
    return { text: index > 0 ? this.describe(branch, index - 1) : app.t("timeline.beginning"), moment: -1 };
  }

  /** @param {number} branch @param {number} action */
  describe(branch, action) {
    const ms = formatMs(this.rows.atMs(branch, action, this.app.frame.cursor.length));
    return `${ms} · ${action + 1} · ${this.app.playground.describe(branch, action)}`;
  }

  /** @param {string} text */
  say(text) {
    const { app, plot, status } = this;
    const { index, length, nowMs, branch } = app.frame.cursor;
    if (status.textContent !== text) {
      status.textContent = text;
      status.title = text;
    }
    const present = index > 0 ? app.playground.describe(branch, index - 1) : app.t("timeline.beginning");
    plot.setAttribute("aria-label", app.t("timeline.label"));
    plot.setAttribute("aria-valuemax", String(length));
    plot.setAttribute("aria-valuenow", String(index));
    if (!app.playing) {
      plot.setAttribute("aria-valuetext", app.t("timeline.value", { ms: formatMs(nowMs), index, length, text: present }));
    }
  }
}
