// What opens only when somebody asks for it (menus, forms, the chooser of scenarios, the help) is
// fetched at the first sign of a hand, so that it is there when the hand asks.

import { fetchWords } from "./i18n.js";

/** @typedef {import("./app.js").App} App */
/** @typedef {typeof import("./opened.js")} Opened */

const SIGNS = ["pointermove", "pointerdown", "keydown", "focusin"];

/** @type {Opened | null} */
let there = null;
/** @type {Promise<Opened> | null} */
let coming = null;
/** Counts what was asked for: only the last of it opens. */
let ticket = 0;

/**
 * Fetches it with its words; where only these cannot be had, English stands in.
 * @param {App} app
 * @returns {Promise<Opened>}
 */
export function opened(app) {
  coming ??= import("./opened.js").then(async (module) => {
    await Promise.all([app.prepare(), fetchWords(app.language).catch(() => {})]);
    return (there = module);
  });
  coming.catch(() => (coming = null));
  return coming;
}

/**
 * What opens, if it has come.
 * @returns {Opened | null}
 */
export function openedIfThere() {
  return there;
}

/**
 * Begins to fetch it when a pointer moves, a finger lands, a key goes down or the focus walks.
 * @param {App} app
 */
export function fetchAtFirstSign(app) {
  const begin = () => {
    for (const sign of SIGNS) document.removeEventListener(sign, begin, { capture: true });
    // What fails is told when it is asked for.
    opened(app).catch(() => {});
  };
  for (const sign of SIGNS) document.addEventListener(sign, begin, { capture: true, passive: true });
}

/**
 * Opens something: at once where it has come, else when it comes, unless something else was asked for or
 * another run was opened meanwhile. Where it cannot be had the page says so.
 * @param {App} app
 * @param {(opened: Opened) => void} show
 * @param {() => void} [otherwise] called where it does not open
 */
export function whenOpened(app, show, otherwise) {
  const mine = ++ticket;
  const { playground } = app;
  const open = (/** @type {Opened} */ module) => {
    module.standIn(app.ground());
    show(module);
  };
  if (there) {
    open(there);
    return;
  }
  opened(app).then((module) => {
    if (mine === ticket && playground === app.playground) open(module);
    else otherwise?.();
  }, (error) => {
    if (mine === ticket) app.toast(app.t("page.notFetched", { why: String(error?.message ?? error) }), "bad");
    otherwise?.();
  });
}

/** Closes what stands open, and takes back what has been asked for. */
export function closePopover() {
  ticket++;
  there?.closePopover();
}

/** Whether a menu or panel stands open. */
export function popoverIsOpen() {
  return there?.popoverIsOpen() ?? false;
}
