// The module in Node answers as the native library does: the same transcripts, the same
// fingerprints, the same errors.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import {
  Playground, benchmarkActions, coreExports, initSync, judgeLoaded, lastPanic, protocolLoaded, transcriptOf,
} from "../../pkg/consensus_playground.js";

const root = new URL("../../", import.meta.url);
const read = (path) => readFileSync(new URL(path, root), "utf8");

initSync({ module: readFileSync(new URL("pkg/consensus_playground_bg.wasm", root)) });
const folder = new URL("pkg/", root);
const modules = new Map(readdirSync(folder).flatMap((name) => {
  const [, kind, id] = /^(protocol|part)_(\w+)\.wasm$/.exec(name) ?? [];
  return kind ? [[id, { kind, module: new WebAssembly.Module(readFileSync(new URL(name, folder))) }]] : [];
}));
const protocols = [...modules.keys()].filter((id) => modules.get(id).kind === "protocol");

/** Puts the code of a protocol or a part into a core, as the page does when it is asked for. */
function install(core, id) {
  const { kind, module } = modules.get(id);
  new WebAssembly.Instance(module, { core: core.coreExports() });
  if (kind === "protocol") core.protocolLoaded(id);
  if (id === "judge") core.judgeLoaded();
}
for (const id of modules.keys()) install({ coreExports, judgeLoaded, protocolLoaded }, id);

/** Calls everything of a playground that shows something, as a page does that plays a scenario. */
function show(playground) {
  const { nodes } = playground.about();
  for (let node = 0; node < nodes; node++) playground.inspect(node);
  const { branch, length } = playground.cursor();
  for (const [id] of playground.messages().length ? [[playground.messages()[0]]] : []) playground.label(id);
  playground.diagram(branch, 0, length);
  playground.statuses(branch, length);
  playground.operations(branch);
  playground.transcript(Math.max(0, length - 50), length);
  for (const method of SHOWN) playground[method]();
}

const SHOWN = [
  "sheet", "meters", "branches", "nextMs", "atEnd", "nodes", "clients", "cuts", "last", "rules", "checks", "note", "notes",
];
/** What comes with the part that makes links. */
const SHOWN_LATER = ["divergence", "fingerprint", "expectations", "bounds"];

/** Every scenario file: its id and its text. */
const files = readdirSync(new URL("scenarios/", root), { withFileTypes: true })
  .filter((folder) => folder.isDirectory())
  .flatMap((folder) =>
    readdirSync(new URL(`scenarios/${folder.name}/`, root))
      .filter((name) => name.endsWith(".txt"))
      .map((name) => `${folder.name}/${name.slice(0, -".txt".length)}`))
  .sort()
  .map((id) => ({ id, text: read(`scenarios/${id}.txt`) }));

/** What is thrown, which must be a plain object and no Error. */
function thrown(action) {
  try {
    action();
  } catch (error) {
    assert.ok(!(error instanceof Error), `a plain object, not ${error}`);
    assert.equal(Object.getPrototypeOf(error), Object.prototype);
    for (const name of ["kind", "code", "message"]) assert.equal(typeof error[name], "string", name);
    return error;
  }
  return assert.fail("nothing was thrown");
}

/** A run of the default kind, at its fifth action with more ahead. */
function playing() {
  const playground = Playground.fromText("protocol raft\nseed 4\nclients 2\nstep 60\n");
  playground.seek(0, 5);
  return playground;
}

for (const id of protocols) {
  test(`the code of ${id} is asked for by name, and then runs beside the core alone`, async () => {
    // A core of its own: code of another protocol that it called by mistake would not be there.
    const core = await import(new URL(`pkg/consensus_playground.js?${id}`, root).href);
    core.initSync({ module: readFileSync(new URL("consensus_playground_bg.wasm", folder)) });
    const error = thrown(() => core.Playground.fromText(`protocol ${id}\n`));
    assert.deepEqual([error.kind, error.code], ["protocol", id]);
    install(core, id);
    let judges = false;
    const own = files.filter((file) => file.id.startsWith(`${id}/`));
    for (const file of own) {
      // The judge is asked for where the scenario says something of the history, and only there.
      if (/^expect history/m.test(file.text) && !judges) {
        const asked = thrown(() => core.Playground.fromText(file.text));
        assert.deepEqual([asked.kind, asked.code], ["part", "judge"], file.id);
        install(core, "judge");
        judges = true;
      }
      const playground = core.Playground.fromText(file.text);
      playground.seek(0, 1e9);
      show(playground);
      playground.runUntil(playground.cursor().nowMs + 500);
      const crash = { type: "crash", node: 0 };
      if (playground.can(crash) === null) playground.act(crash);
      playground.forward();
      show(playground);
      // What is not needed at first is asked for, and nothing has changed by then.
      for (const method of ["link", ...SHOWN_LATER]) {
        const asked = thrown(() => playground[method](true));
        assert.deepEqual([asked.kind, asked.code], ["part", "more"], method);
      }
      playground.free();
    }
    install(core, "more");
    for (const file of own) {
      assert.equal(core.transcriptOf(file.text), read(`tests/golden/${file.id}.txt`), file.id);
      const playground = core.Playground.fromText(file.text);
      playground.seek(0, 1e9);
      show(playground);
      for (const method of SHOWN_LATER) playground[method]();
      const again = core.Playground.fromLink(playground.link(true));
      assert.equal(again.fingerprint(), playground.fingerprint(), file.id);
      for (const shown of [playground, again]) shown.free();
    }
  });
}

test("the list of shipped scenarios is the files", () => {
  assert.ok(files.length >= 15);
  const list = JSON.parse(read("pkg/scenarios.json"));
  // The order of the list is the page's; that nothing is missing is ours.
  assert.deepEqual(list.map((scenario) => scenario.id).sort(), files.map((file) => file.id));
  for (const { id, protocol, protocolTitle, title, about } of list) {
    assert.ok(protocolTitle && id.startsWith(`${protocol}/`));
    assert.ok(title.en && title.zh && about.en && about.zh, id);
  }
});

for (const { id, text } of files) {
  test(`${id} runs as it does natively`, () => {
    assert.equal(transcriptOf(text), read(`tests/golden/${id}.txt`));
  });
}

test("long runs end with the native fingerprint", () => {
  const native = JSON.parse(read("tests/golden/long-runs.json"));
  assert.deepEqual(Object.keys(native), files.map((file) => file.id));
  for (const { id, text } of files) assert.equal(benchmarkActions(text, 5000), native[id], id);
});

test("an error in a text is a plain object with line and column", () => {
  const error = thrown(() => Playground.fromText("protocol raft\nnodes many"));
  assert.deepEqual(
    { kind: error.kind, code: error.code, line: error.line, column: error.column },
    { kind: "text", code: "syntax", line: 2, column: 7 },
  );
  assert.match(error.message, /a whole number from 2 to 101, found “many”/);
  const step = thrown(() => Playground.fromText("protocol raft\n\nrestart n1"));
  assert.deepEqual([step.kind, step.code, step.line], ["text", "step", 3]);
  assert.equal(thrown(() => transcriptOf("nonsense")).kind, "text");
  assert.equal(thrown(() => benchmarkActions("nonsense", 5)).kind, "text");
});

test("a damaged link is a plain object, never another scenario", () => {
  const link = playing().link(true);
  assert.equal(thrown(() => Playground.fromLink(link.slice(0, -8))).kind, "link");
  assert.equal(thrown(() => Playground.fromLink("")).kind, "link");
  assert.equal(thrown(() => Playground.fromQuery("?protocol=rift")).kind, "link");
  assert.equal(Playground.fromQuery("?nothing=here"), undefined);
});

test("it plays by time", () => {
  const playground = Playground.fromText("protocol raft\nseed 4\n");
  assert.equal(playground.atEnd(), true);
  const next = playground.nextMs();
  assert.ok(next > 0);
  assert.equal(playground.runUntil(next - 1), 0);
  assert.ok(playground.runUntil(400) > 20);
  const { branch, index, length, nowMs, branches } = playground.cursor();
  assert.deepEqual({ branch, nowMs, branches }, { branch: 0, nowMs: 400, branches: 1 });
  assert.equal(index, length);
  assert.equal(playground.forward(), true);
  assert.equal(playground.cursor().index, index + 1);
});

test("seeking goes to any moment and back", () => {
  const playground = playing();
  const here = playground.fingerprint();
  playground.seek(0, 40);
  const there = playground.fingerprint();
  assert.notEqual(here, there);
  playground.seek(0, 5);
  assert.equal(playground.fingerprint(), here);
  playground.seek(0, 1e12);
  assert.equal(playground.cursor().index, 60);
  playground.seek(99, -5);
  assert.equal(playground.cursor().index, 0);
});

test("acting in the past starts a branch, and its link opens to the same run", () => {
  const playground = playing();
  playground.act({ type: "crash", node: 2 });
  playground.act({ type: "invoke", client: 1, node: 0, operation: "put x 1" });
  playground.act({ type: "cut", from: [0, 1], to: [3] });
  assert.equal(playground.cursor().branch, 1);
  assert.deepEqual(playground.branches().map(({ parent, at }) => [parent ?? null, at]), [[null, 0], [0, 5]]);
  assert.deepEqual([...playground.statuses(1, 8)], [0, 0, 2, 0, 0]);
  assert.deepEqual([...playground.statuses(0, 60)], [0, 0, 0, 0, 0]);
  for (const whole of [true, false]) {
    const again = Playground.fromLink(playground.link(whole));
    assert.equal(again.divergence(), undefined);
    assert.equal(again.fingerprint(), playground.fingerprint());
    assert.equal(again.cursor().index, 8);
  }
  assert.equal(Playground.fromText(playground.text()).branches()[0].length, 8);
});

test("a stale or wrong action is refused and the object stays usable", () => {
  const playground = playing();
  const before = playground.fingerprint();
  const wrong = [
    [{ type: "deliver", message: 999999 }, "no-such-message"],
    [{ type: "restart", node: 0 }, "not-down"],
    [{ type: "crash", node: 77 }, "no-such-node"],
    [{ type: "crash", node: 1e9 }, "no-such-name"],
    [{ type: "crash", node: -1 }, "no-such-name"],
    [{ type: "crash", node: "n1" }, "no-such-name"],
    [{ type: "crash" }, "no-such-name"],
    [{ type: "rule", rule: "luck", on: true }, "no-such-name"],
    [{ type: "rule", rule: "pre-vote", on: true }, "nothing-to-do"],
    [{ type: "invoke", client: 0, operation: "fetch x" }, "no-such-name"],
    [{ type: "retry", client: 0 }, "client-idle"],
    [{ type: "fire", node: 0, timer: 9 }, "timer-not-armed"],
    [{ type: "dance" }, "no-such-name"],
    [{}, "no-such-name"],
    [null, "no-such-name"],
    [undefined, "no-such-name"],
    [42, "no-such-name"],
  ];
  for (const [action, code] of wrong) {
    const error = thrown(() => playground.act(action));
    assert.deepEqual([error.kind, error.code], ["refused", code], JSON.stringify(action));
    assert.deepEqual(playground.can(action), error, "can() says the same");
  }
  assert.equal(playground.fingerprint(), before);
  assert.equal(playground.branches().length, 1);
  assert.equal(playground.can({ type: "crash", node: 0 }), null);
  assert.equal(playground.forward(), true);
  assert.equal(lastPanic(), undefined);
});

test("what is drawn has the widths that the page expects", () => {
  const playground = playing();
  playground.seek(0, 30);
  assert.equal(playground.diagram(0, 0, 60).length, 60 * 9);
  assert.equal(playground.diagram(0, 50, 1e9).length, 10 * 9);
  assert.equal(playground.diagram(0, 10, 5).length, 0);
  const messages = playground.messages();
  assert.ok(messages.length > 0 && messages.length % 9 === 0);
  const label = playground.label(messages[0]);
  assert.ok(label.short && label.kind && label.fields.length > 0);
  assert.equal(playground.label(999999) ?? null, null);
  assert.equal(playground.nodes().length, 5);
  assert.equal(playground.clients().length, 2);
  assert.equal(playground.cuts().length, 5);
  assert.match(playground.describe(0, 0), /^timeout n\d election$/);
  assert.equal(playground.transcript(0, 10).length, 10);
});

test("the inspector shows a node now and before the last action", () => {
  const playground = playing();
  playground.act({ type: "crash", node: 1 });
  const { now, before } = playground.inspect(1);
  assert.equal(now.role, "crashed");
  assert.notEqual(before.role, "crashed");
  assert.deepEqual([...now.volatile], []);
  assert.ok(now.durable.some((field) => field.name === "term"));
  assert.equal(playground.inspect(77) ?? null, null);
});

test("rules, checks and operations are told by their ids", () => {
  const playground = playing();
  const sheet = playground.sheet();
  assert.deepEqual(playground.rules().map((rule) => rule.id), sheet.rules.map((rule) => rule.id));
  assert.deepEqual(playground.checks().map((check) => check.id), sheet.invariants.map((item) => item.id));
  assert.ok(playground.checks().every((check) => check.violated == null));
  playground.act({ type: "invoke", client: 0, operation: "append x 1" });
  assert.equal(playground.operations(1)[0].text, "append x 1");
  assert.deepEqual(playground.bounds(), []);
});
