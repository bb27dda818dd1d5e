// Boot and wiring: loads the core, makes the parts of the page, opens what the address asks for.

import { createButtons, createEventLog } from "./a11y.js";
import { App } from "./app.js";
import { engine, fetchProtocol, start } from "./engine.js";
import { createHeader } from "./header.js";
import { applyLanguage, fetchWords, teach } from "./i18n.js";
import { createKeys } from "./keys.js";
import { createMeters } from "./meters.js";
import { fetchAtFirstSign } from "./opening.js";
import { breath } from "./page.js";
import { createSentence } from "./sentence.js";
import { keepSession, likelyProtocol, openFromAddress, restoreSession, savedSession } from "./session.js";
import { Stage } from "./stage/index.js";
import { createTabs } from "./tabs.js";
import { applyTheme, watchSystemTheme } from "./theme.js";
import * as timeline from "./timeline/index.js";
import { createToasts } from "./toast.js";
import { createTransport } from "./transport.js";
import { createTrouble } from "./trouble.js";

/** @param {string} id */
const part = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const app = new App(engine);
applyTheme(app.theme);
boot();

async function boot() {
  const toasts = createToasts(part("toasts"), app);
  app.toast = toasts.show;
  const trouble = createTrouble(part("trouble"), app);
  // Where they cannot be had, English stands in.
  const words = Promise.all([fetchWords(app.language).catch(() => {}), teach(app, app)]).then(() => applyLanguage(app.language));
  try {
    const likely = likelyProtocol();
    // All that is needed is fetched at once; what fails is told where it is used.
    if (likely && /^\w+$/.test(likely)) {
      fetchProtocol(likely).catch(() => {});
      // Its words come along, for whoever will say them.
      void teach(app, {}, likely);
    }
    // What goes wrong is told in the person's language, too.
    await start().finally(() => words);
  } catch (error) {
    trouble.showPanic(error);
    return;
  }
  // A debugging handle, for the console and for tests; nothing of the page depends on it.
  Object.assign(globalThis, { consensusPlayground: app });
  app.onPanic = (error) => {
    console.error(error);
    app.loop.playing = false;
    app.emit("play");
    trouble.showPanic(error);
  };

  await breath();
  const { helpButton } = createHeader(part("header"), app, trouble.showRefusal);
  const stage = new Stage(part("stage"), app);
  app.draw = (wallMs) => stage.draw(wallMs);
  createButtons(stage, app);
  createEventLog(part("log"), app);
  createSentence(part("sentence"), app);
  createMeters(part("sentence"), app);
  createTransport(part("bar"), app, stage);
  createTabs(part("side"), app);
  createKeys(app, stage, helpButton);
  takeFiles();
  createDiagram();
  keepSession(app);
  fetchAtFirstSign(app);

  app.on("open", () => {
    trouble.hide();
    document.body.classList.add("ready");
  });
  app.on("language", () => applyLanguage(app.language));
  watchSystemTheme(() => app.emit("theme"));
  const openAddress = () => {
    openFromAddress(app, (error) => trouble.showRefusal(/** @type {any} */ (error))).catch(app.onPanic);
  };
  // Links that the page itself makes do not come through here: it never writes its own address.
  window.addEventListener("hashchange", () => {
    if (location.hash.length < 2) return;
    openAddress();
    offerSession();
  });
  await breath();
  openAddress();
  offerSession();

  /** A link must not cost anybody the work they had. */
  function offerSession() {
    if (!location.hash.startsWith("#v") || !savedSession()) return;
    toasts.show(app.t("toast.ownWorkKept"), "info", {
      words: app.t("header.lastSession"), run: () => void restoreSession(app).catch(app.onPanic),
    });
  }
}

/** A recorded history can be dropped anywhere; whatever it is, the run stays. */
function takeFiles() {
  addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  addEventListener("drop", (event) => {
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    app.dropped = file;
    app.showTab("consistency");
  });
}

/** The diagram is made with the first scenario and updated with the picture. */
function createDiagram() {
  /** @type {{update(): void} | null} */
  let diagram = null;
  app.on("open", () => {
    diagram ??= timeline.create(part("time"), app);
  });
  app.on("change", () => diagram?.update());
}
