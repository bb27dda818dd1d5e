// What is asked of a search, as the form has it, and as lines of a request: both ways, so that what is known
// to find a run can be shown in the form and changed there.

/**
 * @typedef {{budget: [string, number][], searches: string[], properties: string[], offers: string[], reductions: string[], unusual: string[], timers: string[],
 *   waitMs: number, seed: number, states: number}} Options what the core knows of it, and what is usual; `unusual` are reductions that are
 *   off when nothing is said
 * @typedef {{goal: string, goalText: string, budget: Record<string, number>, offers: string, silent: Set<string>, off: Set<string>,
 *   asksLeaders: boolean, isTimely: boolean, waitMs: number, search: string, seed: number, states: number, depth: string}} Asked
 */

export const VIOLATION = "violation";
/** Goals that have a word of their own in the form. @type {Record<string, string>} */
const GOALS = { leaders: "leaders 2", candidates: "candidates 2" };
/** Goals in the form that may be any, one a line: all are looked for at once. */
export const EXPECT = "expect";
const PROPERTY = "property ";
/** The property that is looked at when nothing is said. */
const INVARIANTS = "invariants";
/** In a page memory is dearer than on the command line. */
const STATES = 1_000_000;
/** Searches that draw, and so have a seed. */
const DRAWN = ["random", "swarm"];

/** @param {string} search */
export function isDrawn(search) {
  return DRAWN.includes(search);
}

/** What a request's lines say of an option. @param {string} option @param {string[]} lines */
export function valuesOf(option, lines) {
  return lines.filter((line) => line.startsWith(`${option} `)).map((line) => line.slice(option.length + 1));
}

/**
 * What a request's lines look for, as the form has it.
 * @param {string[]} lines
 * @returns {{goal: string, goalText: string}} goalText: of `EXPECT`, one a line
 */
export function goalIn(lines) {
  const goals = valuesOf("goal", lines);
  if (goals.length > 0) {
    const named = Object.keys(GOALS).find((name) => goals.length === 1 && GOALS[name] === goals[0]);
    return { goal: named ?? EXPECT, goalText: named ? "" : goals.join("\n") };
  }
  const property = lines.find((line) => line.startsWith(PROPERTY)) ?? PROPERTY + INVARIANTS;
  return { goal: property === PROPERTY + INVARIANTS ? VIOLATION : property, goalText: "" };
}

/**
 * What is asked when nothing is said.
 * @param {Options} options
 * @returns {Asked}
 */
export function usual({ budget, offers, searches, unusual, waitMs, seed }) {
  return {
    goal: VIOLATION, goalText: "", budget: Object.fromEntries(budget), offers: offers.join("\n"), silent: new Set(), off: new Set(unusual),
    asksLeaders: false, isTimely: false, waitMs, search: searches[0], seed, states: STATES, depth: "",
  };
}

/**
 * The request's lines, without the budget.
 * @param {Asked} asked
 * @param {Options} options
 * @returns {string[]}
 */
export function linesOf(asked, { searches, reductions, unusual, waitMs, seed }) {
  const { goal, goalText, offers, silent, off, search, states, depth } = asked;
  const said = linesIn(goalText);
  // Where none is said the core says what it expects.
  const goals = goal !== EXPECT ? [GOALS[goal]] : said.length > 0 ? said : [""];
  const looksFor = goal === VIOLATION ? [] : goal.startsWith(PROPERTY) ? [goal] : goals.map((line) => `goal ${line}`);
  return [
    ...looksFor,
    ...(search === searches[0] ? [] : [`search ${search}`]),
    ...(isDrawn(search) && asked.seed !== seed ? [`seed ${asked.seed}`] : []),
    ...linesIn(offers).map((line) => `offer ${line}`),
    ...[...silent].map((name) => `silent ${name}`),
    ...reductions.filter((name) => off.has(name) !== unusual.includes(name)).map((name) => `${off.has(name) ? "no" : "reduce"} ${name}`),
    ...(asked.asksLeaders ? ["ask-leaders"] : []), ...(asked.isTimely ? ["timely"] : []),
    ...(asked.waitMs === waitMs ? [] : [`wait ${asked.waitMs}`]),
    `states ${states}`, ...(depth ? [`depth ${depth}`] : []),
  ];
}

/** The lines that say something. @param {string} text */
function linesIn(text) {
  return text.split("\n").map((line) => line.trim()).filter(Boolean);
}

/**
 * What a request's lines ask; what they do not say is as the core has it.
 * @param {string[]} lines
 * @param {Options} options
 * @returns {Asked}
 */
export function askedBy(lines, options) {
  const asked = { ...usual(options), ...goalIn(lines), states: options.states };
  /** @type {string[]} */
  const offers = [];
  for (const line of lines) {
    const [, option, value] = /** @type {RegExpExecArray} */ (/^\s*(\S*)\s*(.*?)\s*$/.exec(line));
    if (option === "budget") asked.budget = budgetOf(value, options);
    else if (option === "offer") offers.push(value);
    else if (option === "silent") asked.silent.add(value);
    else if (option === "no") asked.off.add(value);
    else if (option === "reduce") asked.off.delete(value);
    else if (option === "ask-leaders") asked.asksLeaders = true;
    else if (option === "timely") asked.isTimely = true;
    else if (option === "wait") asked.waitMs = Number(value);
    else if (option === "search") asked.search = value;
    else if (option === "seed") asked.seed = Number(value);
    else if (option === "states") asked.states = Number(value);
    else if (option === "depth") asked.depth = value;
    else if (option !== "property" && option !== "goal") throw new Error(`the form has no field for “${line}”`);
  }
  if (offers.length > 0) asked.offers = offers.join("\n");
  return asked;
}

/**
 * @param {string} words such as `timers=3,crashes=1`
 * @param {Options} options
 */
function budgetOf(words, { budget }) {
  const said = new Map(words.split(",").map((part) => /** @type {[string, string]} */ (part.trim().split("="))));
  return Object.fromEntries(budget.map(([kind]) => [kind, Number(said.get(kind) ?? 0)]));
}
