// The page for readers of Chinese: whatever they open, no sentence is English, neither the page's own nor the
// core's; and nobody else fetches a word of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, drawn, open, server, useBrowser } from "./lib.mjs";

useBrowser();

const CHINESE = { locale: "zh-CN" };
const SCENARIOS = ["raft/figure-8", "quorum/stale-read", "two_phase_commit/cooperative-termination"];
const MOMENTS = 4;

/**
 * The English sentences that can be seen or heard: three words or more in a row, other than in what is notation
 * and in what names a source.
 */
const sentences = (page, root = "body") => page.evaluate((root) => {
  const CITATION = /[A-Z]\w+(?: and [A-Z]\w+| et al\.)? \d{4}/g;
  const app = globalThis.consensusPlayground;
  const sources = app?.sheet ? [app.sheet, ...app.sheet.rules, ...app.sheet.invariants].map(({ source }) => source)
    .sort((one, other) => other.length - one.length) : [];
  const found = new Set();
  const look = (text) => {
    const rest = sources.reduce((rest, source) => rest.replaceAll(source, ""), text);
    for (const [words] of rest.replace(CITATION, "").matchAll(/[A-Za-z][a-z']+(?: [A-Za-z][a-z']+){2,}/g)) found.add(words);
  };
  const walk = (node) => {
    if (node instanceof Text) return look(node.data);
    if (!(node instanceof Element) || node.matches("code, pre, textarea, kbd, script, style, noscript, [lang=en]")) return;
    if (!node.checkVisibility() && !node.matches(".unseen, option, optgroup")) return;
    for (const name of ["aria-label", "title", "aria-description", "placeholder"]) look(node.getAttribute(name) ?? "");
    for (const child of (node.shadowRoot ?? node).childNodes) walk(child);
  };
  walk(document.querySelector(root));
  return [...found];
}, root);

/** What the page has fetched of the core's words. */
const wordsOf = (page) => page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name)
  .filter((name) => /\/words(\.js$|\/)/.test(name)).map((name) => name.replace(/^.*\//, "")).sort());

for (const scenario of SCENARIOS) {
  test(`no sentence is English in any panel at any moment of ${scenario}`, async () => {
    const { page, calm } = await open(browser, server.address, `?scenario=${scenario}`, CHINESE);
    assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-Hans");
    await page.evaluate(() => globalThis.consensusPlayground.pause());
    const tabs = page.getByRole("tab");
    for (let moment = 0; moment <= MOMENTS; moment++) {
      await page.evaluate((share) => {
        const app = globalThis.consensusPlayground;
        app.seek(app.frame.cursor.branch, Math.floor(app.frame.cursor.length * share));
      }, moment / MOMENTS);
      for (let tab = 0; tab < await tabs.count(); tab++) {
        await tabs.nth(tab).click();
        await page.locator("#side [role=tabpanel]:not([hidden]) *").first().waitFor();
        // What is folded away is read, too.
        await page.evaluate(() => document.querySelectorAll("#side details").forEach((details) => (details.open = true)));
        await drawn(page);
        assert.deepEqual(await sentences(page), [], `${await tabs.nth(tab).textContent()} at moment ${moment}`);
      }
    }
    await tabs.first().click();
    const { nodes, clients } = await page.evaluate(() => {
      const { frame } = globalThis.consensusPlayground;
      return { nodes: frame.nodes.length, clients: frame.clients.length };
    });
    for (const [type, count] of [["node", nodes], ["client", clients]]) {
      for (let at = 0; at < count; at++) {
        await page.evaluate(([type, at]) => globalThis.consensusPlayground.select({ type, [type]: at }), [type, at]);
        await page.locator("#side .who").first().waitFor();
        await drawn(page);
        assert.deepEqual(await sentences(page, "#side"), [], `${type} ${at}`);
      }
    }
    calm();
    await page.close();
  });
}

test("the language is the first of the browser's that there is, and changes under way, for all that is shown", async () => {
  const { page, calm } = await open(browser, server.address, "?scenario=raft/leader-election", CHINESE);
  assert.deepEqual(await wordsOf(page), ["common.json", "raft.json", "words.js"]);
  const seen = () => page.evaluate(() => {
    const { frame, sheet } = globalThis.consensusPlayground;
    return { role: frame.nodes[0].view.role, rule: sheet.rules[0].text, legend: document.querySelector(".legend").textContent };
  });
  await page.evaluate(() => {
    const app = globalThis.consensusPlayground;
    app.pause();
    app.seek(0, 20);
  });
  const chinese = await seen();
  assert.deepEqual([chinese.role, chinese.rule], ["跟随者", "一个节点在一个任期内至多投票给一个候选者，先到先得。"]);
  assert.match(chinese.legend, /候选者|领导者/);
  const log = page.locator("#log p").last();
  await page.evaluate(() => globalThis.consensusPlayground.step(1));
  assert.match(await log.textContent(), /送达|定时器/);

  await page.getByRole("button", { name: "English" }).click();
  await page.waitForFunction(() => globalThis.consensusPlayground.frame.nodes[0].view.role === "follower");
  await drawn(page);
  const english = await seen();
  assert.match(english.rule, /^A node votes for at most one candidate/);
  assert.doesNotMatch(english.legend + await page.locator("#side").textContent(), /[\u4e00-\u9fff]/);
  await page.getByRole("button", { name: "中文" }).click();
  await page.waitForFunction(() => globalThis.consensusPlayground.frame.nodes[0].view.role === "跟随者");
  await drawn(page);
  assert.match((await seen()).legend, /领导者/);
  assert.deepEqual(await sentences(page), []);

  const { page: other } = await open(browser, server.address, "?scenario=raft/leader-election", { locale: "en-GB" });
  assert.deepEqual(await wordsOf(other), []);
  calm();
  await Promise.all([page.close(), other.close()]);
});

test("what is wrong is said in Chinese, too", async () => {
  const { page } = await open(browser, server.address, "#v1.abc", CHINESE);
  assert.match(await page.locator("#trouble").textContent(), /链接刚开头就被截断/);
  await page.evaluate(() => globalThis.consensusPlayground.openText("protocol raft\nnodes 5\n"));
  const refused = await page.evaluate(() => globalThis.consensusPlayground.openText("protocol raft\nnodes many\n")
    .catch(({ message }) => globalThis.consensusPlayground.say(message)));
  assert.match(refused, /^应为节点数（\d+ 到 \d+ 的整数），却是“many”$/);
  await page.close();
});

test("the comparison and an embedded run speak Chinese on both sides and change under way", async () => {
  const { page, calm } = await open(browser, server.address, "compare.html", CHINESE);
  await page.evaluate(() => globalThis.consensusComparison.pause());
  await drawn(page);
  assert.deepEqual(await sentences(page), []);
  const roles = () => page.evaluate(() => globalThis.consensusComparison.runs().map(({ frame }) => frame.nodes[0].view.role));
  for (const role of await roles()) assert.match(role, /^[\u4e00-\u9fff]+$/);
  await page.getByRole("button", { name: "English" }).click();
  await page.waitForFunction(() => /^[a-z-]+$/.test(globalThis.consensusComparison.runs()[1].frame.nodes[0].view.role));
  for (const role of await roles()) assert.match(role, /^[a-z-]+$/);
  calm();
  await page.close();

  const frame = await browser.newPage(CHINESE);
  await frame.goto(`${server.address}embed/?scenario=raft/leader-election&at=20`);
  await frame.waitForFunction(() => document.querySelector("consensus-playground")?.state?.index === 20);
  assert.deepEqual(await sentences(frame), []);
  const name = () => frame.locator("[data-endpoint='0']").getAttribute("aria-label");
  assert.match(await name(), /跟随者/);
  await frame.evaluate(() => document.querySelector("consensus-playground").setAttribute("lang", "en"));
  await frame.waitForFunction(() => /follower/.test(document.querySelector("consensus-playground").shadowRoot.querySelector("[data-endpoint='0']").ariaLabel));
  await frame.close();
});
