// The comparison's own address: the left run's link in the fragment, and in the query what stands on
// the right, its settings, the moment, and the slider's place.

import { pageAddress } from "../root.js";
import { decodeHash } from "../session.js";
import { READY } from "./ready.js";

/** @typedef {import("./comparison.js").Comparison} Comparison */
/** @typedef {import("./comparison.js").Request} Request */

const SETTING = "set.";
/** The most that a link's moment may lie beyond what its run has recorded. */
const BEYOND_MS = 60_000;

/**
 * What the address asks for.
 * @param {Comparison} page
 * @returns {Request | {readyId: string} | null} null where it asks for nothing
 */
export function readAddress(page) {
  const query = new URLSearchParams(location.search);
  const link = decodeHash();
  if (/^#?v\d+\./.test(link)) {
    const settings = Object.fromEntries([...query].flatMap(([name, value]) => (name.startsWith(SETTING) ? [[name.slice(SETTING.length), value]] : [])));
    const atMs = wholeNumber(page, query, "at");
    return {
      make: () => checkMoment(page, page.engine.Playground.fromLink(link), atMs),
      right: query.get("with"), settings, atMs, cut: wholeNumber(page, query, "cut"),
    };
  }
  if (location.hash.length > 1) throw wrong(page.t("trouble.notALink"));
  const ready = query.get("ready");
  if (ready !== null) {
    if (READY.every(({ id }) => id !== ready)) throw wrong(page.t("compare.noReady", { id: ready }));
    return { readyId: ready };
  }
  if (query.has("with")) throw wrong(page.t("compare.withoutLink"));
  return null;
}

/**
 * @param {Comparison} page
 * @param {any} playground
 * @param {number | null} atMs
 */
function checkMoment(page, playground, atMs) {
  const { branch, length } = playground.cursor();
  const last = length > 0 ? playground.diagram(branch, length - 1, length)[0] : 0;
  if (atMs === null || atMs <= last + BEYOND_MS) return playground;
  playground.free();
  throw wrong(page.t("compare.tooLate", { at: atMs, end: last }));
}

/**
 * @param {Comparison} page
 * @param {URLSearchParams} query
 * @param {string} name
 */
function wholeNumber(page, query, name) {
  const text = query.get(name);
  if (text === null) return null;
  if (!/^\d{1,9}$/.test(text)) throw wrong(page.t("compare.notANumber", { name, text }));
  return Number(text);
}

/** @param {string} message */
function wrong(message) {
  return { kind: "link", code: "not-a-comparison", message };
}

/**
 * The address of the comparison as it stands.
 * @param {Comparison} page
 */
export function addressOf(page) {
  const [left] = page.columns;
  const query = new URLSearchParams({ with: page.right, at: String(page.clock.wholeMs) });
  if (page.cut !== null) query.set("cut", String(page.cut));
  for (const [id, value] of Object.entries(page.rightSettings())) query.set(SETTING + id, value);
  return `${pageAddress()}?${query}#${left.playground.link(true).replace(/^#/, "")}`;
}

/** The part of the query that is about the page and not about what is open. */
export function pageQuery() {
  const query = new URLSearchParams(location.search);
  const kept = [...query].filter(([name]) => name === "lang" || name === "theme");
  return new URLSearchParams(kept);
}
