// The run as a link, in documents, as pictures, as a film and as data: everything in it, nothing on a server.

import { h, icon } from "../dom.js";
import { addWords } from "../i18n.js";
import english from "../locale/en.share.js";
import { makers } from "../share/makers.js";
import { elementMarkup, frameMarkup, markdownLink, markdownPicture } from "../share/markup.js";
import { EASY_SIDE, qrCode, qrSvg } from "../share/qr.js";
import { canCopyPictures, copyPng, copyText, fileName, saveFile } from "../share/save.js";
import { pageAddress } from "../root.js";
import { heading } from "./parts.js";
import { Doer, patch } from "./patch.js";

/** @typedef {import("../app.js").App} App */

addWords(english, () => import("../locale/zh.share.js"));

/** Beyond these, some chats and mail programs cut links off; nearly all do. */
const LONG = 2000;
const TOO_LONG = 4000;
/** Up to this many characters make a code that a phone reads with ease. */
const FITS_QR = 300;
/** Links are written anew at most this often while a run goes on, and less often where that takes long. */
const PACE_MS = 600;
const COST_FACTOR = 10;
const TOLD_EVERY_MS = 200;
const THEMES = /** @type {const} */ (["light", "dark"]);

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @returns {{ update(): void, destroy(): void }}
 */
export function create(host, app) {
  const root = h("div", { class: "panel share" });
  host.append(root);
  const doer = new Doer(root);
  const make = makers(app);
  let whole = true, theme = make.theme();
  /** The code that is shown: of which link, and as what. @type {{url: string, svg: string | null, side: number} | null} */
  let code = null;
  let wantsCode = false;
  /** How far the film has come, from 0 to 1. @type {number | null} */
  let filming = null;
  const closing = new AbortController();
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
    /** @type {{ link: string } | { trouble: string }} */
    let made;
    try {
      made = { link: app.playground.link(whole).replace(/^#/, "") };
    } catch (error) {
      made = { trouble: wordsOf(app, error) };
    }
    const isShipped = app.scenarioId !== null && !app.ownWork;
    // Where nobody else can open this page, a link is its text.
    const canLead = pageAddress() !== "";
    const url = "link" in made ? `${pageAddress()}#${made.link}` : "";
    patch(root, [
      heading(app.t("share.link")),
      choice(),
      "trouble" in made ? h("p", { class: "warn", "data-key": "trouble" }, made.trouble) : field("link", app.t("share.link"), url),
      url ? verdict(url) : null,
      ...(canLead && url ? codePart(url, isShipped && url.length > FITS_QR) : []),
      h("p", { class: "quiet", "data-key": "hint" }, app.t("share.hint")),
      ...(canLead ? readable(isShipped) : []),
      ...(canLead ? documents(isShipped, url) : []),
      ...picturePart(),
      ...filmPart(url),
      ...dataPart("link" in made ? made.link : null),
    ]);
    last = performance.now();
    cost = last - began;
  }

  function choice() {
    const [index, length] = [app.frame.cursor.index, app.frame.cursor.length].map((count) => count.toLocaleString(app.language));
    return radios("part", app.t("share.part"), [
      { value: "whole", words: app.t("share.whole", { index, length }), checked: whole },
      { value: "here", words: app.t("share.here", { index }), checked: !whole },
    ], (value) => (whole = value === "whole"));
  }

  /** How long the link is, and what that means. @param {string} url */
  function verdict(url) {
    const count = url.length;
    const limit = (/** @type {number} */ most) => ({ limit: most.toLocaleString(app.language) });
    const words = count <= FITS_QR ? app.t("share.short") : count <= LONG ? app.t("share.middling")
      : count <= TOO_LONG ? app.t("share.long", limit(LONG)) : app.t("share.tooLong", limit(TOO_LONG));
    return h("p", { class: count > LONG ? "warn" : "quiet verdict", "data-key": "verdict" },
      `${app.t("share.length", { count: count.toLocaleString(app.language) })} · ${words}`);
  }

  // ---- the code

  /**
   * The code of the link, or of the short name of a run that has one, where the link would make a dense code.
   * @param {string} link
   * @param {boolean} isNamed
   */
  function codePart(link, isNamed) {
    const url = isNamed ? named() : link;
    if (wantsCode && code?.url !== url) void showCode(url);
    const parts = [h("div", { class: "buttons", "data-key": "qr" },
      h("button", {
        type: "button", class: "edge", "data-key": "qr", "aria-expanded": String(wantsCode), "data-do": doer.add("qr", () => {
          wantsCode = !wantsCode;
          render();
        }),
      }, app.t(wantsCode ? "share.qrHide" : "share.qr")),
      "share" in navigator ? h("button", { type: "button", class: "edge", "data-key": "send", "data-do": doer.add("send", () => {
        // Whoever changes their mind about whom to send it to has no trouble.
        navigator.share({ title: make.title(), url }).catch(() => {});
      }) }, icon("share", 14), app.t("share.send")) : null)];
    if (!wantsCode || code?.url !== url) return parts;
    const { svg, side } = code;
    if (svg === null) return [...parts, h("p", { class: "warn", "data-key": "qr-none" }, app.t("share.qrNone"))];
    return [...parts, h("figure", { class: "qr", "data-key": "qr-code" },
      h("img", { src: asAddress(svg), alt: app.t("share.qrAlt"), "data-key": "qr-image" }),
      h("figcaption", { class: "quiet" }, isNamed ? `${app.t("share.qrNamed")} ` : "", app.t(side <= EASY_SIDE ? "share.qrEasy" : "share.qrDense", { side }),
        " ", saveButton("save-qr", "SVG", () => ({ name: `${make.name()}-qr.svg`, content: svg, type: "image/svg+xml" }))))];
  }

  /** @param {string} url */
  async function showCode(url) {
    code = { url, svg: null, side: 0 };
    try {
      const made = await qrCode(url);
      if (closing.signal.aborted || code.url !== url) return;
      const words = { title: make.title(), description: url, language: app.language };
      if (made) code = { url, svg: qrSvg(made, words), side: made.side };
    } catch (error) {
      code = null;
      wantsCode = false;
      app.toast(app.t("page.notFetched", { why: wordsOf(app, error) }), "bad");
    }
    render();
  }

  // ---- in words, in documents

  /** A shipped scenario by its name, as its author opens it. */
  const named = () => `${pageAddress()}?scenario=${app.scenarioId}`;

  /** @param {boolean} isShipped a shipped scenario that nobody has changed has a short name */
  function readable(isShipped) {
    const query = isShipped ? null : app.playground.query();
    if (!isShipped && !query) return [];
    const address = isShipped ? named() : `${pageAddress()}?${query.replace(/^\?/, "")}`;
    return [heading(app.t("share.query"), app.t("share.queryHint")), field("query", app.t("share.query"), address)];
  }

  /** @param {boolean} isShipped @param {string} url */
  function documents(isShipped, url) {
    if (!url) return [];
    const source = isShipped && app.scenarioId !== null ? { scenario: app.scenarioId, at: app.frame.cursor.index }
      : { scenario: url.slice(url.indexOf("#") + 1), at: null };
    const title = make.title();
    const row = (/** @type {string} */ key, /** @type {string} */ value, /** @type {string} */ hint = "") => [
      h("p", { class: "what", "data-key": `what-${key}` }, app.t(`share.${key}`), hint ? h("small", { class: "quiet" }, ` ${hint}`) : null),
      field(key, app.t(`share.${key}`), value),
    ];
    return [
      heading(app.t("share.documents")),
      ...row("markdown", markdownLink(title, url)),
      ...row("markdownPicture", markdownPicture(title, `${make.name()}.svg`, url), app.t("share.markdownPictureHint", { file: `${make.name()}.svg` })),
      ...row("element", elementMarkup(source)),
      ...row("frame", frameMarkup(source, title)),
    ];
  }

  // ---- pictures

  function picturePart() {
    const svg = make.svg(theme);
    return [
      heading(app.t("share.picture"), app.t("share.pictureHint")),
      h("img", { class: "preview", src: asAddress(svg), alt: make.description(), "data-key": "preview" }),
      radios("theme", app.t("share.theme"), THEMES.map((value) => ({ value, words: app.t(`theme.${value}`), checked: value === theme })),
        (value) => (theme = value === "dark" ? "dark" : "light")),
      h("div", { class: "buttons", "data-key": "picture" },
        saveButton("save-svg", "SVG", () => ({ name: `${make.name()}.svg`, content: make.svg(theme), type: "image/svg+xml" })),
        button("save-png", "download", app.t("share.save", { what: "PNG" }), async () => {
          const png = await make.png(theme);
          saved(`${make.name()}.png`, png);
        }),
        canCopyPictures() ? button("copy-png", "copy", app.t("share.copyPng"), async () => {
          await copyPng(make.png(theme));
          app.toast(app.t("share.copiedWhat", { what: "PNG" }));
        }) : null),
    ];
  }

  // ---- a film, data

  /** @param {string} url */
  function filmPart(url) {
    const isBusy = filming !== null;
    const { index, length } = app.frame.cursor;
    const { from, to } = make.stretch(length, index);
    const number = (/** @type {number} */ count) => count.toLocaleString(app.language);
    const hint = length === 0 ? app.t("share.replayNothing")
      : to - from < length ? app.t("share.replayPart", { from: number(from), to: number(to), length: number(length) }) : app.t("share.replayAll", { length: number(length) });
    return [
      heading(app.t("share.replay"), app.t("share.replayHint")),
      h("p", { class: "quiet", "data-key": "replay-hint" }, hint),
      h("div", { class: "buttons", "data-key": "replay" },
        h("button", {
          type: "button", class: "edge", "data-key": "replay", "aria-disabled": String(isBusy || length === 0), "data-do": doer.add("replay", () => void saveFilm(url)),
        }, icon("download", 14), isBusy ? app.t("share.filming", { percent: Math.floor((filming ?? 0) * 100) }) : app.t("share.save", { what: "HTML" }))),
    ];
  }

  /** @param {string} url */
  async function saveFilm(url) {
    filming = 0;
    render();
    try {
      const { html, cut } = await make.film({
        link: url || null, signal: closing.signal,
        onProgress: (part) => {
          filming = part;
          // To say so often would be most of the work.
          if (performance.now() - last > TOLD_EVERY_MS) render();
        },
      });
      const file = new Blob([html], { type: "text/html;charset=utf-8" });
      saved(`${make.name()}.html`, file, cut ? ` ${app.t("share.replayCut", cut)}` : "");
    } catch (error) {
      if (closing.signal.aborted) return;
      app.toast(app.t("share.notMade", { why: wordsOf(app, error) }), "bad");
    }
    filming = null;
    render();
  }

  /** @param {string | null} link */
  function dataPart(link) {
    const json = () => make.json(link);
    return [
      heading(app.t("share.text"), app.t("share.textHint")),
      h("div", { class: "buttons", "data-key": "text" },
        copyButton("copy-text", () => app.playground.text(), app.t("share.copyText"), app.t("share.text")),
        saveButton("save-text", ".txt", () => ({ name: `${make.name()}.txt`, content: app.playground.text(), type: "text/plain" }))),
      heading("JSON", app.t("share.jsonHint")),
      h("div", { class: "buttons", "data-key": "json" },
        copyButton("copy-json", json, app.t("share.copyJson"), "JSON"),
        saveButton("save-json", ".json", () => ({ name: `${make.name()}.json`, content: json(), type: "application/json" }))),
    ];
  }

  // ---- the pieces

  /** @param {string} key @param {string} label @param {string} value */
  function field(key, label, value) {
    return h("div", { class: "copy-field", "data-key": key },
      h("input", { type: "text", readonly: true, value, "aria-label": label, "data-key": "value" }),
      copyButton(`copy-${key}`, () => value, app.t("share.copy"), label));
  }

  /**
   * @param {string} name
   * @param {string} legend
   * @param {{value: string, words: string, checked: boolean}[]} choices
   * @param {(value: string) => void} choose
   */
  function radios(name, legend, choices, choose) {
    return h("fieldset", { class: "choice", "data-key": name },
      h("legend", { class: "unseen" }, legend),
      choices.map(({ value, words, checked }) => h("label", null,
        h("input", { type: "radio", name: `share-${name}`, value, checked, "data-on": "change", "data-do": doer.add(`${name}-${value}`, () => {
          choose(value);
          render();
        }) }), " ", words)));
  }

  /** @param {string} key @param {string} picture @param {string} words @param {(event: Event) => Promise<void>} run */
  function button(key, picture, words, run) {
    doer.add(key, (event) => {
      run(event).catch((error) => app.toast(app.t("share.notMade", { why: wordsOf(app, error) }), "bad"));
    });
    return h("button", { type: "button", class: "edge", "data-key": key, "data-do": key }, icon(picture, 14), words);
  }

  /** @param {string} key @param {() => string} text @param {string} words @param {string} what it is called when it is done */
  function copyButton(key, text, words, what) {
    const made = button(key, "copy", words, async (event) => {
      const element = /** @type {HTMLElement} */ (event.target).closest(".copy-field")?.querySelector("input") ?? null;
      const done = await copyText(text(), element);
      app.toast(done ? app.t("share.copiedWhat", { what }) : app.t("share.notCopied"), done ? undefined : "bad");
    });
    if (words === app.t("share.copy")) made.setAttribute("aria-label", app.t("share.copyWhat", { what }));
    return made;
  }

  /** @param {string} key @param {string} what @param {() => {name: string, content: string, type: string}} content */
  function saveButton(key, what, content) {
    return button(key, "download", app.t("share.save", { what }), async () => {
      const { name, content: text, type } = content();
      saved(name, new Blob([text], { type: `${type};charset=utf-8` }));
    });
  }

  /** @param {string} name @param {Blob} file @param {string} [more] */
  function saved(name, file, more = "") {
    saveFile(name, file);
    app.toast(app.t("share.saved", { file: name, size: Math.max(1, Math.round(file.size / 1000)).toLocaleString(app.language) }) + more);
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
      closing.abort();
      clearTimeout(timer);
      root.remove();
    },
  };
}

/**
 * What went wrong, in words.
 * @param {App} app
 * @param {unknown} error
 */
function wordsOf(app, error) {
  return error instanceof Object && "message" in error ? app.say(String(error.message)) : String(error);
}

/** @param {string} svg */
function asAddress(svg) {
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
