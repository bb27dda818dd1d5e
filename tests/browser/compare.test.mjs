// Two protocols side by side: the same clients, the same faults, at the same moment, and one link
// for both.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, drawn, open, server, useBrowser, watchShifts } from "./lib.mjs";

useBrowser();

const compare = (query = "", options = {}) => open(browser, server.address, `compare.html${query}`, options);

/** Where both runs stand. */
const sides = (page) => page.evaluate(() => globalThis.consensusComparison.columns.map((run) => run.playground && {
  protocol: run.about.protocol,
  nowMs: run.playground.cursor().nowMs,
  fingerprint: run.playground.fingerprint(),
  down: run.playground.nodes().flatMap(({ name, status }) => (status === "down" ? [name] : [])),
  settings: Object.fromEntries(run.about.settings.map(({ id, value }) => [id, value])),
  metrics: run.playground.metrics(),
}));
const goTo = (page, ms) => page.evaluate((to) => {
  const comparison = globalThis.consensusComparison;
  comparison.pause();
  comparison.goTo(to);
}, ms);
const addressOf = (page) => page.evaluate(async () => {
  const { addressOf } = await import("/compare/address.js");
  return addressOf(globalThis.consensusComparison);
});

test("the first comparison moves by itself, in step, and says what to watch", async () => {
  const { page, calm } = await compare();
  assert.equal(await page.evaluate(() => globalThis.consensusComparison.clock.playing), true);
  const [begun] = await sides(page);
  await page.waitForFunction((ms) => globalThis.consensusComparison.clock.ms > ms + 50, begun.nowMs);
  await page.keyboard.press("Space");
  assert.equal(await page.evaluate(() => globalThis.consensusComparison.clock.playing), false);
  const [left, right] = await sides(page);
  assert.equal(left.nowMs, right.nowMs, "one clock for both");
  assert.notEqual(left.protocol, right.protocol);
  assert.match(await page.locator(".watch").innerText(), /^Watch /);
  for (const side of ["#left", "#right"]) {
    assert.match(await page.locator(`${side} .side-guarantee`).innerText(), /^Linearizable.*\.$/);
    assert.match(await page.locator(`${side} [data-figure=answered]`).innerText(), /\d+ of \d+/);
  }
  calm();
  await page.close();
});

test("it begins with words, in the reader's language, and jumps nowhere as the rest comes", async () => {
  const page = await browser.newPage({ viewport: { width: 412, height: 823 } });
  await watchShifts(page);
  let letCore;
  await page.route("**/consensus_playground_bg.wasm", (route) => new Promise((resolve) => (letCore = resolve)).then(() => route.continue()));
  await page.goto(`${server.address}compare.html?lang=zh`, { waitUntil: "commit" });
  await page.locator("#intro .first-words").filter({ hasText: "两个协议并排" }).waitFor();
  while (!letCore) await page.waitForTimeout(20);
  letCore();
  await page.locator("body.ready .watch").waitFor();
  await drawn(page);
  assert.equal(await page.locator(".first-words").isVisible(), false);
  const shifted = await page.evaluate(() => globalThis.shifted);
  assert.ok(shifted < 0.02, `it jumps by ${shifted}`);
  await page.close();
});

test("a fault happens on both sides at once, and again when the run is played again", async () => {
  const { page, calm } = await compare();
  await goTo(page, 1400);
  await page.getByRole("button", { name: "Crash…" }).click();
  await page.getByRole("menuitem", { name: "Crash n4" }).click();
  assert.deepEqual((await sides(page)).map(({ down, nowMs }) => [...down, nowMs]), [["n4", 1400], ["n4", 1400]]);
  await drawn(page);
  assert.match(await page.locator("#faults").innerText(), /1,400 ms crash n4/);
  // What is impossible on one side is done on neither.
  const refused = await page.evaluate(() => globalThis.consensusComparison.act({ type: "crash", node: 3 }));
  assert.equal(refused, false);

  await page.evaluate(() => {
    const comparison = globalThis.consensusComparison;
    comparison.clock.ms = 2000;
    comparison.runTo(2000);
  });
  const first = await sides(page);
  await page.getByRole("button", { name: /to the start/ }).click();
  assert.deepEqual((await sides(page)).map(({ nowMs }) => nowMs), [0, 0]);
  await page.evaluate(() => globalThis.consensusComparison.runTo(2000));
  assert.deepEqual(await sides(page), first);

  // A fault in the past takes the place of those that were recorded after it, and says so.
  await goTo(page, 900);
  await page.evaluate(() => globalThis.consensusComparison.act({ type: "partition", side: [4] }));
  await page.getByText(/no longer happen: 1/).waitFor();
  await drawn(page);
  assert.equal(await page.locator("#faults").innerText(), "900 ms partition n5");
  calm();
  await page.close();
});

test("the slider moves the meters of both sides, and consensus stays consistent", async () => {
  const { page, calm } = await compare();
  const meter = (side, what) => page.locator(`.cap-card >> nth=${side} >> [data-what=${what}]`);
  const percent = (side, what) => meter(side, what).getAttribute("data-percent").then(Number);
  const slider = page.getByRole("slider", { name: "Nodes cut off" });
  await slider.focus();
  const seen = new Set();
  for (const cut of [0, 1, 2, 3]) {
    await slider.fill(String(cut));
    await page.waitForFunction((to) => document.querySelector("#cap").dataset.cut === to, String(cut));
    for (const side of [0, 1]) {
      assert.equal(await percent(side, "consistent"), 100, `side ${side} with ${cut} cut off`);
      const available = await percent(side, "available");
      assert.equal(available === 100, cut === 0, `side ${side} with ${cut} cut off answers ${available} %`);
      seen.add(`${side} ${available}`);
    }
    assert.match(await page.locator("#cap-seen").innerText(), cut === 0 ? /whole network.*everyone/ : /cut off, .* without an answer/);
  }
  assert.ok(seen.size > 4, [...seen].join());
  const role = page.getByRole("meter", { name: /Raft: answered/ });
  assert.match(await role.getAttribute("aria-valuetext"), /^\d+ %, \d+ of \d+ asked$/);
  calm();
  await page.close();
});

test("a link opens the same comparison at the same moment, settings and faults included", async () => {
  const { page, calm } = await compare("?ready=reads");
  await goTo(page, 1350);
  await page.evaluate(() => {
    const comparison = globalThis.consensusComparison;
    comparison.act({ type: "crash", node: 1 });
    comparison.clock.ms = 2345.6;
    comparison.runTo(2345);
  });
  await page.getByRole("slider").fill("1");
  const mine = await sides(page);
  assert.equal(mine[1].settings.reads, "lease");
  const address = new URL(await addressOf(page));
  assert.equal(address.searchParams.get("set.reads"), "lease");
  await page.close();

  const other = await compare(`${address.search}${address.hash}`);
  assert.deepEqual(await sides(other.page), mine);
  assert.equal(await other.page.evaluate(() => globalThis.consensusComparison.clock.playing), false);
  assert.equal(await other.page.getByRole("slider").inputValue(), "1");
  assert.match(await other.page.locator("#faults").innerText(), /1,350 ms crash n2/);
  calm();
  other.calm();
  await other.page.close();
});

test("a wrong link or protocol is said in words, and nothing else is opened", async () => {
  const { page } = await compare();
  const address = new URL(await addressOf(page));
  await page.close();
  const trouble = async (query, words) => {
    const { page: broken } = await compare(query);
    await broken.locator("#trouble:not([hidden])").waitFor();
    assert.match(await broken.locator("#trouble").innerText(), words);
    assert.deepEqual(await sides(broken), [null, null]);
    return broken;
  };
  const cut = await trouble(`?with=abd${address.hash.slice(0, -4)}`, /link is cut off/);
  await cut.getByRole("button", { name: /first ready/ }).click();
  await cut.waitForFunction(() => globalThis.consensusComparison.columns[1].frame);
  await cut.close();
  await (await trouble("?with=abd", /missing/)).close();
  await (await trouble(`?with=abd&at=soon${address.hash}`, /at=soon/)).close();
  await (await trouble(`?with=abd&at=99999999${address.hash}`, /ends at/)).close();
  await (await trouble("?ready=nothing", /nothing/)).close();

  const { page: odd } = await compare(`?with=abd&set.nope=3${address.hash}`);
  assert.match(await odd.locator("#right .side-problem").innerText(), /nope/);
  await odd.close();

  const { page: lone, calm } = await compare(`?with=nothing&at=1500${address.hash}`);
  await lone.locator("#right .side-problem").waitFor();
  assert.match(await lone.locator("#right").innerText(), /no protocol “nothing”/);
  const [left, right] = await sides(lone);
  assert.equal(left.nowMs, 1500);
  assert.equal(right, null);
  // Choosing one that exists mends it.
  await lone.getByRole("combobox", { name: "Right: protocol" }).selectOption("multi_paxos");
  await lone.waitForFunction(() => globalThis.consensusComparison.columns[1].frame);
  assert.deepEqual((await sides(lone)).map(({ nowMs }) => nowMs), [1500, 1500]);
  calm();
  await lone.close();
});

test("what cannot go over is named, and both runs stay", async () => {
  const { page, calm } = await compare("?ready=leaders");
  await goTo(page, 1000);
  const mine = await sides(page);
  const chooser = page.getByRole("combobox", { name: "Right: protocol" });
  await chooser.selectOption("abd");
  await page.getByText(/does not carry the workload “database”/).waitFor();
  assert.deepEqual(await sides(page), mine);
  assert.equal(await chooser.inputValue(), "multi_paxos");
  // With a workload that it carries it can.
  await page.locator(".common-summary").click();
  await page.getByLabel("workload", { exact: true }).selectOption("register");
  await page.waitForFunction(() => globalThis.consensusComparison.columns[1].about.workload.startsWith("register"));
  await chooser.selectOption("abd");
  await page.waitForFunction(() => globalThis.consensusComparison.columns[1].about.protocol === "abd");
  assert.deepEqual((await sides(page)).map(({ nowMs }) => nowMs), [1000, 1000]);
  // Whoever leaves a field by Tab stands in the next one, although all were made anew.
  await page.getByLabel("nodes", { exact: true }).fill("4");
  await page.keyboard.press("Tab");
  await page.waitForFunction(() => globalThis.consensusComparison.columns.every(({ about }) => about.nodes === 4));
  await page.waitForFunction(() => document.activeElement.id === "common-clients");
  // A message in five lost, on both sides.
  await page.getByRole("combobox", { name: /network loses/ }).selectOption("20");
  await page.waitForFunction(() => globalThis.consensusComparison.columns.every(({ about }) => about.network.includes("loss 20%")));
  calm();
  await page.close();
});

test("the playground hands its scenario over, and words a run that belongs to one protocol", async () => {
  const { page, calm } = await open(browser, server.address, "?scenario=raft/leader-election");
  await page.evaluate(() => globalThis.consensusPlayground.seek(0, 10));
  const { nowMs } = await page.evaluate(() => globalThis.consensusPlayground.frame.cursor);
  await page.getByRole("link", { name: "Compare" }).click();
  await page.waitForFunction(() => globalThis.consensusComparison?.columns[1].frame);
  assert.deepEqual((await sides(page)).map((side) => side.nowMs), [nowMs, nowMs]);
  await page.getByRole("button", { name: "Let the clients ask" }).click();
  await page.waitForFunction(() => globalThis.consensusComparison.columns.every(({ about }) => about.workload));
  calm();
  await page.close();

  const { page: other, calm: otherCalm } = await open(browser, server.address, "?scenario=raft/figure-8");
  await other.getByRole("link", { name: "Compare" }).click();
  await other.getByText(/speaks of Raft, not of/).waitFor();
  await other.getByRole("button", { name: /without its steps/ }).click();
  await other.waitForFunction(() => globalThis.consensusComparison.columns[1].frame && globalThis.consensusComparison.clock.ms > 0);
  otherCalm();
  await other.close();
});

for (const colorScheme of ["light", "dark"]) {
  for (const lang of ["en", "zh"]) {
    test(`nothing overflows at 390 px, ${colorScheme}, ${lang}`, async () => {
      const { page, calm } = await compare(`?lang=${lang}`, {
        viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, colorScheme,
      });
      assert.equal(await page.evaluate(() => document.documentElement.lang.slice(0, 2)), lang);
      await page.locator(".cap-bar").first().waitFor();
      await page.locator(".common-summary").click();
      await page.locator("#left .side-summary").click();
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(content <= window, `${content} px of content in ${window} px`);
      calm();
      await page.close();
    });
  }
}

test("with reduced motion nothing starts by itself, and the nodes are told in words", async () => {
  const { page, calm } = await compare("", { reducedMotion: "reduce" });
  assert.equal(await page.evaluate(() => globalThis.consensusComparison.clock.playing), false);
  await drawn(page);
  assert.match(await page.locator("#left li").first().textContent(), /^Node n1, /);
  assert.match(await page.locator("#spoken").textContent(), /Raft: \d+ of \d+ operations answered/);
  calm();
  await page.close();
});
