// Every shipped scenario, opened in the page and taken to its end; and the chooser that finds one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, open, server, useBrowser } from "./lib.mjs";

useBrowser();

test("every shipped scenario opens and goes to its end without an error", async () => {
  const { page, complaints } = await open(browser, server.address);
  const ids = await page.evaluate(async () => {
    const { scenarioList } = await import("./engine.js");
    return (await scenarioList()).map(({ id }) => id);
  });
  assert.ok(ids.length > 200, `${ids.length} scenarios`);
  for (const id of ids) {
    const seen = await page.evaluate(async (scenario) => {
      const app = globalThis.consensusPlayground;
      await app.openScenario(scenario);
      app.pause();
      const { branch, length } = app.frame.cursor;
      let isNarrated = app.frame.note !== null;
      for (const index of [Math.floor(length / 2), length]) {
        app.seek(branch, index);
        isNarrated ||= Boolean(app.frame.note?.en && app.frame.note.zh);
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      }
      const isTroubled = document.querySelector("#trouble:not([hidden])") !== null;
      return { open: app.scenarioId, atEnd: app.frame.cursor.index === length, isNarrated, isTroubled };
    }, id);
    assert.deepEqual(seen, { open: id, atEnd: true, isNarrated: true, isTroubled: false }, id);
    assert.deepEqual(complaints, [], id);
  }
  await page.close();
});

test("the chooser opens the present protocol first and finds a scenario by a word", async () => {
  const { page, calm } = await open(browser, server.address, "?scenario=quorum/stale-read");
  await page.locator(".chooser").click();
  const groups = page.locator(".chooser-group");
  assert.match(await groups.first().locator("summary").innerText(), /Quorum/);
  assert.equal(await page.locator(".chooser-group[open]").count(), 1, "the other protocols are folded");
  assert.ok(await page.locator("[aria-current]").first().isVisible());

  const search = page.getByRole("textbox", { name: "Search all scenarios" });
  await search.fill("zzz");
  assert.equal(await groups.count(), 0);
  await search.fill("figure 7");
  assert.equal(await groups.count(), 1);
  await search.press("ArrowDown");
  await search.fill("joint-consensus");
  await search.press("Enter");
  await page.waitForFunction(() => globalThis.consensusPlayground.scenarioId === "raft/joint-consensus");
  assert.equal(await page.locator(".pop-chooser").count(), 0);
  calm();
  await page.close();
});
