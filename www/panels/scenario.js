// The scenario as text: to read, to change, to apply. What somebody writes is never overwritten,
// whatever the run does meanwhile.

import { fill, h } from "../dom.js";
import { Editor } from "./editor.js";
import { reference } from "./reference.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("../types.js").CoreError} CoreError */

/**
 * Drafts outlive the panel, which may be taken down when another tab is shown.
 * @type {WeakMap<App, { base: string, draft: string, error: CoreError | null }>}
 */
const drafts = new WeakMap();

/** @param {unknown} error @returns {CoreError} */
function asCoreError(error) {
  if (typeof error === "object" && error !== null && "message" in error) return /** @type {CoreError} */ (error);
  return { kind: "text", code: "unknown", message: String(error) };
}

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @returns {{ update(): void, destroy(): void }}
 */
export function create(host, app) {
  const kept = drafts.get(app);
  let base = kept?.base ?? "";
  /** @type {CoreError | null} */
  let error = kept?.error ?? null;
  let applying = false;
  let language = "";

  const editor = new Editor({ label: app.t("scenario.editor"), onInput: () => show(), onApply: apply });
  const message = h("div", { class: "editor-message", role: "alert" });
  const applyButton = h("button", { type: "button", class: "strong", onclick: apply });
  const revertButton = h("button", { type: "button", class: "edge", onclick: revert });
  const loadButton = h("button", { type: "button", class: "edge", onclick: load });
  const state = h("p", { class: "quiet", role: "status" });
  const help = h("div", null);
  const root = h("div", { class: "panel scenario" },
    h("div", { class: "buttons" }, applyButton, revertButton, loadButton), state, message, editor.root, help);
  host.append(root);

  const off = app.on("open", onOpen);
  if (kept) editor.text = kept.draft;
  else if (app.playground) setBase(presentText());
  show();

  /** What was opened: a shipped scenario as its author wrote it, anything else as the core prints it. */
  function presentText() {
    return app.scenarioId === null ? app.playground.text() : app.scenarioText;
  }

  /** @param {string} text */
  function setBase(text) {
    base = text;
    editor.text = text;
    error = null;
  }

  function onOpen() {
    if (applying) return;
    // Another scenario was opened from elsewhere: its text comes in, unless that would cost work.
    const text = presentText();
    if (editor.text === base) setBase(text);
    else base = text;
    show();
  }

  async function apply() {
    const { text } = editor;
    applying = true;
    try {
      await app.openText(text);
      base = text;
      error = null;
      app.toast(app.t("scenario.applied"));
    } catch (thrown) {
      error = asCoreError(thrown);
    } finally {
      applying = false;
    }
    show();
  }

  function revert() {
    setBase(base);
    show();
  }

  function load() {
    const text = app.playground.text();
    const former = editor.text;
    if (former !== base && former !== text) {
      // The undo of the text field itself brings the former text back.
      editor.area.focus();
      editor.area.select();
      if (!document.execCommand("insertText", false, text)) editor.text = text;
    }
    setBase(text);
    show();
  }

  function show() {
    drafts.set(app, { base, draft: editor.text, error });
    const isChanged = editor.text !== base;
    revertButton.disabled = !isChanged;
    state.textContent = app.t(isChanged ? "scenario.changed" : "scenario.unchanged");
    editor.markWrong(error?.line ? { line: error.line, column: error.column ?? 1 } : null);
    showError();
    if (language === app.language) return;
    language = app.language;
    editor.area.setAttribute("aria-label", app.t("scenario.editor"));
    fill(applyButton, app.t("scenario.apply"));
    applyButton.title = app.t("scenario.applyHint");
    fill(revertButton, app.t("scenario.revert"));
    fill(loadButton, app.t("scenario.load"));
    loadButton.title = app.t("scenario.loadHint");
    fill(help, reference(app));
  }

  function showError() {
    if (!error) {
      fill(message);
      return;
    }
    const { line, column } = error;
    fill(message,
      line ? h("button", { type: "button", class: "link", onclick: () => editor.goTo(line, column ?? 1) },
        app.t("scenario.place", { line, column: column ?? 1 })) : null,
      line ? app.t("page.colon") : null, app.say(error.message));
  }

  return {
    update() {
      if (language !== app.language) show();
    },
    destroy() {
      off();
      root.remove();
    },
  };
}
