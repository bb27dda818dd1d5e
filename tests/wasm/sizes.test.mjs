// How large each module of the core may be: what a page fetches is fetched by everybody who opens it, so that
// growth is a decision. `cargo xtask parts` tells what is in a module, and how it got there.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const PKG = new URL("../../pkg/", import.meta.url);
/** Kilobytes of 1,000 bytes after `gzip -9`. */
const CEILINGS = {
  "consensus_playground_bg.wasm": 130,
  "part_course.wasm": 14,
  "part_explore.wasm": 95,
  "part_judge.wasm": 190,
  "part_more.wasm": 120,
  "part_qr.wasm": 9,
  "protocol_abd.wasm": 32,
  "protocol_gossip.wasm": 36,
  "protocol_multi_paxos.wasm": 42,
  "protocol_paxos.wasm": 42,
  "protocol_paxos_commit.wasm": 42,
  "protocol_primary_backup.wasm": 45,
  "protocol_quorum.wasm": 52,
  "protocol_raft.wasm": 61,
  "protocol_shared_memory.wasm": 34,
  "protocol_three_phase_commit.wasm": 40,
  "protocol_total_order.wasm": 41,
  "protocol_two_phase_commit.wasm": 40,
};
/** So far above what it is, a ceiling would let a module grow by half unseen. */
const SLACK = 1.4;

const modules = readdirSync(PKG).filter((name) => name.endsWith(".wasm")).sort();

test("every module has a ceiling, and every ceiling a module", () => {
  const without = modules.filter((name) => !(name in CEILINGS));
  assert.deepEqual(without, [], `give ${without.join(", ")} a ceiling in tests/wasm/sizes.test.mjs`);
  assert.deepEqual(Object.keys(CEILINGS).filter((name) => !modules.includes(name)), [], "no such module is built any more");
});

for (const name of modules) {
  test(`${name} keeps below its ceiling, and its ceiling near to it`, (context) => {
    const bytes = gzipSync(readFileSync(new URL(name, PKG)), { level: 9 }).length;
    const ceiling = CEILINGS[name] * 1000;
    context.diagnostic(`${bytes} bytes after gzip -9, of at most ${ceiling}`);
    const id = name.replace(/^(part|protocol)_|\.wasm$/g, "").replace("consensus_playground_bg", "core");
    assert.ok(bytes <= ceiling, `pkg/${name} has grown to ${bytes} bytes, its ceiling is ${ceiling}; `
      + `\`cargo xtask parts | grep ${id}\` lists what is in it`);
    assert.ok(bytes * SLACK >= ceiling, `pkg/${name} is down to ${bytes} bytes: lower its ceiling of ${ceiling}`);
  });
}
