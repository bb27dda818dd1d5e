// Asks the worker to judge, or, where there can be none, the page itself in slices that nobody feels.

import { judgingHere, judgingWorker } from "../workers.js";

/** @typedef {import("./checker.js").Answer} Answer */
/** @typedef {import("./checker.js").Models} Models */
/** @typedef {(answer: Answer) => void} Listener */

/** Well below what is needed for one picture of sixty in a second. */
const SLICE_HERE_MS = 5;

export class Checker {
  /** @type {Models | null} */
  models = null;
  /** Whether checks are made on the page itself. */
  isHere = false;
  /** @type {Worker | null} */
  #worker = null;
  /** @type {Promise<{postMessage(question: unknown): void}> | null} */
  #port = null;
  #id = 0;
  /** @type {Listener} */
  #listener = () => {};

  /**
   * Judges a history; whatever was judged before is over.
   * @param {{text: string, object: string | null, steps: number, memoryBytes: number}} question
   * @param {Listener} listener
   */
  judge(question, listener) {
    const id = ++this.#id;
    this.#listener = (answer) => {
      if ("id" in answer && answer.id === id) listener(answer);
    };
    this.#send({ kind: "judge", id, ...question });
  }

  /** Ends what goes on. */
  stop() {
    this.#send({ kind: "stop", id: this.#id });
  }

  /** Asks for the drawing of the present history. @param {string} model */
  picture(model) {
    this.#send({ kind: "picture", id: this.#id, model });
  }

  /** @param {Record<string, unknown>} question */
  #send(question) {
    this.#port ??= this.#open();
    this.#port.then((port) => port.postMessage(question), (error) => {
      this.#down(String(error?.message ?? error));
    });
  }

  /** @param {string} message */
  #down(message) {
    this.#worker?.terminate();
    this.#worker = this.#port = null;
    this.#listener({ kind: "failed", id: this.#id, message });
  }

  async #open() {
    try {
      return await this.#openWorker();
    } catch {
      // From a file, in a sandbox or in an old browser.
    }
    const { serve } = await judgingHere();
    const { port1, port2 } = new MessageChannel();
    serve(port1, SLICE_HERE_MS);
    this.isHere = true;
    await new Promise((resolve, reject) => {
      port2.onmessage = ({ data }) => this.#hear(data, resolve, reject);
    });
    return port2;
  }

  /** @returns {Promise<Worker>} */
  #openWorker() {
    return new Promise((resolve, reject) => {
      const worker = judgingWorker();
      let isReady = false;
      worker.onerror = (event) => {
        event.preventDefault();
        if (isReady) return this.#down(event.message);
        worker.terminate();
        reject(new Error(event.message));
      };
      worker.onmessage = ({ data }) => this.#hear(data, () => {
        isReady = true;
        this.#worker = worker;
        resolve(worker);
      }, (error) => {
        worker.terminate();
        reject(error);
      });
    });
  }

  /**
   * @param {Answer} answer
   * @param {(value?: unknown) => void} ready
   * @param {(error: Error) => void} failed
   */
  #hear(answer, ready, failed) {
    if (answer.kind === "ready") {
      this.models = answer.models;
      ready();
    } else if (answer.kind === "failed" && answer.id === 0) {
      failed(new Error(answer.message));
    } else if (answer.kind === "failed") {
      // After a panic nothing there can be trusted; the next question begins anew.
      if (answer.id === this.#id) this.#down(answer.message);
    } else {
      this.#listener(answer);
    }
  }
}
