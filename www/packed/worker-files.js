// In the place of ../files.js in a worker of a page that is one file: it asks the page for modules.

/** @type {Map<string, {resolve(module: WebAssembly.Module): void, reject(error: Error): void}>} */
const waiting = new Map();

addEventListener("message", (event) => {
  const { wants, module, why } = event.data ?? {};
  const one = waiting.get(wants);
  if (typeof wants !== "string" || !one) return;
  event.stopImmediatePropagation();
  waiting.delete(wants);
  if (module) one.resolve(module);
  else one.reject(new Error(why));
});

/**
 * A module of the core.
 * @param {string} path
 * @returns {Promise<WebAssembly.Module>}
 */
export function compiled(path) {
  return new Promise((resolve, reject) => {
    waiting.set(path, { resolve, reject });
    /** @type {{postMessage(message: unknown): void}} */ (/** @type {unknown} */ (self)).postMessage({ wants: path });
  });
}

/** @returns {Promise<null>} */
export async function textOf() {
  return null;
}
