// Exploring in the page: what is found is played, what is not found is said, and whatever becomes of the
// workers, the page stays as it is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, open, server, state, useBrowser } from "./lib.mjs";

useBrowser();

const panel = (page) => page.locator("#panel-explore");
const result = (page, words) => panel(page).getByRole("heading", { name: words }).waitFor({ timeout: 120_000 });

/** Opens a scenario of three nodes at rest, with the panel shown. */
async function exploring(text, options = {}) {
  const { cores, ...rest } = options;
  const opened = await open(browser, server.address, options.query ?? "", rest);
  const { page } = opened;
  // Before anything is searched: so many cores less one search at once.
  if (cores) await page.evaluate((count) => Object.defineProperty(navigator, "hardwareConcurrency", { value: count }), cores);
  await page.evaluate(async (source) => {
    const app = globalThis.consensusPlayground;
    await app.openText(source);
    app.pause();
    app.seek(0, 0);
  }, text);
  await page.getByRole("tab", { name: options.tab ?? "Explore" }).click();
  await panel(page).locator("button[type=submit]").waitFor();
  return opened;
}

async function budget(page, numbers) {
  for (const [kind, number] of Object.entries(numbers)) {
    const field = panel(page).locator(`#explore-${kind}`);
    await field.fill(String(number));
    await field.press("Tab");
  }
}

const SMALL = "protocol raft\nnodes 3\nclients 1\n";
/** A space that takes minutes. */
const LARGE = "protocol raft\nnodes 5\nclients 2\n";

test("a rule is switched off, the run that breaks it is found, played, and linked", async () => {
  const { page, calm } = await exploring(SMALL);
  await page.getByRole("tab", { name: /Rules/ }).click();
  const rules = page.locator("#panel-rules");
  const rule = rules.locator('[data-key="rule-vote-once-per-term"]');
  await rule.getByRole("switch").click();
  // The way to what breaks stands beside it, and the rule is chosen where it leads.
  await rule.getByRole("button", { name: "Find what breaks without it" }).click();
  const hunts = panel(page).locator(".explore-hunts");
  assert.equal(await hunts.getByLabel("Without").inputValue(), "vote-once-per-term");
  assert.match(await hunts.innerText(), /election safety[^]*nodes 3[^]*timer firings × 2[^]*the shortest run has 6 actions/);
  await hunts.getByRole("button", { name: "Find this run and play it" }).press("Enter");
  await result(page, /^Found/);
  assert.match(await panel(page).innerText(), /Violated: election safety/);
  const lines = await panel(page).locator(".explore-run li").allInnerTexts();
  assert.equal(lines.length, 6, lines.join("\n"));
  const link = await panel(page).getByRole("textbox", { name: "Link to the run" }).inputValue();
  // It plays by itself, up to where the invariant breaks, and says what it is about.
  await page.waitForFunction((length) => globalThis.consensusPlayground.frame.cursor.index === length, lines.length);
  assert.match(await page.locator("#sentence").innerText(), /^Both n\d and n\d became leader of term 1\./);
  const title = await page.evaluate(() => globalThis.consensusPlayground.about.title.en);
  assert.equal(title, "Without the rule “vote once per term”");
  const checks = await page.evaluate(() => globalThis.consensusPlayground.frame.checks.filter(({ violated }) => violated));
  assert.deepEqual(checks.map(({ id }) => id), ["election-safety"]);
  await page.evaluate(() => globalThis.consensusPlayground.pause());
  // Who searches on from there is told that this is broken already.
  assert.match(await panel(page).locator(".explore-form").innerText(), /after action 6\..*Violated already, and not looked for again: election safety\./);
  const played = await state(page);
  await page.evaluate((address) => (location.hash = new URL(address).hash), link);
  await page.waitForFunction(() => globalThis.consensusPlayground.divergence === undefined
    && globalThis.consensusPlayground.frame.cursor.index > 0 && !globalThis.consensusPlayground.playing);
  assert.equal((await state(page)).fingerprint, played.fingerprint, "the link leads to the same run");
  calm();
  await page.close();
});

test("figure 8 of Raft, with all that it takes, is found by one button", async (context) => {
  const { page, calm } = await exploring("protocol raft\nnodes 5\n");
  const hunts = panel(page).locator(".explore-hunts");
  await hunts.getByLabel("Without").selectOption("commit-only-own-term");
  assert.match(await hunts.innerText(), /leader completeness[^]*set entries-per-message 1[^]*timer firings × 4[^]*never fire: heartbeat[^]*18 actions/);
  const began = Date.now();
  await hunts.getByRole("button", { name: "Find this run and play it" }).click();
  await page.waitForFunction(() => globalThis.consensusPlayground.frame.cursor.length === 18, undefined, { timeout: 120_000 });
  context.diagnostic(`found and playing ${Date.now() - began} ms after the button`);
  assert.equal(await states(page), 52_598, "as many states as the native library looks at");
  await page.waitForFunction(() => globalThis.consensusPlayground.frame.cursor.index === 18, undefined, { timeout: 60_000 });
  const checks = await page.evaluate(() => globalThis.consensusPlayground.frame.checks.filter(({ violated }) => violated).map(({ id }) => id));
  assert.ok(checks.includes("leader-completeness"), checks.join());
  // The form shows what was asked, to be changed.
  const form = panel(page).locator(".explore-form");
  assert.equal(await form.locator("#explore-timers").inputValue(), "4");
  assert.equal(await form.getByLabel("heartbeat").isChecked(), false);
  assert.equal(await form.getByLabel("Lose messages of terms that are over").isChecked(), true);
  assert.equal(await form.locator("#explore-states").inputValue(), "10000000");
  calm();
  await page.close();
});

test("the work that a found run takes the place of is kept, and one click away", async () => {
  const { page, calm } = await exploring("protocol raft\nnodes 5\ntitle Mine\n");
  await page.evaluate(() => globalThis.consensusPlayground.act({ type: "crash", node: 1 }));
  await panel(page).locator(".explore-hunts").getByRole("button", { name: "Find this run and play it" }).click();
  await result(page, /^Found/);
  await page.getByRole("button", { name: "Back to my last session" }).click();
  await page.waitForFunction(() => globalThis.consensusPlayground.about.title.en === "Mine");
  assert.equal(await panel(page).getByRole("button", { name: "Back to where it was searched from" }).count(), 0);
  assert.equal((await state(page)).index, 1);
  calm();
  await page.close();
});

test("of a rule that no invariant protects it is told, in the page's language, what is reached without it, and the run is found", async () => {
  const { page, calm } = await exploring("protocol quorum\n", { query: "?lang=zh", tab: "探索" });
  const hunts = panel(page).locator(".explore-hunts");
  await hunts.getByLabel("关闭").selectOption("read-repair");
  assert.match(await hunts.innerText(), /达到\s+n1 last-answer get x: version \[n1:1\] · n1 operations-open 0[^]*可供发生\s+put x 1 · get x[^]*最短的运行有 14 步/);
  await hunts.getByRole("button", { name: "找到这个运行并播放" }).click();
  await panel(page).getByRole("heading", { name: /^已找到/ }).waitFor({ timeout: 120_000 });
  assert.match(await panel(page).innerText(), /可以发生：n1 last-answer/);
  assert.match(await panel(page).locator("#explore-expect").inputValue(), /^n1 last-answer .*\nn1 operations-open 0\nn3 value x absent\n/);
  // A run that is known, of a property that is none of the invariants, with timers called by their Chinese names.
  await page.evaluate(() => globalThis.consensusPlayground.openText("protocol multi_paxos\n"));
  await hunts.getByLabel("关闭").selectOption("back-off");
  assert.match(await hunts.innerText(), /被违反\s+一切恢复后仍得不到答复的客户端/);
  await hunts.getByRole("button", { name: "找到这个运行并播放" }).click();
  await panel(page).getByRole("heading", { name: /^已找到/ }).waitFor({ timeout: 120_000 });
  assert.match(await panel(page).innerText(), /存在一切恢复后仍得不到答复的客户端/);
  await panel(page).locator("summary", { hasText: "细节" }).waitFor();
  await panel(page).getByLabel("心跳").uncheck();
  await panel(page).getByRole("button", { name: "探索", exact: true }).click();
  await panel(page).getByRole("heading", { name: /^(正在搜索|已找到|未找到|到达上限|达到上限)/ }).waitFor();
  await panel(page).getByRole("heading", { name: /^无法搜索/ }).waitFor({ state: "detached" });
  calm();
  await page.close();
});

/** Chooses the order of the search among the details. */
async function order(page, search) {
  const details = panel(page).locator("summary", { hasText: "Details" });
  if (!await panel(page).locator("#explore-search").isVisible()) await details.click();
  await panel(page).getByLabel("Order of the search").selectOption(search);
}

const WITHOUT_MAJORITY = "protocol raft\nnodes 3\nclients 1\nwithout commit-needs-majority pre-vote leader-stickiness\n";

test("a guided search finds a violation that it does not call a shortest one", async () => {
  const { page, calm } = await exploring(WITHOUT_MAJORITY);
  await order(page, "guided");
  assert.equal(await panel(page).locator("#explore-seed").isVisible(), false, "nothing is drawn");
  await panel(page).getByRole("button", { name: "Explore", exact: true }).click();
  await result(page, /^Found/);
  assert.match(await panel(page).innerText(), /Violated: durable committed\.[^]*A run with these surprises: [^]*a shorter one may exist/);
  await panel(page).getByRole("button", { name: "Play it", exact: true }).click();
  await page.waitForFunction(() => globalThis.consensusPlayground.frame.checks.some(({ id, violated }) => id === "durable-committed" && violated), undefined, { timeout: 60_000 });
  calm();
  await page.close();
});

test("each worker draws random runs of its own, and a seed draws the same ones again", async () => {
  const { page, calm } = await exploring(WITHOUT_MAJORITY, { cores: 3 });
  await order(page, "swarm");
  const seed = panel(page).locator("#explore-seed");
  await seed.fill("7");
  await seed.press("Tab");
  const runs = new Set();
  for (let time = 0; time < 2; time++) {
    await panel(page).getByRole("button", { name: "Explore", exact: true }).click();
    await result(page, /^Found/);
    // What is found is played; it was searched from the beginning, and shall be again.
    await backToWhereItBegan(page, 0);
    const found = await panel(page).locator(".explore-found").innerText();
    const [, drawn] = found.match(/\(seed (\d+)\)/);
    assert.ok(["7", "8"].includes(drawn), found);
    // Which of the two is faster is nobody's to say.
    if (drawn === "7") runs.add(await panel(page).locator(".explore-run").innerText());
  }
  assert.ok(runs.size <= 1, [...runs].join("\n---\n"));
  calm();
  await page.close();
});

test("a history that is not linearizable, and a client that nobody answers, are looked for by name", async () => {
  const { page, calm } = await exploring("protocol gossip\nnodes 2\nclients 2\n");
  const looked = panel(page).getByLabel("Look for");
  await looked.selectOption("property linearizable");
  await budget(page, { operations: 2, timers: 0, crashes: 0 });
  await panel(page).getByRole("button", { name: "Explore", exact: true }).click();
  await result(page, /^Found/);
  assert.match(await panel(page).locator(".explore-found").innerText(), /There is a history that is not “linearizable”\./);
  await backToWhereItBegan(page, 0);
  // The run says so itself: what is expected of its history is part of its text.
  await panel(page).getByText("The run as a scenario").click();
  const text = await panel(page).getByRole("textbox", { name: "The run as a scenario" }).inputValue();
  assert.match(text, /^expect .*linearizable/m);
  await looked.selectOption("property answered");
  await panel(page).getByRole("button", { name: "Explore", exact: true }).click();
  await result(page, /all was seen/);
  calm();
  await page.close();
});

/** Waits until a found run is open, and goes to where it was searched from. */
async function backToWhereItBegan(page, index) {
  await panel(page).getByRole("button", { name: "Back to where it was searched from" }).click();
  await page.waitForFunction((begun) => {
    const { frame, playing } = globalThis.consensusPlayground;
    return frame.cursor.index === begun && frame.cursor.length > begun && !playing;
  }, index);
}

test("a run after which nobody is answered is played from where it was searched", async () => {
  const { page, calm } = await exploring("protocol two_phase_commit\nnodes 3\nclients 1\n");
  await panel(page).getByLabel("Look for").selectOption("property answered-unrepaired");
  await budget(page, { operations: 1, timers: 0, crashes: 1 });
  await panel(page).getByRole("button", { name: "Explore", exact: true }).click();
  await result(page, /^Found/);
  // What becomes of it later belongs to the run, too, but it begins where the search did.
  await page.waitForFunction(() => globalThis.consensusPlayground.frame.cursor.length > 0);
  await backToWhereItBegan(page, 0);
  calm();
  await page.close();
});

test("what is found in one scenario stays its own when another is opened meanwhile", async () => {
  const { page, calm } = await exploring(WITHOUT_MAJORITY.replace("protocol raft\n", "protocol raft\ntitle Counted alone\n"));
  await budget(page, { operations: 1, timers: 1, crashes: 1 });
  await page.evaluate(async () => {
    document.querySelector("#panel-explore .explore-form button[type=submit]").click();
    // Not before the other one is open.
    document.querySelector('#panel-explore [data-do="pause"]').click();
    await globalThis.consensusPlayground.openText("protocol paxos\ntitle Other\n");
    document.querySelector('#panel-explore [data-do="pause"]').click();
  });
  await result(page, /^Found/);
  const words = await panel(page).locator(".explore-progress").innerText();
  assert.match(words, /Raft · Counted alone · after action 0 · looking for: a violated invariant/);
  assert.match(words, /Violated: durable committed\. What is committed is on the disks of a majority\./);
  // It does not take the place of what was opened, until it is asked to.
  await page.waitForTimeout(300);
  assert.equal(await page.evaluate(() => globalThis.consensusPlayground.about.title.en), "Other");
  await panel(page).getByRole("button", { name: "Play it", exact: true }).click();
  await page.waitForFunction(() => globalThis.consensusPlayground.about.title.en === "Counted alone");
  calm();
  await page.close();
});

test("a found run can be had with all that changes in it, and what was counted stays", async () => {
  const { page, calm } = await exploring(WITHOUT_MAJORITY);
  await budget(page, { operations: 0, timers: 1, crashes: 0 });
  await panel(page).getByRole("button", { name: "Explore", exact: true }).click();
  await result(page, /^Found/);
  await panel(page).getByText("The run with all that changes").click();
  const transcript = await panel(page).getByRole("textbox", { name: "The run with all that changes" }).inputValue();
  assert.match(transcript, /^# Raft · A run that breaks “durable committed”[^]*1 +0 ms +timeout n1 election\n +n1 candidate term 1[^]*VIOLATED durable-committed[^]*= 3 actions/);
  // Whoever is sent it reads what it shows, and at its end why.
  const link = await panel(page).getByRole("textbox", { name: "Link to the run" }).inputValue();
  const reader = await open(browser, server.address, new URL(link).hash);
  await reader.page.waitForFunction(() => globalThis.consensusPlayground.frame.cursor.index === 3, undefined, { timeout: 60_000 });
  assert.equal(await reader.page.evaluate(() => globalThis.consensusPlayground.about.title.en), "A run that breaks “durable committed”");
  assert.match(await reader.page.locator("#sentence").innerText(), /^“T1 blank” is committed at place 1, but only 1 of 3 disks hold it\./);
  reader.calm();
  await reader.page.close();
  const counted = await panel(page).locator(".explore-facts").innerText();
  assert.match(counted, /different states\s+\d[^]*yet to expand\s+\d[^]*memory\s+[1-9]\d* MB\s+time\s+\d+\.\d s/);
  calm();
  await page.close();
});

test("from the moment shown on: what was done so far stays before what is found", async () => {
  const { page, calm } = await exploring(SMALL);
  await page.evaluate(() => {
    const app = globalThis.consensusPlayground;
    app.seek(0, 0);
    for (let step = 0; step < 12; step++) app.step(1);
    app.setRule("commit-needs-majority", false);
  });
  const { index, fingerprint } = await state(page);
  await budget(page, { operations: 1, timers: 0, crashes: 1 });
  await panel(page).getByRole("button", { name: "Explore", exact: true }).click();
  await result(page, /^Found/);
  const found = await panel(page).locator(".explore-run li").count();
  // It plays by itself, since the moment that it was searched from was still shown; and it leads back there.
  await page.waitForFunction((length) => globalThis.consensusPlayground.frame.cursor.length === length, index + found);
  await page.waitForFunction((length) => globalThis.consensusPlayground.frame.cursor.index === length, index + found, { timeout: 60_000 });
  await backToWhereItBegan(page, index);
  assert.equal((await state(page)).fingerprint, fingerprint);
  await page.getByRole("button", { name: "Back to my last session" }).first().waitFor();
  await panel(page).getByRole("button", { name: "Play it", exact: true }).click();
  await page.waitForFunction((length) => globalThis.consensusPlayground.frame.cursor.index === length, index + found, { timeout: 60_000 });
  calm();
  await page.close();
});

test("with every rule on nothing is found, and what was covered is said", async () => {
  const { page, calm } = await exploring(SMALL);
  await budget(page, { operations: 0, timers: 1, crashes: 1 });
  await panel(page).getByRole("button", { name: "Explore", exact: true }).click();
  await result(page, /all was seen/);
  assert.match(await panel(page).locator(".explore-covered").innerText(), /^timer firings × 1, crashes × 1$/);
  assert.equal(await panel(page).locator(".explore-open").count(), 0);
  await panel(page).getByText("What such a search does not show").click();
  assert.match(await panel(page).innerText(), /share a fingerprint: 0/);
  // The same numbers as the native library counts.
  const distinct = await panel(page).locator('.explore-facts [data-key="states"] dd').innerText();
  assert.match(distinct, /^\d[\d,]*$/);
  assert.match(await panel(page).locator("[role=status]").first().textContent(), /all was seen/);
  calm();
  await page.close();
});

test("a goal is reached, and one that cannot be read is told", async () => {
  const { page, calm } = await exploring(SMALL);
  await budget(page, { operations: 0, timers: 2, crashes: 0 });
  await panel(page).getByLabel("Look for").selectOption("candidates");
  await panel(page).getByRole("button", { name: "Explore", exact: true }).click();
  await result(page, /^Found/);
  assert.match(await panel(page).innerText(), /This can happen: two candidates at once/);
  await page.waitForFunction(() => {
    const { index, length } = globalThis.consensusPlayground.frame.cursor;
    return length > 0 && index === length;
  }, undefined, { timeout: 60_000 });
  assert.match(await page.locator("#sentence").innerText(), /^This can happen: two candidates at once/);
  await panel(page).getByLabel("Look for").selectOption("expect");
  await panel(page).locator("#explore-expect").fill("luck");
  await panel(page).getByRole("button", { name: "Explore", exact: true }).click();
  await result(page, /cannot be searched/);
  assert.match(await panel(page).getByRole("alert").last().innerText(), /goal: /);
  calm();
  await page.close();
});

/** Begins a search that will not end by itself soon. */
async function searching(page) {
  await budget(page, { operations: 3, timers: 4, crashes: 2 });
  await panel(page).getByRole("button", { name: "Explore", exact: true }).click();
  await result(page, /^Searching/);
  await page.waitForFunction(() => {
    const states = document.querySelector('.explore-facts [data-key="states"] dd')?.textContent ?? "0";
    return Number(states.replace(/\D/g, "")) > 1000;
  }, undefined, { timeout: 60_000 });
}
/** Waits until the browser has ended every worker, which it does in its own time. */
async function noWorkers(page) {
  for (let look = 0; page.workers().length > 0 && look < 200; look++) await page.waitForTimeout(50);
  assert.equal(page.workers().length, 0);
}
const states = async (page) => Number((await panel(page).locator('.explore-facts [data-key="states"] dd').innerText()).replace(/\D/g, ""));

test("a search is paused, goes on and is stopped, and the page keeps drawing meanwhile", async (context) => {
  const { page, calm } = await exploring(LARGE);
  const mine = await state(page);
  await searching(page);
  // Frames are counted, not timed: between two of the search's tidings, five a second at most, the page
  // draws several. A search that held up the page would leave it one for each of its slices.
  const { frames, tidings } = await page.evaluate(() => new Promise((resolve) => {
    const shown = document.querySelector('.explore-facts [data-key="states"] dd');
    let counted = -1, last = shown.textContent, drawn = 0;
    const frame = () => {
      drawn++;
      if (shown.textContent !== last) {
        last = shown.textContent;
        if (++counted === 0) drawn = 0;
      }
      if (counted < 10) requestAnimationFrame(frame);
      else resolve({ frames: drawn, tidings: counted });
    };
    requestAnimationFrame(frame);
  }));
  context.diagnostic(`${frames} frames between ${tidings} tidings`);
  assert.ok(frames >= 4 * tidings, `${frames} frames between ${tidings} tidings`);
  // The bar moves though no budget has been searched to its end.
  const share = await panel(page).locator("progress").evaluate(({ value, max }) => value / max);
  assert.ok(share > 0 && share < 1, `${share}`);
  await panel(page).getByRole("button", { name: "Pause" }).focus();
  await page.keyboard.press("Enter");
  await result(page, /^Paused/);
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  assert.equal(await focused(), "Go on", "the focus stays where it was");
  // What was under way is told; then it stands still.
  await page.waitForTimeout(600);
  const paused = await states(page);
  await page.waitForTimeout(600);
  assert.equal(await states(page), paused);
  await panel(page).getByRole("button", { name: "Go on" }).click();
  await page.waitForFunction((least) => Number(document.querySelector('.explore-facts [data-key="states"] dd').textContent.replace(/\D/g, "")) > least, paused);
  await panel(page).getByRole("button", { name: "Stop" }).press("Enter");
  await result(page, /partial/);
  assert.match(await focused(), /^Stopped/, "what had the focus is gone, so it is where the result begins");
  assert.ok(await states(page) >= paused);
  assert.match(await panel(page).locator(".explore-open").innerText(), /\((?:[\d,]+ states looked at|not begun)\)/);
  assert.ok(await panel(page).locator(".explore-open li").count() > 0, "what was not covered is named");
  await noWorkers(page);
  assert.deepEqual(await state(page), mine, "the run is as it was");
  calm();
  await page.close();
});

test("workers that die leave a partial result and a page as it was", async () => {
  const { page } = await exploring(LARGE);
  const mine = await state(page);
  await searching(page);
  for (const worker of page.workers()) {
    await worker.evaluate(() => void setTimeout(() => {
      throw new Error("broken on purpose");
    }));
  }
  await result(page, /partial/);
  assert.ok(await states(page) > 1000, "what was counted stays");
  assert.match(await panel(page).innerText(), /broken on purpose/);
  await noWorkers(page);
  assert.deepEqual(await state(page), mine);
  assert.equal(await page.locator("#trouble:not([hidden])").count(), 0);
  await page.evaluate(() => globalThis.consensusPlayground.step(1));
  assert.equal((await state(page)).index, mine.index + 1);
  await page.close();
});

test("the graph around a moment is walked by hand, with reasons for what is impossible", async () => {
  const { page, calm } = await exploring(SMALL, { query: "?lang=zh", tab: "探索" });
  const graph = panel(page).locator(".explore-around");
  await graph.getByRole("button", { name: "n1 的定时器到期：选举" }).press("Enter");
  await page.waitForFunction(() => globalThis.consensusPlayground.frame.cursor.index === 1);
  assert.match((await state(page)).last, /^n1 的定时器到期：选举/);
  await graph.getByRole("button", { name: /^送达 n1 → n2/ }).first().waitFor();
  await graph.locator("summary").click();
  const impossible = graph.locator("details li", { hasText: "n1 重启" });
  assert.equal(await impossible.getByRole("button").getAttribute("aria-disabled"), "true");
  assert.ok((await impossible.locator(".quiet").innerText()).length > 3);
  await graph.getByRole("button", { name: /^返回/ }).click();
  await page.waitForFunction(() => globalThis.consensusPlayground.frame.cursor.index === 0);
  calm();
  await page.close();
});

test("nothing overflows on a phone", async () => {
  const { page, calm } = await exploring(SMALL, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await budget(page, { operations: 0, timers: 1, crashes: 0 });
  await panel(page).getByRole("button", { name: "Explore", exact: true }).click();
  await result(page, /all was seen/);
  const [content, width] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= width, `${content} px in ${width} px`);
  // What is found is played where it can be seen.
  await panel(page).getByRole("button", { name: "Find this run and play it" }).tap();
  await result(page, /^Found/);
  await page.waitForFunction(() => {
    const { top, bottom } = document.getElementById("stage").getBoundingClientRect();
    return globalThis.consensusPlayground.frame.cursor.length > 0 && top >= -1 && bottom <= innerHeight + 1;
  });
  calm();
  await page.close();
});
