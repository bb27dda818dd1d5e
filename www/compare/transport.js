// The bar: the clock that both runs share, and the faults that both suffer at the same moment.

import { fill, h, icon } from "../dom.js";
import { anchorOf, openMenu, standBelow } from "../popover.js";
import { SPEEDS } from "./clock.js";
import { faultsOf } from "./faults.js";

/** @typedef {import("./comparison.js").Comparison} Comparison */

const LOSSES = [0, 2, 5, 10, 20, 40];
/** From so many faults on only the last ones are listed. */
const LISTED_MAX = 12;
/** The most rows of a part of the partition menu. */
const ROWS_MAX = 8;

/**
 * @param {HTMLElement} host
 * @param {HTMLElement} list where the faults of the run are told
 * @param {Comparison} page
 */
export function createTransport(host, list, page) {
  const start = h("button", { type: "button", class: "edge square", onclick: () => page.toStart() }, icon("start"));
  const playIcon = h("span", { class: "play-icon" });
  const playWords = h("span", { class: "wide-only" });
  const play = h("button", { type: "button", class: "play", onclick: () => (page.clock.playing ? page.pause() : page.play()) }, playIcon, playWords);
  const speed = h("select", { class: "edge", onchange: () => page.clock.setSpeed(Number(speed.value)) },
    SPEEDS.map((value) => h("option", { value: String(value) }, `${value === 0.5 ? "½" : value}×`)));
  const clock = h("span", { class: "num position" });
  const withWords = (/** @type {string} */ name, /** @type {() => void} */ onclick, popup = true) => {
    const words = h("span");
    const button = h("button", { type: "button", class: "edge with-icon", "aria-haspopup": popup ? "menu" : undefined, onclick }, icon(name), words);
    return { button, words };
  };
  const crash = withWords("cross", () => openNodes(page, crash.button));
  const partition = withWords("cut", () => openPartition(page, partition.button));
  const heal = withWords("link", () => page.act({ type: "heal-all" }), false);
  const loss = h("select", { class: "edge", onchange: () => page.change(networkLine(page, Number(loss.value))) });
  fill(host,
    h("div", { class: "bar-group" }, start, play, speed),
    h("div", { class: "bar-group where" }, clock),
    h("div", { class: "bar-group end faults-group" }, crash.button, partition.button, heal.button, loss));

  const relabel = () => {
    const label = (/** @type {HTMLElement} */ element, /** @type {string} */ words) => {
      element.setAttribute("aria-label", words);
      element.title = words;
    };
    label(start, page.t("compare.start"));
    label(speed, page.t("bar.speed"));
    label(loss, page.t("compare.lossHint"));
    crash.words.textContent = page.t("compare.crash");
    partition.words.textContent = page.t("bar.partition");
    heal.words.textContent = page.t("partition.healAll");
    for (const { button } of [crash, partition, heal]) button.title = page.t("compare.faultHint");
    showPlaying();
    showScenario();
  };
  const showPlaying = () => {
    const { playing } = page.clock;
    fill(playIcon, icon(playing ? "pause" : "play", 15));
    playWords.textContent = page.t(playing ? "bar.pause" : "bar.play");
    play.classList.toggle("playing", playing);
    play.setAttribute("aria-label", playWords.textContent);
    play.title = page.t("bar.playHint");
    speed.value = String(page.clock.speed);
  };
  const showScenario = () => {
    const [left] = page.columns;
    if (!left.playground) return;
    const present = lossOf(left.about.network);
    const choices = LOSSES.includes(present) ? LOSSES : [...LOSSES, present].sort((a, b) => a - b);
    fill(loss, choices.map((percent) => h("option", { value: String(percent), selected: percent === present }, page.t("compare.loss", { percent }))));
    partition.button.hidden = left.about.nodes < 2;
    heal.button.hidden = left.about.nodes < 2;
    showFaults(list, page);
  };
  const showMoment = () => {
    const text = page.t("bar.ms", { ms: page.clock.wholeMs.toLocaleString("en") });
    if (clock.textContent !== text) clock.textContent = text;
    start.disabled = page.clock.ms === 0;
    const isWhole = page.columns[0].frame?.cuts.every((row) => row.length === 0) ?? true;
    heal.button.setAttribute("aria-disabled", String(isWhole));
    for (const item of list.children) {
      item.classList.toggle("past", Number(item.getAttribute("data-at")) <= page.clock.wholeMs);
    }
  };
  page.on("open", relabel);
  page.on("kept", relabel);
  page.on("language", relabel);
  page.on("play", showPlaying);
  page.on("act", showScenario);
  page.on("change", showMoment);
  relabel();
}

/** @param {string} network "delay 10..30 loss 5%" */
function lossOf(network) {
  return Number(/loss ([\d.]+)%/.exec(network)?.[1] ?? 0);
}

/**
 * @param {Comparison} page
 * @param {number} percent
 */
function networkLine(page, percent) {
  const without = page.columns[0].about.network.replace(/ ?loss [\d.]+%/, "");
  return `network ${without}${percent > 0 ? ` loss ${percent}%` : ""}`;
}

/**
 * @param {Comparison} page
 * @param {HTMLElement} button
 */
function openNodes(page, button) {
  const [{ frame }] = page.columns;
  const title = page.t("compare.crashTitle");
  standBelow(openMenu(anchorOf(button), { title }, frame.nodes.map(({ name, status }, node) => {
    const type = status === "down" ? "restart" : "crash";
    const action = { type, node };
    return { label: `${page.t(`action.${type}`)} ${name}`, icon: type === "crash" ? "cross" : "restart", reason: page.refusal(action), run: () => page.act(action) };
  })), button);
}

/**
 * The first nodes are cut off, as by the slider below, or one node alone.
 * @param {Comparison} page
 * @param {HTMLElement} button
 */
function openPartition(page, button) {
  const [{ frame }] = page.columns;
  const title = page.t("compare.partitionTitle");
  const names = frame.nodes.map(({ name }) => name);
  const item = (/** @type {number[]} */ side) => {
    const action = { type: "partition", side };
    const rest = names.filter((_, node) => !side.includes(node));
    const label = `${listed(side.map((node) => names[node]))} | ${listed(rest)}`;
    return { label, icon: "cut", reason: page.refusal(action), run: () => page.act(action) };
  };
  // Of a large cluster a few sizes and nodes are enough.
  const stride = Math.ceil((names.length - 1) / ROWS_MAX);
  const some = names.slice(1).map((_, place) => place).filter((place) => place % stride === 0);
  const firsts = some.map((place) => item(Array.from({ length: place + 1 }, (_, node) => node)));
  const singles = some.map((place) => item([place + 1]));
  standBelow(openMenu(anchorOf(button), { title }, [
    { heading: page.t("compare.partitionFirst") }, ...firsts, { heading: page.t("compare.partitionOne") }, ...singles,
  ]), button);
}

/** @param {string[]} names */
function listed(names) {
  return names.length > 5 ? `${names[0]} … ${names[names.length - 1]}` : names.join(" ");
}

/**
 * @param {HTMLElement} host
 * @param {Comparison} page
 */
function showFaults(host, page) {
  const [{ playground }] = page.columns;
  const { branch } = playground.cursor();
  const shown = faultsOf(playground).slice(-LISTED_MAX).map(({ at, index }) => ({ at, text: playground.describe(branch, index) }));
  fill(host, shown.length === 0 ? h("li", { class: "none", data: { at: "-1" } }, page.t("compare.noFaults"))
    : shown.map(({ at, text }) => h("li", { data: { at: String(at) } }, h("span", { class: "num" }, page.t("bar.ms", { ms: at.toLocaleString("en") })), ` ${text}`)));
}
