// For pages of documentation: makes the element known, turns code blocks that are called `consensus` into
// it where they stand, and gives framed runs the height they ask for.

import { define, NAME } from "./element.js";

/** How the generators write a block: MkDocs, mdBook and markdown-it; superfences; Sphinx; VitePress. */
const BLOCKS = [
  "pre > code.language-consensus", "div.consensus", "pre.consensus", "div.highlight-consensus", "div.language-consensus",
].join(", ");
/** How long after its beginning a page's framework may take to come, and how often it is looked for. */
const FRAMEWORK_MS = 10_000;
const LOOK_EVERY_MS = 50;
const HEIGHT = { least: 120, most: 2000 };

if (typeof document !== "undefined") {
  define();
  // Some pages change without being loaded anew.
  new MutationObserver(upgrade).observe(document.documentElement, { childList: true, subtree: true });
  upgrade();
  addEventListener("message", resize);
}

function upgrade() {
  for (const found of document.querySelectorAll(BLOCKS)) {
    const block = /** @type {HTMLElement} */ (found.localName === "code" ? found.parentElement : found);
    if (block.dataset.consensus !== undefined || block.parentElement?.closest("[data-consensus]")) continue;
    if (isAwaited(block)) {
      timer ||= window.setTimeout(lookAgain, LOOK_EVERY_MS);
      continue;
    }
    const code = block.querySelector("pre code, pre") ?? block;
    const run = document.createElement(NAME);
    run.setAttribute("scenario", `${(code.textContent ?? "").trim()}\n`);
    block.dataset.consensus = "";
    block.hidden = true;
    // What cannot be played is read.
    run.addEventListener("consensus-error", () => (block.hidden = false));
    block.before(run);
  }
}

let timer = 0;
function lookAgain() {
  timer = 0;
  upgrade();
}

/**
 * Whether VitePress has still to take over what its server wrote: it must find that as it was. When it has,
 * Vue leaves its mark.
 * @param {HTMLElement} block
 */
function isAwaited(block) {
  const root = block.matches("div.language-consensus") ? block.closest("#app") : null;
  return root !== null && !("__vue_app__" in root) && performance.now() < FRAMEWORK_MS;
}

/** @param {MessageEvent} event from one of the page's frames, perhaps */
function resize({ data, source }) {
  if (data?.type !== NAME || data.version !== 1 || data.event !== "resize" || !Number.isFinite(data.height)) return;
  for (const frame of document.querySelectorAll("iframe")) {
    // A height of their own is somebody's wish.
    if (frame.contentWindow !== source || frame.hasAttribute("height")) continue;
    frame.style.height = `${Math.min(HEIGHT.most, Math.max(HEIGHT.least, data.height))}px`;
  }
}
