// The page as the release binary serves it, in Chromium: bytes on the wire, time to the first
// movement, and what a frame costs. Prints a line of JSON for each figure. PLAYGROUND_BINARY names
// the server, CHROMIUM_PATH the browser.
import { get } from "node:http";
import { chromium } from "playwright-core";
import { median, print, quantile, worst } from "./figures.mjs";
import { serve } from "./server.mjs";

const COLD_STARTS = 5;
const FRAMES = 120;
const VIEW = { width: 1440, height: 900 };
/** RaftScope, measured the same way: visualizers compare themselves with it. */
const RAFTSCOPE = { raw: 348_326, gzip: 104_110, movementMs: 10_300 };

const { server, address } = await serve();
try {
  const urls = await coldStarts();
  await bytes(urls);
  await frames();
} finally {
  server.kill();
}

function launch() {
  return chromium.launch({ executablePath: process.env.CHROMIUM_PATH });
}

// ---- the first load

/**
 * Starts a new browser each time: nothing is in its memory or in any cache.
 * @returns {Promise<Set<string>>} what the page asked for
 */
async function coldStarts() {
  const urls = new Set();
  /** @type {number[]} */
  const moved = [];
  /** @type {number[]} */
  const drawn = [];
  for (let start = 0; start < COLD_STARTS; start++) {
    const browser = await launch();
    const page = await browser.newPage({ viewport: VIEW });
    page.on("request", (request) => request.url().startsWith("http") && urls.add(request.url()));
    await page.addInitScript(watchForMovement);
    await page.goto(address);
    const times = await page.waitForFunction(() => /** @type {any} */ (globalThis).movement, null, { timeout: 60_000 });
    const { firstDrawMs, movedMs } = await times.jsonValue();
    drawn.push(firstDrawMs);
    moved.push(movedMs);
    // What is loaded after the first movement belongs to the load as well.
    await page.waitForLoadState("networkidle");
    await browser.close();
  }
  const note = `new browser each, median of ${COLD_STARTS}`;
  print("first picture", median(drawn), "ms", `${note}; since navigation`);
  print("first movement", median(moved), "ms", `${note}, worst ${Math.round(worst(moved))} ms; RaftScope ${thousands(RAFTSCOPE.movementMs)} ms`);
  return urls;
}

/**
 * Runs in the page before its own scripts: notes the first drawn frame in which a message is further
 * on its way than in an earlier one and the canvas looks different.
 */
function watchForMovement() {
  const global = /** @type {any} */ (globalThis);
  let firstDrawMs = 0;
  /** @type {Map<number, number>} */
  const seen = new Map();
  let pixels = "";

  /** @param {any} app */
  function watch(app) {
    const draw = app.draw;
    app.draw = (/** @type {number} */ wallMs) => {
      const moving = draw(wallMs);
      firstDrawMs ||= performance.now();
      const canvas = document.querySelector("canvas.stage-canvas");
      if (!global.movement && canvas && hasMoved(app)) {
        const now = performance.now();
        // Reading pixels back takes long, so it is done only where the data says that one moved.
        const looks = /** @type {HTMLCanvasElement} */ (canvas).toDataURL();
        if (pixels !== "" && looks !== pixels) global.movement = { firstDrawMs, movedMs: now };
        pixels = looks;
      }
      return moving;
    };
  }

  /** @param {any} app */
  function hasMoved(app) {
    const { messages } = app.frame;
    let moved = false;
    for (let at = 0; at < messages.length; at += 9) {
      const [id, , , , sentMs, dueMs] = messages.subarray(at, at + 9);
      const progress = (app.nowMs - sentMs) / Math.max(1, dueMs - sentMs);
      const before = seen.get(id);
      if (before === undefined) seen.set(id, progress);
      else if (progress > before && progress > 0) moved = true;
    }
    return moved;
  }

  /** The page puts its handle up before it sets its draw function. */
  function wait() {
    const app = global.consensusPlayground;
    if (app && Object.hasOwn(app, "draw") && app.draw.length > 0) watch(app);
    else requestAnimationFrame(wait);
  }
  requestAnimationFrame(wait);
}

// ---- bytes

/** @param {Set<string>} urls */
async function bytes(urls) {
  const own = [...urls].filter((url) => url.startsWith(address));
  const foreign = urls.size - own.length;
  if (foreign > 0) throw new Error(`the page asked others for ${foreign} files`);
  for (const [name, coding, theirs] of /** @type {const} */ ([
    ["raw", "identity", RAFTSCOPE.raw], ["gzip", "gzip", RAFTSCOPE.gzip],
  ])) {
    const sizes = await Promise.all(own.map((url) => sizeOf(url, coding)));
    const sum = sizes.reduce((total, size) => total + size, 0);
    print(`bytes of the first load, ${name}`, sum, "B", `${own.length} files; RaftScope ${thousands(theirs)} B`);
  }
}

/**
 * The bytes of an answer's body as they come over the wire.
 * @param {string} url
 * @param {string} coding
 * @returns {Promise<number>}
 */
function sizeOf(url, coding) {
  return new Promise((resolve, reject) => {
    get(url, { headers: { "Accept-Encoding": coding } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${url}: ${response.statusCode}`));
      let size = 0;
      response.on("data", (chunk) => {
        size += chunk.length;
      });
      response.on("end", () => resolve(size));
      response.on("error", reject);
    }).on("error", reject);
  });
}

// ---- frames

async function frames() {
  const browser = await launch();
  const page = await browser.newPage({ viewport: VIEW });
  await page.addInitScript(timeFrames);
  await page.goto(address);
  await page.waitForSelector("body.ready");
  const session = await page.context().newCDPSession(page);
  // Time on the processor: a busy machine makes it no longer.
  await session.send("Performance.enable", { timeDomain: "threadTicks" });

  const count = await page.evaluate(playScenario, fifty());
  if (count !== 50) throw new Error(`expected 50 messages under way, found ${count}`);
  const moment = () => page.evaluate(() => /** @type {any} */ (globalThis).consensusPlayground.frame.cursor.index);
  const before = await moment();
  await measure(page, session, "frame, 5 nodes and 50 messages");
  if (await moment() === before) throw new Error("nothing happened while the frames were measured");
  await page.evaluate(showCrowd, { nodes: 100, messages: 2000, fresh: false });
  await measure(page, session, "frame, 100 nodes and 2,000 messages");
  await page.evaluate(showCrowd, { nodes: 100, messages: 2000, fresh: true });
  await measure(page, session, "frame, the same, all of it new each time");
  await browser.close();
}

/**
 * Thirteen times a node asks four others, and two of the questions are lost: fifty messages, spread
 * over their ways. While they are drawn some arrive and are answered, so that there remain about fifty.
 */
function fifty() {
  const lines = ["protocol raft", "nodes 5", "seed 42", "network delay 100..400", ""];
  for (let round = 0; round < 13; round++) lines.push(`timeout n${(round % 5) + 1} election`, "wait 5");
  lines.push("drop n1->n2 PreVote #1", "drop n2->n3 PreVote #1");
  return lines.join("\n");
}

/**
 * @param {import("playwright-core").Page} page
 * @param {import("playwright-core").CDPSession} session
 * @param {string} name
 */
async function measure(page, session, name) {
  await page.evaluate(() => /** @type {any} */ (globalThis).nextFrames(20));
  const before = await processorSeconds(session);
  const times = await page.evaluate((count) => /** @type {any} */ (globalThis).nextFrames(count), FRAMES);
  const whole = ((await processorSeconds(session) - before) * 1000) / FRAMES;
  print(`${name}, median`, median(times), "ms", `script; with style and painting ${whole.toFixed(1)} ms on average; ${FRAMES} frames`);
  print(`${name}, 95 of 100`, quantile(times, 0.95), "ms", "script");
}

/** What the page's main thread has worked so far. @param {import("playwright-core").CDPSession} session */
async function processorSeconds(session) {
  const { metrics } = await session.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
}

/** Runs in the page before its own scripts: measures all that the page does in each animation frame. */
function timeFrames() {
  const global = /** @type {any} */ (globalThis);
  const ask = requestAnimationFrame.bind(globalThis);
  let spentMs = 0;
  global.requestAnimationFrame = (/** @type {FrameRequestCallback} */ callback) => ask((wallMs) => {
    const start = performance.now();
    callback(wallMs);
    spentMs += performance.now() - start;
  });
  global.nextFrames = (/** @type {number} */ count) => new Promise((resolve) => {
    /** @type {number[]} */
    const times = [];
    const next = () => {
      times.push(spentMs);
      spentMs = 0;
      // The first one is what was spent before.
      if (times.length > count) resolve(times.slice(1));
      else ask(next);
    };
    ask(next);
  });
}

/**
 * Runs in the page: plays a scenario on from its last step.
 * @param {string} text
 * @returns {number} how many messages are under way
 */
async function playScenario(text) {
  const app = /** @type {any} */ (globalThis).consensusPlayground;
  await app.openText(text);
  app.seek(0, app.frame.cursor.length);
  const count = app.frame.messages.length / 9;
  app.play();
  return count;
}

/**
 * Runs in the page: puts more on the stage than any scenario could. The picture is made of copies of
 * the present one's nodes, and its clock goes on with every frame.
 * @param {{nodes: number, messages: number, fresh: boolean}} crowd fresh: a new picture for each frame,
 *   as if something happened in every one
 */
function showCrowd({ nodes, messages, fresh }) {
  const global = /** @type {any} */ (globalThis);
  const app = global.consensusPlayground;
  app.pause();
  const real = global.realFrame ??= app.frame;
  const pictures = [0, 1].map((turn) => picture(turn * messages));
  const run = global.crowdRun = (global.crowdRun ?? 0) + 1;
  let frame = 0;
  const next = () => {
    if (run !== global.crowdRun) return;
    frame += 1;
    app.loop.simMs = app.loop.viewMs = real.cursor.nowMs + (frame % 1000);
    if (fresh || frame === 1) {
      app.frame = pictures[frame % 2];
      app.changed();
    }
    app.invalidate();
    requestAnimationFrame(next);
  };
  next();

  /** @param {number} firstId */
  function picture(firstId) {
    const rows = new Int32Array(messages * 9);
    for (let row = 0; row < messages; row++) {
      const from = row % nodes;
      const to = (from + 1 + ((row * 37) % (nodes - 1))) % nodes;
      const sentMs = real.cursor.nowMs - ((row * 7) % 900);
      rows.set([firstId + row, from, to, row % 4, sentMs, sentMs + 2000, row % 50 === 0 ? 1 : 0, 0, 0], row * 9);
    }
    return {
      ...real,
      nodes: Array.from({ length: nodes }, (_, node) => ({ ...real.nodes[node % real.nodes.length], name: `n${node + 1}` })),
      cuts: Array.from({ length: nodes }, () => []),
      messages: rows,
    };
  }
}

/** @param {number} number */
function thousands(number) {
  return number.toLocaleString("en");
}
