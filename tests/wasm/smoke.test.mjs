// The module as Node sees it, compiled from the committed bytes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Counter, initSync, pack } from "../../pkg/consensus_playground.js";

initSync({ module: readFileSync(new URL("../../pkg/consensus_playground_bg.wasm", import.meta.url)) });

test("the module counts", () => {
  const counter = new Counter();
  counter.step("one");
  assert.deepEqual(counter.view().steps, ["one"]);
  assert.ok(pack("hello").length > 0);
});

test("after a panic the next call works, old handles say so", () => {
  const broken = new Counter();
  const error = console.error;
  console.error = () => {};
  assert.throws(() => broken.crash(), WebAssembly.RuntimeError);
  console.error = error;
  new Counter().step("fresh");
  assert.throws(() => broken.view(), /stale/);
});
