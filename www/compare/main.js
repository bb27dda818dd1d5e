// Boot and wiring of the comparison: loads the core, makes the parts of the page, opens what the
// address asks for.

import { fill, h } from "../dom.js";
import { applyLanguage, fetchWords, teach } from "../i18n.js";
import { breath } from "../page.js";
import { popoverIsOpen } from "../popover.js";
import { applyTheme, watchSystemTheme, wantsStillness } from "../theme.js";
import { createToasts } from "../toast.js";
import { readAddress } from "./address.js";
import { createCap } from "./cap.js";
import { createCommon } from "./common.js";
import { Comparison } from "./comparison.js";
import { createHeader } from "./header.js";
import { createIntro } from "./intro.js";
import { engine, start } from "./load.js";
import { figuresSentence } from "./measures.js";
import { offered } from "./partners.js";
import { READY } from "./ready.js";
import { createSide } from "./side.js";
import { createTransport } from "./transport.js";
import { createTrouble } from "./trouble.js";

/** @typedef {import("../app.js").App} App */

/** How often the figures are read out while the runs play. */
const SPOKEN_EVERY_MS = 8000;

/** @param {string} id */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const page = new Comparison(engine);
applyTheme(page.theme);
boot();

async function boot() {
  const { show } = createToasts(part("toasts"), /** @type {App} */ (/** @type {unknown} */ (page)));
  page.toast = show;
  const trouble = createTrouble(part("trouble"), page, openDefault);
  page.onPanic = (error) => {
    console.error(error);
    page.pause();
    trouble.show(error);
  };
  // Where they cannot be had, English stands in.
  const words = Promise.all([fetchWords(page.language).catch(() => {}), teach(page, page)]).then(() => applyLanguage(page.language));
  try {
    // What goes wrong is told in the person's language, too.
    await start().finally(() => words);
  } catch (error) {
    trouble.show(error);
    return;
  }
  // A debugging handle, for the console and for tests; nothing of the page depends on it.
  Object.assign(globalThis, { consensusComparison: page });
  await breath();
  createHeader(part("header"), page);
  createIntro(part("intro"), page, openReady);
  createTransport(part("bar"), part("faults"), page);
  createCommon(part("common"), page);
  const sides = [createSide(part("left"), page, 0), createSide(part("right"), page, 1)];
  createCap(part("cap"), page);
  createSpeech(part("spoken"));
  createKeys();
  page.draw = (wallMs) => sides.map((side) => side.draw(wallMs)).includes(true);
  page.on("open", () => {
    trouble.hide();
    document.body.classList.add("ready");
  });
  page.on("language", () => applyLanguage(page.language));
  watchSystemTheme(() => page.emit("theme"));
  // Links that the page itself makes do not come through here: it never writes a fragment.
  window.addEventListener("hashchange", () => {
    if (location.hash.length > 1) openAddress();
  });
  await breath();
  await openAddress();

  async function openAddress() {
    try {
      const asked = readAddress(page);
      if (asked === null) return await openDefault();
      if ("readyId" in asked) {
        const ready = READY.find(({ id }) => id === asked.readyId);
        return ready ? await openReady(ready) : undefined;
      }
      await page.open(asked);
      // A link stands still at its moment: that is what it is about.
      if (page.clock.ms === 0) playIfMoving();
    } catch (error) {
      trouble.show(error);
    }
  }
}

/** @param {import("./ready.js").Ready} ready */
async function openReady(ready) {
  await page.openReady(ready);
  playIfMoving();
}

async function openDefault() {
  const [first] = offered();
  await openReady(first);
}

function playIfMoving() {
  if (!wantsStillness()) page.play();
}

/** @param {HTMLElement} host an element that is read out politely */
function createSpeech(host) {
  let spokenMs = 0;
  const speak = () => {
    const now = performance.now();
    if (page.clock.playing && now - spokenMs < SPOKEN_EVERY_MS) return;
    spokenMs = now;
    const sentences = page.runs().map(figuresSentence);
    if (host.textContent === sentences.join("")) return;
    fill(host, sentences.map((sentence) => h("p", null, sentence)));
  };
  page.on("change", speak);
  page.on("language", () => {
    spokenMs = 0;
  });
}

function createKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || popoverIsOpen()) return;
    const { target } = event;
    const ownsKeys = target instanceof HTMLElement && target.matches("textarea, select, input, button, a, summary");
    if (event.key === " " && !ownsKeys) {
      event.preventDefault();
      if (page.clock.playing) page.pause();
      else page.play();
    }
    if (event.key === "Home" && !ownsKeys) {
      event.preventDefault();
      page.toStart();
    }
  });
}

