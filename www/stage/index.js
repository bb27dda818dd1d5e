// The stage: owns the canvas and what lies over it, draws a frame when asked, and knows what stands
// under the pointer. It changes nothing itself; gestures and menus send actions to the app.

import { h } from "../dom.js";
import { whenOpened } from "../opening.js";
import { readColours } from "../theme.js";
import { MESSAGE, MESSAGE_STRIDE } from "../types.js";
import { cutAt, cutShapes } from "./cuts.js";
import { Gestures } from "./gestures.js";
import { Inboxes } from "./inbox.js";
import { computeLayout } from "./layout.js";
import { createLegend, gatherRoles, noRoles } from "./legend.js";
import { Motion } from "./motion.js";
import { FONT, textWidth } from "./pen.js";
import { placeMessages } from "./place.js";
import { captionsOf, drawScene, stageWords } from "./scene.js";

/** @typedef {import("../app.js").App} App */

const PIXEL_RATIO_MAX = 3;

export class Stage {
  /** @type {import("./layout.js").Layout} */
  layout = computeLayout(0, 0, 300, 300);
  /** @type {import("./place.js").Placed[]} */
  placed = [];
  /** @type {import("./cuts.js").CutShape[]} */
  cuts = [];
  hoveredMessage = -1;
  hoveredNode = -1;
  /** @type {import("./cuts.js").CutShape | null} */
  hoveredCut = null;
  /** @type {import("../quorums.js").QuorumSets | null} the sets of the formula that somebody looks at */
  #quorums = null;

  #ratio = 1;
  /** @type {import("../theme.js").Colours} */
  #colours;
  #closing = new AbortController();
  #motion = new Motion();
  /** @type {Map<number, string>} */
  #labels = new Map();
  /** @type {Set<number>} */
  #labelled = new Set();
  #layoutKey = "";
  #roles = noRoles();

  /**
   * @param {HTMLElement} host
   * @param {App} app
   * @param {{watched?: boolean, hasRoom?: boolean, label?: string}} [options] a watched stage is only looked
   *   at: it has no inboxes and takes no pointer; `hasRoom` says whether inboxes have room beside the nodes,
   *   else there are none before `hasInboxes` is set, and then they are counts; `label` is the key of the
   *   canvas's name
   */
  constructor(host, app, { watched = false, hasRoom = !watched, label = "stage.label" } = {}) {
    this.app = app;
    this.host = host;
    this.watched = watched;
    this.hasRoom = hasRoom;
    this.hasInboxes = hasRoom;
    this.label = label;
    this.#colours = readColours(host);
    this.canvas = h("canvas", { class: "stage-canvas", role: "img", "aria-describedby": watched ? undefined : "sentence" });
    this.overlay = h("div", { class: "stage-overlay" });
    this.inboxHost = h("div", { class: "stage-inboxes" });
    this.area = h("div", { class: "stage-area" }, this.canvas, this.overlay, this.inboxHost);
    this.watch(watched);
    this.legend = h("div", { class: "legend" });
    host.append(this.area, this.legend);
    this.context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.inboxes = new Inboxes(app, this.inboxHost, (id) => this.labelOf(id), (id) => {
      this.hoveredMessage = id ?? -1;
      app.invalidate();
    });
    this.gestures = new Gestures(this);
    this.#watchSize();
    app.on("refresh", ({ kind, former }) => {
      if (kind === "jump") this.#labels.clear();
      if (gatherRoles(this.#roles, app)) this.#legendChanged();
      this.#motion.pictureChanged(app, kind, former, performance.now());
    });
    app.on("theme", () => this.recolour());
    app.on("open", () => {
      this.#roles = noRoles();
      gatherRoles(this.#roles, app);
      this.#namesChanged();
    });
    app.on("language", () => {
      this.#labels.clear();
      this.#roles = noRoles();
      gatherRoles(this.#roles, app);
      this.#namesChanged();
    });
    app.on("play", () => app.changed());
    app.on("change", () => this.#pictureChanged());
    app.on("quorums", (quorums) => {
      this.#quorums = quorums;
      app.invalidate();
    });
  }

  /** Lets it be touched, or only looked at. @param {boolean} watched */
  watch(watched) {
    this.watched = watched;
    this.area.classList.toggle("watched", watched);
  }

  /** Reads the colours anew after the theme changed. */
  recolour() {
    this.#colours = readColours(this.host);
    this.app.invalidate();
  }

  #legendChanged() {
    createLegend(this.legend, this.app, this.#roles, this.layout.tier === "dot");
  }

  #namesChanged() {
    this.#legendChanged();
    this.canvas.setAttribute("aria-label", this.app.t(this.label, { name: this.app.sheet.title }));
  }

  // ---- size

  #watchSize() {
    const { signal } = this.#closing;
    const observer = new ResizeObserver(() => this.#resize());
    observer.observe(this.area);
    signal.addEventListener("abort", () => observer.disconnect());
    // Zooming changes the pixels without changing the box.
    const watchRatio = () => {
      matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", () => {
        this.#resize();
        watchRatio();
      }, { once: true, signal });
    };
    watchRatio();
  }

  /** Stops watching: nothing of the page holds the stage any more. */
  close() {
    this.#closing.abort();
  }

  #resize() {
    const { width, height } = this.area.getBoundingClientRect();
    if (width < 1 || height < 1) return;
    this.#ratio = Math.min(PIXEL_RATIO_MAX, devicePixelRatio || 1);
    this.canvas.width = Math.round(width * this.#ratio);
    this.canvas.height = Math.round(height * this.#ratio);
    this.#layoutKey = "";
    if (!this.app.playground) return;
    this.app.changed();
  }

  #arrange() {
    const { width, height } = this.area.getBoundingClientRect();
    const { nodes, clients } = this.app.frame;
    const key = `${nodes.length} ${clients.length} ${width} ${height}`;
    if (key === this.#layoutKey || width < 1) return;
    this.#layoutKey = key;
    const { tier } = this.layout;
    this.layout = computeLayout(nodes.length, clients.length, width, height, this.hasRoom);
    if (this.layout.tier !== tier) this.#legendChanged();
    this.app.emit("layout");
  }

  // ---- the picture

  #pictureChanged() {
    this.#arrange();
    const { app } = this;
    this.cuts = cutShapes(app.frame.cuts, this.layout);
    this.inboxes.update(this.layout, !this.watched && this.hasInboxes && (!app.playing || app.byHand));
  }

  /**
   * The words on a message's pill, asked for once.
   * @param {number} id
   */
  labelOf(id) {
    let label = this.#labels.get(id);
    if (label === undefined) {
      if (this.#labels.size > 5000) this.#labels.clear();
      label = String(this.app.playground.label(id).short);
      this.#labels.set(id, label);
    }
    return label;
  }

  /**
   * @param {number} wallMs
   * @returns {boolean} whether something still moves
   */
  draw(wallMs) {
    const { app, context } = this;
    const { frame, sheet } = app;
    const colours = this.#colours;
    const { layout } = this;
    if (layout.nodes.length !== frame.nodes.length) return false;
    const selection = app.selection;
    const selectedMessage = selection?.type === "message" ? selection.id : -1;
    const measure = (/** @type {string} */ text) => textWidth(context, text, FONT.pill);

    const resting = app.byHand
      ? this.#motion.restingProgress(frame.messages, app.loop.beat, app.stillness, wallMs) : null;
    this.placed = placeMessages({
      messages: frame.messages, layout, nowMs: app.nowMs, progress: resting?.progress ?? null,
      labelOf: (id) => this.labelOf(id), measure, labelled: this.#labelled,
      wanted: new Set([selectedMessage, this.hoveredMessage, app.loop.beat?.message ?? -1]),
      obstacles: [...this.inboxes.rects, ...captionsOf(this.cuts)],
    });
    this.#remember();

    context.setTransform(this.#ratio, 0, 0, this.#ratio, 0, 0);
    context.clearRect(0, 0, layout.width, layout.height);
    const ghosts = this.#motion.liveGhosts(wallMs);
    drawScene(context, {
      frame, sheet, nowMs: app.nowMs, layout, colours, cuts: this.cuts, hoveredCut: this.hoveredCut,
      cutWords: app.t(this.watched ? "timeline.cut" : "stage.cut"), obstacles: this.inboxes.rects, placed: this.placed,
      focus: { hovered: this.hoveredMessage, selected: selectedMessage, node: this.hoveredNode },
      ghosts, measure, style: this.#nodeStyle(), quorums: this.#quorums,
    });
    this.gestures.drawStroke(context, colours);
    return ghosts.length > 0 || (resting?.moving ?? false);
  }

  #remember() {
    this.#labelled = new Set();
    const { seen } = this.#motion;
    seen.clear();
    for (const { id, from, to, kind, progress, label, lost } of this.placed) {
      if (label !== null) this.#labelled.add(id);
      if (!lost) seen.set(id, { from, to, kind, progress, label });
    }
  }

  /** @returns {import("./draw-nodes.js").NodeStyle} */
  #nodeStyle() {
    const { app } = this;
    const { selection, frame } = app;
    const calm = !app.playing || app.byHand;
    return {
      selectedNode: selection?.type === "node" ? selection.node : -1,
      selectedClient: selection?.type === "client" ? selection.client : -1,
      hoveredNode: this.hoveredNode,
      touchedNode: calm ? (frame.last.touched ?? -1) : -1,
      ...stageWords((key) => app.t(key), app.sheet),
    };
  }

  // ---- what stands where

  /**
   * The message nearest to a point, if one is near enough.
   * @param {{x: number, y: number}} point
   * @param {number} reach
   */
  messageAt(point, reach) {
    let best = null;
    let bestDistance = reach;
    for (const message of this.placed) {
      const dx = Math.max(0, Math.abs(point.x - message.x) - message.w / 2);
      const dy = Math.max(0, Math.abs(point.y - message.y) - (message.label ? message.h / 2 : 0));
      const distance = Math.hypot(dx, dy);
      if (distance < bestDistance || (distance === bestDistance && distance === 0)) {
        best = message;
        bestDistance = distance;
      }
    }
    return best;
  }

  /**
   * @param {{x: number, y: number}} point
   * @param {number} reach
   */
  cutAt(point, reach) {
    return cutAt(this.cuts, this.layout, point, reach);
  }

  /**
   * Opens what a click on a moving message opens. The run stands still meanwhile, or the message would
   * be gone before it is read.
   * @param {import("./place.js").Placed} message
   */
  openMessage(message) {
    const { app } = this;
    const wasPlaying = app.playing;
    app.pause();
    app.select({ type: "message", id: message.id });
    const box = this.area.getBoundingClientRect();
    const { messages } = app.frame;
    const goOn = () => {
      if (wasPlaying && app.frame.last.violated.length === 0) app.play();
    };
    for (let at = 0; at < messages.length; at += MESSAGE_STRIDE) {
      if (messages[at + MESSAGE.id] !== message.id) continue;
      whenOpened(app, ({ anchorAt, openMessageMenu }) => {
        openMessageMenu(app, message.id, anchorAt(box.left + message.x, box.top + message.y + 6), goOn);
      }, goOn);
      return;
    }
  }

  /**
   * @param {number} node
   */
  openNode(node) {
    this.app.select({ type: "node", node });
    whenOpened(this.app, ({ openNodeMenu }) => openNodeMenu(this.app, node, this.#anchorOfNode(node)));
  }

  /** @param {number} client */
  openClient(client) {
    const { app } = this;
    app.select({ type: "client", client });
    whenOpened(app, (opened) => this.#openClient(opened, client));
  }

  /**
   * @param {import("../opening.js").Opened} opened
   * @param {number} client
   */
  #openClient({ openClientForm }, client) {
    const { x, y, r } = this.layout.clients[client];
    const box = this.area.getBoundingClientRect();
    const panel = openClientForm(this.app, client, {
      left: box.left + x - r, right: box.left + x + r, top: box.top + y - r, bottom: box.top + y + r,
    });
    // Below the client it covers less of the picture than beside it, where there is room.
    const { height } = panel.getBoundingClientRect();
    const below = box.top + y + r + 44;
    if (below + height > window.innerHeight - 8) return;
    panel.style.left = `${box.left + 8}px`;
    panel.style.top = `${below}px`;
  }

  /** @param {number} node */
  #anchorOfNode(node) {
    const { x, y, w, h: height } = this.layout.nodes[node];
    const box = this.area.getBoundingClientRect();
    return {
      left: box.left + x - w / 2, right: box.left + x + w / 2,
      top: box.top + y - height / 2, bottom: box.top + y + height / 2,
    };
  }
}
