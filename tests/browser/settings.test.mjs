// What a run starts from, changed while looking at it: settings with the formulas they decide, the
// workload, and the operations that clients are offered.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, drawn, open, server, state, useBrowser } from "./lib.mjs";

useBrowser();

const panelOf = (page) => page.locator("#panel-settings");

async function openSettings(page, name = "Settings") {
  await page.getByRole("tab", { name }).click();
  await panelOf(page).locator(".setting").first().waitFor();
  return panelOf(page);
}

const about = (page) => page.evaluate(() => globalThis.consensusPlayground.about);
const valueOf = async (page, id) => (await about(page)).settings.find((setting) => setting.id === id).value;
/** Waits until a control shows what a change made of it. */
const shows = (page, selector, value) =>
  page.waitForFunction(([wanted, text]) => document.querySelector(wanted).value === text, [selector, value]);

test("a quorum setting changes its formula, and the picture says who is in both", async () => {
  const { page, calm } = await open(browser, server.address, "?protocol=abd&nodes=5");
  const panel = await openSettings(page);
  const formula = panel.locator(".formula").first();
  assert.match(await formula.innerText(), /3 \+ 3 > 5\s+holds[\s\S]*n3 is in both/);
  assert.equal(await formula.locator("svg .diamond").count(), 1);

  // By keyboard alone, and whoever is in a field stays there.
  const write = panel.getByLabel("write quorum", { exact: true });
  await write.focus();
  await page.keyboard.press("Control+A");
  await page.keyboard.type("2");
  await page.keyboard.press("Enter");
  await formula.getByText("3 + 2 > 5").waitFor();
  assert.match(await formula.innerText(), /does not hold[\s\S]*No node is in both/);
  assert.equal(await formula.locator("svg .diamond").count(), 0);
  assert.equal(await page.evaluate(() => document.activeElement.id), "setting-write-quorum");
  assert.equal(await page.getByRole("tab", { name: "Settings" }).getAttribute("aria-selected"), "true");
  assert.match(await panel.locator(".effect").filter({ hasText: "3 + 2 > 5" }).innerText(), /does not hold/);

  await panel.getByRole("button", { name: "read quorum: one more" }).click();
  await shows(page, "#setting-read-quorum", "1");
  await formula.getByText("1 + 2 > 5").waitFor();
  assert.equal(await valueOf(page, "read-quorum"), "1");
  assert.equal(await valueOf(page, "write-quorum"), "2", "one change keeps the other");

  // Looking at the picture shows the sets on the stage.
  const pixels = () => page.evaluate(() => document.querySelector(".stage-canvas").toDataURL());
  await drawn(page);
  const without = await pixels();
  await formula.locator(".quorums").focus();
  await drawn(page);
  assert.notEqual(await pixels(), without, "rings around the nodes");
  await page.getByRole("tab", { name: "Settings" }).focus();
  await drawn(page);
  assert.equal(await pixels(), without, "and none when nobody looks");
  calm();
  await page.close();
});

test("quorums are drawn as far apart as they can be, however many there are", async () => {
  const { page, calm } = await open(browser, server.address, "?protocol=abd&nodes=3");
  const shared = (count, ...sizes) => page.evaluate(async ([nodes, all]) => {
    const { namesOf, quorumSets } = await import("/quorums.js");
    const found = quorumSets(all.map((size) => ({ name: "q", size })), nodes);
    return [found.sets.map(({ members }) => members.size).join(), namesOf(found.shared, (node) => `n${node + 1}`)];
  }, [count, sizes]);
  assert.deepEqual(await shared(3, 2, 2), ["2,2", "n2"]);
  assert.deepEqual(await shared(4, 2, 2), ["2,2", ""]);
  assert.deepEqual(await shared(5, 5, 1), ["5,1", "n5"]);
  assert.deepEqual(await shared(100, 60, 60), ["60,60", "n41–n60"]);
  assert.deepEqual(await shared(5, 3), ["3", ""], "one alone shares nothing");
  // Two fast quorums and a classic one of seven: 5 + 5 + 4 leaves none in all, 6 + 6 + 4 two.
  assert.deepEqual(await shared(7, 5, 5, 4), ["5,5,4", ""]);
  assert.deepEqual(await shared(7, 6, 6, 4), ["6,6,4", "n5, n6"]);
  calm();
  await page.close();
});

test("an impossible setting is refused in words, and nothing is lost", async () => {
  const { page, calm } = await open(browser, server.address, "?protocol=abd&nodes=3&clients=1");
  await page.evaluate(() => globalThis.consensusPlayground.act({ type: "invoke", client: 0, node: 0, operation: "put x 1" }));
  await page.evaluate(() => globalThis.consensusPlayground.pause());
  const panel = await openSettings(page);
  const mine = await state(page);
  for (const [id, wrong, words] of [
    ["setting-write-quorum", "4", /write-quorum 4 can never be reached: the cluster has 3 nodes/],
    ["setting-write-quorum", "77", /expected a number from 0 to 9/],
    ["start-nodes", "", /number of nodes/],
    ["network-loss", "200", /200%/],
    ["start-seed", "x", /a seed/],
  ]) {
    const input = panel.locator(`#${id}`);
    const former = await input.inputValue();
    await input.fill(wrong);
    await input.press("Enter");
    await panel.getByText(words).waitFor();
    assert.equal(await input.getAttribute("aria-invalid"), "true");
    await shows(page, `#${id}`, former);
    assert.deepEqual(await state(page), mine, `${id} ${wrong}: the run is as it was`);
  }
  assert.equal(await panel.getByRole("button", { name: "Back to the run before" }).count(), 0);
  calm();
  await page.close();
});

test("what was done by hand before a change can be brought back", async () => {
  const { page, calm } = await open(browser, server.address, "?protocol=abd&nodes=3&clients=1");
  await page.evaluate(() => globalThis.consensusPlayground.act({ type: "invoke", client: 0, node: 0, operation: "put x mine" }));
  await page.evaluate(() => globalThis.consensusPlayground.act({ type: "crash", node: 2 }));
  await page.evaluate(() => globalThis.consensusPlayground.pause());
  const panel = await openSettings(page);
  const mine = await state(page);
  await panel.getByRole("button", { name: "nodes: one more", exact: true }).click();
  await shows(page, "#start-nodes", "4");
  await panel.getByRole("button", { name: "nodes: one more", exact: true }).click();
  await shows(page, "#start-nodes", "5");
  assert.equal((await state(page)).index, 0, "a run of five nodes begins");
  assert.equal((await state(page)).playing, false, "what stood still stands still");
  // As after opening anything else, the last session is own work.
  const saved = await page.evaluate(() => JSON.parse(localStorage.getItem("consensus-playground.session")).text);
  assert.match(saved, /put x mine/);

  const back = panel.getByRole("button", { name: "Back to the run before" });
  await back.click();
  await shows(page, "#start-nodes", "4");
  await back.click();
  await shows(page, "#start-nodes", "3");
  const restored = await state(page);
  assert.deepEqual([restored.index, restored.fingerprint], [mine.index, mine.fingerprint]);
  assert.equal(await back.count(), 0);
  assert.equal(await page.evaluate(() => globalThis.consensusPlayground.ownWork), true);
  calm();
  await page.close();
});

test("the network and the cluster are settings too", async () => {
  const { page, calm } = await open(browser, server.address, "?protocol=multi_paxos&nodes=3");
  const panel = await openSettings(page);
  const set = async (id, value) => {
    await panel.locator(`#${id}`).fill(value);
    await panel.locator(`#${id}`).press("Enter");
    await shows(page, `#${id}`, value);
  };
  await set("network-low", "40");
  assert.equal((await about(page)).network, "delay 40..40", "the longest goes along");
  await set("network-high", "90");
  await set("network-loss", "2.5");
  await set("network-duplicate", "1");
  await panel.getByLabel("in order", { exact: true }).check();
  await page.waitForFunction(() => /ordered/.test(globalThis.consensusPlayground.about.network));
  assert.equal((await about(page)).network, "delay 40..90 loss 2.5% duplicate 1% ordered");
  await set("start-clients", "3");
  await set("start-seed", "77");
  await panel.getByRole("button", { name: "Another" }).click();
  await page.waitForFunction(() => globalThis.consensusPlayground.about.seed !== "77");
  const { clients, network } = await about(page);
  assert.deepEqual([clients, network], [3, "delay 40..90 loss 2.5% duplicate 1% ordered"]);
  calm();
  await page.close();
});

test("with a workload clients ask by themselves, until it is taken out", async () => {
  const { page, calm } = await open(browser, server.address, "?protocol=multi_paxos&nodes=3&clients=2");
  const panel = await openSettings(page);
  const offered = await panel.locator("#workload option").evaluateAll((options) => options.map((option) => option.value));
  assert.deepEqual(offered, ["", ...(await about(page)).workloads.map(({ id }) => id)]);
  await panel.locator("#workload").selectOption("database");
  await page.evaluate(() => globalThis.consensusPlayground.loop.setSpeed(8));
  await page.waitForFunction(() => globalThis.consensusPlayground.playground.operations(0).some(({ outcome }) => outcome !== null));
  assert.match((await about(page)).workload, /^database every 100\.\.300$/);
  await panel.locator("#workload-high").fill("500");
  await panel.locator("#workload-high").press("Enter");
  await page.waitForFunction(() => globalThis.consensusPlayground.about.workload === "database every 100..500");

  // The same switch is where a client is asked by hand.
  await page.getByRole("button", { name: "Client request…" }).click();
  await page.locator("#client-workload").selectOption("");
  await page.waitForFunction(() => globalThis.consensusPlayground.about.workload === null);
  assert.equal(await panel.locator("#workload").inputValue(), "");
  assert.equal(await panel.locator("#workload-high").count(), 0);
  calm();
  await page.close();
});

for (const protocol of ["raft", "multi_paxos", "abd"]) {
  test(`a client is offered what the sheet of ${protocol} offers, with its parts`, async () => {
    const { page, calm } = await open(browser, server.address, `?protocol=${protocol}&nodes=3&clients=1`);
    await page.evaluate(() => globalThis.consensusPlayground.pause());
    const sheet = await page.evaluate(() => globalThis.consensusPlayground.sheet.operations);
    await page.getByRole("button", { name: "Client request…" }).click();
    const operation = page.locator("#client-operation");
    await operation.waitFor();
    assert.deepEqual(await operation.locator("option").allInnerTexts(), sheet.map(({ name }) => name));
    for (const { name, parts } of sheet) {
      await operation.selectOption(name);
      const inputs = page.locator(".parts input");
      assert.deepEqual(await inputs.evaluateAll((all) => all.map((input) => input.id)), parts.map((part) => `client-${part}`));
      // Every part has a label and something in it: the request is possible as it stands.
      for (const input of await inputs.all()) {
        assert.notEqual(await input.inputValue(), "");
        assert.equal(await input.evaluate((element) => element.labels.length), 1);
      }
      assert.equal(await page.locator(".pop-form [type=submit]").getAttribute("aria-disabled"), "false", name);
    }
    // What was written is offered again, the value counted on.
    await operation.selectOption("put");
    await page.locator("#client-key").fill("colour");
    await page.locator("#client-value").fill("41");
    await page.locator("#client-value").press("Enter");
    assert.match((await state(page)).last, /^invoke A put colour 41/);
    await page.evaluate(() => globalThis.consensusPlayground.act({ type: "give-up", client: 0 }));
    await page.getByRole("button", { name: "Client request…" }).click();
    assert.equal(await page.locator("#client-key").inputValue(), "colour");
    assert.equal(await page.locator("#client-value").inputValue(), "42");
    await page.keyboard.press("Escape");

    // The panel offers the same.
    await page.getByRole("tab", { name: "Node" }).click();
    const form = page.locator("#panel-inspector .invoke");
    assert.deepEqual(await form.locator("select").first().locator("option").allInnerTexts(), sheet.map(({ name }) => name));
    await form.locator("select").first().selectOption("get");
    await page.waitForFunction(() => document.querySelectorAll("#panel-inspector .invoke input").length === 1);
    await form.getByRole("button", { name: "Send" }).click();
    assert.match((await state(page)).last, /^invoke A get colour/);
    calm();
    await page.close();
  });
}

test("meters are in sight without opening anything, and read aloud", async () => {
  const { page, calm } = await open(browser, server.address, "?protocol=abd&nodes=3");
  const meters = page.locator(".meters");
  assert.equal(await meters.isVisible(), (await page.evaluate(() => globalThis.consensusPlayground.playground.meters().length)) > 0);
  await page.evaluate(() => {
    const app = globalThis.consensusPlayground;
    app.playground.meters = () => [{ name: "nodes that agree", value: 2, of: 3 }];
    app.refresh("jump");
  });
  const meter = page.getByRole("meter", { name: "nodes that agree" });
  await meter.waitFor();
  assert.equal(await meter.getAttribute("aria-valuetext"), "2 of 3");
  assert.match(await meter.innerText(), /2 of 3/);
  const [stage, bar] = [await page.locator("#stage").boundingBox(), await meter.boundingBox()];
  assert.ok(bar.y >= stage.y + stage.height, "it does not cover the picture");
  calm();
  await page.close();
});

test("at 390 px everything in the settings is within reach of a finger", async () => {
  const { page, calm } = await open(browser, server.address, "?protocol=multi_paxos&lang=zh", {
    viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, colorScheme: "dark",
  });
  const panel = await openSettings(page, "设置");
  const small = await panel.locator("button, input:not([type=checkbox]), select, .tick").evaluateAll((all) => all
    .map((element) => ({ id: element.id || element.textContent, box: element.getBoundingClientRect() }))
    .filter(({ box }) => box.width < 44 || box.height < 44).map(({ id }) => id));
  assert.deepEqual(small, []);
  const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(content <= window, `${content} px of content in ${window} px`);
  calm();
  await page.close();
});

test("what follows from a formula is said in sentences", async () => {
  const { page, calm } = await open(browser, server.address);
  await page.getByRole("tab", { name: "Settings" }).click();
  const list = await page.evaluate(async () => (await fetch("/pkg/scenarios.json")).json());
  let count = 0;
  for (const protocol of new Set(list.map((entry) => entry.protocol))) {
    const { id } = list.find((entry) => entry.protocol === protocol);
    await page.evaluate((scenario) => globalThis.consensusPlayground.openScenario(scenario), id);
    await page.evaluate(() => globalThis.consensusPlayground.pause());
    const filled = await page.evaluate(() => globalThis.consensusPlayground.playground.formulas().map((formula) => formula.filled));
    await page.waitForFunction((wanted) => {
      const shown = [...document.querySelectorAll("#panel-settings .formula-text b")].map((bold) => bold.textContent);
      return String(shown) === String(wanted);
    }, filled);
    for (const meaning of await page.locator("#panel-settings .formula > .quiet").allInnerTexts()) {
      assert.match(meaning, /^[^a-z][^]*[.!?]$/, `${protocol}: ${meaning}`);
      count++;
    }
  }
  assert.ok(count > 10, `${count} formulas`);
  calm();
  await page.close();
});
