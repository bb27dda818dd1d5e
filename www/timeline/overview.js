// The whole run at one width, with all its branches as a small tree: press anywhere to go there.

import { fill, h } from "../dom.js";

/** @typedef {{ id: number, parent: number|null, at: number, length: number, endMs: number }} Branch */
/** @typedef {import("../app.js").App} App */

const PAD = 8;

/**
 * The branches from top to bottom, each below the one that it leaves.
 * @param {Branch[]} branches
 * @returns {Branch[]}
 */
export function inTreeOrder(branches) {
  /** @type {Branch[]} */
  const order = [];
  const visit = (/** @type {number|null} */ parent) => {
    const children = branches.filter((branch) => branch.parent === parent);
    // Those that leave late come first, so that no line crosses another.
    children.sort((left, right) => right.at - left.at || left.id - right.id);
    for (const child of children) {
      order.push(child);
      visit(child.id);
    }
  };
  visit(null);
  return order;
}

/**
 * The moments of a branch's path that lie on each branch: from where to where.
 * @param {Branch[]} branches @param {number} branch
 * @returns {Map<number, [number, number]>}
 */
export function pathOf(branches, branch) {
  /** @type {Map<number, [number, number]>} */
  const path = new Map();
  let present = branches.find(({ id }) => id === branch);
  let end = present?.length ?? 0;
  while (present) {
    const { at, parent } = present;
    path.set(present.id, [parent === null ? 0 : at, end]);
    end = at;
    present = branches.find(({ id }) => id === parent);
  }
  return path;
}

export class Overview {
  /**
   * @param {HTMLElement} host @param {App} app
   * @param {{ seek: (branch: number, index: number) => void }} actions
   */
  constructor(host, app, actions) {
    this.app = app;
    this.actions = actions;
    this.canvas = h("canvas", { "aria-hidden": "true" });
    this.names = h("div", { class: "timeline-branches", role: "group" });
    this.inner = h("div", { class: "timeline-whole-inner" }, this.canvas, this.names);
    this.root = h("div", { class: "timeline-whole" }, this.inner);
    host.append(this.root);
    /** @type {Branch[]} */
    this.order = [];
    this.namesKey = "";
    this.width = 0;
    this.dragging = false;
    this.listen();
  }

  listen() {
    const { canvas } = this;
    const go = (/** @type {PointerEvent} */ event, /** @type {boolean} */ mayChangeBranch) => {
      const box = canvas.getBoundingClientRect();
      const index = Math.round(((event.clientX - box.left - this.left) / Math.max(1, this.right - this.left)) * this.longest);
      const row = this.order[Math.floor((event.clientY - box.top - 3) / this.row)];
      const { branch } = this.app.frame.cursor;
      // A press on another branch's line goes there; a drag stays on the branch that it began on.
      const other = mayChangeBranch && row && row.id !== branch && index >= (row.parent === null ? 0 : row.at) ? row : null;
      const target = other ?? this.order.find(({ id }) => id === branch);
      if (target) this.actions.seek(target.id, Math.max(0, Math.min(index, target.length)));
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      this.dragging = true;
      go(event, true);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.dragging) go(event, false);
    });
    for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) {
      canvas.addEventListener(name, () => (this.dragging = false));
    }
    this.names.addEventListener("click", (event) => {
      const button = /** @type {HTMLElement} */ (event.target).closest("button");
      const branch = this.order.find(({ id }) => String(id) === button?.dataset.branch);
      if (branch) this.actions.seek(branch.id, Math.min(this.app.frame.cursor.index, branch.length));
    });
  }

  /** The height of a branch's row; where there are several, each is something to press. */
  get row() {
    if (this.order.length < 2) return 18;
    return matchMedia("(pointer: coarse)").matches ? 44 : 24;
  }

  get left() {
    return this.width < 560 ? PAD + 4 : 60;
  }

  get right() {
    return this.width - (this.order.length > 1 ? 92 : PAD + 12);
  }

  get longest() {
    return Math.max(1, ...this.order.map(({ length }) => length));
  }

  /**
   * @param {{ branches: Branch[], faults: import("./rows.js").Fault[], violations: number[], notes: import("../types.js").Note[],
   *   window: import("./warp.js").Window, plotWidth: number, colours: import("../theme.js").Colours }} given
   */
  draw({ branches, faults, violations, notes, window, plotWidth, colours }) {
    const { app, canvas } = this;
    const { cursor } = app.frame;
    this.order = inTreeOrder(branches);
    this.nameBranches();
    this.width = this.root.clientWidth;
    const height = this.order.length * this.row + 6;
    const ratio = Math.min(3, devicePixelRatio || 1);
    const size = [Math.round(this.width * ratio), Math.round(height * ratio)];
    if (canvas.width !== size[0] || canvas.height !== size[1]) {
      [canvas.width, canvas.height] = size;
      canvas.style.width = `${this.width}px`;
      canvas.style.height = this.inner.style.height = `${height}px`;
    }
    const context = canvas.getContext("2d");
    if (!context || this.width === 0) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, height);

    const scale = (this.right - this.left) / this.longest;
    const x = (/** @type {number} */ index) => this.left + index * scale;
    const y = (/** @type {number} */ branch) => 3 + (this.order.findIndex(({ id }) => id === branch) + 0.5) * this.row;
    const path = pathOf(branches, cursor.branch);
    const rowOf = (/** @type {number} */ index) => {
      for (const [branch, [from, to]] of path) if (index >= from && index <= to) return y(branch);
      return y(cursor.branch);
    };

    this.drawWindow(context, window, plotWidth, x, rowOf, colours);
    context.lineCap = "round";
    for (const branch of this.order) {
      const within = path.get(branch.id);
      const from = branch.parent === null ? 0 : branch.at;
      stretch(context, branch, from, branch.length, colours.soft, 1.5);
      if (within) stretch(context, branch, within[0], within[1], colours.accent, branch.id === cursor.branch ? 3 : 2);
    }
    context.lineCap = "butt";

    context.fillStyle = colours.ink;
    let lastX = -9;
    for (const { index } of faults) {
      const at = Math.round(x(index + 1));
      if (at - lastX < 2) continue;
      lastX = at;
      context.fillRect(at, rowOf(index + 1) - 5, 1, 3);
    }
    for (const note of notes) {
      context.beginPath();
      context.arc(x(note.index), rowOf(note.index) - 5, 2, 0, 2 * Math.PI);
      context.fillStyle = colours.mark;
      context.strokeStyle = colours.ink;
      context.lineWidth = 0.8;
      context.fill();
      context.stroke();
    }
    for (const action of violations) {
      const [at, row] = [x(action + 1), rowOf(action + 1)];
      context.fillStyle = colours.bad;
      context.beginPath();
      context.moveTo(at, row - 6);
      context.lineTo(at + 5, row);
      context.lineTo(at, row + 6);
      context.lineTo(at - 5, row);
      context.fill();
    }
    context.beginPath();
    context.arc(x(cursor.index), rowOf(cursor.index), 5, 0, 2 * Math.PI);
    context.fillStyle = colours.accent;
    context.strokeStyle = colours.panel;
    context.lineWidth = 2;
    context.fill();
    context.stroke();

    /**
     * @param {CanvasRenderingContext2D} context @param {Branch} branch
     * @param {number} from @param {number} to @param {string} colour @param {number} width
     */
    function stretch(context, branch, from, to, colour, width) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.beginPath();
      const row = y(branch.id);
      if (branch.parent !== null && from === branch.at) {
        const above = y(branch.parent), bend = Math.min(10, Math.max(2, (to - from) * scale));
        context.moveTo(x(from), above);
        context.bezierCurveTo(x(from) + 1, row, x(from), row, x(from) + bend, row);
      } else {
        context.moveTo(x(from), row);
      }
      context.lineTo(x(to), row);
      context.stroke();
    }
  }

  /**
   * The part that the diagram shows.
   * @param {CanvasRenderingContext2D} context @param {import("./warp.js").Window} window @param {number} plotWidth
   * @param {(index: number) => number} x @param {(index: number) => number} rowOf
   * @param {import("../theme.js").Colours} colours
   */
  drawWindow(context, { first, xs }, plotWidth, x, rowOf, colours) {
    let from = 0, to = xs.length - 1;
    while (from < to && xs[from] < 0) from++;
    while (to > from && xs[to] > plotWidth) to--;
    if (from === 0 && to === xs.length - 1 && xs[0] >= 0) return;
    const left = x(first + from), width = Math.max(6, x(first + to) - left);
    const rows = [rowOf(first + from), rowOf(first + to)];
    const top = Math.min(...rows) - 8.5, bottom = Math.max(...rows) + 8.5;
    context.fillStyle = colours.accent;
    context.globalAlpha = 0.13;
    context.fillRect(left, top, width, bottom - top);
    context.globalAlpha = 0.6;
    context.strokeStyle = colours.accent;
    context.lineWidth = 1;
    context.strokeRect(left + 0.5, top, width, bottom - top);
    context.globalAlpha = 1;
  }

  nameBranches() {
    const { app } = this;
    const present = app.frame.cursor.branch;
    const key = `${app.language} ${present} ${this.order.map(({ id }) => id).join()}`;
    if (key === this.namesKey) return;
    this.namesKey = key;
    this.names.setAttribute("aria-label", app.t("timeline.branches"));
    const focused = this.names.contains(document.activeElement) ? /** @type {HTMLElement} */ (document.activeElement).dataset.branch : null;
    fill(this.names, this.order.length < 2 ? [] : this.order.map(({ id }, row) =>
      h("button", {
        type: "button", data: { branch: id }, "aria-current": id === present ? "true" : null,
        style: { top: `${3 + row * this.row}px`, height: `${this.row}px` },
        "aria-label": app.t(id === present ? "timeline.branchPresent" : "timeline.branchGo", { branch: id + 1 }),
      }, app.t("timeline.branch", { branch: id + 1 }))));
    if (focused) /** @type {HTMLElement|null} */ (this.names.querySelector(`[data-branch="${focused}"]`))?.focus();
    const row = this.order.findIndex(({ id }) => id === present);
    if (this.root.scrollHeight > this.root.clientHeight) this.root.scrollTop = row * this.row - this.root.clientHeight / 2;
  }
}
