// The panel that says which consistency models the run so far satisfies, and why not the others; the same
// for a recorded history that somebody drops onto the page.

import { h, icon } from "../dom.js";
import { addWords } from "../i18n.js";
import english from "../locale/en.judge.js";
import { heading } from "../panels/parts.js";
import { Doer, patch } from "../panels/patch.js";
import { JUDGE } from "../root.js";
import { addStyles } from "../workers.js";
import { SIGNS, ends, mapOf, stateOf, titleOf } from "./map.js";
import { Overlay } from "./overlay.js";
import { drawPicture } from "./picture.js";
import { MEMORY_MB, Record, STEPS } from "./record.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("./checker.js").Models} Models */
/** @typedef {import("./checker.js").Verdict} Verdict */

addWords(english, () => import("../locale/zh.judge.js"));

/** So many lines of an order are listed. */
const LISTED_MAX = 400;
const OBJECTS = ["register", "kv", "set", "queue", "list", "lock", "bank", "store", "consensus"];

/**
 * @param {HTMLElement} host
 * @param {App} app
 */
export function create(host, app) {
  addStyles(JUDGE, "judge.css");
  const top = h("div"), drawing = h("div", { class: "drawing" }), tail = h("div");
  const root = h("div", { class: "panel consistency" }, top, drawing, tail);
  const input = h("input", { type: "file", hidden: true, "aria-hidden": "true", tabindex: "-1" });
  host.append(root, input);
  const doer = new Doer(root);
  let selected = "linearizable";
  /** Whether somebody chose it. */
  let isChosen = false;
  let asked = 0;
  /** @type {{jump(place: number): void} | null} */
  let picture = null;
  /** @type {unknown} */
  let drawnPicture = null;
  let wantedPicture = "";
  /** The models stay those that were known, whatever becomes of the checker. @type {Models | null} */
  let models = null;
  const overlay = new Overlay(app);
  const record = new Record(app, () => later());

  input.addEventListener("change", () => {
    const file = input.files?.[0];
    input.value = "";
    if (file) void open(file);
  });
  root.addEventListener("pointerover", point);
  root.addEventListener("focusin", point);
  root.addEventListener("pointerleave", () => setFocus(-1));
  root.addEventListener("focusout", () => setFocus(-1));
  const offs = [
    app.on("open", () => record.reset()),
    app.on("tab", (/** @type {string} */ id) => {
      app.overlay = id === "consistency" ? overlay : null;
      app.changed();
    }),
    app.on("language", () => {
      drawnPicture = null;
      later();
    }),
  ];
  app.overlay = overlay;

  /** @param {Event} event */
  function point(event) {
    const line = /** @type {Element} */ (event.target).closest("[data-place]");
    setFocus(line instanceof HTMLElement ? Number(line.dataset.place) : -1);
  }

  /** @param {number} place */
  function setFocus(place) {
    if (overlay.focus === place) return;
    overlay.focus = place;
    app.changed();
  }

  function later() {
    if (!asked) {
      asked = requestAnimationFrame(() => {
        asked = 0;
        render();
      });
    }
  }

  /** @param {File} file */
  async function open(file) {
    isChosen = false;
    overlay.verdict = null;
    try {
      await record.open(file);
    } catch (error) {
      app.toast(app.t("consistency.unreadable", { name: file.name, why: String(error) }), "bad");
    }
    host.scrollIntoView({ block: "nearest" });
    root.querySelector("h2")?.scrollIntoView({ block: "nearest" });
  }

  function update() {
    const { dropped } = app;
    if (dropped) {
      app.dropped = null;
      void open(dropped);
    }
    void record.follow();
    later();
  }

  function render() {
    models = record.checker.models ?? models;
    if (models && !isChosen) selected = likely(models);
    const verdict = record.verdict(selected);
    overlay.verdict = record.file ? null : verdict;
    if (overlay.verdict && overlay.chosen >= overlay.verdict.orders.length) overlay.chosen = 0;
    doer.begin();
    patch(top, [
      ...head(),
      summary(),
      progress(),
      ...(models ? [mapOf(app, record, models, selected, choose), legend(), ...details(models, verdict)] : []),
    ]);
    patch(tail, [...limits(), ...fileButtons()]);
    showPicture();
    app.changed();
  }

  /** The model to look at: the strongest that is broken if one is, for there is something to see. @param {Models} all */
  function likely(all) {
    const { strongest, weakest } = ends(record, all);
    if (record.state === "running" && !record.shown?.isWhole) return selected;
    const { implications } = all;
    return weakest.find((id) => implications.some(([from, to]) => from === id && strongest.includes(to)))
      ?? weakest[0] ?? strongest[0] ?? selected;
  }

  /** @param {string} id */
  function choose(id) {
    return doer.add(`choose-${id}`, () => {
      selected = id;
      isChosen = true;
      overlay.chosen = 0;
      render();
    });
  }

  function head() {
    const { facts } = record.shown ?? {};
    const about = facts ? app.t("consistency.about", { object: app.t(`object.${facts.object}`), operations: facts.operations, clients: facts.clients }) : "";
    if (!record.file) return [heading(app.t("consistency.run"), about || app.t("consistency.runHint"))];
    const { file } = record;
    const format = facts ? ` · ${app.t(`format.${facts.format}`)}` : "";
    doer.add("close", () => record.close());
    doer.add("object", (event) => {
      const { value } = /** @type {HTMLSelectElement} */ (event.target);
      record.as(value || null);
    });
    return [
      heading(app.t("consistency.file", { name: file.name }), about + format),
      h("div", { class: "buttons", "data-key": "file" },
        h("button", { type: "button", class: "edge", "data-do": "close" }, app.t("consistency.back")),
        h("label", null, `${app.t("consistency.object")} `,
          h("select", { class: "edge", "data-do": "object", "data-on": "change" },
            h("option", { value: "" }, app.t("consistency.guessed")),
            OBJECTS.map((object) => h("option", { value: object, selected: file.object === object }, app.t(`object.${object}`)))))),
    ];
  }

  function summary() {
    const { state, why } = record;
    if (state === "wrong" || state === "failed") {
      const words = state === "failed" ? app.t("consistency.failed", { why }) : record.file ? app.say(why) : app.t("consistency.none", { why: reason(why) });
      return h("p", { class: state === "wrong" && !record.file ? "quiet" : "warn", role: "alert", "data-key": "wrong" }, words);
    }
    if (!models || !record.shown) return h("p", { class: "quiet", role: "status", "data-key": "summary" }, app.t("consistency.loading"));
    const { strongest, weakest } = ends(record, models);
    const list = (/** @type {string[]} */ ids) => ids.map((id) => name(id)).join(app.t("page.and"));
    const parts = [];
    if (strongest.length) parts.push(app.t("consistency.satisfies", { list: list(strongest) }));
    if (weakest.length) parts.push(app.t("consistency.breaks", { list: list(weakest) }));
    return h("p", { class: "verdict-line", role: "status", "data-key": "summary" }, parts.join(" ") || app.t("consistency.nothingYet"));
  }

  /** @param {string} id */
  function name(id) {
    const model = models?.models.find((other) => other.id === id);
    return model ? titleOf(app, model) : id;
  }

  function progress() {
    const { state, standing } = record;
    if (state === "stopped" || state === "failed") {
      doer.add("again", () => record.again());
      return h("div", { class: "buttons", "data-key": "again" },
        h("span", null, state === "stopped" ? app.t("consistency.stopped") : ""),
        h("button", { type: "button", class: "edge", "data-do": "again" }, app.t("consistency.again")));
    }
    if (state !== "running") return null;
    doer.add("stop", () => record.stop());
    const words = standing?.model ? app.t("consistency.checking", {
      name: name(standing.model), done: standing.done, parts: Math.max(1, standing.parts), tried: standing.tried.toLocaleString(app.language),
    }) : app.t("consistency.begins");
    return h("div", { class: "checking", "data-key": "checking" },
      h("progress", { max: standing?.of ?? 1, value: standing?.judged ?? 0, "aria-label": app.t("consistency.progress") }),
      h("button", { type: "button", class: "edge", "data-do": "stop" }, app.t("consistency.stop")),
      h("small", { class: "quiet" }, words));
  }

  function legend() {
    return h("ul", { class: "model-legend", "data-key": "legend", "aria-label": app.t("consistency.legend") },
      h("li", null, app.t("consistency.reading")), ["none", "sticky", "total"].map((kind) => h("li", { class: kind }, h("i"), app.t(`consistency.available.${kind}`))));
  }

  /** @param {Models} all @param {Verdict | null} verdict */
  function details(all, verdict) {
    const model = all.models.find(({ id }) => id === selected);
    if (!model) return [];
    const key = `definition.${model.id}`;
    const definition = app.t(key) === key ? model.definition : app.t(key);
    const state = stateOf(record, selected);
    const at = verdict?.at;
    /** @type {HTMLElement[]} */
    const section = [
      heading(titleOf(app, model), app.t(`consistency.available.${model.availability}`)),
      h("p", { "data-key": "definition" }, definition, " ", h("span", { class: "quiet" }, model.source)),
      h("p", { class: `verdict ${state}`, "data-key": "state" },
        icon(SIGNS[state], 15),
        h("b", null, app.t(`consistency.state.${state}`)), verdict?.why ? `: ${reason(verdict.why)}` : ""),
    ];
    if (verdict?.state === "violated") {
      doer.add("jump", () => jump(at ?? verdict.culprits[0]?.place ?? 0));
      section.push(
        h("div", { class: "buttons", "data-key": "jump" }, h("button", { type: "button", class: "edge", "data-do": "jump" }, app.t("consistency.jump"))),
        h("p", { class: "quiet", "data-key": "culprits-title" }, app.t("consistency.culprits")),
        h("ul", { class: "operations", "data-key": "culprits" }, verdict.culprits.map((told) => h("li", null, operation(told.place, `${told.client}: ${told.text}`, told.line))),
          verdict.more ? h("li", null, app.t("consistency.more", { count: verdict.more })) : null));
    }
    if (!record.file) section.push(...orders(verdict));
    return section;
  }

  /** An operation as a button that goes there. @param {number} place @param {string} words @param {number} [line] */
  function operation(place, words, line) {
    const key = doer.add(`go-${place}`, () => jump(place));
    return h("button", { type: "button", class: "operation", "data-do": key, "data-place": place },
      words, record.file && line ? h("span", { class: "quiet" }, ` ${app.t("consistency.line", { line })}`) : null);
  }

  /** The orders in words: what the numbers on the diagram show. @param {Verdict | null} verdict */
  function orders(verdict) {
    if (!verdict?.orders.length) return [];
    const operations = app.playground.operations(app.frame.cursor.branch);
    const isBroken = verdict.state === "violated";
    return verdict.orders.map((order, place) => {
      const { length } = order.places;
      const title = isBroken ? app.t("consistency.longest", { count: length })
        : order.client === null ? app.t("consistency.witness", { count: length })
          : app.t("consistency.view", { client: order.client, session: order.session ? app.t("consistency.session", { session: order.session }) : "", count: length });
      const key = doer.add(`order-${place}`, () => {
        overlay.chosen = place;
        app.changed();
      });
      return h("details", { "data-key": `order-${selected}-${place}` }, h("summary", { "data-do": key }, title),
        h("p", { class: "quiet" }, app.t("consistency.pointHint")),
        h("ol", { class: "operations" }, order.places.slice(0, LISTED_MAX).map((at) => {
          const { client, text, outcome } = operations[at] ?? { client: -1, text: "", outcome: null };
          return h("li", null, operation(at, `${app.frame.clients[client]?.name ?? ""}: ${outcome === null ? text : `${text} → ${outcome}`}`));
        })),
        length > LISTED_MAX ? h("p", { class: "quiet" }, app.t("consistency.more", { count: length - LISTED_MAX })) : null);
    });
  }

  function limits() {
    const pick = (/** @type {string} */ name, /** @type {number[]} */ values, /** @type {number} */ present, /** @type {(value: number) => string} */ words,
      /** @type {(value: number) => void} */ set) => {
      doer.add(name, (event) => set(Number(/** @type {HTMLSelectElement} */ (event.target).value)));
      return h("label", null, `${app.t(`consistency.${name}`)} `, h("select", { class: "edge", "data-do": name, "data-on": "change" },
        values.map((value) => h("option", { value, selected: value === present }, words(value)))));
    };
    return [h("details", { "data-key": "limits" }, h("summary", null, app.t("consistency.limits")),
      h("p", { class: "quiet" }, app.t("consistency.limitsHint"), record.checker.isHere ? ` ${app.t("consistency.here")}` : ""),
      h("div", { class: "buttons" },
        pick("memory", MEMORY_MB, record.memoryMb, (value) => `${value} MB`, (value) => record.limit(value, record.steps)),
        pick("steps", STEPS, record.steps, (value) => app.t("consistency.millions", { count: value / 1e6 }), (value) => record.limit(record.memoryMb, value))))];
  }

  function fileButtons() {
    doer.add("choose-file", () => input.click());
    return [
      heading(app.t("consistency.recorded")),
      h("p", { class: "quiet", "data-key": "drop" }, app.t("consistency.dropHint")),
      h("div", { class: "buttons", "data-key": "choose-file" },
        h("button", { type: "button", class: "edge", "data-do": "choose-file" }, app.t("consistency.choose"))),
    ];
  }

  /** @param {string} why */
  function reason(why) {
    const words = app.t(`reason.${why}`);
    return words.startsWith("reason.") ? app.say(why) : words;
  }

  /** @param {number} place */
  function jump(place) {
    if (record.file) return picture?.jump(place);
    const { branch } = app.frame.cursor;
    const operation = app.playground.operations(branch)[place];
    if (!operation) return;
    app.seek(branch, operation.returnIndex ?? operation.callIndex);
    document.getElementById("time")?.scrollIntoView({ block: "nearest" });
  }

  /** The drawing of a file is asked for when its model has a verdict. */
  function showPicture() {
    drawing.hidden = !record.file || !record.shown;
    if (!record.file || !record.shown?.facts) {
      drawing.replaceChildren();
      picture = drawnPicture = null;
      wantedPicture = "";
      return;
    }
    const wanted = `${selected} ${record.verdict(selected) ? "judged" : "open"} ${record.file.object} ${record.shown.text.length}`;
    if (wanted !== wantedPicture && (record.verdict(selected) || record.state !== "running")) {
      wantedPicture = wanted;
      record.checker.picture(selected);
    }
    if (record.picture && record.picture !== drawnPicture) {
      drawnPicture = record.picture;
      const made = drawPicture(app, record.picture);
      picture = made;
      drawing.replaceChildren(heading(app.t("consistency.picture"), name(selected)), made.root,
        h("button", { type: "button", class: "edge", onclick: () => enlarge(made.root) }, app.t("consistency.enlarge")));
      made.begin();
    }
  }

  /** The drawing over the whole page, until it is closed. @param {HTMLElement} picture */
  function enlarge(picture) {
    const home = /** @type {Element} */ (picture.previousElementSibling);
    const dialog = h("dialog", { class: "history-dialog drawing", "aria-label": app.t("consistency.picture") },
      h("button", { type: "button", class: "edge", onclick: () => dialog.close() }, app.t("consistency.close")), picture);
    // The page's own keys rest meanwhile.
    dialog.addEventListener("keydown", (event) => event.stopPropagation());
    dialog.addEventListener("close", () => {
      home.after(picture);
      dialog.remove();
    });
    root.append(dialog);
    dialog.showModal();
  }

  return {
    update,
    destroy() {
      for (const off of offs) off();
      app.overlay = null;
      root.remove();
    },
  };
}
