// Runs inside other people's pages: the element, the framed page with its messages, and code blocks, on
// hosts as strict and as strange as they come.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ask, breakCore, ELEMENT, framed, frameOpened, opened, SCENARIO, stateOf, useHost, visit } from "./host.mjs";
import { browser, drawn, server, watchShifts } from "./lib.mjs";

useHost();

const picture = (page) => page.evaluate((name) => {
  const canvas = document.querySelector(name).shadowRoot.querySelector("canvas");
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.reduce((sum, value, at) => sum + (at % 4 === 3 && value > 0 ? 1 : 0), 0);
}, ELEMENT);

test("ten elements on another origin's page share one core, and load when they are seen", async () => {
  const body = `<${ELEMENT} scenario="${SCENARIO}" autoplay></${ELEMENT}>`.repeat(10);
  const { page, fetched, calm } = await visit("ten", body);
  await opened(page, 1);
  assert.equal(await stateOf(page, 9), null, "the last one is far below");
  for (let at = 0; at < 10; at++) {
    await page.locator(ELEMENT).nth(at).scrollIntoViewIfNeeded();
    await page.waitForFunction(([name, place]) => document.querySelectorAll(name)[place].state, [ELEMENT, at]);
  }
  const count = (part) => fetched.filter((path) => path.includes(part)).length;
  assert.equal(count("consensus_playground_bg.wasm"), 1);
  assert.equal(count("/player.js"), 1);
  assert.equal(count("/protocol_"), 1);
  assert.ok(await picture(page) > 5000, "something is drawn");
  await page.waitForFunction((name) => !document.querySelector(name).state.playing, ELEMENT);
  const states = await page.evaluate((name) => [...document.querySelectorAll(name)].map((one) => one.state.playing), ELEMENT);
  assert.equal(states[0], false, "out of sight it stands still");
  assert.equal(states[9], true, "in sight it plays");
  calm();
  await page.close();
});

test("a strict Content-Security-Policy has nothing against it", async () => {
  const { origin } = new URL(server.address);
  const policy = `default-src 'none'; script-src ${origin} 'wasm-unsafe-eval'; style-src ${origin}; connect-src ${origin}; img-src 'none'`;
  const { page, complaints, calm } = await visit("strict", `<${ELEMENT} scenario="${SCENARIO}" theme="dark" height="360"></${ELEMENT}>`,
    { headers: { "content-security-policy": policy } });
  await opened(page);
  assert.equal((await page.locator(ELEMENT).boundingBox()).height, 360);
  await page.locator(ELEMENT).getByRole("button", { name: "One step forward" }).click();
  await drawn(page);
  assert.equal((await stateOf(page)).index, 2);
  calm();
  await page.close();
  // Where it forbids the core, the element says which word is missing.
  const without = await visit("stricter", `<${ELEMENT} scenario="${SCENARIO}"></${ELEMENT}>`,
    { headers: { "content-security-policy": policy.replace("'wasm-unsafe-eval'", "") } });
  await without.page.getByText("'wasm-unsafe-eval'").waitFor();
  assert.ok(complaints.length === 0);
  await without.page.close();
});

test("taken out it is freed, moved it goes on, put in again it opens again", async () => {
  const { page, calm } = await visit("moved", `<div id="one"><${ELEMENT} scenario="${SCENARIO}" at="3"></${ELEMENT}></div><div id="two"></div>`);
  await opened(page);
  assert.equal((await stateOf(page)).index, 3);
  await page.evaluate((name) => document.querySelector(name).step(), ELEMENT);
  await page.evaluate((name) => document.querySelector("#two").append(document.querySelector(name)), ELEMENT);
  await drawn(page);
  assert.equal((await stateOf(page)).index, 4, "moved, it is the same run");
  const gone = await page.evaluate(async (name) => {
    const one = document.querySelector(name);
    one.play();
    one.remove();
    await new Promise((resolve) => setTimeout(resolve, 50));
    globalThis.kept = one;
    return { state: one.state, inside: one.shadowRoot.childElementCount };
  }, ELEMENT);
  assert.deepEqual(gone, { state: null, inside: 0 });
  await page.evaluate(() => document.querySelector("#one").append(globalThis.kept));
  await opened(page);
  assert.equal((await stateOf(page)).index, 3, "it begins where its attributes say");
  // What instant navigation does: the body's content is another from one moment to the next.
  await page.evaluate(async ([name, scenario]) => {
    for (let round = 0; round < 5; round++) {
      document.body.innerHTML = `<p><${name} scenario="${scenario}" loading="eager"></${name}></p>`;
      await new Promise((resolve) => setTimeout(resolve, round * 15));
    }
  }, [ELEMENT, SCENARIO]);
  await opened(page);
  calm();
  await page.close();
});

test("what an attribute cannot have is said inside the element, in its language", async () => {
  const { page, calm } = await visit("wrong", `
    <${ELEMENT} scenario="${SCENARIO}" speed="fast" height="9" loop="maybe"></${ELEMENT}>
    <${ELEMENT} scenario="no such thing" lang="zh"></${ELEMENT}>
    <${ELEMENT} protocol="tea"></${ELEMENT}>
    <${ELEMENT} scenario="v1.AAAA"></${ELEMENT}>
    <${ELEMENT} scenario="raft/none-of-that"></${ELEMENT}>
    <${ELEMENT} scenario="<img src=x onerror=alert(1)>"></${ELEMENT}>
    <${ELEMENT}></${ELEMENT}>`);
  await opened(page);
  const told = async (at) => {
    const one = page.locator(ELEMENT).nth(at);
    await one.scrollIntoViewIfNeeded();
    await one.locator("[role=alert]:not([hidden])").first().waitFor();
    return (await one.locator("[role=alert]:not([hidden])").allInnerTexts()).join(" ");
  };
  assert.match(await told(0), /speed: found “fast”, expected a number from 0.25 to 8.*loop: found “maybe”|loop.*speed/s);
  assert.match(await told(0), /height: found “9”, expected a height from 200 to 2000/);
  assert.ok(await stateOf(page, 0), "what is right is done");
  assert.match(await told(1), /应为内置场景的名称/);
  assert.match(await told(2), /tea/);
  assert.match(await told(3), /link/i);
  assert.match(await told(4), /no scenario “raft\/none-of-that”/);
  assert.match(await told(5), /found “<img src=x onerror=alert\(1\)>”/);
  assert.match(await told(6), /a scenario .* or a protocol/);
  assert.equal(await page.locator("img").count(), 0);
  // Mended, it opens.
  await page.evaluate((name) => document.querySelectorAll(name)[2].setAttribute("protocol", "raft"), ELEMENT);
  await page.waitForFunction((name) => document.querySelectorAll(name)[2].state?.protocol === "raft", ELEMENT);
  calm();
  await page.close();
});

test("its colours are those of the page around, and follow it", async () => {
  const inside = (page) => page.evaluate((name) => getComputedStyle(document.querySelector(name).shadowRoot.querySelector(".frame")).backgroundColor, ELEMENT);
  const light = "rgb(251, 250, 247)", dark = "rgb(20, 22, 27)";
  const element = `<${ELEMENT} scenario="${SCENARIO}"></${ELEMENT}>`;
  // A dark system and a page that stays light; a page that is dark and says nothing; one that says so.
  for (const [name, head, expected] of [
    ["plain", "", light],
    ["undeclared", "<style>body { background: #101010; color: #eee }</style>", dark],
    ["declared", "<style>:root { color-scheme: dark }</style>", dark],
    ["both", "<style>:root { color-scheme: light dark }</style>", dark],
  ]) {
    const { page, calm } = await visit(name, element, { head, colorScheme: "dark" });
    await opened(page);
    assert.equal(await inside(page), expected, name);
    if (name === "declared") {
      await page.evaluate(() => (document.documentElement.style.colorScheme = "light"));
      await drawn(page);
      assert.equal(await inside(page), light, "the page's switch is followed");
      await page.evaluate((one) => document.querySelector(one).setAttribute("theme", "dark"), ELEMENT);
      await drawn(page);
      assert.equal(await inside(page), dark, "the attribute wins");
    }
    calm();
    await page.close();
  }
});

test("code blocks become runs where they stand, also those that come later; bad ones stay to be read", async () => {
  const text = "protocol raft\nnodes 3\nrun 400\nexpect all hold\n";
  const { page, calm } = await visit("blocks", `
    <pre><code class="language-consensus">${text}</code></pre>
    <div class="highlight-consensus"><div class="highlight"><pre>${text}</pre></div></div>
    <div class="consensus">${text}</div>
    <pre id="bad"><code class="language-consensus">protocol raft\nnodes many\n</code></pre>`);
  await opened(page, 3);
  assert.equal(await page.locator(ELEMENT).count(), 4);
  assert.deepEqual([(await stateOf(page)).protocol, (await stateOf(page)).length > 10], ["raft", true]);
  await page.locator(ELEMENT).nth(3).scrollIntoViewIfNeeded();
  await page.locator("#bad").waitFor({ state: "visible" });
  assert.match(await page.locator(ELEMENT).nth(3).locator(".trouble").innerText(), /line 2, column 7/);
  await page.evaluate((source) => {
    document.body.insertAdjacentHTML("afterbegin", `<div class="language-consensus"><pre><code></code></pre></div>`);
    document.querySelector(".language-consensus code").textContent = source;
  }, text);
  await page.waitForFunction((name) => document.querySelectorAll(name).length === 5, ELEMENT);
  calm();
  await page.close();
});

test("a frame answers messages, refuses what is none of them, and asks for its height", async () => {
  const { page, calm } = await visit("frame", framed(`?scenario=${SCENARIO}`), { viewport: { width: 390, height: 800 } });
  await page.waitForFunction(() => document.querySelector("#frame").style.height !== "");
  const { height } = await page.locator("#frame").boundingBox();
  assert.ok(height > 300 && height < 700, `${height}`);
  await frameOpened(page);
  const first = await ask(page, { command: "state" });
  assert.equal(first.ok, true);
  assert.equal(first.state.index, 1);
  assert.equal((await ask(page, { command: "step" })).state.index, 2);
  assert.equal((await ask(page, { command: "seek", index: 12 })).state.index, 12);
  assert.equal((await ask(page, { command: "play" })).state.playing, true);
  assert.equal((await ask(page, { command: "pause" })).state.playing, false);
  for (const [wrong, expected] of [
    [{ command: "fly" }, /one of play/], [{ command: "seek", index: "12" }, /whole number/],
    [{ command: "step", direction: 7 }, /1 or -1/], [{ command: "set", name: "onclick", value: "alert(1)" }, /name to be one of/],
    [{ command: "set", name: "scenario", value: 3 }, /null or a text/], [{ command: "state", version: 2 }, /version 1/],
  ]) {
    const answer = await ask(page, wrong);
    assert.equal(answer.ok, false);
    assert.match(answer.message, expected);
  }
  const set = await ask(page, { command: "set", name: "scenario", value: "raft/leader-crash" });
  assert.equal(set.ok, true);
  await page.frameLocator("#frame").locator(".title").filter({ hasText: /crash/i }).waitFor();
  await frameOpened(page);
  // Others may not command: a message from the frame itself is none of its parent's.
  const before = (await ask(page, { command: "state" })).state.index;
  await page.frames()[1].evaluate(() => postMessage({ type: "consensus-playground", version: 1, command: "step" }, "*"));
  assert.equal((await ask(page, { command: "state" })).state.index, before);
  calm();
  await page.close();
});

test("a sandboxed frame without an origin shows and answers the same", async () => {
  const { page, calm } = await visit("sandbox", framed(`?scenario=${SCENARIO}&lang=zh&theme=dark`, 'height="420" sandbox="allow-scripts"'));
  await page.frameLocator("#frame").locator(".title").filter({ hasText: "领导者选举" }).waitFor();
  await frameOpened(page);
  assert.equal((await ask(page, { command: "seek", index: 5 })).state.index, 5);
  calm();
  await page.close();
});

test("a frame asks for all that it needs before its own script runs, and its first words give way without a jump", async () => {
  const page = await browser.newPage({ viewport: { width: 700, height: 460 }, colorScheme: "light" });
  const fetched = new Set();
  page.on("request", (request) => fetched.add(new URL(request.url()).pathname));
  const held = new Map();
  const hold = (name) => page.route(`**/${name}`, (route) => new Promise((resolve) => held.set(name, resolve)).then(() => route.continue()));
  const until = (name) => page.waitForFunction(() => true).then(async () => {
    while (!held.has(name)) await page.waitForTimeout(20);
  });
  await hold("frame.js");
  await hold("consensus_playground_bg.wasm");
  await watchShifts(page);
  await page.goto(`${server.address}embed/?scenario=${SCENARIO}&lang=zh&theme=dark`, { waitUntil: "commit" });
  const words = page.locator("#first p:visible");
  await words.waitFor();
  assert.match(await words.innerText(), /协议/);
  assert.equal(await words.count(), 1);
  assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector("main")).backgroundColor), "rgb(20, 22, 27)");
  await until("frame.js");
  await until("consensus_playground_bg.wasm");
  const ahead = new Set(fetched);
  held.get("frame.js")();
  // Before the core has come it says what it will be, in the scenario's own words.
  await page.locator(ELEMENT).locator(".title").filter({ hasText: "领导者选举" }).waitFor();
  assert.match(await page.locator(ELEMENT).locator(".sentence").innerText(), /五个节点/);
  assert.equal(await page.locator(ELEMENT).getByRole("button", { name: "播放" }).isDisabled(), true);
  assert.equal(await words.count(), 1);
  held.get("consensus_playground_bg.wasm")();
  await page.waitForFunction((name) => document.querySelector(name).state && !document.querySelector("#first"), ELEMENT);
  const later = [...fetched].filter((path) => !ahead.has(path) && !/words|zh/.test(path));
  assert.deepEqual(later, [], "asked for only by what came before");
  await drawn(page);
  const shifted = await page.evaluate(() => globalThis.shifted);
  assert.ok(shifted < 0.02, `it jumps by ${shifted}`);
  await page.close();
});

test("the picture stands still from one sentence to the next, whatever their length", async () => {
  const { page, calm } = await visit("still", `<${ELEMENT} scenario="raft/figure-8"></${ELEMENT}>`, { viewport: { width: 420, height: 800 } });
  await opened(page);
  const seen = await page.evaluate(async (name) => {
    const run = document.querySelector(name);
    const part = (kind) => run.shadowRoot.querySelector(kind);
    const rows = [];
    for (let index = 0; index < 90; index += 5) {
      run.seek(index);
      for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
      rows.push({ words: part(".sentence").textContent, height: part(".stage-area").clientHeight });
    }
    return rows;
  }, ELEMENT);
  assert.ok(new Set(seen.map(({ words }) => words.length)).size > 3, "sentences of several lengths");
  const heights = seen.map(({ height }) => height);
  for (let at = 1; at < heights.length; at++) assert.ok(heights[at] <= heights[at - 1], `it springs: ${heights.join(" ")}`);
  calm();
  await page.close();
});

test("a poster stays until the picture is drawn, and the focus is not lost", async () => {
  const poster = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 3'/%3E";
  const { page, calm } = await visit("poster", `<${ELEMENT} scenario="${SCENARIO}" loading="click" poster="${poster}"></${ELEMENT}>`);
  let letCore;
  await page.route("**/consensus_playground_bg.wasm", (route) => new Promise((resolve) => (letCore = resolve)).then(() => route.continue()));
  const run = page.locator(ELEMENT);
  await run.getByRole("button", { name: "Play" }).press("Enter");
  await run.locator(".title").filter({ hasText: "Leader election" }).waitFor({ state: "attached" });
  assert.equal(await run.locator(".offer").isVisible(), true);
  assert.deepEqual(await run.locator(".offer").boundingBox(), await run.locator(".frame").evaluate((frame) => {
    const { x, y, width, height } = frame.getBoundingClientRect();
    return { x: x + 1, y: y + 1, width: width - 2, height: height - 2 };
  }));
  letCore();
  await opened(page);
  await run.locator(".offer").waitFor({ state: "detached" });
  assert.match(await page.evaluate((name) => document.querySelector(name).shadowRoot.activeElement.className, ELEMENT), /play/);
  calm();
  await page.close();
});

test("what cannot be loaded is said in the reader's language, and can be asked for again", async () => {
  const missing = (route) => route.fulfill({ status: 404, headers: { "access-control-allow-origin": "*" } });
  for (const file of ["player.js", "consensus_playground_bg.wasm"]) {
    const { page } = await visit("missing", `<${ELEMENT} scenario="${SCENARIO}" lang="zh" loading="click"></${ELEMENT}>`);
    await page.route(`**/${file}`, missing);
    const run = page.locator(ELEMENT);
    await run.getByRole("button", { name: "播放" }).click();
    const told = run.getByRole("alert");
    await told.waitFor();
    assert.match(await told.innerText(), /^演练场未能载入：/);
    assert.ok((await told.innerText()).includes(file), await told.innerText());
    assert.doesNotMatch(await told.innerText(), /unsafe-eval/, "that is not why");
    await page.unroute(`**/${file}`);
    await run.getByRole("button", { name: "重试" }).click();
    await opened(page);
    assert.equal(await told.count(), 0);
    await page.close();
  }
});

test("what stands between its tags is for those without scripts", async () => {
  for (const javaScriptEnabled of [true, false]) {
    const { page } = await visit("between", `<${ELEMENT} scenario="${SCENARIO}"><a href="#there">Leader election</a></${ELEMENT}>`, { javaScriptEnabled });
    if (javaScriptEnabled) await opened(page);
    assert.equal(await page.getByRole("link", { name: "Leader election" }).isVisible(), !javaScriptEnabled);
    await page.close();
  }
});

test("it can be imported where there is no document", async () => {
  for (const name of ["element.js", "auto.js"]) {
    const module = await import(new URL(`../../pkg/embed/${name}`, import.meta.url));
    assert.equal(typeof module, "object");
  }
  const { define, ConsensusPlayground } = await import(new URL("../../pkg/embed/element.js", import.meta.url));
  define();
  assert.ok(ConsensusPlayground.observedAttributes.includes("scenario"));
});

test("a classic script loads it, and a click starts one that waits for it", async () => {
  const { page, fetched, calm } = await visit("classic",
    `<${ELEMENT} scenario="${SCENARIO}" loading="click"></${ELEMENT}><script src="${server.address}pkg/embed/loader.js"></script>`, { script: "" });
  const button = page.locator(ELEMENT).getByRole("button", { name: "Play" });
  await button.waitFor();
  assert.ok(!fetched.some((path) => path.endsWith(".wasm")), "nothing is fetched before");
  await button.click();
  await page.waitForFunction((name) => document.querySelector(name).state?.playing, ELEMENT);
  calm();
  await page.close();
});

test("a defect in one leaves the others running, and each comes back where it was", async () => {
  const { page } = await visit("defect", `<${ELEMENT} scenario="${SCENARIO}" at="20"></${ELEMENT}><${ELEMENT} scenario="raft/leader-crash" at="7"></${ELEMENT}>`);
  await opened(page, 2);
  await breakCore(page);
  for (const [at, index] of [[0, 20], [1, 7]]) {
    const seen = [];
    // What was asked of it in the moment of the defect is lost, and nothing else.
    for (let step = 0; step < 3; step++) {
      await page.evaluate(([name, place]) => document.querySelectorAll(name)[place].step(), [ELEMENT, at]);
      await drawn(page);
      seen.push((await stateOf(page, at)).index);
    }
    assert.ok(seen[0] >= index && seen[2] > seen[0] && seen[2] <= index + 3, `element ${at} went on by ${seen}`);
  }
  await page.close();
});
