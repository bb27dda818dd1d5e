// What judging a history costs as it grows, natively and in the module. Prints a line of JSON for each
// figure. ACTIONS_BINARY names the program built from benches/histories.rs.
import { benchmarkHistory } from "../pkg/consensus_playground.js";
import { median, print } from "./figures.mjs";
import { milliseconds, native, start } from "./module.mjs";

const ROUNDS = 5;
/** What one round measures at least, in milliseconds: a clock in Node is no finer than some of these checks. */
const ROUND_MS = 20;

start();
let etcd = { native: 0, wasm: 0, files: 0 };
for (const name of native("names").trim().split("\n")) measure(name);
if (etcd.files > 0) {
  const note = `${etcd.files} files of porcupine's 102, with explanations; its 102 take 1,120 ms`;
  print("judge all etcd logs here, native", etcd.native, "ms", note);
  print("judge all etcd logs here, wasm", etcd.wasm, "ms", note);
}

/**
 * Reading is left out: what it takes with judging less what it takes alone. Native and module take
 * turns, so that whatever else the machine does slows both.
 * @param {string} name
 */
function measure(name) {
  const text = native("text", name);
  const once = milliseconds(() => benchmarkHistory(text, 1));
  const times = Math.max(1, Math.min(200, Math.round(ROUND_MS / once)));
  /** @type {number[]} */
  const natives = [];
  /** @type {number[]} */
  const wasms = [];
  let [verdict, operations] = ["", 0];
  for (let round = 0; round < ROUNDS; round++) {
    const [expected, count, seconds] = native("time", name).split(" ");
    const reading = milliseconds(() => benchmarkHistory(text, 0));
    /** @type {boolean | undefined} */
    let holds;
    const passed = milliseconds(() => {
      holds = benchmarkHistory(text, times);
    });
    verdict = holds === undefined ? "undecided" : holds ? "holds" : "broken";
    if (verdict !== expected) throw new Error(`${name}: ${expected} natively, ${verdict} in the module`);
    operations = Number(count);
    natives.push(Number(seconds) * 1000);
    wasms.push(Math.max(0, passed - reading) / times);
  }
  for (const [kind, all] of /** @type {const} */ ([["native", natives], ["wasm", wasms]])) {
    const time = median(all);
    if (name.startsWith("etcd/")) etcd[kind] += time;
    const note = `${operations.toLocaleString("en")} operations in ${time.toPrecision(3)} ms; ${verdict}`;
    print(`judge ${name}, ${kind}, an operation`, (time * 1e6) / operations, "ns", note);
  }
  if (name.startsWith("etcd/")) etcd.files += 1;
}
