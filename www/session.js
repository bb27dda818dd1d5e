// Where a session comes from (the address, a preset) and where it is kept: links win over queries,
// an invalid one is shown and never replaced in silence, own work can be brought back by one click.

import { isCoreError } from "./core.js";
import { fetchMore } from "./engine.js";
import { recall, remember } from "./storage.js";

/** @typedef {import("./app.js").App} App */

const DEFAULT_SCENARIO = "raft/leader-election";
const SESSION = "session";
/** The works before the last one: a run that takes its place must not cost anybody theirs. */
const FORMER = "former-sessions";
const FORMER_MAX = 4;
const SAVE_EVERY_MS = 4000;

/**
 * @typedef {{link: string, text: string, title: {en?: string, zh?: string}, savedAt: number}} SavedSession
 */

/**
 * Opens what the address asks for.
 * @param {App} app
 * @param {(error: unknown) => void} onTrouble
 */
export async function openFromAddress(app, onTrouble) {
  try {
    if (/^#?v\d+\./.test(decodeHash())) {
      await app.openLink(decodeHash());
      return;
    }
    const query = new URLSearchParams(location.search);
    if (query.has("protocol")) {
      await app.openQuery(location.search);
      return;
    }
    const id = query.get("scenario");
    if (id) {
      await app.openScenario(id);
      return;
    }
    if (location.hash.length > 1) {
      throw { kind: "link", code: "not-a-link", message: app.t("trouble.notALink") };
    }
    await openDefault(app);
  } catch (error) {
    if (!isCoreError(error)) throw error;
    onTrouble(error);
  }
}

/** Chat programs encode what they pass on, sometimes twice. */
export function decodeHash() {
  let hash = location.hash;
  for (let round = 0; round < 2 && hash.includes("%"); round++) {
    try {
      hash = decodeURIComponent(hash);
    } catch {
      return hash;
    }
  }
  return hash;
}

/** @param {App} app */
export async function openDefault(app) {
  await app.openScenario(DEFAULT_SCENARIO);
}

/** The protocol that the address is about, as far as can be told at a glance. */
export function likelyProtocol() {
  if (location.hash.length > 1) return null;
  const query = new URLSearchParams(location.search);
  return query.get("protocol") ?? (query.get("scenario") ?? DEFAULT_SCENARIO).split("/")[0];
}

/** @returns {SavedSession | null} */
export function savedSession() {
  return savedSessions()[0] ?? null;
}

/**
 * What is kept, the last work first.
 * @returns {SavedSession[]}
 */
export function savedSessions() {
  try {
    const saved = [JSON.parse(recall(SESSION) ?? "null"), ...JSON.parse(recall(FORMER) ?? "[]")];
    return saved.filter((one) => typeof one?.text === "string");
  } catch {
    return [];
  }
}

/** @param {SavedSession[]} sessions the last work first */
function keepAll([last, ...former]) {
  remember(FORMER, JSON.stringify(former.slice(0, FORMER_MAX)));
  remember(SESSION, JSON.stringify(last));
}

/**
 * @param {App} app
 * @param {SavedSession | null} [saved] the last one, unless another is asked for
 */
export async function restoreSession(app, saved = savedSession()) {
  if (!saved) return;
  // The link keeps the moment, the text is for runs that no link holds.
  if (saved.link) {
    await app.openLink(saved.link);
  } else {
    await app.openText(saved.text);
  }
  app.ownWork = true;
  keepAll([saved, ...savedSessions().filter(({ savedAt }) => savedAt !== saved.savedAt)]);
  app.emit("restored");
}

/**
 * Keeps own work, and a link from which a crashed core can be built anew.
 * @param {App} app
 */
export function keepSession(app) {
  let savedIndex = "";
  let savedAt = 0;
  /** Whether what was kept last is of this run. */
  let isMine = false;
  const save = () => {
    if (!app.playground) return;
    const { branch, index, length } = app.frame.cursor;
    const key = `${app.scenarioId} ${branch} ${index} ${length}`;
    if (key === savedIndex) return;
    savedIndex = key;
    savedAt = performance.now();
    if (!app.keepSafe()) {
      savedIndex = "";
      fetchMore().then(save, () => {});
      return;
    }
    if (!app.ownWork) return;
    keepAll([
      { link: app.safeLink, text: app.safeText, title: app.about.title, savedAt: Date.now() },
      ...savedSessions().slice(isMine ? 1 : 0),
    ]);
    isMine = true;
  };
  app.on("change", () => {
    const wait = app.playing ? SAVE_EVERY_MS : 1200;
    // What somebody did cannot be made again by playing on, so it is kept at once.
    if (app.unsafe || performance.now() - savedAt > wait) window.setTimeout(save, 0);
  });
  // Before another scenario takes the place of this one, and when the page goes away.
  app.on("closing", save);
  app.on("open", (isSame) => (isMine &&= isSame));
  app.on("restored", () => (isMine = true));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) save();
  });
}

/** The part of the query that is about the page and not about what is open. */
export function keepSettings() {
  const query = new URLSearchParams(location.search);
  const kept = new URLSearchParams();
  for (const name of ["lang", "theme"]) {
    const value = query.get(name);
    if (value) kept.set(name, value);
  }
  return kept.size > 0 ? `?${kept}` : "";
}
