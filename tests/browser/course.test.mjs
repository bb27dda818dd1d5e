// The course: a lesson told sentence by sentence, paused, rewound and taken over; predictions that the run
// answers; challenges whose goal the engine sees reached.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, drawn, open, server, state, useBrowser } from "./lib.mjs";

useBrowser();

const STILL = { reducedMotion: "reduce" };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const say = (page) => page.locator(".lesson-say").innerText();
const verdict = (page) => page.locator(".lesson-verdict").innerText();
const press = (page, name) => page.locator(`[data-lesson=${name}]`).click();

/** Opens a lesson by its address. */
async function lesson(id, options = STILL, query = "") {
  const opened = await open(browser, server.address, `?lesson=${id}${query}`, options);
  await opened.page.locator(".lesson").waitFor();
  return opened;
}

/** Waits for a moment of the run at rest. */
const at = (page, index) => page.waitForFunction((wanted) => {
  const { frame, playing } = globalThis.consensusPlayground;
  return frame.cursor.index === wanted && !playing;
}, index, { timeout: 30_000 });

/** The names of those in the list that fit. */
async function listed(page, selector) {
  await press(page, "list");
  await page.locator("[data-item]").first().waitFor();
  const ids = await page.locator(selector).evaluateAll((all) => all.map((entry) => entry.dataset.item));
  await page.keyboard.press("Escape");
  return ids;
}

async function openFromList(page, id) {
  await press(page, "list");
  await page.locator(`[data-item=${id}]`).click();
  await page.waitForFunction((wanted) => document.querySelector(".lesson-title")?.getAttribute("href") === `?lesson=${wanted}`, id);
}

async function screenshot(page, name) {
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/course-${name}.png` });
}

test("a lesson goes on and back by buttons and keys, and only what was told is drawn", async () => {
  const { page, calm } = await lesson("copies");
  assert.match(await say(page), /^Three nodes each keep a copy/);
  assert.equal(await page.locator("#sentence > .sentence-words").isVisible(), false, "the run's own narration is silent");
  assert.equal(await page.locator("[data-lesson=back]").getAttribute("aria-disabled"), "true");
  await press(page, "next");
  await at(page, 11);
  assert.match(await say(page), /^Client A has written x = old/);
  const told = await page.evaluate(() => globalThis.consensusPlayground.toldUntil);
  assert.equal(told, 11, "what comes is to be guessed");
  await page.keyboard.press("PageDown");
  await at(page, 14);
  await page.keyboard.press("PageUp");
  await at(page, 11);
  assert.match(await say(page), /^Client A has written x = old/);
  await page.keyboard.press("n");
  await at(page, 14);
  // Rewound by the page's own controls, the lesson follows.
  await page.evaluate(() => globalThis.consensusPlayground.seek(0, 3));
  await drawn(page);
  assert.match(await say(page), /^Three nodes each keep a copy/);
  await page.keyboard.press("n");
  await at(page, 11);
  calm();
  await page.close();
});

test("a prediction is answered by the run, whether right, wrong or left out", async () => {
  const { page, calm } = await lesson("copies");
  const toQuestion = async () => {
    for (const index of [11, 14]) {
      await press(page, "next");
      await at(page, index);
    }
  };
  await toQuestion();
  const question = page.locator(".lesson-question");
  const answer = question.getByRole("button", { name: "See what happens" });
  assert.match(await question.getByRole("group").innerText(), /What is B told\?/);
  assert.equal(await answer.isDisabled(), true);
  await screenshot(page, "question");
  await question.getByRole("radio", { name: /^“new”/ }).check();
  await answer.click();
  await at(page, 17);
  await page.locator(".lesson-verdict.bad").waitFor();
  assert.equal(await verdict(page), "Not so. What happened: “old”: that is what n2 has");
  assert.match(await say(page), /^B is told “old”/);
  assert.equal(await question.isVisible(), false);
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("data-lesson")), "next");
  await page.keyboard.press("PageUp");
  await at(page, 14);
  await question.getByRole("radio", { name: /^“old”/ }).check();
  await page.keyboard.press("Enter");
  await at(page, 17);
  await page.locator(".lesson-verdict.ok").waitFor();
  assert.equal(await verdict(page), "As you predicted.");
  await page.keyboard.press("PageUp");
  await at(page, 14);
  await press(page, "next");
  await at(page, 17);
  await page.waitForFunction(() => document.querySelector(".lesson-verdict")?.textContent?.startsWith("What happened"));
  calm();
  await page.close();
});

test("a movement is played, can be paused on its way and goes on to where its sentence is", async () => {
  const { page, calm } = await lesson("election", {});
  await press(page, "next");
  assert.match(await say(page), /^n4's timer ran out first/);
  await at(page, 1);
  // On its way, whatever the machine's pace.
  const paused = page.evaluate(() => new Promise((resolve) => {
    const app = globalThis.consensusPlayground;
    const off = app.on("refresh", () => {
      if (app.frame.cursor.index < 3) return;
      off();
      document.querySelector("[data-lesson=pause]").click();
      resolve();
    });
  }));
  await press(page, "next");
  await paused;
  await drawn(page);
  const { index, playing } = await state(page);
  assert.ok(!playing && index >= 3 && index < 7, `${index}`);
  assert.match(await say(page), /^Two would/);
  assert.equal(await page.locator("[data-lesson=pause]").getAttribute("aria-label"), "Go on");
  // The page's own play goes on as well, and stops at the sentence.
  await page.evaluate(() => globalThis.consensusPlayground.play());
  await at(page, 7);
  // Who is in a hurry need not wait for it.
  await page.evaluate(() => {
    const next = document.querySelector("[data-lesson=next]");
    next.click();
    next.click();
  });
  await at(page, 14);
  calm();
  await page.close();
});

test("long movements are played faster, and the person's own speed comes back", async () => {
  const { page, calm } = await lesson("bank-and-lock", {});
  await page.evaluate(() => globalThis.consensusPlayground.seek(0, 252));
  await press(page, "next");
  await page.waitForFunction(() => globalThis.consensusPlayground.loop.speed > 1);
  await at(page, 362);
  assert.equal(await page.evaluate(() => globalThis.consensusPlayground.loop.speed), 1);
  calm();
  await page.close();
});

test("the run is taken over, and the lesson waits where it was", async () => {
  const { page, calm } = await lesson("five-steps");
  await press(page, "next");
  await at(page, 12);
  const mine = await say(page);
  await page.evaluate(() => globalThis.consensusPlayground.act({ type: "crash", node: 2 }));
  await drawn(page);
  assert.match(await verdict(page), /^You have taken over/);
  assert.equal(await page.locator("[data-lesson=next]").isVisible(), false);
  await page.keyboard.press("n");
  assert.equal((await state(page)).index, 13, "the lesson does not go on in somebody's own run");
  await press(page, "home");
  await at(page, 12);
  assert.equal((await state(page)).branch, 0);
  assert.equal(await say(page), mine);
  // Another run is opened: the way back leads through the scenario.
  await page.evaluate(() => globalThis.consensusPlayground.openScenario("raft/figure-8"));
  await drawn(page);
  assert.match(await say(page), /^Another run is open/);
  assert.ok(await page.locator("#sentence > .sentence-words").isVisible(), "that run narrates itself");
  await press(page, "home");
  await page.waitForFunction(() => globalThis.consensusPlayground.scenarioId === "primary_backup/five-steps");
  await at(page, 12);
  assert.equal(await say(page), mine);
  await press(page, "close");
  assert.equal(await page.locator(".lesson").isVisible(), false);
  assert.ok(await page.locator("#sentence > .sentence-words").isVisible());
  calm();
  await page.close();
});

test("a challenge is reached by hand, counted at its action, and remembered", async () => {
  const { page, calm } = await lesson("lose-a-write");
  assert.match(await verdict(page), /^Not reached yet\. Goal: reply A ok · violated durable-acknowledged · no message /);
  await page.evaluate(() => {
    const app = globalThis.consensusPlayground;
    const inFlight = () => {
      const { messages } = app.frame;
      return Array.from({ length: messages.length / 9 }, (_, row) => [...messages.slice(9 * row, 9 * row + 9)]);
    };
    const message = (kind) => inFlight().find((row) => row[3] === kind)[0];
    app.act({ type: "invoke", client: 0, operation: "put x 5", node: 0 });
    app.act({ type: "deliver", message: message(200) });
    app.act({ type: "deliver", message: message(201) });
    for (const [id] of inFlight()) app.act({ type: "drop", message: id });
    app.act({ type: "crash", node: 0 });
  });
  await drawn(page);
  assert.match(await verdict(page), /^Not reached yet/);
  await page.evaluate(() => globalThis.consensusPlayground.act({ type: "lose-disk", node: 0 }));
  await page.locator(".lesson-verdict.ok").waitFor();
  const reached = await verdict(page);
  assert.equal(reached, `Reached at action ${(await state(page)).index}.`);
  await screenshot(page, "reached");
  // Going back takes nothing away.
  await page.evaluate(() => globalThis.consensusPlayground.seek(0, 0));
  await drawn(page);
  assert.equal(await verdict(page), reached);
  await press(page, "list");
  const entry = page.locator("[data-item=lose-a-write]");
  await entry.waitFor();
  assert.match(await entry.innerText(), /done/);
  assert.match(await page.locator(".pop-course").innerText(), /1 of \d+ done/);
  calm();
  await page.close();
});

test("a rule that was switched off by hand makes a goal not count", async () => {
  const { page, calm } = await lesson("two-leaders");
  await page.evaluate(() => {
    const app = globalThis.consensusPlayground;
    const timer = (node) => app.frame.nodes[node].timers.find(({ name }) => name === "election").timer;
    for (const rule of ["pre-vote", "election-needs-majority"]) app.setRule(rule, false);
    app.act({ type: "fire", node: 1, timer: timer(1) });
  });
  await drawn(page);
  const leaders = await page.evaluate(() => globalThis.consensusPlayground.frame.nodes.filter(({ view }) => view.shape === "double").length);
  assert.equal(leaders, 2, "two nodes lead");
  assert.match(await verdict(page), /^Not reached yet/);
  calm();
  await page.close();
});

test("every challenge's stored run is shown and reaches its goal, and counts as nobody's work", async () => {
  const { page, calm } = await lesson("read-the-past");
  const ids = await listed(page, "[data-item]:has(.course-kind)");
  assert.ok(ids.length >= 6, ids.join(" "));
  for (const id of ids) {
    await openFromList(page, id);
    assert.equal(await page.locator("[data-lesson=hint]").getAttribute("aria-expanded"), "false");
    await press(page, "hint");
    assert.ok((await page.locator(".lesson-hint").innerText()).length > 10);
    await press(page, "solution");
    await page.waitForFunction(() => document.querySelector(".lesson-verdict")?.textContent?.startsWith("A stored run"));
    await page.evaluate(() => globalThis.consensusPlayground.seek(0, 1e9));
    await page.locator(".lesson-verdict.ok").waitFor();
    assert.match(await verdict(page), /^A stored run is shown: it reaches the goal at action \d+\.$/, id);
  }
  await press(page, "list");
  assert.match(await page.locator(".pop-course").innerText(), /0 of \d+ done/);
  calm();
  await page.close();
});

test("every lesson is led from its first sentence to its last, and is done then", async () => {
  const { page, calm } = await lesson("copies");
  const ids = await listed(page, "[data-item]:not(:has(.course-kind))");
  assert.ok(ids.length >= 12, ids.join(" "));
  for (const id of ids) {
    await openFromList(page, id);
    const said = new Set([await say(page)]);
    while (await page.locator("[data-lesson=next]").getAttribute("aria-disabled") === "false") {
      const { index } = await state(page);
      await press(page, "next");
      await page.waitForFunction((before) => globalThis.consensusPlayground.frame.cursor.index > before, index);
      await drawn(page);
      const words = await say(page);
      assert.ok(!said.has(words), `${id}: “${words}” twice`);
      said.add(words);
    }
    assert.ok(said.size >= 4, id);
  }
  await press(page, "list");
  assert.match(await page.locator(".pop-course").innerText(), new RegExp(`${ids.length} of \\d+ done`));
  calm();
  await page.close();
});

for (const colorScheme of ["light", "dark"]) {
  for (const lang of ["en", "zh"]) {
    test(`on a phone nothing overflows and nothing covers the picture, ${colorScheme}, ${lang}`, async () => {
      const { page, calm } = await lesson("election", { ...STILL, ...PHONE, colorScheme }, `&lang=${lang}`);
      for (let step = 0; step < 3; step++) await press(page, "next");
      await at(page, 14);
      await page.locator(".lesson-question").waitFor();
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(content <= window, `${content} px of content in ${window} px`);
      const [stage, strip] = await Promise.all(["#stage", ".lesson"].map((part) => page.locator(part).boundingBox()));
      assert.ok(strip.y >= stage.y + stage.height - 1, "the lesson stands below the picture");
      const words = await page.locator(".lesson").innerText();
      assert.equal(/[\u4e00-\u9fff]/.test(words), lang === "zh");
      assert.doesNotMatch(words, /course\.[a-z]/);
      // The way to the list, where the header has no room for it.
      await page.locator(".chooser").click();
      await page.locator(".chooser-list .scenario-entry").first().click();
      await page.locator(".pop-course").waitFor();
      await screenshot(page, `phone-${colorScheme}-${lang}`);
      calm();
      await page.close();
    });
  }
}

test("on a low window the picture and the diagram give way to the whole question", async () => {
  const { page, calm } = await lesson("blocked", { ...STILL, viewport: { width: 1280, height: 720 } });
  for (const index of [10, 16]) {
    await press(page, "next");
    await at(page, index);
  }
  const answer = page.getByRole("button", { name: "See what happens" });
  await answer.waitFor();
  const [button, bar, stage] = await Promise.all([answer.boundingBox(),
    ...["#bar", "#stage"].map((part) => page.locator(part).boundingBox())]);
  assert.ok(button.y + button.height <= bar.y, "nothing lies over the question");
  assert.ok(bar.y + bar.height <= 720 && stage.height >= 240);
  calm();
  await page.close();
});

test("the other language takes the place of the sentence and the question", async () => {
  const { page, calm } = await lesson("quorums-meet");
  for (let step = 0; step < 2; step++) await press(page, "next");
  await at(page, 7);
  const english = await page.locator(".lesson").innerText();
  await page.getByRole("button", { name: "中文" }).click();
  await page.waitForFunction(() => document.querySelector("[data-lesson=next]")?.textContent === "下一步");
  const chinese = await page.locator(".lesson").innerText();
  assert.match(english, /What is B told\?/);
  assert.match(chinese, /B 会得到什么？/);
  assert.match(await page.locator(".crumb-title").innerText(), /读与写必有交集/);
  calm();
  await page.close();
});

test("a lesson that is not there says so, and so does a course that cannot be fetched", async () => {
  const { page } = await open(browser, server.address, "?lesson=nothing", STILL);
  await page.locator("#trouble").waitFor();
  assert.match(await page.locator("#trouble").innerText(), /There is no lesson “nothing”/);
  await page.close();
  const context = await browser.newContext(STILL);
  await context.route("**/course/ORDER", (route) => route.abort());
  const other = await context.newPage();
  await other.goto(`${server.address}?lesson=copies`);
  await other.locator("#trouble").waitFor();
  assert.match(await other.locator("#trouble").innerText(), /could not be loaded/);
  await context.close();
});

test("without storage the course works and forgets", async () => {
  const context = await browser.newContext(STILL);
  await context.addInitScript(() => {
    Object.defineProperty(globalThis, "localStorage", { get: () => {
      throw new Error("forbidden");
    } });
  });
  const page = await context.newPage();
  await page.goto(`${server.address}?lesson=two-phases`);
  await page.locator(".lesson").waitFor();
  for (const index of [3, 4, 5, 7, 9]) {
    await press(page, "next");
    await at(page, index);
  }
  await press(page, "list");
  assert.match(await page.locator(".pop-course").innerText(), /0 of \d+ done/);
  await context.close();
});

test("a challenge that is only looked at does not take the place of somebody's own work", async () => {
  const { page, calm } = await open(browser, server.address, "?scenario=raft/figure-7", STILL);
  await page.evaluate(() => globalThis.consensusPlayground.act({ type: "crash", node: 0 }));
  await page.waitForFunction(() => localStorage.getItem("consensus-playground.session") !== null);
  const kept = await page.evaluate(() => localStorage.getItem("consensus-playground.session"));
  await page.getByRole("button", { name: "Course", exact: true }).click();
  await page.locator("[data-item=zombie]").click();
  await page.locator(".lesson").waitFor();
  await page.waitForTimeout(1500);
  const now = await page.evaluate(() => localStorage.getItem("consensus-playground.session"));
  assert.equal(JSON.parse(now).link, JSON.parse(kept).link);
  calm();
  await page.close();
});
