// What a partition costs, made visible: a slider cuts nodes off, and two meters per protocol show
// how many answers clients still get and how many of the answers are consistent.

import { fill, h } from "../dom.js";

/**
 * @typedef {import("./comparison.js").Comparison} Comparison
 * @typedef {import("../types.js").Tradeoff} Tradeoff
 * @typedef {{costs: Tradeoff} | {trouble: string}} Seen
 */

/** While the slider moves nothing is computed; a run takes some milliseconds. */
const WAIT_MS = 90;
/** What opens is drawn first. */
const OPENING_MS = 250;
const KEPT_MAX = 200;

/**
 * @param {HTMLElement} host
 * @param {Comparison} page
 */
export function createCap(host, page) {
  const heading = h("h2", { id: "cap-heading" });
  const intro = h("p", { class: "soft" });
  const label = h("label", { for: "cap-cut" });
  const slider = h("input", { type: "range", id: "cap-cut", min: "0", max: "0", step: "1", "aria-describedby": "cap-seen" });
  const count = h("output", { class: "num", for: "cap-cut" });
  const meters = h("div", { class: "cap-meters" });
  const seen = h("p", { id: "cap-seen", class: "cap-seen", role: "status" });
  fill(host, heading, intro, h("div", { class: "cap-slider" }, label, slider, count), meters, seen);

  /** What was computed already, by run and cut. @type {Map<string, Seen>} */
  const kept = new Map();
  /** The present runs; their numbers part what was kept for others. */
  let opening = 0;
  let timer = 0;

  const cut = () => Number(slider.value);
  const show = () => {
    const [left] = page.columns;
    if (!left.playground) return;
    const found = page.runs().map((run) => ({ name: run.sheet.title, seen: kept.get(key(run)) }));
    const cost = found.every(({ seen }) => seen !== undefined);
    if (!cost) return;
    const results = /** @type {{name: string, seen: Seen}[]} */ (found);
    fill(meters, results.map(({ name, seen }) => card(page, name, seen)));
    const words = sentence(page, cut(), left.about.nodes, results);
    if (seen.textContent !== words) seen.textContent = words;
    host.dataset.cut = String(cut());
  };
  const key = (/** @type {import("./column.js").Column} */ run) => `${opening} ${page.columns.indexOf(run)} ${cut()}`;
  const compute = () => {
    timer = 0;
    // One run at a time, so that a frame may be drawn between them.
    const run = page.runs().find((candidate) => !kept.has(key(candidate)));
    if (!run) return show();
    if (kept.size > KEPT_MAX) kept.clear();
    try {
      kept.set(key(run), { costs: run.playground.tradeoff(cut()) });
    } catch (error) {
      kept.set(key(run), { trouble: String(/** @type {{message?: string}} */ (error)?.message ?? error) });
    }
    timer = window.setTimeout(compute, 0);
  };
  const ask = (/** @type {number} */ waitMs) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(compute, waitMs);
  };
  const relabel = () => {
    heading.textContent = page.t("compare.cap");
    intro.textContent = page.t("compare.capIntro");
    label.textContent = page.t("compare.capSlider");
    showCount();
    show();
  };
  const showCount = () => {
    const nodes = page.columns[0].about?.nodes ?? 0;
    const words = page.t("compare.capCount", { cut: cut(), nodes });
    count.textContent = words;
    slider.setAttribute("aria-valuetext", words);
  };
  slider.addEventListener("input", () => {
    page.cut = cut();
    showCount();
    ask(WAIT_MS);
  });
  page.on("open", () => {
    const { nodes } = page.columns[0].about;
    opening += 1;
    slider.max = String(Math.max(0, nodes - 1));
    slider.disabled = nodes < 2;
    // A minority, where nobody has said: there the difference begins.
    slider.value = String(page.cut ?? Math.max(1, Math.floor((nodes - 1) / 2)));
    page.cut = cut();
    relabel();
    ask(OPENING_MS);
  });
  page.on("language", relabel);
}

/**
 * @param {Comparison} page
 * @param {string} name
 * @param {Seen} seen
 */
function card(page, name, seen) {
  const title = h("h3", null, name);
  if ("trouble" in seen) return h("div", { class: "cap-card" }, title, h("p", { class: "soft" }, `${page.say(seen.trouble)}${page.language === "zh" ? "。" : "."}`));
  const { asked, answered, reads, fresh } = seen.costs;
  return h("div", { class: "cap-card" }, title,
    meter(page, name, "available", answered, asked), meter(page, name, "consistent", fresh, reads));
}

/**
 * @param {Comparison} page
 * @param {string} name
 * @param {"available"|"consistent"} what
 * @param {number} part
 * @param {number} whole
 */
function meter(page, name, what, part, whole) {
  const percent = whole > 0 ? Math.floor((100 * part) / whole) : 0;
  const words = page.t(`compare.${what}`);
  const value = whole > 0 ? page.t(`compare.${what}Of`, { part, whole }) : page.t("compare.noReads");
  return h("div", { class: `cap-meter ${what}${whole > 0 && part === whole ? " full" : ""}` },
    h("span", { class: "cap-name" }, words),
    h("div", {
      class: "cap-bar", role: "meter", "aria-label": `${name}: ${words}`, "aria-valuemin": "0", "aria-valuemax": "100",
      "aria-valuenow": String(percent), "aria-valuetext": `${percent} %, ${value}`, data: { what, percent: String(percent) },
    }, h("i", { style: { width: `${percent}%` } })),
    h("b", { class: "num" }, whole > 0 ? `${percent} %` : "–"),
    h("small", { class: "soft" }, value));
}

/**
 * One sentence about all sides: what each gave up.
 * @param {Comparison} page
 * @param {number} cut
 * @param {number} nodes
 * @param {{name: string, seen: Seen}[]} results
 */
function sentence(page, cut, nodes, results) {
  const clauses = results.map(({ name, seen }) => {
    if ("trouble" in seen) return page.t("compare.seen.none", { name });
    const { asked, answered, reads, fresh } = seen.costs;
    const key = `${answered === asked ? "all" : answered === 0 ? "nothing" : "some"}${answered === 0 ? "" : fresh === reads ? "Fresh" : "Stale"}`;
    return page.t(`compare.seen.${key}`, { name, unanswered: asked - answered, asked, stale: reads - fresh, reads });
  });
  const start = page.t(cut === 0 ? "compare.seen.whole" : "compare.seen.cut", { cut, nodes });
  return start + clauses.join(page.t("compare.seen.and")) + page.t("compare.seen.end");
}
