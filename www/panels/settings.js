// Everything that a run starts from, to change while looking at it: the protocol's settings, the size of
// the cluster, the network, and what clients ask for by themselves; with the formulas they decide.

import { changeLine, formerCount, takeBack } from "../change.js";
import { fill, h } from "../dom.js";
import { quorumSets } from "../quorums.js";
import { formulaSection } from "./formulas.js";
import { heading, plain } from "./parts.js";
import { patch } from "./patch.js";
import { choiceField, numberField, switchField, textField } from "./setting-fields.js";
import { moveEnd, networkLine, readNetwork, readWorkload, workloadLine } from "./setting-lines.js";
import { workloadChoices, workloadText } from "./workloads.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("./setting-fields.js").Field} Field */
/** @typedef {{field: Field, read: () => string}} Bound a field and what it shows now */

/** The seeds that the button draws from: short ones are easier to tell somebody. */
const SEEDS = 10000;

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @returns {{ update(): void, destroy(): void }}
 */
export function create(host, app) {
  const formulas = h("div", { class: "formulas" });
  const back = h("div", { class: "take-back" });
  const controls = h("div", null);
  const root = h("div", { class: "panel settings" }, formulas, back, controls);
  host.append(root);
  /** @type {Bound[]} */
  let bound = [];
  let made = "";
  let shown = -1;
  /** @type {import("../types.js").Formula[]} */
  let present = [];

  /** One change after the other: the next one begins from what the last one made. */
  let last = Promise.resolve();
  const commit = (/** @type {Field} */ field, /** @type {string} */ line) => {
    last = last.then(() => change(field, line));
  };
  /** @param {Field} field @param {string} line */
  const change = async (field, line) => {
    const before = present;
    const problem = await changeLine(app, line, line.startsWith("workload "));
    clearWords();
    field.problem(problem ?? "");
    // The formulas may be out of sight: what became of them is said where it was done.
    field.effect(present.filter(({ text, filled }) => before.some((old) => old.text === text && old.filled !== filled))
      .map(({ filled, holds }) => app.t(holds ? "formulas.nowHolds" : "formulas.nowFails", { filled })).join(" · "));
    showValues();
  };

  const clearWords = () => {
    for (const { field } of bound) {
      field.problem("");
      field.effect("");
    }
  };

  /**
   * Binds a field to the line that it writes.
   * @param {(commit: (value: string) => void) => Field} make
   * @param {() => string} read
   * @param {(value: string) => string} lineOf
   */
  const bind = (make, read, lineOf) => {
    const field = make((value) => commit(field, lineOf(value)));
    bound.push({ field, read });
    return field.element;
  };

  const number = (/** @type {number} */ low, /** @type {number | null} */ high) =>
    ({ low, high, less: app.t("settings.less"), more: app.t("settings.more") });

  /** @param {import("../types.js").Setting} setting */
  function settingField({ id, text, range }) {
    const about = { id: `setting-${id}`, label: plain(id, app.sheet), text };
    return bind((commit) => (range.choice
      ? choiceField({ ...about, commit }, range.choice.map((value) => ({ value, words: value })))
      : numberField({ ...about, commit }, number(...(range.number ?? [0, 0])))),
    () => app.about.settings.find((setting) => setting.id === id)?.value ?? "", (value) => `set ${id} ${value}`);
  }

  function clusterFields() {
    const [low, high] = app.sheet.nodes_range;
    const about = (/** @type {string} */ name) => ({ id: `start-${name}`, label: app.t(`settings.${name}`), text: app.t(`settings.${name}.text`) });
    const nodes = bind((commit) => numberField({ ...about("nodes"), text: app.t("settings.nodes.text", { low, high }), commit }, number(low, high)),
      () => String(app.about.nodes), (value) => `nodes ${value}`);
    const clients = bind((commit) => numberField({ ...about("clients"), commit }, number(0, null)),
      () => String(app.about.clients), (value) => `clients ${value}`);
    const seed = bind((commit) => textField({ ...about("seed"), commit }, {
      name: app.t("settings.newSeed"), run: () => commit(String(1 + Math.floor(Math.random() * SEEDS))),
    }), () => app.about.seed, (value) => `seed ${value}`);
    return [nodes, clients, seed];
  }

  function networkFields() {
    const now = () => readNetwork(app.about.network);
    const about = (/** @type {string} */ name, /** @type {string} */ unit) =>
      ({ id: `network-${name}`, label: app.t(`settings.${name}`), text: name === "high" ? "" : app.t(`settings.${name}.text`), unit });
    const end = (/** @type {"low"|"high"} */ name) => bind(
      (commit) => numberField({ ...about(name, "ms"), commit }, { ...number(0, null), high: 1e9 }),
      () => String(now()[name]), (value) => networkLine({ ...now(), ...moveEnd(now(), name, Number(value)) }));
    const share = (/** @type {"loss"|"duplicate"} */ name) => bind(
      (commit) => textField({ ...about(name, "%"), commit }), () => now()[name], (value) => networkLine({ ...now(), [name]: value }));
    return [end("low"), end("high"), share("loss"), share("duplicate"), bind(
      (commit) => switchField({ ...about("ordered", ""), commit }),
      () => (now().ordered ? "true" : ""), (value) => networkLine({ ...now(), ordered: value !== "" }))];
  }

  function workloadFields() {
    const now = () => readWorkload(app.about.workload);
    const label = app.t("settings.workload");
    const choice = bind((commit) => choiceField({ id: "workload", label, text: " ", commit }, workloadChoices(app)),
      () => now().id, (id) => workloadLine({ ...now(), id }));
    if (now().id === "") return [choice];
    const end = (/** @type {"low"|"high"} */ name) => bind(
      (commit) => numberField({ id: `workload-${name}`, label: app.t(`settings.rest-${name}`), unit: "ms", commit }, { ...number(0, null), high: 1e9 }),
      () => String(now()[name]), (value) => workloadLine({ ...now(), ...moveEnd(now(), name, Number(value)) }));
    return [choice, end("low"), end("high")];
  }

  /** Made anew only when other fields are needed; what has the focus gets it again. */
  function makeFields() {
    const { id, settings } = app.sheet;
    const key = `${id} ${app.language} ${app.about.workload === null}`;
    if (key === made) return;
    made = key;
    bound = [];
    const focused = root.contains(document.activeElement) ? document.activeElement?.id : "";
    fill(controls,
      heading(app.t("settings.protocol", { title: app.sheet.title })),
      settings.length > 0 ? settings.map(settingField) : h("p", { class: "quiet" }, app.t("settings.none")),
      heading(app.t("settings.clientsAsk")), workloadFields(),
      heading(app.t("settings.cluster")), clusterFields(),
      heading(app.t("settings.network")), networkFields());
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  function showValues() {
    for (const { field, read } of bound) field.show(read());
    const about = document.getElementById("workload-about");
    if (about) about.textContent = workloadText(app);
  }

  function showFormulas() {
    present = app.playground.formulas();
    patch(formulas, formulaSection(app, present));
    if (shown >= 0) showOnStage(shown);
    const count = formerCount(app);
    patch(back, count === 0 ? [h("p", { class: "quiet", "data-key": "hint" }, app.t("settings.hint"))] : [
      h("p", { class: "quiet", "data-key": "hint" }, app.t("settings.changed")),
      h("button", { type: "button", class: "edge", "data-take-back": true, "data-key": "back" }, app.t("settings.takeBack"))]);
  }

  /** @param {number} place */
  function showOnStage(place) {
    shown = present[place]?.quorums.length ? place : -1;
    app.emit("quorums", shown < 0 ? null : quorumSets(present[shown].quorums, app.about.nodes));
  }
  const follow = (/** @type {Event} */ event) => {
    const figure = /** @type {Element} */ (event.target).closest("[data-formula]");
    const place = figure instanceof HTMLElement ? Number(figure.dataset.formula) : -1;
    if (place !== shown) showOnStage(place);
  };
  root.addEventListener("pointerover", follow);
  root.addEventListener("focusin", follow);
  root.addEventListener("pointerleave", () => showOnStage(-1));
  root.addEventListener("focusout", () => showOnStage(-1));
  back.addEventListener("click", (event) => {
    if (/** @type {Element} */ (event.target).closest("[data-take-back]")) void takeBack(app);
  });

  const render = () => {
    if (!app.playground) return;
    makeFields();
    showValues();
    showFormulas();
  };
  let seen = "";
  const offs = [
    app.on("open", () => {
      seen = "";
      clearWords();
    }),
    app.on("pace", render),
    app.on("line", render),
    app.on("tab", (id) => {
      if (id !== "settings") showOnStage(-1);
    }),
  ];

  return {
    update() {
      // Nothing here changes while the run plays; what somebody types must not be overwritten.
      const key = `${app.language} ${app.sheet?.id} ${app.frame?.cursor.branch}`;
      if (key === seen) return;
      seen = key;
      render();
    },
    destroy() {
      showOnStage(-1);
      for (const off of offs) off();
      root.remove();
    },
  };
}
