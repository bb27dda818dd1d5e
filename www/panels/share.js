// The run as a link, as Markdown, as text: everything in it, nothing on a server.

import { h, icon } from "../dom.js";
import { pageAddress } from "../root.js";
import { heading } from "./parts.js";
import { Doer, patch } from "./patch.js";

/** @typedef {import("../app.js").App} App */

/** Beyond this, some chats and mail programs cut links off. */
const SAFE_LENGTH = 2000;
/** Links are written anew at most this often while a run goes on, and less often where that takes long. */
const PACE_MS = 600;
const COST_FACTOR = 10;

/**
 * Copies text; where the clipboard is closed to the page, by way of a selection.
 * @param {string} text
 * @param {HTMLInputElement | HTMLTextAreaElement | null} field where the text stands
 * @returns {Promise<boolean>}
 */
async function copy(text, field) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (!field) return false;
    field.focus();
    field.select();
    return document.execCommand("copy");
  }
}

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @returns {{ update(): void, destroy(): void }}
 */
export function create(host, app) {
  const root = h("div", { class: "panel share" });
  host.append(root);
  const doer = new Doer(root);
  let whole = true;
  let last = 0, timer = 0, cost = 0;

  root.addEventListener("focusin", (event) => {
    const field = event.target;
    if (field instanceof HTMLInputElement && field.readOnly) field.select();
  });

  function render() {
    const began = performance.now();
    timer = 0;
    if (!app.frame) return;
    doer.begin();
    const base = pageAddress();
    /** @type {{ link: string } | { trouble: string }} */
    let made;
    try {
      made = { link: app.playground.link(whole) };
    } catch (error) {
      made = { trouble: error instanceof Object && "message" in error ? String(error.message) : String(error) };
    }
    // A shipped scenario that nobody has changed has a short name.
    const query = app.scenarioId && !app.ownWork ? `scenario=${app.scenarioId}` : app.playground.query();
    const url = "link" in made ? `${base}#${made.link.replace(/^#/, "")}` : "";
    const title = (app.words(app.about.title) || app.sheet.title).replace(/[[\]\\]/g, "\\$&");
    patch(root, [
      heading(app.t("share.link")),
      choice(),
      "trouble" in made ? h("p", { class: "warn", "data-key": "trouble" }, made.trouble) : field("link", app.t("share.link"), url),
      url.length > SAFE_LENGTH ? h("p", { class: "warn", "data-key": "long" }, app.t("share.long", { limit: SAFE_LENGTH.toLocaleString(app.language) })) : null,
      h("p", { class: "quiet", "data-key": "hint" }, app.t("share.hint")),
      ...(query && base ? [heading(app.t("share.query"), app.t("share.queryHint")), field("query", app.t("share.query"), `${base}?${query.replace(/^\?/, "")}`)] : []),
      ...(url && base ? [heading(app.t("share.markdown")), field("markdown", app.t("share.markdown"), `[${title}](${url})`)] : []),
      heading(app.t("share.text"), app.t("share.textHint")),
      h("div", { class: "buttons", "data-key": "text" },
        copyButton("copy-text", () => app.playground.text(), app.t("share.copyText")),
        h("button", { type: "button", class: "edge", "data-do": doer.add("download", download) }, icon("download", 14), app.t("share.download"))),
    ]);
    last = performance.now();
    cost = last - began;
  }

  function choice() {
    const radio = (/** @type {string} */ value, /** @type {boolean} */ checked, /** @type {string} */ text) => h("label", null,
      h("input", { type: "radio", name: "share-part", value, checked, "data-do": doer.add(`part-${value}`, () => {
        whole = value === "whole";
        render();
      }), "data-on": "change" }), " ", text);
    const [index, length] = [app.frame.cursor.index, app.frame.cursor.length].map((count) => count.toLocaleString(app.language));
    return h("fieldset", { class: "choice", "data-key": "choice" },
      h("legend", { class: "sr-only" }, app.t("share.part")),
      radio("whole", whole, app.t("share.whole", { index, length })),
      radio("here", !whole, app.t("share.here", { index })));
  }

  /** @param {string} key @param {string} label @param {string} value */
  function field(key, label, value) {
    return h("div", { class: "copy-field", "data-key": key },
      h("input", { type: "text", readonly: true, value, "aria-label": label, "data-key": "value" }),
      copyButton(`copy-${key}`, () => value),
      h("p", { class: "quiet length" }, app.t("share.length", { count: [...value].length.toLocaleString(app.language) })));
  }

  /** @param {string} key @param {() => string} text @param {string} [words] */
  function copyButton(key, text, words) {
    doer.add(key, async (event) => {
      const element = /** @type {HTMLElement} */ (event.target).closest(".copy-field")?.querySelector("input") ?? null;
      const done = await copy(text(), element);
      app.toast(app.t(done ? "share.copied" : "share.notCopied"), done ? undefined : "bad");
    });
    return h("button", { type: "button", class: "edge", "data-key": key, "data-do": key }, icon("copy", 14), words ?? app.t("share.copy"));
  }

  function download() {
    const name = (app.words({ en: app.about.title.en }) || app.sheet.id).toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "") || "scenario";
    const address = URL.createObjectURL(new Blob([app.playground.text()], { type: "text/plain;charset=utf-8" }));
    const anchor = h("a", { href: address, download: `${name}.txt` });
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  }

  return {
    update() {
      const wait = last + Math.max(app.playing ? PACE_MS : 0, cost * COST_FACTOR) - performance.now();
      if (wait <= 0) {
        clearTimeout(timer);
        render();
      } else if (!timer) {
        timer = window.setTimeout(render, wait);
      }
    },
    destroy() {
      clearTimeout(timer);
      root.remove();
    },
  };
}
