// The main job, from end to end: somebody watches an election, interferes, rewinds, branches, and
// sends a link to a colleague who sees the same thing.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, drawn, open, server, state, useBrowser } from "./lib.mjs";

useBrowser();

const moved = (page, from) => page.waitForFunction((index) => globalThis.consensusPlayground.frame.cursor.index > index, from);
const key = async (page, name) => {
  await page.keyboard.press(name);
  return state(page);
};

test("a newcomer sees an election, drops a message, rewinds, branches and shares", async () => {
  const { page, calm } = await open(browser, server.address);

  // Something moves without a click, and one sentence says what to watch.
  assert.equal((await state(page)).playing, true);
  await moved(page, 3);
  assert.match(await page.locator("#sentence").innerText(), /n4/);

  // Playing on elects a leader; then the run is stopped with messages in flight.
  await page.evaluate(() => globalThis.consensusPlayground.loop.setSpeed(8));
  await page.waitForFunction(() => globalThis.consensusPlayground.frame.nodes.some((node) => node.view.shape === "double"));
  await page.waitForFunction(() => {
    const app = globalThis.consensusPlayground;
    const enough = app.frame.messages.length > 0;
    if (enough) app.pause();
    return enough;
  });
  const paused = await state(page);
  assert.equal(paused.playing, false);

  // The messages wait in inboxes: dropping one by its menu is an action like any other.
  const boxes = page.locator(".inbox-item:not(.timer)");
  await boxes.first().waitFor();
  const inFlight = () => page.evaluate(() => globalThis.consensusPlayground.frame.messages.length);
  const before = await inFlight();
  await boxes.first().click({ button: "right" });
  await page.getByRole("menuitem", { name: /drop/i }).click();
  const dropped = await state(page);
  assert.match(dropped.last, /^drop n\d->n\d /);
  assert.ok(await inFlight() < before, "one message fewer is under way");
  assert.equal(dropped.branches, 2, "the recorded future was another, so this is a branch");

  // Clicking one delivers it.
  await drawn(page);
  await boxes.first().click();
  assert.match((await state(page)).last, /^deliver /);

  // Back to before, by key: nothing is lost.
  const branched = await state(page);
  await key(page, "Home");
  assert.equal((await state(page)).index, 0);
  await key(page, "End");
  assert.deepEqual(await state(page), branched);

  // The other future is one click away.
  await drawn(page);
  await page.getByRole("button", { name: "Go to branch 1" }).click();
  await drawn(page);
  const original = await state(page);
  assert.equal(original.branch, 0);
  await drawn(page);
  await page.getByRole("button", { name: "Go to branch 2" }).click();
  await drawn(page);
  await key(page, "End");
  assert.equal((await state(page)).fingerprint, branched.fingerprint);

  // The colleague opens the link of the share panel and sees the same cluster.
  await page.getByRole("tab", { name: "Share" }).click();
  const link = await page.locator(".copy-field input[readonly]").first().inputValue();
  assert.match(link, /#v1\.[0-9A-Za-z_-]+$/);
  const colleague = await open(browser, link, "");
  assert.equal((await state(colleague.page)).fingerprint, branched.fingerprint);
  assert.equal((await state(colleague.page)).index, branched.index);
  colleague.calm();
  await colleague.page.close();
  calm();
  await page.close();
});

test("figure 8 plays from its link and from its file, to the violation it promises", async () => {
  const { page, calm } = await open(browser, server.address, "?scenario=raft/figure-8-without-the-rule");
  await page.evaluate(() => globalThis.consensusPlayground.pause());
  const ends = await page.evaluate(async () => {
    const app = globalThis.consensusPlayground;
    app.seek(0, 1e9);
    const link = await app.link();
    const file = app.playground.fingerprint();
    return { file, link, violated: app.frame.checks.filter((check) => check.violated).map((check) => check.id) };
  });
  assert.ok(ends.violated.includes("leader-completeness"));
  await page.evaluate((link) => { location.hash = link; }, ends.link);
  await page.waitForFunction((file) => globalThis.consensusPlayground.playground.fingerprint() === file, ends.file);
  await page.getByRole("tab", { name: /Checks/ }).click();
  await page.locator("[role=tabpanel]:not([hidden])").getByText(/leads term 5 without/).waitFor();
  calm();
  await page.close();
});

test("dragging on the diagram goes to another moment", async () => {
  const { page, calm } = await open(browser, server.address, "?scenario=raft/figure-7");
  await page.evaluate(() => globalThis.consensusPlayground.pause());
  await page.evaluate(() => globalThis.consensusPlayground.seek(0, 1e9));
  const late = await state(page);
  const slider = page.getByRole("slider").first();
  const box = await slider.boundingBox();
  await page.mouse.move(box.x + box.width * 0.6, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.3, box.y + box.height / 2, { steps: 6 });
  await page.mouse.up();
  await drawn(page);
  const scrubbed = await state(page);
  assert.ok(scrubbed.index < late.index, `${scrubbed.index} is before ${late.index}`);
  assert.equal(scrubbed.branches, 1, "looking at the past changes nothing");
  calm();
  await page.close();
});

test("faults by key, a partition by drag, and a client's request by form", async () => {
  const { page, calm } = await open(browser, server.address);
  await page.evaluate(() => globalThis.consensusPlayground.pause());
  await page.evaluate(() => globalThis.consensusPlayground.seek(0, 1e9));
  await page.keyboard.press("2");
  assert.match((await key(page, "c")).last, /^crash n2/);
  assert.match((await key(page, "c")).last, /^restart n2/);
  assert.match((await key(page, "p")).last, /^pause n2/);
  assert.match((await key(page, "p")).last, /^resume n2/);
  // The next message of its inbox: copied, held up, dropped.
  await page.evaluate(() => globalThis.consensusPlayground.act({ type: "fire", node: 3, timer: 1 }));
  assert.match((await key(page, "u")).last, /^duplicate n4->n2 /);
  assert.match((await key(page, "l")).last, /^delay n4->n2 .* by 50 ms$/);
  assert.match((await key(page, "x")).last, /^drop n4->n2 /);
  const centre = async (node) => {
    const box = await page.locator(`[data-endpoint="${node}"]`).boundingBox();
    return [box.x + box.width / 2, box.y + box.height / 2];
  };
  const [fromX, fromY] = await centre(0);
  const [toX, toY] = await centre(2);
  await page.mouse.move(fromX, fromY);
  await page.mouse.down();
  await page.mouse.move(fromX + 30, fromY + 30, { steps: 3 });
  await page.mouse.move(toX, toY, { steps: 6 });
  await page.mouse.up();
  assert.match((await state(page)).last, /^cut n1 -> n3/);
  await page.keyboard.press("r");
  await page.keyboard.press("Tab");
  await page.keyboard.type("y");
  await page.keyboard.press("Enter");
  assert.match((await state(page)).last, /^invoke A \w+ y/);
  calm();
  await page.close();
});
