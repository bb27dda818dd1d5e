// What is shown when a link cannot be opened or the core went down: what happened, and ways on. It
// stands in the place of the stage; nothing else is opened in silence.

import { fill, h, icon } from "./dom.js";
import { isCoreError } from "./core.js";
import { fetchMore } from "./engine.js";
import { pageAddress } from "./root.js";
import { openDefault, restoreSession, savedSession } from "./session.js";

/** @typedef {import("./app.js").App} App */

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @returns {{showRefusal(error: import("./types.js").CoreError): void, showPanic(error: unknown): Promise<void>, hide(): void}}
 */
export function createTrouble(host, app) {
  const hide = () => {
    host.hidden = true;
    fill(host);
  };
  const show = (/** @type {(Node | null)[]} */ ...content) => {
    fill(host, h("div", { class: "trouble-card" }, ...content));
    host.hidden = false;
    const first = host.querySelector("button");
    if (first instanceof HTMLElement) first.focus({ preventScroll: true });
  };
  const way = (/** @type {string} */ words, /** @type {() => unknown} */ run, primary = false) =>
    h("button", {
      type: "button", class: primary ? "primary" : "edge",
      onclick: async () => {
        hide();
        try {
          await run();
        } catch (error) {
          if (isCoreError(error)) showRefusal(error);
          else showPanic(error);
        }
      },
    }, words);
  const title = (/** @type {string} */ words) => h("h2", null, icon("warning", 20), words);

  /** @param {import("./types.js").CoreError} error */
  const showRefusal = (error) => {
    const place = error.line ? app.t("trouble.place", { line: error.line, column: error.column ?? 1 }) : null;
    const message = app.say(error.message);
    const said = message.slice(0, 1).toUpperCase() + message.slice(1);
    show(
      title(app.t(error.kind === "text" ? "trouble.text" : "trouble.link")),
      h("p", null, said, place ? ` (${place})` : ""),
      h("p", { class: "soft" }, app.t("trouble.nothingOpened")),
      h("div", { class: "buttons" },
        way(app.t("trouble.openDefault"), () => {
          history.replaceState(null, "", location.pathname);
          return openDefault(app);
        }, true),
        savedSession() ? way(app.t("trouble.restore"), () => restoreSession(app)) : null,
        app.playground ? way(app.t("trouble.stay"), () => {}) : null));
  };

  const panicMessage = () => {
    try {
      return app.engine.lastPanic();
    } catch {
      // The core has not even been loaded.
      return undefined;
    }
  };
  /** @param {unknown} error */
  const showPanic = async (error) => {
    await fetchMore().catch(() => {});
    const message = panicMessage() ?? (error instanceof Error ? error.message : String(error));
    const { safeText } = app;
    /** @type {any} */
    let recovered = null;
    let safeLink = app.safeLink;
    try {
      recovered = app.recover();
      safeLink = recovered.link(true);
    } catch (again) {
      // It goes down again on the way: what was kept safe must do.
      console.error(again);
    }
    const box = (/** @type {string} */ label, /** @type {string} */ text) => h("label", { class: "copy-box" }, label,
      h("textarea", { readonly: true, rows: "3", onfocus: (/** @type {Event} */ event) => /** @type {HTMLTextAreaElement} */ (event.target).select() }, text));
    show(
      title(app.t("trouble.panic")),
      h("p", null, app.t("trouble.panicWhat")),
      h("pre", { class: "panic", lang: "en" }, message),
      safeLink ? box(app.t("trouble.momentBefore"), linkAddress(safeLink)) : null,
      safeText ? box(app.t("trouble.text2"), safeText) : null,
      h("div", { class: "buttons" },
        recovered ? way(app.t("trouble.goOn"), () => app.goOnWith(recovered), true)
          : safeLink ? way(app.t("trouble.goOn"), () => app.openLink(safeLink), true)
          : safeText ? way(app.t("trouble.goOn"), () => app.openText(safeText), true) : null,
        way(app.t("trouble.openDefault"), () => openDefault(app))));
  };
  return { showRefusal, showPanic, hide };
}

/** @param {string} link */
function linkAddress(link) {
  return `${pageAddress()}#${link.replace(/^#/, "")}`;
}
