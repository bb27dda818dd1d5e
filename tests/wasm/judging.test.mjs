// Judging in slices, as the page's worker does it, in a core that has the code for that and no protocol's.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import zh from "../../www/locale/zh.judge.js";
import {
  Judging, Playground, consistencyModels, coreExports, initSync, judgeLoaded, protocolLoaded,
} from "../../pkg/consensus_playground.js";

const folder = new URL("../../pkg/", import.meta.url);
const scenarios = new URL("../../scenarios/", import.meta.url);
const compiled = (name) => new WebAssembly.Module(readFileSync(new URL(name, folder)));
initSync({ module: readFileSync(new URL("consensus_playground_bg.wasm", folder)) });

const STALE = [
  '{"history":1,"object":"kv"}',
  '{"client":"A","call":0,"return":1,"do":"write","key":"x","value":"1"}',
  '{"client":"A","call":2,"return":3,"do":"write","key":"x","value":"2"}',
  '{"client":"B","call":4,"return":5,"do":"read","key":"x","found":"1"}',
].join("\n");

const open = (text, models = "", steps = 1e6) => Judging.fromText(text, undefined, undefined, models, steps, 64 * 2 ** 20);

/** All verdicts by their models. */
function verdicts(judging, steps) {
  const found = new Map();
  for (;;) {
    const standing = judging.advance(steps);
    if (standing.verdict) found.set(standing.model, standing.verdict);
    if (standing.judged === standing.of) return found;
  }
}

test("the code is asked for before anything happens, and then judges without any protocol", () => {
  for (const ask of [() => open(STALE), consistencyModels]) {
    assert.throws(ask, (error) => error.kind === "part" && error.code === "judge");
  }
  new WebAssembly.Instance(compiled("part_judge.wasm"), { core: coreExports() });
  judgeLoaded();
  const judging = open(STALE);
  assert.deepEqual({ ...judging.facts(), models: judging.facts().models.length }, {
    format: "jsonl", object: "kv", operations: 3, clients: 2, models: consistencyModels().models.length,
  });
  const found = verdicts(judging, 5);
  assert.equal(found.get("linearizable").state, "violated");
  assert.match(found.get("linearizable").why, /client B read x=1 after client A had already written x=2/);
  assert.equal(found.get("linearizable").at, 2);
  assert.deepEqual(found.get("sequential").orders[0].places, [0, 2, 1]);
  const { bars, lanes } = judging.picture("linearizable");
  assert.deepEqual(lanes, ["A", "B"]);
  assert.deepEqual(bars.map(({ culprit }) => culprit), [true, true, true]);
  judging.free();
});

test("verdicts agree with the map", () => {
  const { implications } = consistencyModels();
  const found = verdicts(open(STALE), 1e5);
  for (const [from, to] of implications) {
    assert.ok(found.get(from).state !== "holds" || found.get(to).state !== "violated", `${from} implies ${to}`);
  }
});

test("a limit that is reached is named, and errors name their line", () => {
  // Written twice, a value does not tell which write was read: that takes a search.
  const twice = STALE.replace('"value":"2"', '"value":"1"');
  assert.equal(verdicts(open(twice, "linearizable", 1), 10).get("linearizable").why, "the limit of steps was reached");
  assert.throws(() => open(STALE.replace('"do":"read"', '"do":"fly"')), (error) => error.kind === "text" && error.line === 4);
});

test("every model has its words in Chinese", () => {
  for (const { id, title, definition, source, availability } of consistencyModels().models) {
    assert.ok(title && definition && source && ["none", "sticky", "total"].includes(availability), id);
    assert.ok(zh[`model.${id}`] && zh[`definition.${id}`], id);
  }
});

test("what scenarios expect of their histories is what the page finds", () => {
  for (const name of readdirSync(folder)) {
    const [, id] = /^protocol_(\w+)\.wasm$/.exec(name) ?? [];
    if (!id) continue;
    new WebAssembly.Instance(compiled(name), { core: coreExports() });
    protocolLoaded(id);
  }
  let judged = 0;
  for (const protocol of readdirSync(scenarios)) {
    for (const name of readdirSync(new URL(`${protocol}/`, scenarios)).filter((file) => file.endsWith(".txt"))) {
      const text = readFileSync(new URL(`${protocol}/${name}`, scenarios), "utf8");
      const expected = [...text.matchAll(/^expect history (not )?(\S+)$/gm)];
      if (!expected.length) continue;
      const playground = Playground.fromText(text);
      playground.seek(0, 1e9);
      const lines = playground.history();
      const found = verdicts(open(lines, "", 5e6), 1e6);
      for (const [, not, model] of expected) {
        assert.equal(found.get(model).state, not ? "violated" : "holds", `${name}: ${model}`);
        judged++;
      }
      assert.equal(lines.trim().split("\n").length - 1, playground.operations(0).length, name);
      playground.free();
    }
  }
  assert.ok(judged > 40);
});
