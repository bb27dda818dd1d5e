// Everything that the core says to people is said in Chinese: the sheets of all protocols, word by word, and
// every sentence of every shipped scenario, by the same code as in the page.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { FOR_PEOPLE, Speaker, filled } from "../../www/words.js";
import zh from "../../www/locale/zh.judge.js";
import { Judging, Playground, coreExports, initSync, judgeLoaded, protocolLoaded } from "../../pkg/consensus_playground.js";

const root = new URL("../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root));
initSync({ module: read("pkg/consensus_playground_bg.wasm") });
const protocols = [];
for (const name of readdirSync(new URL("pkg/", root))) {
  const [, kind, id] = /^(protocol|part)_(\w+)\.wasm$/.exec(name) ?? [];
  if (!kind) continue;
  new WebAssembly.Instance(new WebAssembly.Module(read(`pkg/${name}`)), { core: coreExports() });
  if (kind === "part") {
    if (id === "judge") judgeLoaded();
    continue;
  }
  protocolLoaded(id);
  protocols.push(id);
}

const COMMON = "common";
const HOLE = /\{([@#:*]?)(\d+)\}/g;
/** A run goes on by itself for so many actions. */
const ACTIONS = 250;
const MESSAGES = 20;
const NUMBERS_OF_A_MESSAGE = 9;

const table = (name) => JSON.parse(read(`words/zh/${name}.json`));
const tables = new Map([...protocols, COMMON].map((name) => [name, table(name)]));
const speakerOf = (protocol) => new Speaker(tables.get(protocol), tables.get(COMMON));
/** What was said in the scenarios. @type {Set<string>} */
const heard = new Set();
const none = (wrong) => assert.ok(wrong.size === 0, `\n${[...wrong].sort().join("\n")}`);

/** Papers are cited as they are called: names, and the words of titles. */
const CITED = ["et", "al", "van", "and", "on", "seqlock", "raft-dev", "quorum-based", "commit", "protocol"];
const isCitation = (words) => (words.match(/\p{L}[\p{L}\d'-]*/gu) ?? []).every((word) => /^\p{Lu}|\d/u.test(word) || CITED.includes(word));

/** Every answer of a playground that has words for people, at one moment. */
function answers(playground) {
  const { nodes } = playground.about();
  const messages = playground.messages();
  const ids = [];
  for (let at = 0; at < Math.min(messages.length, MESSAGES * NUMBERS_OF_A_MESSAGE); at += NUMBERS_OF_A_MESSAGE) ids.push(messages[at]);
  return [
    ...["nodes", "last", "checks", "meters"].map((method) => [method, playground[method]()]),
    ["inspect", playground.inspect(playground.last().touched ?? nodes - 1)],
    ...ids.map((id) => ["label", playground.label(id)]),
  ];
}

/** The strings in an answer that are for people. */
function* wordsIn(method, answer) {
  const along = function* (value, path) {
    if (Array.isArray(value)) for (const item of value) yield* along(item, path);
    else if (typeof value === "string") yield value;
    else if (value && path.length > 0) yield* along(value[path[0]], path.slice(1));
  };
  for (const path of FOR_PEOPLE[method]) yield* along(answer, path === "" ? [] : path.split("."));
}

/** The reasons that the page has words for itself. */
const PAGE_REASONS = new Set(Object.keys(zh).filter((key) => key.startsWith("reason.")).map((key) => key.slice("reason.".length)));

/** What each consistency model says of a run's history, as far as so many steps go. */
function* verdicts(playground) {
  let judging;
  try {
    judging = Judging.fromText(playground.history(), undefined, undefined, "", 2e5, 16 * 2 ** 20);
  } catch ({ message }) {
    yield { verdict: { why: message } };
    return;
  }
  for (;;) {
    const standing = judging.advance(1e5);
    yield standing;
    if (standing.judged === standing.of) return judging.free();
  }
}

const scenarios = protocols.flatMap((protocol) => readdirSync(new URL(`scenarios/${protocol}/`, root))
  .filter((name) => name.endsWith(".txt")).map((name) => ({ protocol, name, text: String(read(`scenarios/${protocol}/${name}`)) })));

/** The words of notation, which stay as they are: a scenario's own lines, and names that are written in them. */
function notation(sheet, text) {
  const lines = text.split("\n").filter((line) => !/^(title|about|note|#)/.test(line));
  const names = [
    ...sheet.messages.map(({ name }) => name), ...sheet.operations.flatMap(({ name, parts }) => [name, ...parts]),
    ...[sheet.rules, sheet.settings].flatMap((list) => list.map(({ id }) => id)), ...sheet.commands.map(({ name }) => name),
  ];
  const allowed = new Set(["Request", "Reply", "CAS", "uniform", "log", "ln", "Vc", "Va", "nil"]);
  for (const word of [...lines, ...names].flatMap((line) => line.match(/[A-Za-z][\w'-]*/g) ?? [])) allowed.add(word);
  return allowed;
}

/** The English words that are left in what was said. */
function left(said, allowed) {
  const words = said.match(/[A-Za-z][\w'-]*/g) ?? [];
  // Names, numbers of terms and places, and hashes are no words.
  return words.filter((word) => !allowed.has(word) && !/^.$|\d|^[0-9a-f]{4}$/.test(word));
}

test("every protocol has its table, and no other table is there", () => {
  assert.ok(protocols.length >= 12);
  assert.deepEqual(readdirSync(new URL("words/zh/", root)).sort(), [...tables.keys()].map((name) => `${name}.json`).sort());
});

test("every sentence of every sheet stands in a table as a whole, and every id has a name", () => {
  const missing = new Set();
  const named = new Set();
  for (const protocol of protocols) {
    const playground = Playground.fromText(`protocol ${protocol}\n`);
    const sheet = playground.sheet();
    const [own, common] = [tables.get(protocol), tables.get(COMMON)];
    for (const method of ["sheet", "about"]) {
      for (const words of wordsIn(method, playground[method]())) {
        if (!(words in own.words) && !(words in common.words) && !isCitation(words)) missing.add(`${protocol}: ${words}`);
      }
    }
    const known = new Set();
    for (const { id } of [...sheet.invariants, ...sheet.settings, ...sheet.commands.map(({ name }) => ({ id: name }))]) {
      known.add(id);
      if (!(id in own.names) && !(id in common.names)) missing.add(`${protocol}: the name of ${id}`);
    }
    for (const id of Object.keys(own.names)) if (!known.has(id)) missing.add(`${protocol}: nothing is called ${id}`);
    for (const id of known) named.add(id);
    playground.free();
  }
  for (const id of Object.keys(tables.get(COMMON).names)) if (!named.has(id)) missing.add(`nothing is called ${id}`);
  none(missing);
});

test("every sentence of every scenario is said in Chinese, with nothing left of the English one", () => {
  /** @type {Map<string, string>} each wrong sentence with the first scenario that has it */
  const wrong = new Map();
  for (const { protocol, name, text } of scenarios) {
    const playground = Playground.fromText(text);
    const speaker = speakerOf(protocol);
    const allowed = notation(playground.sheet(), text);
    const seen = new Set();
    const hear = (method, answer) => {
      for (const words of wordsIn(method, answer)) {
        if (seen.has(words)) continue;
        seen.add(words);
        if (words in tables.get(protocol).words || words in tables.get(COMMON).words) continue;
        const rest = isCitation(words) ? [] : left(speaker.say(words), allowed);
        if (rest.length === 0 || wrong.has(`${protocol} ${words}`)) continue;
        wrong.set(`${protocol} ${words}`, `${protocol}/${name}: “${words}” leaves ${rest.join(" ")}: ${speaker.say(words)}`);
      }
    };
    hear("sheet", playground.sheet());
    hear("formulas", playground.formulas());
    for (let action = 0; ; action++) {
      for (const [method, answer] of answers(playground)) hear(method, answer);
      if (action === ACTIONS || !playground.forward()) break;
    }
    for (const method of ["bounds", "expectations"]) hear(method, playground[method]());
    const { length } = playground.cursor();
    hear("transcript", playground.transcript(0, length));
    for (const words of seen) heard.add(words);
    playground.free();
  }
  assert.ok(heard.size > 5_000, `${heard.size} sentences`);
  none(new Set(wrong.values()));
});

test("every verdict on every scenario's history is said in Chinese", () => {
  const wrong = new Set();
  let judged = 0;
  for (const { protocol, name, text } of scenarios) {
    const playground = Playground.fromText(text);
    playground.seek(0, 1e9);
    const speaker = speakerOf(protocol);
    const allowed = new Set([...notation(playground.sheet(), text), ...PAGE_REASONS]);
    for (const { verdict } of verdicts(playground)) {
      if (!verdict?.why || PAGE_REASONS.has(verdict.why)) continue;
      judged++;
      heard.add(verdict.why);
      const rest = left(speaker.say(verdict.why), allowed);
      if (rest.length > 0) wrong.add(`${protocol}/${name}: “${verdict.why}” leaves ${rest.join(" ")}: ${speaker.say(verdict.why)}`);
    }
    playground.free();
  }
  assert.ok(judged > 100, `${judged} sentences`);
  none(wrong);
});

test("templates have the same holes on both sides, and nothing stands in a table in vain", () => {
  const sources = ["src/", "www/"].flatMap((folder) => readdirSync(new URL(folder, root), { recursive: true })
    .filter((name) => /\.(rs|js)$/.test(name)).map((name) => String(read(`${folder}${name}`))))
    .map((source) => source.replace(/\\\n\s*/g, "").replaceAll("\\u{b7}", "·"));
  const isHeard = (english) => {
    const pattern = english.split(/\{[@#:*]?\d+\}/).map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".+");
    return [...heard].some((words) => new RegExp(pattern).test(words));
  };
  const wrong = new Set();
  for (const [name, { words }] of tables) {
    for (const [english, chinese] of Object.entries(words)) {
      const [one, other] = [english, chinese].map((text) => [...text.matchAll(HOLE)].map(([, , hole]) => hole)).map((holes) => [...new Set(holes)].sort().join());
      if (one !== other) wrong.add(`${name}: “${english}” has the holes ${one}, “${chinese}” ${other}`);
      if (/\{[@#:*]/.test(chinese)) wrong.add(`${name}: “${chinese}” says what a hole takes, which the English side does`);
      // Each piece between holes is written in some source, word by word at least, or came up in a scenario.
      const pieces = english.split(/\{[@#:*]?\d+\}/).map((piece) => piece.trim()).filter((piece) => /[A-Za-z]{2}/.test(piece));
      const unwritten = pieces.filter((piece) => !sources.some((source) => source.includes(piece) || (piece.match(/[A-Za-z]+/g) ?? [])
        .every((word) => source.includes(word))));
      if (unwritten.length > 0 && !isHeard(english)) wrong.add(`${name}: nothing says “${unwritten.join("”, “")}”`);
      if (name !== COMMON && tables.get(COMMON).words[english] === chinese) wrong.add(`${name}: “${english}” is said so for all`);
    }
  }
  none(wrong);
});

test("what stands in a hole is said in turn, and what nobody knows stays as it is", () => {
  const speaker = new Speaker({
    names: {},
    words: {
      "term": "任期", "blank": "空", "“{0}” at {#1}": "{1} 处“{0}”", "{@0} blank": "{0} 空", "granted": "同意", "yes": "是",
      "deliver {0} ({:1})": "送达 {0}（{1}）",
    },
  });
  assert.equal(speaker.say("“T1 blank” at 7"), "7 处“T1 空”");
  assert.equal(speaker.say("“T1 blank” at noon"), "“T1 blank” at noon");
  assert.equal(speaker.say("deliver Vote (term 2 · granted yes)"), "送达 Vote（任期 2 · 同意：是）");
  assert.equal(speaker.say("“blank” at 7"), "7 处“空”");
  assert.equal(speaker.say("term blank"), "任期空");
  assert.equal(speaker.say("T1 blank, put x blank"), "T1 空，put x blank");
  assert.equal(speaker.say("Gray, Lamport & Reuter, 1993"), "Gray, Lamport & Reuter, 1993");
  assert.deepEqual(speaker.dub("last", { text: "term", applied: ["term"] }), { text: "任期", applied: ["term"] });
});

test("a blank stands where Chinese meets letters, whatever is in a hole, and none within Chinese", () => {
  const settings = (name) => filled("{name} 的设置", () => name);
  assert.deepEqual([settings("Raft"), settings("主备复制")], ["Raft 的设置", "主备复制的设置"]);
  assert.equal(filled("应为{0}，却是“{1}”", (hole) => ["n1 或 n2", "n 3"][Number(hole)]), "应为 n1 或 n2，却是“n 3”");
  assert.equal(filled("{0} {1}{2} ms", (hole) => ["n1", "n2", ""][Number(hole)]), "n1 n2 ms");
});

test("what clients wrote is left as it is, whatever word it is; what they were told is said", () => {
  const playground = Playground.fromText("protocol raft\nnodes 3\nclients 2\nrun 400\ninvoke A put x leader\nrun 200\ninvoke B get x\nrun 200\n");
  playground.seek(0, 1e9);
  const speaker = speakerOf("raft");
  const clients = speaker.dub("clients", playground.clients());
  assert.deepEqual(clients.map(({ last }) => [last.text, last.outcome]), [["put x leader", "成功"], ["get x", "leader"]]);
  assert.deepEqual(speaker.dub("operations", playground.operations(0)).map(({ outcome }) => outcome), ["成功", "leader"]);
  assert.equal(speaker.dub("nodes", playground.nodes())[0].view.data[0].value, "leader");
  const reply = { kind: "Reply", short: "leader", fields: [{ name: "answer", value: "leader" }] };
  assert.deepEqual(speaker.dub("label", reply), { ...reply, fields: [{ name: "答复", value: "leader" }] });
  playground.free();

  // A key may be a word that is known; what the protocol adds to the keys has a blank in it.
  const [{ view }] = speakerOf("two_phase_commit").dub("nodes", [{ view: { data: [{ name: "vote", value: "no" }, { name: "lock a", value: "T1" }] } }]);
  assert.deepEqual(view.data, [{ name: "vote", value: "no" }, { name: "锁 a", value: "T1" }]);
});
