// A reader takes an embedded run over: by pointer, by keyboard, by finger; what that costs, where it is not
// wished, and the way back to what was shown.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, breakCore, ELEMENT, framed, frameOpened, opened, SCENARIO, stateOf, useHost, visit } from "./host.mjs";
import { browser, drawn, open, server } from "./lib.mjs";

useHost();

const node = (where, at) => where.locator(`[data-endpoint="${at}"]`);
const row = (where, name) => where.getByRole("menuitem", { name, exact: true });
const closed = (where) => where.locator(".pop").waitFor({ state: "detached" });
/** What was fetched for menus alone. */
const handsOf = (fetched) => fetched.filter((path) => /\/hands?[-.]/.test(path));
const crash = async (where, at = 0) => {
  await node(where, at).click();
  await row(where, "Crash").click();
};
const names = (where) => where.locator("[data-endpoint]").evaluateAll((all) => all.map((one) => one.ariaLabel ?? one.getAttribute("aria-label")));

test("a click on a node opens its menu, under a strict policy and on another origin; what is shown can be had back", async () => {
  const { origin } = new URL(server.address);
  const policy = `default-src 'none'; script-src ${origin} 'wasm-unsafe-eval'; style-src ${origin}; connect-src ${origin}`;
  const { page, fetched, calm } = await visit("taken", `<${ELEMENT} scenario="${SCENARIO}" at="20" height="420"></${ELEMENT}>`,
    { headers: { "content-security-policy": policy } });
  await opened(page);
  const run = page.locator(ELEMENT);
  const before = await stateOf(page);
  assert.equal(before.taken, false);
  // Who only watches fetches nothing for it.
  await run.getByRole("button", { name: "One step forward" }).click();
  await run.getByRole("button", { name: "One step back" }).click();
  await node(run, 1).hover();
  assert.deepEqual(handsOf(fetched), []);
  await node(run, 0).click();
  await row(run, "Crash").waitFor();
  assert.equal(handsOf(fetched).length, 2);
  const [menu, window] = [await run.locator(".pop").boundingBox(), page.viewportSize()];
  assert.ok(menu.x >= 0 && menu.y >= 0 && menu.x + menu.width <= window.width && menu.y + menu.height <= window.height);
  // It scrolls with what it is about.
  await page.evaluate(() => (document.body.style.paddingBottom = "3000px") && scrollBy(0, 60));
  await drawn(page);
  const [nodeBox, scrolled] = [await node(run, 0).boundingBox(), await run.locator(".pop").boundingBox()];
  assert.ok(Math.abs(menu.y - 60 - scrolled.y) < 1, `${menu.y} became ${scrolled.y}, the node is at ${nodeBox.y}`);
  await row(run, "Crash").click();
  await closed(run);
  const taken = await stateOf(page);
  assert.deepEqual([taken.taken, taken.index, taken.length], [true, 21, 21]);
  assert.equal(taken.words, "crash n1");
  assert.match((await names(run))[0], /Node n1, crashed/);
  // The recorded run is gone on with, differently: n1 answers nobody.
  await page.evaluate((name) => document.querySelector(name).step(), ELEMENT);
  await drawn(page);
  assert.equal((await stateOf(page)).length, 22);
  await run.getByRole("button", { name: "Back to the shown run" }).click();
  await page.waitForFunction((name) => document.querySelector(name).state.taken === false, ELEMENT);
  assert.deepEqual(await stateOf(page), before);
  assert.match((await names(run))[0], /Node n1, follower/);
  assert.equal(await run.getByRole("button", { name: "Back to the shown run" }).count(), 0);
  calm();
  await page.close();
});

test("a message that flies is stopped by a click, and dropped; a cut is healed by one", async () => {
  const { page, calm } = await visit("message", `<${ELEMENT} scenario="${SCENARIO}" at="20" height="480"></${ELEMENT}>`);
  await opened(page);
  await drawn(page);
  const run = page.locator(ELEMENT);
  const area = await run.locator(".stage-area").boundingBox();
  /** Moves the pointer over the picture until it is over something that is none of the buttons. */
  const overThing = async () => {
    for (let y = area.y + 10; y < area.y + area.height; y += 14) {
      for (let x = area.x + 10; x < area.x + area.width; x += 22) {
        await page.mouse.move(x, y);
        if (await run.locator(".stage-area.over-thing").count() > 0) return { x, y };
      }
    }
    return assert.fail("nothing on the picture takes a click");
  };
  const { x, y } = await overThing();
  await page.mouse.click(x, y);
  await row(run, "Drop").waitFor();
  assert.equal(await run.locator(".menu-row").count(), 4);
  await row(run, "Drop").click();
  await drawn(page);
  assert.match((await stateOf(page)).words, /^drop n4->n\d AppendEntries/);
  // From node to node the direction is cut.
  const [from, to] = [await node(run, 1).boundingBox(), await node(run, 2).boundingBox()];
  const middle = (box) => [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(...middle(from));
  await page.mouse.down();
  await page.mouse.move(...middle(to), { steps: 5 });
  await page.mouse.up();
  await drawn(page);
  assert.match((await stateOf(page)).words, /n2.*n3/);
  assert.equal(await run.locator(".pop").count(), 0, "no menu at the end of a drag");
  calm();
  await page.close();
});

test("by keyboard alone: to a node, along the nodes, through the menu, to what waits, and back", async () => {
  const { page, calm } = await visit("keys", `<a href="#x">before</a><${ELEMENT} scenario="${SCENARIO}" at="20" height="480"></${ELEMENT}>`);
  await opened(page);
  const run = page.locator(ELEMENT);
  const focused = () => page.evaluate((name) => {
    const one = document.querySelector(name).shadowRoot.activeElement;
    return one && (one.getAttribute("aria-label") ?? one.textContent);
  }, ELEMENT);
  /** The focus walks until it is on something of that name. */
  const tabTo = async (pattern, key = "Tab") => {
    for (let count = 0; count < 30; count++) {
      await page.keyboard.press(key);
      if (pattern.test(await focused() ?? "")) return;
    }
    assert.fail(`${pattern} is not reached, the last was ${await focused()}`);
  };
  await page.getByRole("link", { name: "before" }).focus();
  await tabTo(/^Node n1/);
  await page.keyboard.press("ArrowRight");
  assert.match(await focused(), /^Node n2/);
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  assert.match(await focused(), /^Node n5/);
  await page.keyboard.press("Enter");
  await row(run, "Crash").waitFor();
  assert.match(await focused(), /Crash/);
  await page.keyboard.press("ArrowDown");
  assert.match(await focused(), /Pause/);
  await page.keyboard.press("Escape");
  await closed(run);
  assert.match(await focused(), /^Node n5/);
  // What waits at a node can be reached, too, and the first is delivered.
  await tabTo(/^Inbox of n2/);
  await page.keyboard.press("Enter");
  await run.locator(".pop .inbox-item").first().waitFor();
  assert.match(await focused(), /^Deliver to n2 from n4/);
  const { index } = await stateOf(page);
  await page.keyboard.press("Enter");
  await closed(run);
  await drawn(page);
  assert.deepEqual([(await stateOf(page)).taken, (await stateOf(page)).index > index], [true, true]);
  await tabTo(/Back to the shown run/);
  await page.keyboard.press("Enter");
  await page.waitForFunction((name) => document.querySelector(name).state.taken === false, ELEMENT);
  assert.equal(await focused(), "Play");
  calm();
  await page.close();
});

test("in a sandboxed frame, in Chinese and dark; its messages tell of it and bring back what was shown", async () => {
  const { page, calm } = await visit("sandboxed", framed(`?scenario=${SCENARIO}&lang=zh&theme=dark&at=20`, 'height="420" sandbox="allow-scripts"'));
  const frame = page.frameLocator("#frame");
  await frame.locator(".title").filter({ hasText: "领导者选举" }).waitFor();
  await frameOpened(page);
  const before = (await ask(page, { command: "state" })).state;
  await node(frame, 2).click();
  await row(frame, "崩溃").click();
  await closed(frame);
  const { state } = await ask(page, { command: "state" });
  assert.deepEqual([state.taken, state.index], [true, 21]);
  assert.match(state.words, /n3.*崩溃/);
  assert.equal((await ask(page, { command: "back" })).ok, true);
  await page.waitForFunction(() => true);
  await frame.getByRole("button", { name: "回到所示的运行" }).waitFor({ state: "hidden" });
  assert.deepEqual((await ask(page, { command: "state" })).state, before);
  // Who embeds it may take the hands away again.
  await ask(page, { command: "set", name: "controls", value: "watch" });
  await drawn(page);
  assert.equal(await node(frame, 2).isVisible(), false);
  assert.equal(await frame.getByRole("button", { name: "播放" }).isVisible(), true);
  calm();
  await page.close();
});

test("where it is only to be watched, no click does anything and nothing is fetched for it", async () => {
  for (const controls of ["watch", "play", "none"]) {
    const { page, fetched, calm } = await visit(`only-${controls}`, `<${ELEMENT} scenario="${SCENARIO}" at="20" controls="${controls}"></${ELEMENT}>`);
    await opened(page);
    const run = page.locator(ELEMENT);
    const before = await stateOf(page);
    const { x, y, width, height } = await run.locator(".stage-area").boundingBox();
    for (const part of [0.1, 0.3, 0.5, 0.7, 0.9]) await page.mouse.click(x + width * part, y + height * part);
    assert.equal(await node(run, 0).isVisible(), false);
    assert.equal(await run.getByRole("listitem").count(), 5, "the nodes can be read");
    assert.deepEqual(await stateOf(page), before);
    assert.deepEqual(handsOf(fetched), []);
    calm();
    await page.close();
  }
});

test("a finger on a node opens its menu, and scrolls the page when it moves on", async () => {
  const { page, calm } = await visit("finger", `<${ELEMENT} scenario="${SCENARIO}" at="20"></${ELEMENT}><p style="height: 3000px">`,
    { head: `<meta name="viewport" content="width=device-width">`, viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true });
  await opened(page);
  const run = page.locator(ELEMENT);
  assert.equal(await node(run, 0).evaluate((button) => getComputedStyle(button).touchAction), "auto");
  await node(run, 0).tap();
  await row(run, "Pause").tap();
  await closed(run);
  assert.match((await names(run))[0], /paused/);
  const back = await run.getByRole("button", { name: "Back to the shown run" }).boundingBox();
  assert.ok(back.width < 60 && Math.round(back.width) >= 44 && Math.round(back.height) >= 44, `${back.width} × ${back.height}`);
  calm();
  await page.close();
});

test("the link into the playground carries the reader's run", async () => {
  const { page, calm } = await visit("carried", `<${ELEMENT} scenario="${SCENARIO}" at="20"></${ELEMENT}>`);
  await opened(page);
  const run = page.locator(ELEMENT);
  await crash(run, 0);
  await crash(run, 1);
  await page.waitForFunction((name) => document.querySelector(name).shadowRoot.querySelector(".open").href.includes("#v1."), ELEMENT);
  const { href } = await run.locator(".open").evaluate((link) => ({ href: link.href }));
  const { index } = await stateOf(page);
  const there = await open(browser, server.address, href.slice(server.address.length));
  const seen = await there.page.evaluate(() => {
    const { frame } = globalThis.consensusPlayground;
    return { index: frame.cursor.index, nodes: frame.nodes.map(({ status }) => status) };
  });
  assert.deepEqual(seen, { index, nodes: ["down", "down", "up", "up", "up"] });
  there.calm();
  calm();
  await there.page.close();
  await page.close();
});

test("a run that nobody recorded is taken over and had back at the same moment, too", async () => {
  const { page, calm } = await visit("unrecorded", `<${ELEMENT} protocol="raft" nodes="3" seed="7" at="25"></${ELEMENT}>`);
  await opened(page);
  const run = page.locator(ELEMENT);
  const [before, named] = [await stateOf(page), await names(run)];
  assert.equal(before.index, 25);
  await crash(run, 2);
  assert.notDeepEqual(await names(run), named);
  await page.evaluate((name) => document.querySelector(name).back(), ELEMENT);
  await page.waitForFunction((name) => document.querySelector(name).state.taken === false, ELEMENT);
  await drawn(page);
  assert.deepEqual(await names(run), named);
  assert.equal((await stateOf(page)).index, 25);
  assert.equal((await stateOf(page)).ms, before.ms);
  calm();
  await page.close();
});

test("after a defect the reader's own run comes back, and the shown one can still be had", async () => {
  const { page } = await visit("defect-own", `<${ELEMENT} scenario="${SCENARIO}" at="20"></${ELEMENT}>`);
  await opened(page);
  const run = page.locator(ELEMENT);
  await crash(run, 0);
  await page.waitForFunction((name) => document.querySelector(name).shadowRoot.querySelector(".open").href.includes("#v1."), ELEMENT);
  await breakCore(page);
  for (let step = 0; step < 2; step++) {
    await page.evaluate((name) => document.querySelector(name).step(), ELEMENT);
    await drawn(page);
  }
  assert.match((await names(run))[0], /Node n1, crashed/);
  assert.ok((await stateOf(page)).index >= 21);
  await page.evaluate((name) => document.querySelector(name).back(), ELEMENT);
  await page.waitForFunction((name) => document.querySelector(name).state.taken === false, ELEMENT);
  await drawn(page);
  assert.match((await names(run))[0], /Node n1, follower/);
  await page.close();
});

test("two runs on a page: a menu of one goes when the other is touched, or its own run does", async () => {
  const one = `<${ELEMENT} scenario="${SCENARIO}" at="20" height="300"></${ELEMENT}>`;
  const { page, calm } = await visit("two", one + one);
  await opened(page, 2);
  const [first, second] = [page.locator(ELEMENT).nth(0), page.locator(ELEMENT).nth(1)];
  await node(first, 1).click();
  await first.locator(".pop").waitFor();
  // What opens covers part of the page: the corner of the other run is free.
  await node(second, 3).dispatchEvent("pointerdown");
  await closed(first);
  await node(second, 3).click();
  await second.locator(".pop").waitFor();
  assert.equal(await second.locator(".pop").evaluate((pop) => getComputedStyle(pop).borderRadius), "12px", "it is dressed, too");
  await page.evaluate((name) => document.querySelectorAll(name)[1].setAttribute("scenario", "raft/leader-crash"), ELEMENT);
  await closed(second);
  await page.waitForFunction((name) => /crash/i.test(document.querySelectorAll(name)[1].state?.title), ELEMENT);
  await crash(first, 0);
  assert.deepEqual([(await stateOf(page, 0)).taken, (await stateOf(page, 1)).taken], [true, false]);
  calm();
  await page.close();
});

test("menus that cannot be fetched are told of, and the run goes on", async () => {
  const { page } = await visit("unfetched", `<${ELEMENT} scenario="${SCENARIO}" at="20"></${ELEMENT}>`);
  await opened(page);
  await page.route("**/hands.js", (route) => route.abort());
  const run = page.locator(ELEMENT);
  await node(run, 0).click();
  await run.locator(".sentence.bad").waitFor();
  assert.match(await run.locator(".sentence").innerText(), /hands\.js/);
  await run.getByRole("button", { name: "One step forward" }).click();
  await drawn(page);
  assert.equal((await stateOf(page)).index, 21);
  await page.unroute("**/hands.js");
  await node(run, 0).click();
  await row(run, "Crash").waitFor();
  await page.close();
});
