// Leads through a lesson or watches over a challenge: which sentence is told, how far its movement is,
// what was predicted, whether the goal was reached. It drives the page by what everybody drives it by, so
// the run can be paused, rewound and taken over at any moment. It draws nothing.

import { isCoreError } from "../core.js";
import { loaded } from "../engine.js";
import { Emitter } from "../events.js";
import { BEAT_MS, RATE, SPEEDS } from "../play.js";
import { keepDone } from "./chapters.js";

/** @typedef {import("../app.js").App} App */
/** @typedef {import("./chapters.js").Item} Item */
/** @typedef {import("./chapters.js").Step} Step */

/** No movement takes longer than this; a longer one is played faster. */
const MOVEMENT_S = 6;

/**
 * What was predicted of a step, and what turned out to be right: places of choices.
 * @typedef {{step: number, chosen: number | null, right: number | null}} Prediction
 */

export class Guide extends Emitter {
  /** What is open. @type {Item | null} */
  item = null;
  /** The step whose sentence is told. */
  told = 0;
  /** Whether the run is another one. */
  isAway = false;
  /** Whether the person has done something in the run, or gone to a branch where somebody has. */
  isTaken = false;
  /** @type {Prediction | null} */
  prediction = null;
  /** The action at which a challenge's goal was reached first. @type {number | null} */
  reachedAt = null;
  /** Whether the stored run to the goal is shown. */
  isShown = false;

  /** How many actions a challenge begins with. */
  #begun = 0;
  #isOpening = false;
  /** The run that is told. @type {unknown} */
  #playground = null;
  /** The step that is played to. @type {number | null} */
  #target = null;
  /** The speed that the person has chosen, while another is used. @type {number | null} */
  #ownSpeed = null;
  /** The last moment that the lesson has told or the person has looked at. */
  #seen = 0;
  /** The last moment at which the goal was looked for. */
  #looked = 0;

  /** @param {App} app */
  constructor(app) {
    super();
    this.app = app;
    app.on("refresh", ({ kind }) => this.#onRefresh(kind));
    app.on("play", () => this.#onPlay());
    app.on("open", () => this.#onOpen());
  }

  /** The steps of the lesson that is open. @returns {Step[]} */
  get steps() {
    return this.item?.task.lesson?.steps ?? [];
  }

  /** Whether a sentence's movement is being played. */
  get isMoving() {
    return this.app.playing && this.#target !== null;
  }

  /** The step before which a prediction is asked for now. @returns {number | null} */
  get asked() {
    const next = this.told + 1;
    const isThere = !this.isAway && !this.isTaken && this.app.frame.cursor.index === this.steps[this.told]?.at;
    return isThere && !this.isMoving && this.steps[next]?.question && this.prediction?.step !== next ? next : null;
  }

  /** Whether there is a step before this moment, and one after it. */
  get ways() {
    const { index } = this.app.frame.cursor;
    return { back: this.steps.some(({ at }) => at < index), on: this.steps.some(({ at }) => at > index) };
  }

  /**
   * @param {Item} item
   * @param {number} [step] of a lesson
   */
  async open(item, step = 0) {
    const { lesson, challenge } = item.task;
    const { app } = this;
    const isOpen = await this.#opening(lesson ? app.openScenario(lesson.scenario) : app.openText(challenge?.start ?? "", false));
    if (!isOpen) return;
    this.item = item;
    this.told = step;
    this.isShown = false;
    this.reachedAt = null;
    this.#begin();
    // The scenario's own title may give an answer away.
    app.lessonTitle = item.title;
    app.emit("language");
    if (lesson) {
      app.seek(0, lesson.steps[step].at);
    } else {
      this.#begun = this.#looked = app.frame.cursor.length;
      app.seek(0, this.#begun);
      // What the goal needs of the core is fetched now, so that it is there after every action.
      await loaded(() => app.playground.reached(challenge?.goal, this.#begun));
    }
    this.emit("change");
  }

  /** Plays the run that is stored with a challenge. */
  async showSolution() {
    const { app, item } = this;
    const challenge = item?.task.challenge;
    if (!challenge || !await this.#opening(app.openText(challenge.start + challenge.solution, false))) return;
    this.isShown = true;
    this.reachedAt = null;
    this.#begin();
    this.#looked = this.#begun;
    app.seek(0, this.#begun);
    this.emit("change");
    app.play();
  }

  /** Back to where the lesson stood, or to where the challenge begins. */
  async back() {
    const { app, item } = this;
    if (!item) return;
    if (this.isAway) {
      await this.open(item, item.task.lesson ? this.told : 0);
      return;
    }
    this.isTaken = false;
    app.seek(0, item.task.lesson ? this.steps[this.told].at : this.#begun);
  }

  /** Leaves the lesson; the run stays. */
  close() {
    this.#calm();
    this.item = null;
    this.#target = null;
    this.app.toldUntil = Infinity;
    this.app.refresh("jump");
    this.emit("change");
  }

  /** Tells the next sentence and plays its movement. */
  next() {
    const { app } = this;
    if (!this.ways.on || this.isTaken || this.isAway) return;
    if (!app.stillness && !this.isMoving) {
      app.play();
      return;
    }
    // Whoever is in a hurry sees where the movement ends.
    const step = this.#aim();
    app.seek(0, this.steps[step].at);
    this.#arrive(step);
  }

  previous() {
    if (this.isTaken || this.isAway) return;
    const { index } = this.app.frame.cursor;
    const place = this.steps.filter(({ at }) => at < index).length - 1;
    if (place < 0) return;
    this.app.seek(0, this.steps[place].at);
  }

  /**
   * Takes a prediction and lets the run show what comes of it.
   * @param {number} choice
   */
  predict(choice) {
    const step = this.asked;
    if (step === null) return;
    this.prediction = { step, chosen: choice, right: null };
    this.next();
  }

  /** @param {Promise<boolean>} opening */
  async #opening(opening) {
    this.#isOpening = true;
    try {
      return await opening;
    } finally {
      this.#isOpening = false;
    }
  }

  #begin() {
    const { app } = this;
    app.pause();
    app.toldUntil = this.item?.task.lesson ? 0 : Infinity;
    this.isAway = this.isTaken = false;
    this.prediction = null;
    this.#target = null;
    this.#seen = 0;
    this.#playground = app.playground;
  }

  /** @param {number} step */
  #tell(step) {
    this.told = step;
    if (this.prediction && this.prediction.step !== step) this.prediction = null;
  }

  #onOpen() {
    if (!this.item || this.#isOpening) return;
    this.#calm();
    this.#target = null;
    this.isAway = true;
    this.app.toldUntil = Infinity;
    this.app.refresh("jump");
    this.emit("change");
  }

  #onPlay() {
    if (!this.item || this.isAway || this.app.playground !== this.#playground) return;
    // Whoever has pressed play, the run is played up to the next step.
    if (!this.app.playing) this.#calm();
    else if (this.#target === null && this.ways.on && !this.isTaken) {
      this.#target = this.#aim();
      this.#hurry(this.steps[this.#target].at);
    }
    this.emit("change");
  }

  /** The next step. Its sentence is told now, unless that gives an answer away. */
  #aim() {
    const { index } = this.app.frame.cursor;
    const step = this.steps.findIndex(({ at }) => at > index);
    if (!this.steps[step].question) this.#tell(step);
    else if (this.prediction?.step !== step) this.prediction = { step, chosen: null, right: null };
    return step;
  }

  /**
   * Plays a long movement faster than the person's own speed.
   * @param {number} to
   */
  #hurry(to) {
    const { app } = this;
    const { index, nowMs } = app.frame.cursor;
    const span = app.byHand ? (to - index) * BEAT_MS / 1000 : (app.playground.diagram(0, to - 1, to)[0] - nowMs) / RATE;
    const needed = SPEEDS.find((speed) => span / speed <= MOVEMENT_S) ?? SPEEDS[SPEEDS.length - 1];
    if (needed <= app.loop.speed) return;
    this.#ownSpeed ??= app.loop.speed;
    app.loop.setSpeed(needed);
  }

  #calm() {
    const own = this.#ownSpeed;
    this.#target = null;
    if (own === null) return;
    this.#ownSpeed = null;
    this.app.loop.setSpeed(own);
  }

  /** @param {import("../app.js").ChangeKind} kind */
  #onRefresh(kind) {
    const { app } = this;
    // Another run shows itself before it says that it was opened.
    if (!this.item || this.isAway || app.playground !== this.#playground) return;
    const { branch, index } = app.frame.cursor;
    if (!this.isTaken && kind !== "act" && branch === 0) this.#seen = Math.max(this.#seen, index);
    if (kind === "act") this.isTaken = true;
    else if (kind === "jump") this.isTaken = branch !== 0;
    if (this.item.task.lesson) app.toldUntil = this.isTaken ? Infinity : this.#seen;
    if (this.item.task.challenge) this.#look();
    else if (kind === "act" || this.isTaken) this.#calm();
    else if (kind === "play") this.#onMovement(index);
    else {
      const place = this.steps.filter(({ at }) => at <= index).length - 1;
      this.#calm();
      // Who jumps to where the answer is gets it, too.
      if (this.prediction?.step === place) this.#arrive(place);
      else this.#tell(Math.max(0, place));
    }
    this.emit("change");
  }

  /** @param {number} index */
  #onMovement(index) {
    const target = this.#target;
    if (target === null || index < this.steps[target].at) return;
    const { at } = this.steps[target];
    const { app } = this;
    app.pause();
    // Several actions may have happened within one frame.
    if (index > at) app.seek(0, at);
    this.#arrive(target);
  }

  /** @param {number} step */
  #arrive(step) {
    const { app, item, prediction } = this;
    this.#target = null;
    this.told = step;
    if (item && step === this.steps.length - 1) keepDone(item.id);
    const question = this.steps[step].question;
    if (prediction?.step !== step) this.prediction = null;
    else if (question) {
      const { index } = app.frame.cursor;
      // The engine says which choice is right: nobody has written it down.
      const right = question.choices.map(({ when }) => loaded(() => app.playground.reached(when, index)));
      Promise.all(right).then((found) => {
        prediction.right = found.indexOf(index);
        this.emit("change");
      }, (error) => (isCoreError(error) ? app.toast(error.message, "bad") : app.onPanic(error)));
    }
    this.emit("change");
  }

  /** Looks for the goal at every moment since the last look. */
  #look() {
    const { app, item } = this;
    const { index } = app.frame.cursor;
    const from = Math.max(this.#begun, Math.min(this.#looked, index));
    this.#looked = index;
    if (this.reachedAt !== null || index <= this.#begun) return;
    try {
      this.reachedAt = app.playground.reached(item?.task.challenge?.goal, from);
    } catch (error) {
      // What the goal needs has not come yet; it is looked for again after the next action.
      if (!isCoreError(error)) app.onPanic(error);
      this.#looked = from;
    }
    if (this.reachedAt !== null && item && !this.isShown) keepDone(item.id);
  }
}
