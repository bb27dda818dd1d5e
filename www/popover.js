// Small native popovers: menus of actions with the impossible ones greyed in place, and panels with
// a little content. They stand beside what they are about and never cover the whole picture.

import { activeBeside, h, icon } from "./dom.js";

/**
 * @typedef {{left: number, top: number, right: number, bottom: number}} Anchor in viewport px
 * @typedef {{label: string, icon?: string, hint?: string, reason?: string | null, run: () => void,
 *   checked?: boolean}} MenuRow
 * @typedef {MenuRow | {heading: string} | {content: HTMLElement}} MenuItem
 */

/** @type {{panel: HTMLElement, opener: Element | null, close: () => void} | null} */
let open = null;
/** @type {HTMLElement | ShadowRoot} */
let ground = document.body;

/**
 * Puts what opens from now on into something else: styles, and the focus, end at the border of a shadow root.
 * @param {HTMLElement | ShadowRoot} other
 */
export function standIn(other) {
  ground = other;
}

export function closePopover() {
  open?.close();
}

/** Whether a menu or panel stands open. */
export function popoverIsOpen() {
  return open !== null;
}

// The browser's own light dismissal would close a menu that a long press has just opened, as soon
// as the finger is lifted; so popovers are `manual` and are closed here.
document.addEventListener("pointerdown", (event) => {
  const [target] = event.composedPath();
  if (!open || !(target instanceof Node) || open.panel.contains(target)) return;
  const { opener } = open;
  open.close();
  // A click on the button that opened it closes it, and no more.
  if (!opener?.contains(target)) return;
  const swallow = (/** @type {Event} */ click) => {
    click.stopPropagation();
    click.preventDefault();
  };
  opener.addEventListener("click", swallow, { capture: true, once: true });
  window.setTimeout(() => opener.removeEventListener("click", swallow, { capture: true }), 600);
}, { capture: true });
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !open) return;
  event.preventDefault();
  event.stopPropagation();
  open.close();
}, { capture: true });

/**
 * @param {Element} element
 * @returns {Anchor}
 */
export function anchorOf(element) {
  return element.getBoundingClientRect();
}

/**
 * @param {number} x
 * @param {number} y
 * @returns {Anchor}
 */
export function anchorAt(x, y) {
  return { left: x - 6, top: y - 6, right: x + 6, bottom: y + 6 };
}

/**
 * A panel with free content; focus goes to its first field.
 * @param {Anchor} anchor
 * @param {{title: string, className?: string, onclose?: () => void}} options
 * @param {...(HTMLElement | null)} content
 * @returns {HTMLElement}
 */
export function openPanel(anchor, { title, className = "", onclose }, ...content) {
  closePopover();
  const opener = activeBeside(ground);
  const panel = h("div", { popover: "manual", role: "dialog", "aria-label": title, class: `pop ${className}` },
    ...content.filter((child) => child !== null));
  const close = () => {
    if (open?.panel !== panel) return;
    open = null;
    const hadFocus = panel.contains(activeBeside(panel)) || document.activeElement === document.body;
    panel.remove();
    if (hadFocus && opener instanceof HTMLElement && opener.isConnected) opener.focus({ preventScroll: true });
    onclose?.();
  };
  // The page's single keys must not act while somebody types or walks a menu.
  panel.addEventListener("keydown", (event) => event.stopPropagation());
  ground.append(panel);
  panel.showPopover();
  const isButton = opener instanceof HTMLElement && opener.matches("button:not([data-endpoint])");
  open = { panel, opener: isButton ? opener : null, close };
  standBeside(panel, anchor);
  const first = panel.querySelector("[autofocus], input, select, [role=menuitem], button");
  if (first instanceof HTMLElement) first.focus({ preventScroll: true });
  return panel;
}

/**
 * @param {Anchor} anchor
 * @param {{title: string, detail?: HTMLElement | null, onclose?: () => void}} options
 * @param {MenuItem[]} items
 */
export function openMenu(anchor, { title, detail = null, onclose }, items) {
  const list = h("div", { role: "menu", "aria-label": title, class: "menu" },
    items.map((item) => {
      if ("heading" in item) return h("div", { class: "menu-heading", role: "presentation" }, item.heading);
      if ("content" in item) return item.content;
      return menuRow(item);
    }));
  list.addEventListener("keydown", (event) => walkMenu(event, list));
  const panel = openPanel(anchor, { title, onclose },
    h("div", { class: "pop-title" }, title), detail, list);
  return panel;
}

/** @param {MenuRow} row */
function menuRow(row) {
  const impossible = row.reason !== null && row.reason !== undefined;
  return h("button", {
    type: "button", role: "menuitem", class: "menu-row", tabindex: "-1",
    "aria-disabled": impossible ? "true" : undefined,
    onclick: () => {
      if (impossible) return;
      closePopover();
      row.run();
    },
  },
  row.icon ? icon(row.icon) : h("span", { class: "icon-room" }),
  h("span", { class: "menu-words" }, row.label,
    impossible ? h("small", null, row.reason) : row.hint ? h("small", null, row.hint) : null),
  row.checked ? icon("check") : null);
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement} list
 */
function walkMenu(event, list) {
  const rows = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=menuitem]")]);
  const active = activeBeside(list);
  const at = rows.indexOf(/** @type {HTMLElement} */ (active));
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  let next = -1;
  if (step) next = (at + step + rows.length) % rows.length;
  else if (event.key === "Home") next = 0;
  else if (event.key === "End") next = rows.length - 1;
  if (next < 0 || active instanceof HTMLInputElement) return;
  event.preventDefault();
  rows[next]?.focus();
}

/**
 * Beside the anchor where there is room, else below or above it; always inside the window.
 * @param {HTMLElement} panel
 * @param {Anchor} anchor
 */
function standBeside(panel, anchor) {
  const gap = 8;
  const { width, height } = panel.getBoundingClientRect();
  const { innerWidth, innerHeight } = window;
  let left = anchor.right + gap;
  let top = anchor.top;
  if (left + width > innerWidth - gap) left = anchor.left - gap - width;
  if (left < gap) {
    left = Math.min(Math.max(gap, anchor.left), innerWidth - width - gap);
    top = anchor.bottom + gap;
    if (top + height > innerHeight - gap) top = anchor.top - gap - height;
  }
  panel.style.left = `${Math.max(gap, left)}px`;
  panel.style.top = `${Math.max(gap, Math.min(top, innerHeight - height - gap))}px`;
  // Where what it is about scrolls away, it goes along.
  if (getComputedStyle(panel).position === "absolute") panel.style.translate = `${window.scrollX}px ${window.scrollY}px`;
}

/**
 * Below a button of the header or the bar.
 * @param {HTMLElement} panel
 * @param {Element} button
 */
export function standBelow(panel, button) {
  const gap = 6;
  const anchor = button.getBoundingClientRect();
  const { width, height } = panel.getBoundingClientRect();
  const left = Math.max(gap, Math.min(anchor.left, window.innerWidth - width - gap));
  const below = anchor.bottom + gap;
  const roomBelow = window.innerHeight - gap - below;
  const above = height > roomBelow && anchor.top > roomBelow;
  // What is too long for the window scrolls, and its button stays in sight.
  panel.style.maxHeight = `${above ? anchor.top - 2 * gap : roomBelow}px`;
  const top = above ? Math.max(gap, anchor.top - gap - height) : below;
  panel.style.left = `${left}px`;
  panel.style.top = `${top}px`;
}
