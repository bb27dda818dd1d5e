// What the core says, in the reader's language: its sentences are English, and tables say for each what it
// is in Chinese, in the manner of gettext. A sentence with values in it has a template with numbered holes,
// "{0} voted for {1}"; what stands in a hole is said in turn. Tables are files below words/, one for each
// protocol and one for what all share, fetched for those who read them and for nobody else.
//
// Words that are read again as notation (ids, kinds of message, operations, values of settings, what is
// expected) are left as they are; which of a playground's answers are for people is listed here, once.

/**
 * @typedef {{names: Record<string, string>, words: Record<string, string>}} Table what the ids of an
 *   invariant, a setting, a command or a rule are called, and what sentences and words are
 * @typedef {{first: string, probe: string, length: number, regex: RegExp, holes: {kind: string, number: string}[],
 *   words: string}} Template its
 *   first word where that is no hole, the longest piece of it, and how many letters it has
 */

const VIEW = [
  "role", "badges", "durable.name", "durable.value", "volatile.name", "volatile.value", "logs.title", "logs.cells.text",
];
const within = (/** @type {string} */ name, /** @type {string[]} */ paths) => paths.map((path) => `${name}.${path}`);

/**
 * Which of a playground's answers are for people: by method, the ways to the words. What clients wrote and
 * were told stands beside them; `dub` tells it apart.
 * @type {Record<string, string[]>}
 */
export const FOR_PEOPLE = {
  sheet: [
    "title", "source", "guarantee", "period", "timers.name", "timers.text", "commands.text", "rules.source", "rules.text",
    "rules.without", "invariants.source", "invariants.text", "settings.text",
  ],
  about: ["workloads.text"],
  formulas: ["text", "filled", "meaning", "quorums.name"],
  meters: ["name"],
  nodes: ["timers.name", ...within("view", VIEW)],
  inspect: [...within("now", VIEW), ...within("before", VIEW)],
  label: ["short", "fields.name", "fields.value"],
  last: ["text"],
  after: ["text"],
  describe: [""],
  transcript: [""],
  divergence: [""],
  checks: ["violated.why"],
  expectations: ["why"],
  bounds: [""],
  can: ["message"],
};

/** What an operation came to, where that is none of the values that clients write. */
const OUTCOMES = /^(ok|absent|swapped|not-swapped|refused|aborted|not now|nobody takes it now|ask \w+)$/;
/**
 * A hole of a template: `{0}` takes anything, `{@0}` one word, `{#0}` a number, `{*0}` names of nodes, `{:0}`
 * the fields of a message.
 */
const HOLE = /\{([@#:*]?)(\d+)\}/;
/** @type {Record<string, string>} */
const KINDS = { "": "(.+?)", "@": "(\\S+)", "#": "(\\d+)", "*": "(\\w*\\d(?: \\w*\\d)*)", ":": "(.+?)" };
/** Between the fields of a message, and the parts of a value. */
const FIELDS = " · ";
/** Between the members of a list. */
const LIST = ", ";
const MEMORY_MAX = 20_000;
const CHINESE_FIRST = /^\p{Script=Han}/u;
const CHINESE_LAST = /\p{Script=Han}$/u;
/** What has its own white around it. */
const FULL_FIRST = /^[，。；：？！、（）“”]/;
const FULL_LAST = /[，。；：？！、（）“”]$/;
/** A list in a list in a hole; deeper is nothing that the core says. */
const DEPTH_MAX = 6;

export class Speaker {
  /** @type {Map<string, string>} */
  #words = new Map();
  /** @type {Template[]} the most definite first */
  #templates = [];
  /** @type {Map<string, Template[]>} those that begin with a word, by that word */
  #byFirst = new Map();
  /** @type {Map<string, string>} */
  #memory = new Map();
  /** What ids are called. @type {Record<string, string>} */
  names = {};

  /** @param {Table[]} tables the first one that knows a word says it */
  constructor(...tables) {
    /** @type {Set<string>} */
    const keys = new Set();
    for (const { names, words } of tables) {
      this.names = { ...names, ...this.names };
      for (const [english, chinese] of Object.entries(words)) {
        if (keys.has(english)) continue;
        keys.add(english);
        if (HOLE.test(english)) this.#templates.push(templateOf(english, chinese));
        else this.#words.set(english, chinese);
      }
    }
    this.#templates.sort((one, other) => other.length - one.length);
    for (const template of this.#templates) {
      this.#byFirst.set(template.first, [...this.#byFirst.get(template.first) ?? [], template]);
    }
  }

  /**
   * A sentence or word of the core. What no table knows stays as it is.
   * @param {string} text
   * @param {number} [depth]
   * @returns {string}
   */
  say(text, depth = 0) {
    const known = this.#words.get(text) ?? this.#memory.get(text);
    if (known !== undefined) return known;
    if (depth > DEPTH_MAX || !/[A-Za-z]/.test(text)) return text;
    const said = this.#fromTemplate(text, depth)
      ?? (text.includes(FIELDS) ? this.#fields(text, depth + 1) : null)
      ?? this.#list(text, depth + 1);
    if (this.#memory.size > MEMORY_MAX) this.#memory.clear();
    this.#memory.set(text, said);
    return said;
  }

  /**
   * @param {string} text
   * @param {number} depth
   * @param {boolean} [tightly] whether by none that takes just anything
   * @returns {string | null}
   */
  #fromTemplate(text, depth, tightly = false) {
    const [first] = text.split(" ", 1);
    for (const beginning of first === text ? [""] : [first, ""]) {
      for (const { probe, regex, holes, words } of this.#byFirst.get(beginning) ?? []) {
        const found = text.includes(probe) ? regex.exec(text) : null;
        if (!found || (tightly && holes.some(({ kind }) => kind === ""))) continue;
        const said = new Map(holes.map(({ kind, number }, at) => [number, kind === ":" ? this.#fields(found[at + 1], depth + 1) : this.say(found[at + 1], depth + 1)]));
        return filled(words, (number) => said.get(number) ?? "");
      }
    }
    return null;
  }

  /**
   * @param {string} text
   * @param {number} depth
   * @returns {string}
   */
  #fields(text, depth) {
    return text.split(FIELDS).map((field) => this.#field(field, depth)).join(FIELDS);
  }

  /**
   * A list; one of which nothing is known keeps its commas, too.
   * @param {string} text
   * @param {number} depth
   * @returns {string}
   */
  #list(text, depth) {
    const parts = text.split(LIST);
    const said = parts.map((part) => (part === text ? part : this.say(part, depth)));
    return said.some((part, at) => part !== parts[at]) ? said.join("，") : text;
  }

  /**
   * A field in one line, "last log 3": as it is known, or by the longest name that is.
   * @param {string} text
   * @param {number} depth
   * @returns {string}
   */
  #field(text, depth) {
    const whole = this.#words.get(text) ?? this.#fromTemplate(text, depth, true);
    if (whole !== null) return whole;
    for (let end = text.lastIndexOf(" "); end > 0; end = text.lastIndexOf(" ", end - 1)) {
      const name = this.#words.get(text.slice(0, end)) ?? this.#fromTemplate(text.slice(0, end), depth, true);
      if (name === null) continue;
      const value = this.say(text.slice(end + 1), depth + 1);
      return CHINESE_FIRST.test(value) ? `${name}：${value}` : `${name} ${value}`;
    }
    return this.say(text, depth);
  }

  /**
   * What a playground answered, with the words in it that are for people.
   * @param {string} method
   * @param {any} answer which is changed
   */
  dub(method, answer) {
    if (method === "sheet") {
      // Numbers of periods are written behind a letter, here as in the core's own words.
      answer.letter = answer.period.slice(0, 1);
      answer.names = this.names;
    }
    for (const view of method === "nodes" ? answer.map((/** @type {any} */ node) => node.view) : method === "inspect" ? [answer.now, answer.before] : []) {
      // The keys are the clients' own; what has a blank in it is none.
      for (const field of view?.data ?? []) if (field.name.includes(" ")) field.name = this.say(field.name);
    }
    if (method === "clients") for (const { last } of answer) if (last) last.outcome = this.#outcome(last.outcome);
    if (method === "operations") for (const operation of answer) operation.outcome = this.#outcome(operation.outcome);
    if (method === "label" && ["Request", "Reply"].includes(answer.kind)) {
      const { short, fields, ...rest } = answer;
      return {
        ...rest, short: this.#outcome(short),
        fields: fields.map((/** @type {import("./types.js").Field} */ { name, value }) => ({ name: this.say(name), value: this.#outcome(value) })),
      };
    }
    for (const path of FOR_PEOPLE[method] ?? []) answer = this.#along(answer, path === "" ? [] : path.split("."));
    return answer;
  }

  /**
   * What a client was told. It may be a value that somebody wrote, whatever word that is.
   * @param {string | null} text
   */
  #outcome(text) {
    return text !== null && OUTCOMES.test(text) ? this.say(text) : text;
  }

  /**
   * @param {any} value
   * @param {string[]} path
   * @returns {any}
   */
  #along(value, path) {
    if (Array.isArray(value)) return value.map((item) => this.#along(item, path));
    if (typeof value === "string") return this.say(value);
    if (typeof value === "object" && value !== null && path.length > 0 && path[0] in value) {
      value[path[0]] = this.#along(value[path[0]], path.slice(1));
    }
    return value;
  }
}

/**
 * A Chinese template with something in each of its holes.
 * @param {string} words
 * @param {(hole: string) => string} value
 */
export const filled = (words, value) => words.split(/\{(\w+)\}/).map((piece, at) => (at % 2 === 0 ? piece : value(piece))).reduce(joined);

/**
 * A template's piece and what stands in a hole, one after the other: with a blank where Chinese meets letters or
 * digits, and without one within Chinese, whatever turned out to be in the hole.
 * @param {string} before
 * @param {string} after
 */
function joined(before, after) {
  const [left, right] = [before.trimEnd(), after.trimStart()];
  if (left === "" || right === "") return before + after;
  const [hanLeft, hanRight] = [CHINESE_LAST.test(left), CHINESE_FIRST.test(right)];
  if (FULL_LAST.test(left) || FULL_FIRST.test(right) || (hanLeft && hanRight)) return left + right;
  if (left !== before || right !== after) return `${left} ${right}`;
  return (hanLeft && /^\w/.test(right)) || (hanRight && /\w$/.test(left)) ? `${left} ${right}` : left + right;
}

/**
 * @param {string} english
 * @param {string} chinese
 * @returns {Template}
 */
function templateOf(english, chinese) {
  const parts = english.split(HOLE);
  const literals = parts.filter((_, at) => at % 3 === 0);
  const holes = literals.slice(1).map((_, at) => ({ kind: parts[3 * at + 1], number: parts[3 * at + 2] }));
  const pattern = literals.map((literal, at) => literal.replace(/[.*+?^${}()|[\]\\]/g, "\\$&") + (at < holes.length ? KINDS[holes[at].kind] : "")).join("");
  const regex = new RegExp(`^${pattern}$`);
  const [first = ""] = /^[^ {]+(?= )/.exec(english) ?? [];
  const [probe] = [...literals].sort((one, other) => other.length - one.length);
  return { first, probe, length: literals.join("").length, regex, holes, words: chinese };
}

/** Fetches a text by its path, as files.js does. @typedef {(path: string) => Promise<string | null>} TextOf */

/** @type {Map<string, Promise<Table>>} */
const tables = new Map();

/**
 * @param {string} name
 * @param {TextOf} textOf
 */
function tableOf(name, textOf) {
  let table = tables.get(name);
  if (!table) {
    table = textOf(`words/zh/${name}.json`).then((text) => {
      if (text === null) throw new Error(`there is no words/zh/${name}.json`);
      return JSON.parse(text);
    });
    table.catch(() => tables.delete(name));
    tables.set(name, table);
  }
  return table;
}

/** @type {Map<string, Promise<Speaker>>} */
const speakers = new Map();

/**
 * Who says in Chinese what a protocol says, and what all say.
 * @param {TextOf} textOf
 * @param {string} [protocol]
 */
export function speakerOf(textOf, protocol) {
  const key = protocol ?? "";
  let speaker = speakers.get(key);
  if (!speaker) {
    speaker = Promise.all([...protocol ? [tableOf(protocol, textOf)] : [], tableOf("common", textOf)]).then((found) => new Speaker(...found));
    speaker.catch(() => speakers.delete(key));
    speakers.set(key, speaker);
  }
  return speaker;
}
