// What an action costs as a cluster grows, natively and in the module, beside the messages in flight;
// and how large the modules are. Prints a line of JSON for each figure. ACTIONS_BINARY names the
// program built from benches/actions.rs.
import { benchmarkActions } from "../pkg/consensus_playground.js";
import { median, print } from "./figures.mjs";
import { milliseconds, modules, native, sizes, start } from "./module.mjs";

const ACTIONS = 100_000;
const ROUNDS = 5;
const CLUSTERS = { gossip: [10, 30, 100, 300, 1000], raft: [5, 11, 31, 101] };

start();
for (const [protocol, counts] of Object.entries(CLUSTERS)) growth(protocol, counts);
bytes();

/**
 * All sizes take turns, natively and in the module, so that whatever else the machine does slows all.
 * @param {string} protocol
 * @param {number[]} counts
 */
function growth(protocol, counts) {
  const clusters = counts.map((nodes) => {
    const name = `${protocol}-${nodes}`;
    const text = native("text", name);
    // The engine needs a few rounds until all of the module is optimised.
    benchmarkActions(text, ACTIONS);
    const flight = Number(native("flight", name));
    return { nodes, name, text, flight, native: /** @type {number[]} */ ([]), wasm: /** @type {number[]} */ ([]) };
  });
  for (let round = 0; round < ROUNDS; round++) {
    for (const cluster of clusters) {
      const [expected, seconds] = native("time", cluster.name).split(" ");
      let fingerprint = "";
      const passed = milliseconds(() => {
        fingerprint = benchmarkActions(cluster.text, ACTIONS);
      });
      if (fingerprint !== expected) throw new Error(`${cluster.name}: ${expected} natively, ${fingerprint} in the module`);
      cluster.native.push((Number(seconds) * 1e9) / ACTIONS);
      cluster.wasm.push((passed * 1e6) / ACTIONS);
    }
  }
  const [first] = clusters;
  for (const { nodes, flight, ...times } of clusters) {
    const more = flight / first.flight;
    for (const kind of /** @type {const} */ (["native", "wasm"])) {
      // The ratio is of each round, so it holds on a busy machine too.
      const cost = median(times[kind].map((time, round) => time / first[kind][round]));
      const note = `${flight.toFixed(1)} messages in flight; × ${more.toFixed(2)} messages, × ${cost.toFixed(2)} cost`;
      print(`an action, ${protocol} on ${nodes.toLocaleString("en")} nodes, ${kind}`, median(times[kind]), "ns", note);
      if (nodes !== counts.at(-1)) continue;
      const name = `${protocol} on ${nodes.toLocaleString("en")} nodes, ${kind}`;
      print(`actions per second, ${name}`, Math.round(1e9 / median(times[kind])), "1/s", "equal fingerprints");
      print(`growth of cost / growth of messages, ${protocol}, ${kind}`, cost / more, "",
        `${counts[0]} to ${nodes.toLocaleString("en")} nodes; goal: at most 1`);
    }
  }
}

/** The core and each protocol's own code, as pkg/ has them. */
function bytes() {
  for (const [name, path] of [["the core", "consensus_playground_bg.wasm"],
    ...modules().map((name) => [name, `${name}.wasm`])]) {
    const { raw, gzip } = sizes(path);
    print(`module of ${name}`, raw, "B", `gzip ${gzip.toLocaleString("en")} B`);
  }
}
