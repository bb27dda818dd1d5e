// The bar of an embedded run: to the start, step, play, a slider over what has happened, and the speed.

import { fill, h, icon } from "../dom.js";
import { SPEEDS } from "../play.js";

/**
 * @param {HTMLElement} host
 * @param {import("./embedded.js").Embedded} app
 */
export function createBar(host, app) {
  const ready = (/** @type {() => void} */ run) => () => {
    if (app.playground) run();
  };
  const button = (/** @type {string} */ name, /** @type {() => void} */ run) =>
    h("button", { type: "button", class: name, part: "button", disabled: true, onclick: ready(run) }, icon(name));
  const start = button("start", () => app.seek(app.frame.cursor.branch, 0));
  const back = button("step-back", () => app.step(-1));
  const play = button("play", () => (app.playing ? app.pause() : app.play()));
  const forward = button("step-forward", () => app.step(1));
  const scrub = h("input", { type: "range", class: "scrub", part: "slider", min: "0", max: "0", step: "1", disabled: true });
  scrub.addEventListener("input", ready(() => app.seek(app.frame.cursor.branch, Number(scrub.value))));
  const position = h("span", { class: "position", part: "position" });
  const speed = h("select", { part: "speed", onchange: () => app.loop.setSpeed(Number(speed.value)) });
  fill(host, start, back, play, forward, scrub, position, speed);

  const showSpeed = () => {
    // An attribute may ask for one between the usual ones.
    const speeds = [...new Set([...SPEEDS, app.loop.speed])].sort((a, b) => a - b);
    if (speed.options.length !== speeds.length) fill(speed, speeds.map((one) => h("option", { value: String(one) }, `${one}×`)));
    speed.value = String(app.loop.speed);
  };
  const showPlaying = () => {
    fill(play, icon(app.playing ? "pause" : "play"));
    play.setAttribute("aria-label", app.t(app.playing ? "bar.pause" : "bar.play"));
    showSpeed();
  };
  const showPosition = () => {
    const { index, length } = app.frame.cursor;
    const max = String(Math.max(index, length));
    if (scrub.max !== max) scrub.max = max;
    if (scrub.value !== String(index)) scrub.value = String(index);
    const words = `${app.t("bar.ms", { ms: Math.floor(app.nowMs).toLocaleString("en") })} · ${index}/${max}`;
    if (position.textContent === words) return;
    position.textContent = words;
    scrub.setAttribute("aria-valuetext", words);
    start.disabled = back.disabled = index === 0;
  };
  const name = () => {
    for (const [element, key] of /** @type {const} */ ([[start, "embed.start"], [back, "embed.back"], [forward, "embed.forward"],
      [scrub, "embed.moment"], [speed, "bar.speed"]])) {
      element.setAttribute("aria-label", app.t(key));
      element.title = app.t(key);
    }
    showPlaying();
  };
  const relabel = () => {
    name();
    for (const element of [start, back, play, forward, scrub]) element.disabled = false;
    position.textContent = "";
    showPosition();
  };
  app.on("open", relabel);
  app.on("language", relabel);
  app.on("play", showPlaying);
  app.on("tick", showPosition);
  name();
}
