// The inbox beside each receiver while the run stands still: undelivered messages and armed timers as
// buttons, the next due first. A click delivers; the menu drops, copies or delays. These are real
// buttons, so keyboard and screen reader get them for free.

import { endpointName } from "../a11y.js";
import { activeBeside, fill, h, icon } from "../dom.js";
import { closePopover, whenOpened } from "../opening.js";
import { CLIENT_BASE, MESSAGE, MESSAGE_STRIDE } from "../types.js";
import { lookOf } from "./draw-messages.js";

/**
 * @typedef {import("../app.js").App} App
 * @typedef {{type: "message", id: number, tone: string, reply: boolean, dead: boolean, dueMs: number, from: number}
 *   | {type: "timer", node: number, timer: number, name: string, dueMs: number}} InboxItem
 */

const ROW_HEIGHT = 26;
const ROWS_MAX = 4;

/**
 * What waits at every endpoint.
 * @param {App} app
 * @returns {Map<number, InboxItem[]>}
 */
export function inboxes(app) {
  /** @type {Map<number, InboxItem[]>} */
  const byReceiver = new Map();
  const add = (/** @type {number} */ receiver, /** @type {InboxItem} */ item) => {
    const items = byReceiver.get(receiver);
    if (items) items.push(item);
    else byReceiver.set(receiver, [item]);
  };
  const { messages, nodes } = app.frame;
  for (let at = 0; at < messages.length; at += MESSAGE_STRIDE) {
    if (messages[at + MESSAGE.lost]) continue;
    const look = lookOf(app.sheet, messages[at + MESSAGE.kind]);
    add(messages[at + MESSAGE.to], {
      type: "message", id: messages[at], tone: look.tone, reply: look.reply, dead: messages[at + MESSAGE.dead] !== 0,
      dueMs: app.byHand ? messages[at + MESSAGE.sentIndex] : messages[at + MESSAGE.dueMs], from: messages[at + MESSAGE.from],
    });
  }
  nodes.forEach((node, index) => {
    if (node.status === "down") return;
    for (const timer of node.timers) {
      if (timer.dueMs === null) continue;
      // By hand nothing is due: messages first, in the order they were sent.
      const dueMs = app.byHand ? Number.MAX_SAFE_INTEGER : timer.dueMs;
      add(index, { type: "timer", node: index, timer: timer.timer, name: timer.name, dueMs });
    }
  });
  for (const items of byReceiver.values()) items.sort((a, b) => a.dueMs - b.dueMs);
  return byReceiver;
}

/**
 * Does what a click on the item does.
 * @param {App} app
 * @param {InboxItem} item
 */
export function takeItem(app, item) {
  return item.type === "message" ? app.act({ type: "deliver", message: item.id })
    : app.act({ type: "fire", node: item.node, timer: item.timer });
}

/**
 * @param {App} app
 * @param {InboxItem} item
 * @param {Element} opener
 */
function openItemMenu(app, item, opener) {
  // The button may be another one when the menu opens.
  const anchor = opener.getBoundingClientRect();
  whenOpened(app, ({ openMessageMenu, openTimerMenu }) => {
    if (item.type === "message") openMessageMenu(app, item.id, anchor);
    else openTimerMenu(app, item.node, item.timer, anchor);
  });
}

export class Inboxes {
  /** The rooms the boxes take on the stage; labels keep out of them. @type {import("./place.js").Rect[]} */
  rects = [];
  #shown = "";

  /**
   * @param {App} app
   * @param {HTMLElement} host lies over the canvas
   * @param {(id: number, wide: boolean) => string} labelOf
   * @param {(id: number | null) => void} highlight
   */
  constructor(app, host, labelOf, highlight) {
    this.app = app;
    this.host = host;
    this.labelOf = labelOf;
    this.highlight = highlight;
  }

  /**
   * @param {import("./layout.js").Layout} layout
   * @param {boolean} visible
   */
  update(layout, visible) {
    this.rects = [];
    if (!visible) {
      if (this.host.childElementCount > 0) fill(this.host);
      this.#shown = "";
      return;
    }
    const active = activeBeside(this.host);
    const focused = active instanceof HTMLElement && this.host.contains(active) ? active.dataset : null;
    /** @type {HTMLElement[]} */
    const boxes = [];
    for (const [receiver, items] of [...inboxes(this.app)].sort(([a], [b]) => a - b)) {
      const box = this.#box(layout, receiver, items);
      if (box) boxes.push(box);
    }
    fill(this.host, boxes);
    this.#refocus(focused);
  }

  /**
   * The button that had the focus, or the next one in the same inbox.
   * @param {DOMStringMap | null} focused
   */
  #refocus(focused) {
    if (!focused?.receiver) return;
    const same = /** @type {HTMLElement[]} */ ([...this.host.querySelectorAll(`[data-receiver="${focused.receiver}"]`)]);
    const target = same.find((button) => button.dataset.key === focused.key) ?? same[0];
    const root = /** @type {Document | ShadowRoot} */ (this.host.getRootNode());
    (target ?? /** @type {HTMLElement | null} */ (root.querySelector(`[data-endpoint="${focused.receiver}"]`)))?.focus({ preventScroll: true });
  }

  /**
   * @param {import("./layout.js").Layout} layout
   * @param {number} receiver
   * @param {InboxItem[]} items
   */
  #box(layout, receiver, items) {
    const place = receiver >= CLIENT_BASE ? null : layout.nodes[receiver];
    const client = receiver >= CLIENT_BASE ? layout.clients[receiver - CLIENT_BASE] : null;
    if (!place && !client) return null;
    const rows = place && layout.inboxWidth > 0 ? this.#rowsThatFit(layout, receiver) : 0;
    if (!place || rows === 0) return this.#chip(layout, receiver, items);

    const shown = items.length > rows ? items.slice(0, rows - 1) : items;
    const more = items.length - shown.length;
    const width = layout.inboxWidth - 14;
    const height = (shown.length + (more > 0 ? 1 : 0)) * ROW_HEIGHT;
    const x = place.side === "right" ? place.x + place.w / 2 + 16 : place.x - place.w / 2 - 16 - width;
    const y = Math.max(4, Math.min(layout.height - height - 4, place.y - height / 2));
    this.rects.push({ x, y, w: width, h: height });
    const box = h("div", {
      class: "inbox", role: "group", "aria-label": this.app.t("inbox.of", { name: endpointName(this.app, receiver) }),
      style: { left: `${x}px`, top: `${y}px`, width: `${width}px` },
    }, shown.map((item) => this.#button(receiver, item)));
    if (more > 0) box.append(this.#moreButton(receiver, items, this.app.t("inbox.more", { count: more })));
    return box;
  }

  /**
   * How many rows stand beside a node before its neighbour's on the same side begins.
   * @param {import("./layout.js").Layout} layout
   * @param {number} node
   */
  #rowsThatFit(layout, node) {
    const mine = layout.nodes[node];
    let room = layout.height;
    layout.nodes.forEach((other, index) => {
      if (index === node) return;
      const sameSide = other.side === mine.side;
      const gap = Math.abs(other.y - mine.y);
      if (sameSide) room = Math.min(room, gap - 6);
      // Right of the top node lies no other card only if that card is lower or further in.
      const start = mine.side === "right" ? mine.x + mine.w / 2 : mine.x - mine.w / 2 - layout.inboxWidth;
      if (Math.abs(other.x - (start + layout.inboxWidth / 2)) < (layout.inboxWidth + other.w) / 2) {
        room = Math.min(room, 2 * (gap - other.h / 2 - 6));
      }
    });
    // The lanes of a node at the top or bottom leave it to the side, close under its inbox.
    const most = Math.abs(Math.cos(mine.angle)) < 0.2 ? ROWS_MAX - 1 : ROWS_MAX;
    return Math.max(0, Math.min(most, Math.floor(room / ROW_HEIGHT)));
  }

  /**
   * Where there is no room for a list: how many wait, and the list on a click.
   * @param {import("./layout.js").Layout} layout
   * @param {number} receiver
   * @param {InboxItem[]} items
   */
  #chip(layout, receiver, items) {
    const name = endpointName(this.app, receiver);
    const place = receiver >= CLIENT_BASE ? null : layout.nodes[receiver];
    const client = place ? null : layout.clients[receiver - CLIENT_BASE];
    if (layout.tier === "dot" && layout.nodes.length > 24) return null;
    const x = place ? place.x + place.w / 2 - 20 : (client?.x ?? 0) + (client?.r ?? 0) - 4;
    const y = place ? place.y + place.h / 2 - 10 : (client?.y ?? 0) - (client?.r ?? 0) - 10;
    this.rects.push({ x, y, w: 38, h: 22 });
    const chip = this.#moreButton(receiver, items, String(items.length));
    chip.className = "inbox-chip";
    chip.prepend(icon("inbox", 13));
    chip.setAttribute("aria-label", this.app.t("inbox.chip", { name, count: items.length }));
    chip.style.left = `${x}px`;
    chip.style.top = `${y}px`;
    return chip;
  }

  /**
   * @param {number} receiver
   * @param {InboxItem[]} items
   * @param {string} words
   */
  #moreButton(receiver, items, words) {
    return h("button", {
      type: "button", class: "inbox-more", data: { receiver: String(receiver), key: "more" },
      onclick: (/** @type {Event} */ event) => this.#openAll(receiver, items, /** @type {Element} */ (event.currentTarget)),
    }, words);
  }

  /**
   * @param {number} receiver
   * @param {InboxItem[]} items
   * @param {Element} opener
   */
  #openAll(receiver, items, opener) {
    const title = this.app.t("inbox.of", { name: endpointName(this.app, receiver) });
    const list = h("div", { class: "inbox-all" }, items.slice(0, 200).map((item) => {
      const button = this.#button(receiver, item);
      button.addEventListener("click", () => closePopover());
      return button;
    }));
    const anchor = opener.getBoundingClientRect();
    whenOpened(this.app, ({ openPanel }) => {
      openPanel(anchor, { title }, h("div", { class: "pop-title" }, title), h("p", { class: "pop-note" }, this.app.t("inbox.how")), list);
    });
  }

  /**
   * @param {number} receiver
   * @param {InboxItem} item
   */
  #button(receiver, item) {
    const { app } = this;
    const isMessage = item.type === "message";
    const from = isMessage ? endpointName(app, item.from) : "";
    const words = isMessage ? this.labelOf(item.id, true) : item.name;
    const due = app.byHand ? "" : app.t("inbox.due", { ms: Math.round(item.dueMs) });
    const accessible = isMessage
      ? app.t("inbox.deliver", { name: endpointName(app, receiver), from, what: words })
      : app.t("inbox.fire", { name: endpointName(app, receiver), what: words });
    const flying = isMessage && app.loop.beat?.message === item.id;
    let held = 0;
    const button = h("button", {
      type: "button",
      class: `inbox-item${isMessage ? ` tone-${item.tone}` : " timer"}${isMessage && item.reply ? " reply" : ""}${isMessage && item.dead ? " dead" : ""}${flying ? " flying" : ""}`,
      title: due ? `${accessible} · ${due}` : accessible,
      data: { receiver: String(receiver), key: isMessage ? `m${item.id}` : `t${item.timer}` },
      onclick: () => takeItem(app, item),
      oncontextmenu: (/** @type {MouseEvent} */ event) => {
        event.preventDefault();
        openItemMenu(app, item, button);
      },
      // A touch that stays opens the menu; Chromium sends contextmenu by itself, Safari does not.
      ontouchstart: () => {
        held = window.setTimeout(() => openItemMenu(app, item, button), 550);
      },
      ontouchend: () => window.clearTimeout(held),
      ontouchmove: () => window.clearTimeout(held),
      onpointerenter: () => this.highlight(isMessage ? item.id : null),
      onpointerleave: () => this.highlight(null),
      onfocus: () => this.highlight(isMessage ? item.id : null),
      onblur: () => this.highlight(null),
    }, h("span", { class: "unseen" }, accessible),
    isMessage ? h("span", { class: "inbox-from", "aria-hidden": "true" }, from) : icon("timer", 13),
    h("span", { class: "inbox-words", "aria-hidden": "true" }, words),
    app.byHand ? null : h("span", { class: "inbox-due", "aria-hidden": "true" }, app.t("inbox.in", { ms: Math.max(0, Math.round(item.dueMs - app.nowMs)) })));
    return button;
  }
}
