// What lets readers reach into an embedded run's picture: nodes and clients are buttons over it from the
// start; the menus that these and the messages open are fetched with the first touch, or when a keyboard
// comes there, so that watching costs nothing more. From then on those who stand still are shown what waits
// at each node.

import { createButtons } from "../a11y.js";
import { activeBeside } from "../dom.js";
import { closePopover, opened } from "../opening.js";

/** The styles of what opens, for all runs of the page. @type {Promise<CSSStyleSheet> | null} */
let coming = null;
/** @type {CSSStyleSheet | null} */
let sheet = null;

function fetchSheet() {
  coming ??= import("./hand-sheet.js").then(({ handSheetText }) => handSheetText())
    .then((text) => new CSSStyleSheet().replace(text)).then((made) => (sheet = made));
  coming.catch(() => (coming = null));
  return coming;
}

/**
 * @param {import("../stage/index.js").Stage} stage
 * @param {import("./embedded.js").Embedded} app
 * @param {ShadowRoot} root
 */
export function createReach(stage, app, root) {
  app.prepare = async () => {
    await fetchSheet();
  };
  app.ground = () => {
    if (sheet && !root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    return root;
  };
  createButtons(stage, app);

  const reach = () => {
    if (stage.watched || stage.hasInboxes) return;
    // What cannot be had is told when a menu is asked for.
    opened(app).then(() => {
      if (app.closed) return;
      stage.hasInboxes = true;
      app.changed();
    }, () => {});
  };
  stage.area.addEventListener("pointerdown", reach);
  stage.area.addEventListener("focusin", reach);
  stage.overlay.addEventListener("keydown", (event) => walk(event, stage, app));
  // What stands open is about the run that goes.
  app.on("closing", () => {
    if (root.querySelector(".pop")) closePopover();
  });
}

/** To which other node the arrow keys lead. @type {Record<string, (node: number, count: number) => number>} */
const WAYS = {
  ArrowRight: (node, count) => (node + 1) % count,
  ArrowDown: (node, count) => (node + 1) % count,
  ArrowLeft: (node, count) => (node + count - 1) % count,
  ArrowUp: (node, count) => (node + count - 1) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

/**
 * One stop for Tab among all nodes, and the arrow keys from there.
 * @param {KeyboardEvent} event
 * @param {import("../stage/index.js").Stage} stage
 * @param {import("./embedded.js").Embedded} app
 */
function walk(event, stage, app) {
  const active = activeBeside(stage.overlay);
  const node = Number(active instanceof HTMLElement ? active.dataset.endpoint : NaN);
  const count = app.frame.nodes.length;
  const way = event.ctrlKey || event.metaKey || event.altKey ? undefined : WAYS[event.key];
  if (!way || !(node < count)) return;
  event.preventDefault();
  event.stopPropagation();
  const next = way(node, count);
  app.select({ type: "node", node: next });
  /** @type {HTMLElement | null} */ (stage.overlay.querySelector(`[data-endpoint="${next}"]`))?.focus({ preventScroll: true });
}
