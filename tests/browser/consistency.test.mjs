// The consistency panel: verdicts on the run and on files that others recorded, made by a worker.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, drawn, open, server, state, useBrowser } from "./lib.mjs";

useBrowser();

const ETCD = (found) => [
  "INFO  jepsen.util - 0\t:invoke\t:write\t1", "INFO  jepsen.util - 0\t:ok\t:write\t1",
  "INFO  jepsen.util - 1\t:invoke\t:write\t2", "INFO  jepsen.util - 1\t:ok\t:write\t2",
  "INFO  jepsen.util - 2\t:invoke\t:read\tnil", `INFO  jepsen.util - 2\t:ok\t:read\t${found}`,
].join("\n");

/** A history that takes long: appends that can go in any order, and a read that none explains. */
function hard() {
  const lines = ['{"history":1,"object":"kv"}'];
  let at = 0;
  for (let client = 0; client < 22; client++) {
    lines.push(JSON.stringify({ client: `w${client}`, call: at++, return: 5000 + client, do: "append", key: "x", value: `${client % 2}` }));
  }
  lines.push(JSON.stringify({ client: "reader", call: 9000, return: 9001, do: "read", key: "x", found: "1".repeat(22) }));
  return lines.join("\n");
}

const panelOf = (page) => page.locator("#panel-consistency");

async function openPanel(page, name = "Consistency") {
  await page.getByRole("tab", { name }).click();
  await panelOf(page).locator(".model-map").waitFor();
  return panelOf(page);
}

const settled = (page) => page.waitForFunction(() => {
  const panel = document.querySelector("#panel-consistency");
  return panel?.querySelector(".model-map") && !panel.querySelector(".checking");
});

async function atEnd(page) {
  await page.evaluate(() => {
    const app = globalThis.consensusPlayground;
    app.pause();
    app.seek(app.frame.cursor.branch, app.frame.cursor.length);
  });
  await drawn(page);
}

/** Drops a file onto the page, as a hand does. */
async function drop(page, name, text) {
  const data = await page.evaluateHandle(([called, content]) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([content], called));
    return transfer;
  }, [name, text]);
  await page.dispatchEvent("#stage", "dragover", { dataTransfer: data });
  await page.dispatchEvent("#stage", "drop", { dataTransfer: data });
}

const model = (page, name) => panelOf(page).getByRole("button", { name: new RegExp(`^${name}:`) });

test("a weak run satisfies one model and breaks a stronger one, and the panel goes to where it shows", async () => {
  const { page, calm } = await open(browser, server.address, "?scenario=quorum/stale-read");
  await atEnd(page);
  const panel = await openPanel(page);
  await settled(page);
  await panel.getByText(/Satisfies .*Sequential/).waitFor();
  assert.match(await panel.locator(".verdict-line").innerText(), /Breaks Linearizable/);
  assert.match(await model(page, "Sequential").getAttribute("aria-label"), /: holds; some nodes cannot answer/);
  assert.match(await model(page, "Linearizable").getAttribute("aria-label"), /does not hold/);
  assert.match(await model(page, "Causal").getAttribute("aria-label"), /stay with them/);
  assert.match(await model(page, "Snapshot isolation").getAttribute("aria-label"), /says nothing/);
  assert.ok(await panel.locator(".model-map path.lit").count() > 0);

  // What is broken is shown by itself.
  assert.equal(await model(page, "Linearizable").getAttribute("aria-pressed"), "true");
  assert.match(await panel.locator(".verdict").innerText(), /client B read x=old after client A had already written x=new/);
  assert.equal(await panel.locator(".operations").first().locator("button").count(), 3);

  const before = await state(page);
  await panel.getByRole("button", { name: "Go to where it first shows" }).click();
  const there = await state(page);
  assert.ok(there.index < before.length);
  assert.match(there.last, /n2->B Reply/);
  await settled(page);
  assert.match(await panel.locator(".verdict-line").innerText(), /Breaks Linearizable/);
  // One action earlier nothing is wrong.
  await page.evaluate(() => globalThis.consensusPlayground.step(-1));
  await panel.getByText(/^Satisfies Strict serializable/).waitFor();
  assert.doesNotMatch(await panel.locator(".verdict-line").innerText(), /Breaks Linearizable/);
  calm();
  await page.close();
});

test("the order that explains the answers is listed and numbered on the diagram", async () => {
  const { page, calm } = await open(browser, server.address, "?scenario=quorum/stale-read");
  await atEnd(page);
  const panel = await openPanel(page);
  await settled(page);
  await model(page, "Sequential").click();
  await panel.getByText("An order that explains all answers (3)").click();
  const steps = panel.locator("ol.operations button");
  assert.deepEqual(await steps.allInnerTexts(), ["A: put x old → ok", "B: get x → old", "A: put x new → ok"]);

  const pixels = () => page.evaluate(() => document.querySelector("#time canvas").toDataURL());
  await page.mouse.move(2, 2);
  await drawn(page);
  const without = await pixels();
  await steps.nth(1).focus();
  await drawn(page);
  assert.notEqual(await pixels(), without, "numbers stand on the diagram");
  await page.evaluate(() => document.activeElement.blur());
  await drawn(page);
  assert.equal(await pixels(), without);

  // Pointing at a bar says the number in words.
  const bar = await page.evaluate(() => {
    const box = document.querySelector(".timeline-plot").getBoundingClientRect();
    const name = document.querySelector(".timeline-names button[data-client='1']").getBoundingClientRect();
    return { left: box.left, right: box.right, y: name.top + name.height / 2 };
  });
  const status = page.locator(".timeline-status");
  let said = "";
  for (let x = bar.left + 60; x < bar.right && !/in the order/.test(said); x += 6) {
    await page.mouse.move(x, bar.y);
    await drawn(page);
    said = await status.innerText();
  }
  assert.match(said, /number 2 of 3 in the order/);
  calm();
  await page.close();
});

test("the map follows a run that plays", async () => {
  const { page, calm } = await open(browser, server.address, "?scenario=quorum/stale-read&lang=zh");
  await page.evaluate(() => {
    const app = globalThis.consensusPlayground;
    app.pause();
    app.seek(0, 0);
  });
  const panel = panelOf(page);
  await page.getByRole("tab", { name: "一致性" }).click();
  await panel.getByText(/没有可判定的内容/).waitFor();
  await page.evaluate(() => {
    const app = globalThis.consensusPlayground;
    app.loop.setSpeed(8);
    app.play();
  });
  // It stands still where a check fails, which is before the client is told.
  await page.waitForFunction(() => !globalThis.consensusPlayground.playing);
  await page.evaluate(() => globalThis.consensusPlayground.play());
  await panel.getByText(/违反：线性一致/).waitFor();
  assert.match(await panel.innerText(), /Herlihy and Wing 1990/);
  calm();
  await page.close();
});

test("a dropped history is judged and drawn, and the run stays", async () => {
  const { page, calm } = await open(browser, server.address, "?scenario=quorum/stale-read");
  await atEnd(page);
  const mine = await state(page);
  await drop(page, "good.log", ETCD(2));
  const panel = panelOf(page);
  await panel.getByText("Recorded: good.log").waitFor();
  await settled(page);
  assert.match(await panel.innerText(), /3 operations by 3 clients on a register · Jepsen's etcd log/);
  assert.match(await model(page, "Linearizable").getAttribute("aria-label"), /: holds/);
  const bars = panel.locator(".history-picture .operation");
  await bars.nth(2).waitFor();
  assert.equal(await bars.count(), 3);
  await panel.locator(".history-picture .point").first().waitFor();
  assert.equal(await panel.locator(".history-picture .point").count(), 3);

  await drop(page, "bad.log", ETCD(1));
  await panel.getByText("Recorded: bad.log").waitFor();
  await settled(page);
  assert.match(await panel.locator(".verdict").innerText(), /does not hold: client 2 read 1 after client 1 had already written 2/);
  await panel.locator(".history-picture .culprit").first().waitFor();
  await panel.getByRole("button", { name: "Go to where it first shows" }).click();
  assert.match(await panel.locator(".said").innerText(), /2: read → 1 · line 5.* cannot be ordered/);
  // By keyboard from bar to bar.
  await panel.locator(".history-picture").focus();
  await page.keyboard.press("ArrowLeft");
  assert.match(await panel.locator(".said").innerText(), /line [13]/);

  await panel.getByRole("button", { name: "Enlarge" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.locator(".history-picture").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.equal(await bars.count(), 3);

  // What is no history is told with its line, and costs nothing.
  await drop(page, "wrong.log", `${ETCD(2)}\nINFO  jepsen.util - 9\t:invoke\t:fly\t1`);
  await panel.getByRole("alert").waitFor();
  assert.match(await panel.getByRole("alert").innerText(), /line 7/);
  await drop(page, "picture.png", "\u0089PNG");
  await panel.getByText("Recorded: picture.png").waitFor();
  await panel.getByRole("alert").getByText(/line 1: expected etcd log lines/).waitFor();
  await panel.getByRole("button", { name: "Back to the run" }).click();
  await settled(page);
  await panel.getByText(/Breaks Linearizable/).waitFor();
  assert.deepEqual(await state(page), mine);
  calm();
  await page.close();
});

test("a file can be chosen by hand, and taken for another object", async () => {
  const { page, calm } = await open(browser, server.address, "?scenario=quorum/stale-read");
  await atEnd(page);
  const panel = await openPanel(page);
  const chosen = page.waitForEvent("filechooser");
  await panel.getByRole("button", { name: "Open a file…" }).click();
  await (await chosen).setFiles({ name: "mine.log", mimeType: "text/plain", buffer: Buffer.from(ETCD(1)) });
  await panel.getByText("Recorded: mine.log").waitFor();
  await settled(page);
  await panel.getByLabel("taken as").selectOption("queue");
  await panel.getByRole("alert").waitFor();
  await panel.getByLabel("taken as").selectOption("register");
  await panel.getByText(/on a register/).waitFor();
  calm();
  await page.close();
});

test("a long check leaves the page alone, can be stopped, and what it has not found is not known", async () => {
  const { page, calm } = await open(browser, server.address, "?scenario=quorum/stale-read");
  await atEnd(page);
  const panel = await openPanel(page);
  await settled(page);
  await panel.getByText("Limits of a check").click();
  await panel.getByLabel("steps").selectOption("1000000000");
  await panel.getByLabel("memory").selectOption("1024");
  await drop(page, "hard.jsonl", hard());
  const stop = panel.getByRole("button", { name: "Stop" });
  await stop.waitFor();
  await panel.getByText(/orders tried/).waitFor();
  const longest = await page.evaluate(async () => {
    let worst = 0, last = performance.now();
    for (let frame = 0; frame < 20; frame++) {
      await new Promise(requestAnimationFrame);
      worst = Math.max(worst, performance.now() - last);
      last = performance.now();
    }
    return worst;
  });
  assert.ok(longest < 1000, `a frame took ${longest} ms`);
  await stop.click();
  await panel.getByText("Stopped. What has no sign is not known.").waitFor();
  assert.match(await model(page, "Linearizable").getAttribute("aria-label"), /not known yet/);
  await panel.getByRole("button", { name: "Check again" }).click();
  await stop.waitFor();
  await panel.getByRole("button", { name: "Back to the run" }).click();
  await panel.getByText(/Breaks Linearizable/).waitFor();
  calm();
  await page.close();
});

test("a check that reaches its limit says which", async () => {
  const { page, calm } = await open(browser, server.address, "?scenario=quorum/stale-read");
  await atEnd(page);
  const panel = await openPanel(page);
  await settled(page);
  await panel.getByText("Limits of a check").click();
  await panel.getByLabel("steps").selectOption("1000000");
  await drop(page, "hard.jsonl", hard());
  await page.waitForFunction(() => /gave up/.test(document.querySelector("#panel-consistency .model[data-key='model-linearizable']")?.getAttribute("aria-label") ?? ""), null, { timeout: 60_000 });
  await model(page, "Linearizable").click();
  assert.match(await panel.locator(".verdict").innerText(), /gave up: the limit of (steps|memory) was reached/);
  calm();
  await page.close();
});

test("without a worker the page itself checks in slices", async () => {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  await page.addInitScript(() => {
    globalThis.Worker = class {
      constructor() {
        throw new DOMException("no workers here", "SecurityError");
      }
    };
  });
  await page.goto(`${server.address}?scenario=quorum/stale-read`);
  await page.waitForFunction(() => globalThis.consensusPlayground?.frame);
  await atEnd(page);
  const panel = await openPanel(page);
  await settled(page);
  await panel.getByText(/Breaks Linearizable/).waitFor();
  await panel.getByText("Limits of a check").click();
  await panel.getByText("the page itself checks").waitFor();
  await page.close();
});

test("a worker that breaks down is no dead end", async () => {
  const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  await page.addInitScript(() => {
    const Real = globalThis.Worker;
    globalThis.workers = [];
    globalThis.Worker = class extends Real {
      constructor(...given) {
        super(...given);
        globalThis.workers.push(this);
      }
    };
  });
  await page.goto(`${server.address}?scenario=quorum/stale-read`);
  await page.waitForFunction(() => globalThis.consensusPlayground?.frame);
  await atEnd(page);
  const panel = await openPanel(page);
  await settled(page);
  await drop(page, "hard.jsonl", hard());
  await panel.getByText(/orders tried/).waitFor();
  await page.evaluate(() => globalThis.workers[0].onmessage({ data: { kind: "failed", id: 2, message: "out of memory" } }));
  await panel.getByText(/broke off: out of memory/).waitFor();
  await panel.getByRole("button", { name: "Back to the run" }).click();
  await settled(page);
  await panel.getByText(/Breaks Linearizable/).waitFor();
  await page.close();
});

test("the panel is as wide as a phone, in the dark and by keyboard", async () => {
  const { page, calm } = await open(browser, server.address, "?scenario=quorum/stale-read&theme=dark", { viewport: { width: 390, height: 844 } });
  await atEnd(page);
  const panel = await openPanel(page);
  await settled(page);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing sticks out");
  await model(page, "Causal").focus();
  await page.keyboard.press("Enter");
  assert.equal(await model(page, "Causal").getAttribute("aria-pressed"), "true");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-pressed")), "true", "focus stays");
  await panel.getByText("Ahamad et al. 1995").waitFor();
  calm();
  await page.close();
});
