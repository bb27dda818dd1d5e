// The page itself: what it does with bad links, panics, small screens, languages and themes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, open, server, state, useBrowser } from "./lib.mjs";

useBrowser();

test("a damaged link says so, shows no other scenario, and loses nothing", async () => {
  const { page, complaints } = await open(browser, server.address, "?scenario=raft/figure-8");
  await page.evaluate(() => globalThis.consensusPlayground.pause());
  await page.evaluate(() => globalThis.consensusPlayground.seek(0, 12));
  const mine = await state(page);
  const link = await page.evaluate(() => globalThis.consensusPlayground.link());
  await page.evaluate((text) => { location.hash = text; }, link.slice(0, -4));
  const trouble = page.locator("#trouble");
  await trouble.waitFor();
  assert.match(await trouble.innerText(), /link/i);
  await page.getByRole("button", { name: /stay/i }).click();
  assert.deepEqual(await state(page), mine, "the session is as it was");
  assert.deepEqual(complaints, []);
  await page.close();
});

test("a damaged link at the start offers a way on", async () => {
  const { page } = await open(browser, server.address, "#v1.AAAA");
  const trouble = page.locator("#trouble");
  await trouble.waitFor();
  await trouble.getByRole("button").first().click();
  await page.waitForFunction(() => globalThis.consensusPlayground?.frame);
  await page.close();
});

test("after a panic in the core the page says what happened and goes on where it was", async () => {
  const { page } = await open(browser, server.address, "?scenario=raft/figure-7");
  await page.evaluate(() => globalThis.consensusPlayground.pause());
  await page.evaluate(() => globalThis.consensusPlayground.seek(0, 9));
  const mine = await state(page);
  await page.evaluate(() => {
    const app = globalThis.consensusPlayground;
    try {
      app.engine.panicOnPurpose();
    } catch (error) {
      app.onPanic(error);
    }
  });
  const trouble = page.locator("#trouble");
  await trouble.waitFor();
  assert.match(await trouble.innerText(), /The simulation stopped with a defect\s+This is a defect of the playground/);
  assert.match(await trouble.innerText(), /asked to panic/);
  await page.getByRole("button", { name: /go on/i }).click();
  await page.waitForFunction((index) => globalThis.consensusPlayground.frame.cursor.index === index, mine.index);
  assert.equal((await state(page)).fingerprint, mine.fingerprint);
  await page.evaluate(() => globalThis.consensusPlayground.step(1));
  assert.equal((await state(page)).index, mine.index + 1);
  await page.close();
});

test("what a panic says stays English, marked as such; what the page says of it is in the page's language", async () => {
  for (const [query, panicked, said, goOn] of [
    ["?scenario=raft/figure-7&lang=zh", "consensusPlayground", /模拟因程序缺陷而停止\s+这是本程序的缺陷，不是协议的问题。内容没有丢失/, "从出错前继续"],
    ["compare.html?lang=zh", "consensusComparison", /模拟因程序缺陷而停止\s+这是本程序的缺陷，不是协议的问题。/, null],
  ]) {
    const { page } = await open(browser, server.address, query);
    await page.evaluate((name) => {
      const app = globalThis[name];
      try {
        app.engine.panicOnPurpose();
      } catch (error) {
        app.onPanic(error);
      }
    }, panicked);
    const trouble = page.locator("#trouble");
    await trouble.locator("pre").waitFor();
    assert.match(await trouble.innerText(), said, query);
    assert.match(await trouble.locator('pre[lang="en"]').innerText(), /asked to panic/, query);
    if (goOn) await page.getByRole("button", { name: goOn }).click();
    else await trouble.getByRole("button").click();
    await trouble.waitFor({ state: "hidden" });
    await page.close();
  }
});

test("a wrong scenario text keeps the text and says line and column", async () => {
  const { page, calm } = await open(browser, server.address);
  await page.evaluate(() => globalThis.consensusPlayground.pause());
  const mine = await state(page);
  await page.getByRole("tab", { name: "Scenario" }).click();
  const editor = page.locator("[role=tabpanel]:not([hidden]) textarea").first();
  await editor.fill("protocol raft\nnodes five\n");
  await page.getByRole("button", { name: /apply/i }).click();
  await page.locator("[role=tabpanel]:not([hidden])").getByText(/2\D+7/).first().waitFor();
  assert.equal(await editor.inputValue(), "protocol raft\nnodes five\n");
  assert.deepEqual(await state(page), mine);
  calm();
  await page.close();
});

for (const colorScheme of ["light", "dark"]) {
  for (const lang of ["en", "zh"]) {
    test(`nothing overflows at 390 px, ${colorScheme}, ${lang}`, async () => {
      const { page, calm } = await open(browser, server.address, `?lang=${lang}&scenario=raft/figure-8`, {
        viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, colorScheme,
      });
      assert.equal(await page.evaluate(() => document.documentElement.lang.slice(0, 2)), lang);
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(content <= window, `${content} px of content in ${window} px`);
      calm();
      await page.close();
    });
  }
}

for (const lang of ["en", "zh"]) {
  test(`the side's tabs stand in one row at 1400 px and are all in sight at 390, ${lang}`, async () => {
    for (const [width, most] of [[1400, 1], [390, 2]]) {
      const { page } = await open(browser, server.address, `?lang=${lang}&scenario=raft/stale-read`, { viewport: { width, height: 900 } });
      // With a count beside the rules that are off and one beside what is violated.
      await page.evaluate(() => {
        const app = globalThis.consensusPlayground;
        app.pause();
        app.seek(0, 1e9);
        app.act({ type: "rule", rule: app.frame.rules.find(({ on }) => on).id, on: false });
      });
      await page.locator("#tab-rules .badge").waitFor();
      const tabs = await page.locator(".tabs [role=tab]").evaluateAll((all) => all.map((tab) => {
        const { left, right, bottom } = tab.getBoundingClientRect();
        return { left, right, bottom: Math.round(bottom) };
      }));
      assert.equal(tabs.length, 8);
      const rows = new Set(tabs.map(({ bottom }) => bottom)).size;
      assert.ok(rows <= most, `${rows} rows at ${width} px`);
      for (const { left, right } of tabs) assert.ok(left >= 0 && right <= width, `from ${left} to ${right} of ${width} px`);
      await page.close();
    }
  });
}

test("with reduced motion nothing starts by itself", async () => {
  const { page, calm } = await open(browser, server.address, "", { reducedMotion: "reduce" });
  assert.equal((await state(page)).playing, false);
  calm();
  await page.close();
});

test("rules, checks, inspector and share tell what they know, without a mouse", async () => {
  const { page, calm } = await open(browser, server.address, "?scenario=raft/stale-read");
  await page.evaluate(() => globalThis.consensusPlayground.pause());
  await page.evaluate(() => globalThis.consensusPlayground.seek(0, 1e9));
  const panel = page.locator("[role=tabpanel]:not([hidden])");
  await page.getByRole("tab", { name: /Rules/ }).focus();
  await page.keyboard.press("Enter");
  const rule = page.getByRole("switch", { name: /sure that it still leads/ });
  assert.equal(await rule.getAttribute("aria-checked"), "false");
  await rule.press("Space");
  // Panels follow at the pace of the eye.
  await page.waitForFunction((element) => element.getAttribute("aria-checked") === "true", await rule.elementHandle());
  assert.match((await state(page)).last, /^rule no-stale-leader-reads on/);
  await page.getByRole("tab", { name: /Checks/ }).click();
  await panel.getByText(/answers client A from place/).waitFor();
  await page.locator('[data-endpoint="0"]').focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Escape");
  await page.getByRole("tab", { name: /^n1|Node/ }).first().click();
  await panel.getByText(/survives a crash/i).first().waitFor();
  calm();
  await page.close();
});

test("while a run plays, what the panel puts off is shown although nothing else happens", async () => {
  const { page, calm } = await open(browser, server.address);
  await page.evaluate(() => globalThis.consensusPlayground.pause());
  await page.evaluate(() => {
    const app = globalThis.consensusPlayground;
    // As if it played: two actions at once, and then none for long.
    app.loop.setSpeed(0);
    app.loop.playing = true;
    for (const index of [1, 12]) {
      app.playground.seek(0, index);
      app.refresh("step");
      app.emit("change");
    }
  });
  await page.waitForFunction(() => [...document.querySelectorAll(".inspector tr")].some((line) => line.textContent?.startsWith("n4candidate")));
  calm();
  await page.close();
});

test("no role is cut at 390 px, however long its name", async () => {
  const { page, calm } = await open(browser, server.address, "?scenario=three_phase_commit/commit", { viewport: { width: 390, height: 844 } });
  // What stands on the stage, as it is written there.
  const written = await page.evaluate(async () => {
    const app = globalThis.consensusPlayground;
    app.pause();
    const texts = new Set();
    const { fillText } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...places) {
      if (this.canvas.matches(".stage-canvas")) texts.add(text);
      return fillText.call(this, text, ...places);
    };
    const roles = new Set();
    for (let index = 0; index <= app.frame.cursor.length; index++) {
      app.seek(0, index);
      for (const { view } of app.frame.nodes) roles.add(view.role);
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    }
    return { texts: [...texts], roles: [...roles] };
  });
  assert.ok(written.roles.some((role) => role.length > 12), "there is a long one");
  for (const role of written.roles) assert.ok(written.texts.includes(role), `${role}: ${written.texts.join(" | ")}`);
  calm();
  await page.close();
});
