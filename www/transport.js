// The bar below the picture: to the start, step, play, speed, where the run stands, and the two
// things that people do most: cut the network and ask as a client.

import { fill, h, icon } from "./dom.js";
import { whenOpened } from "./opening.js";
import { SPEEDS } from "./play.js";

/** @typedef {import("./app.js").App} App */

const SPEED_WORDS = ["¼×", "½×", "1×", "2×", "4×", "8×"];
/** The words for each pace. @type {Record<string, string>} */
const PACE_KEYS = { "by-time": "bar.byTime", "by-hand": "bar.byHand", "at-random": "bar.atRandom" };

/**
 * @param {HTMLElement} host
 * @param {App} app
 * @param {import("./stage/index.js").Stage} stage
 */
export function createTransport(host, app, stage) {
  const button = (/** @type {string} */ name, /** @type {string} */ className, /** @type {() => void} */ onclick) =>
    h("button", { type: "button", class: className, onclick }, icon(name));
  const start = button("start", "edge square", () => app.seek(app.frame.cursor.branch, 0));
  const back = button("step-back", "edge square", () => app.step(-1));
  const forward = button("step-forward", "edge square", () => app.step(1));
  const playIcon = h("span", { class: "play-icon" });
  const playWords = h("span", { class: "wide-only" });
  const play = h("button", {
    type: "button", class: "play", onclick: () => (app.playing ? app.pause() : app.play()),
  }, playIcon, playWords);
  const speed = h("select", { class: "edge", onchange: () => app.loop.setSpeed(Number(speed.value)) },
    SPEEDS.map((value, at) => h("option", { value: String(value), selected: value === 1 }, SPEED_WORDS[at])));
  const pace = h("button", { type: "button", class: "pace", onclick: () => app.togglePace() });
  const position = h("span", { class: "num position" });
  const network = h("span", { class: "num network" });
  const partitionWords = h("span", { class: "wide-only" });
  const requestWords = h("span", { class: "wide-only" });
  const partition = h("button", { type: "button", class: "edge with-icon", "aria-haspopup": "dialog" }, icon("cut"), partitionWords);
  const request = h("button", { type: "button", class: "edge with-icon", "aria-haspopup": "dialog" }, icon("person"), requestWords);
  partition.addEventListener("click", () => {
    whenOpened(app, ({ anchorOf, openPartitionForm, standBelow }) => {
      standBelow(openPartitionForm(app, anchorOf(partition), () => stage.gestures.setCutting(true)), partition);
    });
  });
  request.addEventListener("click", () => askAsClient(app, stage));

  fill(host,
    h("div", { class: "bar-group" }, start, back, play, forward, speed),
    h("div", { class: "bar-group where" }, pace, position),
    h("div", { class: "bar-group end" }, network, partition, request));

  const relabel = () => {
    const label = (/** @type {HTMLElement} */ element, /** @type {string} */ key) => {
      element.setAttribute("aria-label", app.t(key));
      element.title = app.t(key);
    };
    label(start, "bar.start");
    label(back, "bar.back");
    label(forward, "bar.forward");
    label(speed, "bar.speed");
    label(partition, "bar.partition");
    label(request, "bar.request");
    partitionWords.textContent = app.t("bar.partition");
    requestWords.textContent = app.t("bar.request");
    const words = PACE_KEYS[app.about.pace];
    pace.textContent = app.t(words);
    pace.title = app.t(`${words}Hint`);
    pace.disabled = app.about.pace === "at-random";
    network.textContent = app.t("bar.network", { network: app.say(app.about.network), seed: app.about.seed });
    request.hidden = app.about.clients === 0 || app.sheet.operations.length === 0;
    partition.hidden = app.about.nodes < 2;
    showPlaying();
  };
  const showPlaying = () => {
    fill(playIcon, icon(app.playing ? "pause" : "play", 15));
    playWords.textContent = app.t(app.playing ? "bar.pause" : "bar.play");
    play.classList.toggle("playing", app.playing);
    play.setAttribute("aria-label", playWords.textContent);
    play.title = app.t("bar.playHint");
    speed.value = String(app.loop.speed);
  };
  const showPosition = () => {
    const { index, length, branch, branches } = app.frame.cursor;
    const parts = [app.t("bar.ms", { ms: Math.floor(app.nowMs).toLocaleString("en") })];
    parts.push(index < length ? app.t("bar.actionOf", { index, length }) : app.t("bar.action", { index }));
    if (branches > 1) parts.push(app.t("bar.branchOf", { branch: branch + 1, branches }));
    const text = parts.join(" · ");
    if (position.textContent !== text) position.textContent = text;
    start.disabled = back.disabled = index === 0;
  };
  app.on("open", relabel);
  app.on("pace", relabel);
  app.on("language", relabel);
  app.on("play", showPlaying);
  app.on("tick", showPosition);
}

/**
 * Opens the form of the client that can ask: the selected one, else the first that waits for nothing.
 * @param {App} app
 * @param {import("./stage/index.js").Stage} stage
 */
export function askAsClient(app, stage) {
  const { clients } = app.frame;
  if (clients.length === 0) {
    app.toast(app.t("client.none"));
    return;
  }
  const selected = app.selection?.type === "client" ? app.selection.client : -1;
  const free = clients.findIndex(({ open }) => !open);
  stage.openClient(selected >= 0 ? selected : Math.max(0, free));
}
