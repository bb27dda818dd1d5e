// In the place of ../workers.js where everything lies in one file. Pages that were opened from a disk may
// start no worker from another file, and none that is a module; one whose text they have themselves, and that
// is a classic script, they may. What it needs of the core they compile and hand over.

import { compiled } from "./files.js";
import { JUDGING, SEARCHING, STYLES } from "./texts.js";

/** @param {string} text */
function worker(text) {
  const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  const made = new Worker(address);
  made.addEventListener("message", (event) => {
    const { wants } = event.data ?? {};
    if (typeof wants !== "string") return;
    // None of the page's business.
    event.stopImmediatePropagation();
    compiled(wants).then((module) => made.postMessage({ wants, module }),
      (error) => made.postMessage({ wants, why: String(error?.message ?? error) }));
  });
  // It has been read by the time that it speaks.
  made.addEventListener("message", () => URL.revokeObjectURL(address), { once: true });
  return made;
}

export const judgingWorker = () => worker(JUDGING);
export const searchWorker = () => worker(SEARCHING);

/** @returns {Promise<typeof import("../judge/judge-worker.js")>} */
export async function judgingHere() {
  throw new Error("this browser starts no worker from a file");
}

/**
 * @param {URL} _folder
 * @param {string} name
 */
export function addStyles(_folder, name) {
  const style = document.createElement("style");
  style.textContent = STYLES[name];
  document.head.append(style);
}
