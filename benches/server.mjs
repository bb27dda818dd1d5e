// The playground as the release binary serves it.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Starts it on a free port. */
export async function serve() {
  const server = spawn(/** @type {string} */ (process.env.PLAYGROUND_BINARY), ["--port", "0"], { stdio: ["ignore", "pipe", "inherit"] });
  for await (const line of createInterface({ input: server.stdout })) {
    const address = line.match(/http:\S+/)?.[0];
    if (address) return { server, address };
  }
  throw new Error("the server did not say where it is");
}
