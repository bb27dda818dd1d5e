// How fast the explorer is, natively and in the module, and against the crate stateright on the same worlds.
// All by processor time. Prints a line of JSON for each figure. ACTIONS_BINARY names the program built from benches/explore.rs.
import { Explorer } from "../pkg/consensus_playground.js";
import { median, print } from "./figures.mjs";
import { native, start } from "./module.mjs";

const ROUNDS = 3;
/** States expanded between two returns from the module, as a worker does it. */
const SLICE = 4096;

start();
for (const name of native("names").trim().split("\n")) measure(name);

/**
 * Native, module and stateright take turns, so that whatever else the machine does slows all of them.
 * @param {string} name
 */
function measure(name) {
  const [text, request] = [native("text", name), native("request", name)];
  /** @type {{native: number[], threads: number[], gain: number[], wasm: number[], theirs: number[], fall: number[]}} */
  const rates = { native: [], threads: [], gain: [], wasm: [], theirs: [], fall: [] };
  let threads = "";
  let [word, states, bytes] = ["", 0, 0];
  for (let round = 0; round < ROUNDS; round++) {
    const [ended = "", distinct, seconds, table, first, last] = native("time", name).trim().split("\t");
    [word, states, bytes] = [ended, Number(distinct), Number(table)];
    rates.native.push(states / Number(seconds));
    rates.fall.push(Number(first) / Number(last));
    const explorer = Explorer.fromText(text, request);
    let progress = "running";
    const before = process.cpuUsage();
    while (progress === "running") progress = explorer.advance(SLICE);
    const { user, system } = process.cpuUsage(before);
    const view = explorer.view();
    explorer.free();
    if (progress !== word || view.distinct !== states) {
      throw new Error(`${name}: ${word} after ${states} states natively, ${progress} after ${view.distinct} in the module`);
    }
    rates.wasm.push((states * 1_000_000) / (user + system));
    const [all = "", reached, one, together] = native("threads", name).trim().split("\t");
    if (Number(reached) !== states) throw new Error(`${name}: ${states} states by one thread, ${reached} by ${all}`);
    threads = all;
    rates.threads.push(states / Number(together));
    rates.gain.push(Number(one) / Number(together));
    const theirs = native("stateright", name).trim().split("\t");
    if (theirs.length === 2) rates.theirs.push(Number(theirs[0]) / Number(theirs[1]));
  }
  const note = `${states.toLocaleString("en")} distinct states; ${word}`;
  print(`explore ${name}, native, one thread`, median(rates.native), "1/s", note);
  const gain = `${threads} threads, by the clock; ${median(rates.gain).toFixed(2)} times one thread's`;
  print(`explore ${name}, native, all threads`, median(rates.threads), "1/s", gain);
  print(`explore ${name}, wasm, one worker`, median(rates.wasm), "1/s", `in ${(states / median(rates.wasm)).toFixed(2)} s`);
  print(`explore ${name}, table of visited states`, bytes / states, "B", "a state");
  print(`explore ${name}, last quarter / first`, median(rates.fall), "", "rate of the last quarter of the states, native");
  if (rates.theirs.length === 0) return;
  print(`explore ${name}, stateright`, median(rates.theirs), "1/s", "native, one thread, on the same worlds");
  for (const kind of /** @type {const} */ (["native", "wasm"])) {
    const ratios = rates[kind].map((rate, round) => rate / /** @type {number} */ (rates.theirs[round]));
    const goal = kind === "native" ? 5 : 3;
    print(`explore ${name}, ${kind} / stateright`, median(ratios), "", `median of the rounds' ratios; goal: at least ${goal}`);
  }
}
