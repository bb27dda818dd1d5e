// Exploring in the module: fetched when it is asked for, counts as the native library does, and tells the
// run it finds as text and link.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Explorer, Playground, coreExports, initSync, protocolLoaded, transcriptOf } from "../../pkg/consensus_playground.js";

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

test("a search begins where a run stands, or empty without a rule; what is wrong is said", () => {
  const playground = Playground.fromText(`protocol raft\nnodes 5\nrun 400\n`);
  playground.seek(0, 7);
  const here = playground.searchText();
  const again = Playground.fromText(here);
  again.seek(0, 1e9);
  assert.equal(again.cursor().index, 7);
  assert.equal(again.fingerprint(), playground.fingerprint());
  assert.match(playground.searchText("durable-log"), /^nodes 3$[^]*^without durable-log$/m);
  const { kind, message } = thrown(() => Explorer.fromText(RAFT, "goal luck"));
  assert.equal(kind, "text");
  assert.match(message, /^goal: /);
  const { state, same, sent, text } = playground.after("crash", 0, 0);
  assert.deepEqual([state.length, same, sent, text], [16, false, 0, "crash n1"]);
  const refused = thrown(() => playground.after("restart", 0, 0));
  assert.deepEqual([refused.kind, refused.code], ["refused", "not-down"]);
});
