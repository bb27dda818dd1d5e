// Brings a panel up to date without rebuilding it: what is focused, scrolled or unfolded stays so.
// Panels describe themselves anew each time; only the differences reach the document.

import { fill } from "../dom.js";

/**
 * Makes the children of `host` look like the wanted ones, reusing elements of the same tag and key.
 * @param {Element} host
 * @param {(Node | string | null | undefined | false)[]} wanted
 */
export function patch(host, wanted) {
  const holder = document.createElement("div");
  fill(holder, wanted);
  patchChildren(host, holder);
}

/** @param {Node} node */
function keyOf(node) {
  return node instanceof HTMLElement ? node.dataset.key ?? "" : "";
}

/** @param {Node} one @param {Node} other */
function isSame(one, other) {
  return one.nodeName === other.nodeName && keyOf(one) === keyOf(other);
}

/** @param {Element} host @param {Element} wanted */
function patchChildren(host, wanted) {
  let old = host.firstChild;
  for (let next = wanted.firstChild; next; ) {
    const following = next.nextSibling;
    // An element that has moved up is looked for further down; what is skipped goes at the end.
    let found = old;
    while (found && !isSame(found, next)) found = found.nextSibling;
    if (found && (found === old || keyOf(found) !== "")) {
      while (old && old !== found) {
        const gone = old;
        old = old.nextSibling;
        gone.remove();
      }
      patchNode(found, next);
      old = found.nextSibling;
    } else if (old && !keyOf(old) && old.nodeName === next.nodeName) {
      patchNode(old, next);
      old = old.nextSibling;
    } else {
      host.insertBefore(next, old);
    }
    next = following;
  }
  while (old) {
    const gone = old;
    old = old.nextSibling;
    gone.remove();
  }
}

/** @param {Node} old @param {Node} wanted */
function patchNode(old, wanted) {
  if (!(old instanceof Element) || !(wanted instanceof Element)) {
    if (old.nodeValue !== wanted.nodeValue) old.nodeValue = wanted.nodeValue;
    return;
  }
  for (const { name, value } of [...wanted.attributes]) {
    if (old.getAttribute(name) === value) continue;
    // The page's CSP forbids the attribute, but not the property.
    if (name === "style" && old instanceof HTMLElement) old.style.cssText = value;
    else old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    // Whether something is unfolded is the reader's business.
    if (!wanted.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
  // What somebody chose or wrote is theirs as well.
  if (old instanceof HTMLSelectElement || old instanceof HTMLTextAreaElement) {
    if (old.children.length === wanted.children.length) return;
  }
  patchChildren(old, wanted);
}

/**
 * Runs the function that belongs to a pressed element: panels register functions by name while they
 * describe themselves, and elements carry the name in `data-do`.
 */
export class Doer {
  /** @type {Map<string, (event: Event) => void>} */
  #functions = new Map();

  /** @param {HTMLElement} host */
  constructor(host) {
    for (const type of ["click", "change", "submit"]) {
      host.addEventListener(type, (event) => {
        const element = /** @type {HTMLElement} */ (event.target).closest("[data-do]");
        if (!(element instanceof HTMLElement)) return;
        if ((element.dataset.on ?? "click") !== type) return;
        if (type === "submit") event.preventDefault();
        if (element.getAttribute("aria-disabled") === "true") return;
        this.#functions.get(element.dataset.do ?? "")?.(event);
      });
    }
  }

  /** Forgets all functions, before the panel describes itself anew. */
  begin() {
    this.#functions.clear();
  }

  /**
   * @param {string} name
   * @param {(event: Event) => void} run
   * @returns {string} the name, for `data-do`
   */
  add(name, run) {
    this.#functions.set(name, run);
    return name;
  }
}
