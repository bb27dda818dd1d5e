// What the page knows about the core's exceptions: its own are plain objects that say in words what is
// wrong; anything else is a defect.

/** @typedef {import("./types.js").CoreError} CoreError */

/**
 * What the wasm module exports.
 * @typedef {{Playground: any, coreExports: () => WebAssembly.Imports[string],
 *   protocolLoaded: (id: string) => void, judgeLoaded: () => void, lastPanic: () => string | undefined}} Engine
 */

/**
 * Whether an exception is one of the core's own, said in words, rather than a defect.
 * @param {unknown} error
 * @returns {error is CoreError}
 */
export function isCoreError(error) {
  return typeof error === "object" && error !== null && !(error instanceof Error)
    && "kind" in error && "message" in error;
}

/**
 * A reason in the page's language where its code has words there; the core's own sentence, which
 * names things, otherwise, in that language where it is known there.
 * @param {import("./page.js").Page} page
 * @param {{code: string, message: string}} reason
 */
export function reasonWords(page, { code, message }) {
  const key = `refusal.${code}`;
  const words = page.t(key);
  return words === key ? page.say(message) : words;
}
