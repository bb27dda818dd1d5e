// How something leaves the page: by the clipboard, or as a file.

import { h } from "../dom.js";

const KEPT_MS = 10_000;

/**
 * Copies text; where the clipboard is closed to the page, by way of a selection.
 * @param {string} text
 * @param {HTMLInputElement | null} field where the text stands
 * @returns {Promise<boolean>}
 */
export async function copyText(text, field) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    if (!field) return false;
    field.focus();
    field.select();
    return document.execCommand("copy");
  }
}

/** Whether pictures can be put on the clipboard here. */
export const canCopyPictures = () => typeof ClipboardItem === "function" && typeof navigator.clipboard?.write === "function";

/** @param {Promise<Blob>} png which may still be made: asked for in time, it is allowed */
export async function copyPng(png) {
  await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
}

/**
 * Gives the browser a file to keep.
 * @param {string} name
 * @param {Blob} content
 */
export function saveFile(name, content) {
  const address = URL.createObjectURL(content);
  h("a", { href: address, download: name }).click();
  window.setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}

/**
 * The pixels of what a function draws, at twice the size in which it is meant.
 * @param {number} width
 * @param {number} height
 * @param {(context: CanvasRenderingContext2D) => void} draw
 * @returns {Promise<Blob>}
 */
export function makePng(width, height, draw) {
  const canvas = h("canvas", { width: width * 2, height: height * 2 });
  const context = canvas.getContext("2d");
  if (!context) return Promise.reject(new Error("no canvas"));
  context.scale(2, 2);
  draw(context);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png");
  });
}

/**
 * A name for a file, of the letters that every system takes.
 * @param {string} title
 * @param {string} otherwise
 */
export function fileName(title, otherwise) {
  return title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 80) || otherwise;
}
