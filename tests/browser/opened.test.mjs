// What the page fetches only when somebody asks for it: that it comes at the first sign of a hand, by
// keyboard and by touch, that it waits its turn, and what happens where it cannot be had.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, drawn, open, server, state, useBrowser } from "./lib.mjs";

useBrowser();

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** A page that stands still, and the paths of the scripts that it asked for. */
async function start(query = "", options = {}, prepare = async () => {}) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, reducedMotion: "reduce", ...options });
  await prepare(context);
  const scripts = [];
  context.on("request", (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.endsWith(".js")) scripts.push(pathname.slice(pathname.lastIndexOf("/") + 1));
  });
  const opened = await open({ newPage: () => context.newPage() }, server.address, query);
  await opened.page.waitForLoadState("networkidle");
  return { ...opened, scripts, close: () => context.close() };
}

/** No key of the locale files stands where words should. */
const noKeys = (text) => assert.doesNotMatch(text, /\b(help|node|client|partition|message|inspector|action|header|workload)\.[a-z]/i);

/** Clicks a message on its way between two nodes, which is found by what the pointer says of it. */
async function clickMessage(page) {
  await page.waitForFunction(() => globalThis.consensusPlayground.frame.messages.length > 0);
  const nodes = await page.locator("[data-endpoint]").evaluateAll((all) => all.map((button) => {
    const { x, y, width, height } = button.getBoundingClientRect();
    return { x: x + width / 2, y: y + height / 2 };
  }));
  for (const from of nodes) {
    for (const to of nodes) {
      for (let part = 0.2; part < 0.8 && from !== to; part += 0.06) {
        const x = from.x + (to.x - from.x) * part;
        const y = from.y + (to.y - from.y) * part;
        await page.mouse.move(x, y);
        if (!await page.locator(".stage-area.over-thing").count()) continue;
        await page.mouse.down();
        await page.mouse.up();
        return;
      }
    }
  }
  throw new Error("no message was found");
}

test("it is fetched at the first sign of a hand, and not before", async () => {
  for (const sign of [
    (page) => page.mouse.move(700, 300), (page) => page.keyboard.press("Shift"), (page) => page.keyboard.press("Tab"),
  ]) {
    const { page, scripts, calm, close } = await start();
    assert.ok(!scripts.includes("opened.js"), scripts.join(" "));
    const answered = page.waitForResponse((response) => response.url().endsWith("/opened.js"));
    await sign(page);
    await answered;
    calm();
    await close();
  }
});

test("the first key opens the help, and a node's menu with the focus in it", async () => {
  const { page, calm, close } = await start();
  await page.keyboard.press("?");
  const help = page.locator(".pop-help");
  await help.waitFor();
  noKeys(await help.innerText());
  await page.keyboard.press("Escape");
  assert.equal(await help.count(), 0);
  calm();
  await close();

  const again = await start();
  await again.page.keyboard.press("1");
  await again.page.keyboard.press("Enter");
  const menu = again.page.getByRole("menu");
  await menu.waitFor();
  noKeys(await menu.innerText());
  assert.equal(await again.page.evaluate(() => document.activeElement?.getAttribute("role")), "menuitem");
  const panel = again.page.locator("#panel-inspector");
  assert.match(await panel.innerText(), /On disk/);
  noKeys(await panel.innerText());
  await again.page.keyboard.press("Enter");
  await again.page.waitForFunction(() => globalThis.consensusPlayground.frame.nodes[0].status === "down");
  again.calm();
  await again.close();
});

test("the first touch opens each of them, at 390 px and in Chinese", async () => {
  const openers = [
    [(page) => page.locator("#header .chooser"), ".pop-chooser"],
    [(page) => page.locator("#header [aria-haspopup=dialog]").last(), ".pop-help"],
    [(page) => page.locator("#bar [aria-haspopup=dialog]").first(), ".pop-form"],
    [(page) => page.locator("#bar [aria-haspopup=dialog]").last(), ".pop-form"],
    [(page) => page.locator(".inbox-chip").first(), ".pop .inbox-all"],
  ];
  for (const [button, wanted] of openers) {
    const { page, calm, close } = await start("?lang=zh&scenario=raft/figure-8", PHONE);
    await page.evaluate(() => globalThis.consensusPlayground.seek(0, 6));
    await drawn(page);
    await button(page).tap();
    const panel = page.locator(wanted);
    await panel.waitFor();
    const text = await page.locator(".pop").innerText();
    noKeys(text);
    assert.match(text, /[\u4e00-\u9fff]/, wanted);
    const box = await page.locator(".pop").boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 390, `${wanted}: ${box.x} + ${box.width}`);
    calm();
    await close();
  }
});

test("where it comes late only the last that was asked for opens", async () => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const { page, calm, close } = await start("", {}, (context) => context.route("**/opened.js", async (route) => {
    await held;
    await route.continue();
  }));
  await page.locator("#header [aria-haspopup=dialog]").last().click();
  await page.keyboard.press("ArrowRight");
  assert.equal((await state(page)).index > 0, true, "the page goes on meanwhile");
  await page.locator("#bar [aria-haspopup=dialog]").first().click();
  release();
  await page.locator(".pop-form").waitFor();
  await drawn(page);
  assert.equal(await page.locator(".pop").count(), 1);
  calm();
  await close();
});

test("what was asked for in one run does not open in another", async () => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  const { page, calm, close } = await start("", {}, (context) => context.route("**/opened.js", async (route) => {
    await held;
    await route.continue();
  }));
  await page.locator("#bar [aria-haspopup=dialog]").first().click();
  await page.evaluate(() => globalThis.consensusPlayground.openScenario("raft/figure-7"));
  release();
  await page.evaluate(() => import("/pkg/page/opened.js"));
  await drawn(page);
  assert.equal(await page.locator(".pop").count(), 0);
  calm();
  await close();
});

test("where it cannot be had the page says so, goes on, and asks again", async () => {
  let isOff = true;
  const { page, complaints, close } = await start("", {}, (context) =>
    context.route("**/opened.js", (route) => (isOff ? route.abort() : route.continue())));
  const toast = page.locator("#toasts .toast.bad");
  await page.locator("#header [aria-haspopup=dialog]").last().click();
  await toast.waitFor();
  assert.match(await toast.innerText(), /could not be loaded/);

  await page.keyboard.press("1");
  const problem = page.locator("#panel-inspector .problem");
  await problem.waitFor();
  assert.match(await problem.innerText(), /could not be loaded/);
  assert.match(await page.locator("#panel-inspector").innerText(), /Just applied|All nodes/);
  const before = await state(page);
  await page.keyboard.press("ArrowRight");
  assert.equal((await state(page)).index, before.index + 1);

  // A message that was clicked held the run up; it goes on.
  await page.evaluate(() => {
    const app = globalThis.consensusPlayground;
    app.play();
    app.loop.setSpeed(0.25);
  });
  await clickMessage(page);
  await page.waitForFunction(() => globalThis.consensusPlayground.selection?.type === "message");
  await page.waitForFunction(() => globalThis.consensusPlayground.playing);
  assert.equal(await page.locator(".pop").count(), 0);
  await page.evaluate(() => globalThis.consensusPlayground.pause());

  isOff = false;
  await page.keyboard.press("2");
  await page.locator("#panel-inspector").getByText("On disk").waitFor();
  await page.locator("#header [aria-haspopup=dialog]").last().click();
  await page.locator(".pop-help").waitFor();
  for (const complaint of complaints) assert.match(complaint, /opened\.js|ERR_FAILED/, complaint);
  await close();
});
