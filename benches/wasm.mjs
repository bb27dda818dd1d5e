// The module in Node: actions per second against the native ones, and seeking. Prints a line of JSON
// for each figure. ACTIONS_BINARY names the program built from benches/actions.rs.
import { Playground, benchmarkActions } from "../pkg/consensus_playground.js";
import { median, print, worst } from "./figures.mjs";
import { milliseconds, native, start } from "./module.mjs";

const ACTIONS = 100_000;
const ROUNDS = 9;
const SEEKS = 2000;
const SEEK_ROUNDS = 5;

const { memory } = start();

for (const workload of ["quiet", "writing"]) actions(workload);
seeking();

/**
 * Native and module take turns, so that whatever else the machine does slows both.
 * @param {string} workload
 */
function actions(workload) {
  const text = native("text", workload);
  /** @type {number[]} */
  const nativeRates = [];
  /** @type {number[]} */
  const wasmRates = [];
  // The engine needs a few rounds until all of the module is optimised.
  for (let round = 0; round < 3; round++) benchmarkActions(text, ACTIONS);
  for (let round = 0; round < ROUNDS; round++) {
    const [expected, seconds] = native("time", workload).split(" ");
    nativeRates.push(ACTIONS / Number(seconds));
    let fingerprint = "";
    const passed = milliseconds(() => {
      fingerprint = benchmarkActions(text, ACTIONS);
    });
    wasmRates.push((ACTIONS / passed) * 1000);
    if (fingerprint !== expected) throw new Error(stale(workload, expected, fingerprint));
  }
  const ratios = wasmRates.map((rate, round) => rate / nativeRates[round]);
  const note = `${ACTIONS.toLocaleString("en")} actions, median of ${ROUNDS} rounds in turn`;
  print(`actions per second, ${workload}, native`, Math.round(median(nativeRates)), "1/s", note);
  print(`actions per second, ${workload}, wasm`, Math.round(median(wasmRates)), "1/s", "the same; equal fingerprints");
  print(`actions per second, ${workload}, wasm / native`, median(ratios), "", "median of the rounds' ratios");
}

/**
 * @param {string} workload
 * @param {string} expected
 * @param {string} found
 */
function stale(workload, expected, found) {
  return `${workload}: the fingerprint is ${expected} natively and ${found} in the module. `
    + "If pkg/ is older than src/, run `cargo xtask build`; otherwise this is a defect.";
}

function seeking() {
  const text = native("text", "writing");
  /** @type {any} */
  let playground;
  const built = milliseconds(() => {
    playground = Playground.fromText(text);
    playground.seek(0, ACTIONS);
    while (playground.cursor().index < ACTIONS && playground.forward());
  });
  print("record 100,000 actions, wasm", built, "ms", "as above");
  const next = randomMoments(ACTIONS);
  const moments = Array.from({ length: SEEKS }, next);
  // Each moment counts as the best of its rounds: what else the machine does must not be the worst.
  const seeks = new Array(SEEKS).fill(Infinity);
  const pictures = new Array(SEEKS).fill(Infinity);
  for (let round = 0; round < SEEK_ROUNDS; round++) {
    moments.forEach((moment, place) => {
      const seek = milliseconds(() => playground.seek(0, moment)) * 1000;
      const picture = milliseconds(() => readPicture(playground)) * 1000;
      seeks[place] = Math.min(seeks[place], seek);
      pictures[place] = Math.min(pictures[place], seek + picture);
    });
  }
  const note = `of ${SEEKS} moments, each the best of ${SEEK_ROUNDS}`;
  const goal = `${note}; goal: under 16,000, one frame`;
  print("seek in 100,000 actions, wasm, median", median(seeks), "µs", note);
  print("seek in 100,000 actions, wasm, worst", worst(seeks), "µs", goal);
  print("seek and read the picture, wasm, median", median(pictures), "µs", note);
  print("seek and read the picture, wasm, worst", worst(pictures), "µs", goal);
  print("memory of the module", memory.buffer.byteLength / 1e6, "MB", "with 100,000 actions recorded");
}

/**
 * What `App.refresh` of www/app.js reads.
 * @param {any} playground
 */
function readPicture(playground) {
  playground.cursor();
  playground.nodes();
  playground.clients();
  playground.messages();
  playground.cuts();
  playground.last();
  playground.note();
  playground.checks();
  playground.rules();
}

/**
 * Moments that jump about, the same in every run.
 * @param {number} bound
 */
function randomMoments(bound) {
  let state = 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}
