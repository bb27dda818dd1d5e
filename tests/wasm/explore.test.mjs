// Exploring in the module: fetched when it is asked for, counts as the native library does, and tells the
// run it finds as text and link.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { askedBy, linesOf, usual } from "../../www/explore/asked.js";
import { budgetLine } from "../../www/explore/ladder.js";
import { Explorer, Playground, coreExports, initSync, judgeLoaded, protocolLoaded, transcriptOf } from "../../pkg/consensus_playground.js";

const file = (name) => readFileSync(new URL(`../../pkg/${name}`, import.meta.url));
initSync({ module: file("consensus_playground_bg.wasm") });

const install = (name) => new WebAssembly.Instance(new WebAssembly.Module(file(`${name}.wasm`)), { core: coreExports() });
install("protocol_raft");
protocolLoaded("raft");

function thrown(action) {
  try {
    action();
  } catch (error) {
    return error;
  }
  return assert.fail("nothing was thrown");
}

const RAFT = "protocol raft\nnodes 3\nclients 1\n";
const search = (text, request, slice = 1000) => {
  const explorer = Explorer.fromText(text, request);
  while (explorer.advance(slice) === "running");
  return explorer;
};

test("exploring is asked for before anything happens, and so is telling a run", () => {
  const asked = thrown(() => Explorer.fromText(RAFT, ""));
  assert.deepEqual([asked.kind, asked.code], ["part", "explore"]);
  install("part_explore");
  const found = search(`${RAFT}without vote-once-per-term\n`, "budget timers=2");
  const missing = thrown(() => found.story());
  assert.deepEqual([missing.kind, missing.code], ["part", "more"]);
  install("part_more");
  const { text, link, lines } = found.story();
  assert.equal(found.view().property, "election-safety");
  assert.equal(lines.length, 10);
  assert.match(text, /^expect violated election-safety$/m);
  assert.doesNotMatch(transcriptOf(text), /FAILED/);
  const playground = Playground.fromLink(link);
  assert.equal(playground.divergence(), undefined);
  assert.equal(playground.cursor().length, lines.length);
});

test("the module counts as the native library does, whatever the slices", () => {
  for (const slice of [1, 100_000]) {
    const { progress, distinct, generated, depth, why } = search(RAFT, "budget timers=1,crashes=1", slice).view();
    assert.deepEqual({ progress, distinct, generated, depth, why: why ?? null }, {
      progress: "exhausted", distinct: 546, generated: 1143, depth: 14, why: null,
    });
  }
});

test("a search begins where a run stands; what is wrong is said", () => {
  const playground = Playground.fromText(`protocol raft\nnodes 5\nrun 400\n`);
  playground.seek(0, 7);
  const here = playground.searchText();
  const again = Playground.fromText(here);
  again.seek(0, 1e9);
  assert.equal(again.cursor().index, 7);
  assert.equal(again.fingerprint(), playground.fingerprint());
  const { kind, message } = thrown(() => Explorer.fromText(RAFT, "goal luck"));
  assert.equal(kind, "text");
  assert.match(message, /^goal: /);
  const { state, same, sent, text } = playground.after("crash", 0, 0);
  assert.deepEqual([state.length, same, sent, text], [16, false, 0, "crash n1"]);
  const refused = thrown(() => playground.after("restart", 0, 0));
  assert.deepEqual([refused.kind, refused.code], ["refused", "not-down"]);
});

test("what is known to find a run goes into the form's fields and out of them again, for every rule", () => {
  const protocols = readdirSync(new URL("../../pkg/", import.meta.url)).flatMap((name) => /^protocol_(\w+)\.wasm$/.exec(name)?.[1] ?? []);
  for (const id of protocols) {
    if (id === "raft") continue;
    install(`protocol_${id}`);
    protocolLoaded(id);
  }
  install("part_judge");
  judgeLoaded();
  let runs = 0;
  for (const protocol of protocols) {
    const playground = Playground.fromText(`protocol ${protocol}\n`);
    const hunts = playground.hunts();
    assert.deepEqual(new Set(hunts.map(({ rule }) => rule)), new Set(playground.sheet().rules.map(({ id }) => id)));
    for (const run of hunts) {
      const { rule } = run;
      runs++;
      const opened = Playground.fromText(run.text);
      const options = opened.searchOptions();
      assert.deepEqual(opened.about().rulesOff.includes(rule), true);
      const asked = askedBy(run.request, options);
      const lines = [...linesOf(asked, options), `budget ${budgetLine(asked.budget)}`];
      assert.deepEqual(askedBy(lines, options), asked);
      // The core reads the form's lines as it reads the table's.
      const [one, other] = [run.request, lines].map((request) => Explorer.fromText(run.text, request.join("\n")));
      for (const explorer of [one, other]) explorer.advance(200);
      assert.deepEqual(one.view(), other.view(), `${protocol} without ${rule}`);
      for (const each of [one, other, opened]) each.free();
    }
    playground.free();
  }
  assert.ok(runs > 120, `${runs} runs`);
});

test("a request that the form has no field for is refused, not forgotten", () => {
  const options = Playground.fromText(RAFT).searchOptions();
  assert.throws(() => askedBy(["speed 9"], options), /no field for “speed 9”/);
  const asked = askedBy(["goal leaders 2", "seed 7", "search swarm", "wait 250", "no equal", "depth 9", "states 77"], options);
  assert.deepEqual(linesOf(asked, options).filter((line) => !line.startsWith("offer ")),
    ["goal leaders 2", "search swarm", "seed 7", "no equal", "wait 250", "states 77", "depth 9"]);
  assert.equal(askedBy(["goal n1 committed 1"], options).goalText, "n1 committed 1");
  // Goals add up; where none is said the core says so.
  const goals = ["goal leaders 2", "goal n1 committed 1"];
  assert.deepEqual(linesOf(askedBy(goals, options), options).slice(0, 2), goals);
  assert.deepEqual(linesOf({ ...usual(options), goal: "expect" }, options)[0], "goal ");
  assert.deepEqual(askedBy(["property invariants", `states ${usual(options).states}`], options), { ...usual(options), states: usual(options).states });
});
