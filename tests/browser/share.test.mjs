// What leaves the page: links, codes, snippets for documents, pictures, a film and data; and what stays in it
// when somebody opens a link. Whatever is saved is opened and looked into.
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { drawn, launch, open, serve, state } from "./lib.mjs";

let server, browser, folder, host;
/** What the host, which is another origin than the playground's, answers with. */
let pasted = "";
before(async () => {
  [server, browser, folder] = await Promise.all([serve(), launch(), mkdtemp(join(tmpdir(), "share-"))]);
  host = createServer((_, response) => response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(pasted));
  await new Promise((resolve) => host.listen(0, "127.0.0.1", resolve));
});
after(async () => {
  await browser?.close();
  server?.stop();
  host?.close();
  if (folder) await rm(folder, { recursive: true });
});

const SCENARIO = "?scenario=raft/figure-8";
/** A title and a note that are an attack wherever they are taken for markup. */
const HOSTILE = "](x) </script><img src=x onerror=alert(1)> \" & '";
const ATTACK = `protocol raft\nnodes 3\nclients 1\npace by-hand\ntitle ${HOSTILE}\nnote ${HOSTILE}\ncrash n2\n`;

/** A page that stands still at a moment, with the share panel open. */
async function share(query = SCENARIO, { at = 12, text = null, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, acceptDownloads: true, ...options });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: new URL(server.address).origin });
  const opened = await open(context, server.address, query, {});
  const { page } = opened;
  await page.evaluate(async ([source, index]) => {
    const app = globalThis.consensusPlayground;
    app.pause();
    if (source) await app.openText(source);
    app.pause();
    app.seek(0, index);
    app.showTab("share");
  }, [text, at]);
  const panel = page.locator(".panel.share");
  await panel.locator(".preview").waitFor();
  await drawn(page);
  return { ...opened, panel, context };
}

/** Presses a button that saves a file; its name and content. */
async function save(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
  const path = join(folder, download.suggestedFilename());
  await download.saveAs(path);
  return { name: download.suggestedFilename(), path, content: await readFile(path) };
}

const clipboard = (page) => page.evaluate(() => navigator.clipboard.readText());
const toast = (page, words) => page.locator("#toasts").getByText(words).last().waitFor();
const field = (panel, name) => panel.getByRole("textbox", { name, exact: true });

test("a link says how long it is and what that means, and a keyboard copies it", async () => {
  const { page, panel, calm, context } = await share("?protocol=raft&nodes=3", { at: 0 });
  const url = await field(panel, "Link to this run").inputValue();
  await panel.getByText(`${url.length} characters · short enough for a QR code`).waitFor();
  const copy = panel.getByRole("button", { name: "Copy: Link to this run" });
  await copy.focus();
  await page.keyboard.press("Enter");
  await toast(page, "Copied: Link to this run.");
  assert.equal(await clipboard(page), url);
  // A run of many different sentences has a link that no chat passes on, and no code holds.
  const notes = Array.from({ length: 400 }, (_, at) => `note ${Math.abs(Math.sin(at + 1)).toString(36)}\ncrash n1\nrestart n1\n`);
  await page.evaluate((text) => globalThis.consensusPlayground.openText(text), `protocol raft\nnodes 3\npace by-hand\n${notes.join("")}`);
  await panel.getByText(/over 4,000: most chats/).waitFor();
  await panel.getByRole("button", { name: "Show QR code" }).click();
  await panel.getByText("No QR code holds a link this long").waitFor();
  calm();
  await context.close();
});

test("where the clipboard is closed the text is selected instead", async () => {
  const { page, panel, context } = await share();
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new Error("closed"));
    document.execCommand = () => false;
  });
  await panel.getByRole("button", { name: "Copy: Markdown: link" }).click();
  await toast(page, "press Ctrl+C");
  const input = field(panel, "Markdown: link");
  assert.equal(await page.evaluate(() => document.activeElement.value), await input.inputValue());
  assert.equal(await page.evaluate(() => getSelection().toString().length > 0 || document.activeElement.selectionEnd > 100), true);
  await context.close();
});

test("the QR code shows exactly the modules that were made of the link", async () => {
  const { page, panel, calm, context } = await share("?protocol=raft&nodes=3", { at: 0, colorScheme: "dark" });
  const url = await field(panel, "Link to this run").inputValue();
  const show = panel.getByRole("button", { name: "Show QR code" });
  await show.focus();
  await page.keyboard.press("Enter");
  const image = panel.getByRole("img", { name: "QR code of the link to this run" });
  await image.waitFor();
  assert.equal(await panel.getByRole("button", { name: "Hide QR code" }).getAttribute("aria-expanded"), "true");
  // tests/qr.rs has another program read these modules; here they are compared with what is seen.
  const differ = await page.evaluate(async ([address, source]) => {
    const { Playground } = globalThis.consensusPlayground.engine;
    const modules = Playground.qrModules(address);
    const side = Math.sqrt(modules.length);
    const picture = new Image();
    picture.src = source;
    await picture.decode();
    const scale = 4, margin = 4, width = (side + 2 * margin) * scale;
    const canvas = Object.assign(document.createElement("canvas"), { width, height: width });
    const context = canvas.getContext("2d");
    context.drawImage(picture, 0, 0, width, width);
    const { data } = context.getImageData(0, 0, width, width);
    let wrong = 0;
    for (let y = -margin; y < side + margin; y++) {
      for (let x = -margin; x < side + margin; x++) {
        const isInside = x >= 0 && y >= 0 && x < side && y < side;
        const dark = isInside && modules[y * side + x] === 1;
        const at = (((y + margin) * scale + 2) * width + (x + margin) * scale + 2) * 4;
        if (data[at + 3] !== 255 || (data[at] < 128) !== dark) wrong++;
      }
    }
    return { wrong, side, dark: modules.filter(Boolean).length };
  }, [url, await image.getAttribute("src")]);
  assert.equal(differ.wrong, 0);
  assert.ok(differ.side >= 21 && differ.dark > differ.side, JSON.stringify(differ));
  // What nobody has changed has a short name, which makes a code that phones read.
  await page.evaluate(() => globalThis.consensusPlayground.openScenario("raft/figure-8"));
  await page.evaluate(() => globalThis.consensusPlayground.pause());
  await panel.getByText("It holds the readable link").waitFor();
  calm();
  await context.close();
});

test("what is pasted into documents is the run and nothing else, whatever its title says", async () => {
  const { page, panel, calm, context } = await share("?protocol=raft", { text: ATTACK, at: 1 });
  const mine = await state(page);
  const [markdown, picture, element, frame] = await Promise.all(
    ["Markdown: link", "Markdown: picture that opens the run", "HTML: the run itself, as an element", "HTML: the run itself, in a frame"]
      .map((name) => field(panel, name).inputValue()));
  const link = await field(panel, "Link to this run").inputValue();
  assert.equal(markdown, `[\\](x) </script><img src=x onerror=alert(1)> " & '](${link})`);
  assert.match(picture, /^\[!\[\\\]\(x\).*\]\([a-z0-9-]+\.svg\)\]\(http/);
  await panel.getByRole("button", { name: "Copy: HTML: the run itself, as an element" }).click();
  await toast(page, "Copied: HTML");
  assert.equal((await clipboard(page)).replace("\n", ""), element, "the field has it in one line");

  // On somebody else's page both show the moment that was shared.
  const reader = await context.newPage();
  const alerts = [];
  reader.on("dialog", (dialog) => (alerts.push(dialog.message()), dialog.dismiss()));
  pasted = `<!doctype html><html lang="en"><title>host</title><body>${element}${frame}</body></html>`;
  await reader.goto(`http://127.0.0.1:${host.address().port}/`);
  await reader.waitForFunction(() => document.querySelector("consensus-playground")?.state);
  const shown = await reader.evaluate(() => document.querySelector("consensus-playground").state);
  assert.deepEqual([shown.index, shown.length, shown.title], [mine.index, mine.length, HOSTILE]);
  const inner = reader.frameLocator("iframe");
  await inner.locator("consensus-playground").waitFor();
  await inner.locator(".title").getByText("onerror").waitFor();
  assert.equal(await reader.locator("iframe").getAttribute("title"), HOSTILE);
  assert.deepEqual(alerts, []);
  calm();
  await context.close();
});

test("a shipped scenario is embedded by its name, at the moment that is seen", async () => {
  const { panel, calm, context } = await share(SCENARIO, { at: 12 });
  assert.match(await field(panel, "HTML: the run itself, as an element").inputValue(), /<div><consensus-playground scenario="raft\/figure-8" at="12" height="440">/);
  assert.match(await field(panel, "HTML: the run itself, in a frame").inputValue(), /embed\/\?scenario=raft\/figure-8&amp;at=12" title="Figure 8/);
  calm();
  await context.close();
});

/**
 * Draws an SVG and a PNG at one size, and compares them block by block: letters fall on other parts of a pixel in
 * the two, but a line, a word or a shape that is missing or elsewhere changes what a block looks like.
 */
const difference = (page, svg, png) => page.evaluate(async ([vector, pixels]) => {
  const read = async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: 1600, height: 900 });
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0, 1600, 900);
    return { data: context.getImageData(0, 0, 1600, 900).data, width: image.naturalWidth, height: image.naturalHeight };
  };
  const [one, two] = [await read(`data:image/svg+xml,${encodeURIComponent(vector)}`), await read(`data:image/png;base64,${pixels}`)];
  const side = 40;
  let most = 0, painted = 0;
  for (let top = 0; top < 900; top += side) {
    for (let left = 0; left < 1600; left += side) {
      const sums = [0, 0, 0];
      let isPainted = false;
      for (let y = top; y < Math.min(900, top + side); y++) {
        for (let at = (y * 1600 + left) * 4; at < (y * 1600 + left + side) * 4; at += 4) {
          for (const channel of [0, 1, 2]) sums[channel] += one.data[at + channel] - two.data[at + channel];
          isPainted ||= Math.abs(two.data[at] - two.data[0]) > 40;
        }
      }
      most = Math.max(most, ...sums.map((sum) => Math.abs(sum) / (side * side)));
      painted += Number(isPainted);
    }
  }
  return { most, painted, size: [one.width, one.height, two.width, two.height] };
}, [svg, png]);

for (const [name, query, at] of [
  ["by hand", SCENARIO, 40], ["by time, cut apart", "?scenario=raft/partitioned-leader", 90], ["a hundred nodes", "?scenario=gossip/hundred-nodes", 30],
]) {
  test(`the SVG of a moment is what the canvas draws: ${name}`, async (t) => {
    const { page, panel, calm, context } = await share(query, { at });
    for (const theme of ["light", "dark"]) {
      await panel.getByRole("radio", { name: theme }).check();
      await drawn(page);
      const svg = await save(page, panel.getByRole("button", { name: "Save SVG" }).last());
      await toast(page, `Saved: ${svg.name}`);
      const png = await save(page, panel.getByRole("button", { name: "Save PNG" }));
      const text = svg.content.toString();
      const found = await page.evaluate((source) => {
        const document = new DOMParser().parseFromString(source, "image/svg+xml");
        return { wrong: document.querySelector("parsererror")?.textContent ?? null, title: document.querySelector("title").textContent, texts: document.querySelectorAll("text").length, strange: document.querySelectorAll("script, image, use, a, style, foreignObject").length };
      }, text);
      assert.equal(found.wrong, null);
      assert.equal(found.strange, 0);
      assert.ok(found.texts > 10 && found.title.length > 5, JSON.stringify(found));
      assert.doesNotMatch(text.replace('xmlns="http://www.w3.org/2000/svg"', ""), /https?:|NaN|undefined|var\(/);
      const { most, painted, size } = await difference(page, text, png.content.toString("base64"));
      assert.deepEqual(size, [800, 450, 1600, 900]);
      assert.ok(painted > 200, `something is drawn in ${painted} of 920 blocks`);
      t.diagnostic(`${theme}: no block differs by more than ${most.toFixed(1)} of 255`);
      assert.ok(most < 8, `${theme}: a block differs by ${most.toFixed(1)} of 255`);
    }
    calm();
    await context.close();
  });
}

test("words of a scenario stay words in pictures, films and data", async () => {
  const { page, panel, calm, context } = await share("?protocol=raft", { text: ATTACK, at: 1 });
  const svg = (await save(page, panel.getByRole("button", { name: "Save SVG" }).last())).content.toString();
  assert.doesNotMatch(svg, /<img|<\/script/);
  const read = await page.evaluate((source) => new DOMParser().parseFromString(source, "image/svg+xml").querySelector("title").textContent, svg);
  assert.equal(read, HOSTILE);
  const film = await save(page, panel.getByRole("button", { name: "Save HTML" }));
  const viewer = await context.newPage();
  const alerts = [];
  viewer.on("dialog", (dialog) => (alerts.push(dialog.message()), dialog.dismiss()));
  await viewer.goto(`file://${film.path}`);
  assert.equal(await viewer.locator("h1").innerText(), HOSTILE);
  await viewer.waitForFunction(() => document.querySelector("svg").childElementCount > 10);
  assert.equal(await viewer.locator("img").count(), 0);
  assert.deepEqual(alerts, []);
  calm();
  await context.close();
});

test("a replay is one file that plays from disk, and every moment of it is a moment of the run", async () => {
  const { page, panel, calm, context } = await share(SCENARIO, { at: 12 });
  const { length } = await state(page);
  const film = await save(page, panel.getByRole("button", { name: "Save HTML" }));
  await toast(page, `Saved: ${film.name}`);
  assert.deepEqual((await state(page)).index, 12, "the run stands where it stood");
  assert.ok(film.content.length < 500_000, `${film.content.length} bytes`);

  const viewer = await context.newPage();
  const complaints = [], fetched = [];
  viewer.on("console", (message) => complaints.push(message.text()));
  viewer.on("pageerror", (error) => complaints.push(String(error)));
  viewer.on("request", (request) => fetched.push(request.url()));
  await viewer.goto(`file://${film.path}`);
  const where = viewer.locator("#where");
  const picture = () => viewer.locator("svg").innerHTML();
  // It plays by itself, smoothly: pictures follow each other within one action.
  await where.getByText(/action 2 of/).waitFor();
  const pictures = new Set();
  for (let round = 0; round < 12; round++) {
    pictures.add(await picture());
    await viewer.waitForTimeout(60);
  }
  assert.ok(pictures.size >= 4, `${pictures.size} different pictures in 0.7 s`);
  await viewer.keyboard.press("Space");
  await viewer.getByRole("button", { name: "Play" }).waitFor();
  const still = await picture();
  await viewer.waitForTimeout(200);
  assert.equal(await picture(), still, "paused, it stands still");
  // The keyboard goes to the ends and by single actions; the slider says where.
  await viewer.keyboard.press("End");
  assert.match(await where.innerText(), new RegExp(`action ${length} of ${length}`));
  await viewer.keyboard.press("ArrowLeft");
  assert.match(await where.innerText(), new RegExp(`action ${length - 1} of ${length}`));
  await viewer.keyboard.press("Home");
  assert.match(await where.innerText(), /action 0 of/);
  const slider = viewer.getByRole("slider", { name: "Moment of the run" });
  assert.equal(await slider.getAttribute("max"), String(length));
  await slider.fill("40");
  assert.match(await slider.getAttribute("aria-valuetext"), /^action 40 of/);
  const told = await viewer.getByRole("img").getAttribute("aria-label");
  const words = await page.evaluate(() => {
    const app = globalThis.consensusPlayground;
    app.seek(0, 40);
    return { said: app.words(app.frame.note) || app.frame.last.text, names: app.frame.nodes.map(({ name, view }) => `${name} ${view.role}`) };
  });
  assert.ok(told.includes(words.said), told);
  const texts = await viewer.locator("svg text").allTextContents();
  for (const part of words.names.flatMap((name) => name.split(" ").slice(0, 1))) assert.ok(texts.includes(part), part);
  assert.deepEqual(fetched.filter((url) => !url.startsWith("file:") && !url.startsWith("data:")), []);
  assert.deepEqual(complaints, []);
  // The link in it leads to the same run.
  assert.match(await viewer.getByRole("link").getAttribute("href"), /#v1\./);
  calm();
  await context.close();
});

test("a replay follows the reader's theme, and whoever asks for less movement is asked first", async () => {
  const { page, panel, context } = await share(SCENARIO, { at: 3 });
  const film = await save(page, panel.getByRole("button", { name: "Save HTML" }));
  const grounds = [];
  for (const colorScheme of ["light", "dark"]) {
    const viewer = await browser.newPage({ colorScheme, reducedMotion: "reduce", viewport: { width: 390, height: 844 } });
    await viewer.goto(`file://${film.path}`);
    grounds.push(await viewer.evaluate(() => getComputedStyle(document.body).backgroundColor));
    await viewer.waitForTimeout(400);
    assert.match(await viewer.locator("#where").innerText(), /action 0 of/, "it stands still");
    await viewer.getByRole("button", { name: "One action on" }).click();
    assert.match(await viewer.locator("#where").innerText(), /action 1 of/);
    assert.equal(await viewer.evaluate(() => document.documentElement.scrollWidth), 390);
    await viewer.close();
  }
  assert.notEqual(grounds[0], grounds[1]);
  await context.close();
});

test("a long run's replay holds what lies around the moment, and says so", async () => {
  const { page, panel, context } = await share("?scenario=raft/partitioned-leader", { at: 470 });
  await panel.getByText("Actions 71 to 471 of 471").waitFor();
  const film = await save(page, panel.getByRole("button", { name: "Save HTML" }));
  await toast(page, "It holds actions 71 to 471 of 471.");
  const viewer = await context.newPage();
  await viewer.goto(`file://${film.path}`);
  await viewer.getByText("actions 71 to 471 of 471").waitFor();
  assert.match(await viewer.locator("#where").innerText(), /action 7\d of 471/);
  assert.ok(film.content.length < 3_500_000);
  await context.close();
});

test("JSON has all that happened, and its text makes the same run again", async () => {
  const { page, panel, calm, context } = await share("?scenario=raft/partitioned-leader", { at: 200 });
  const mine = await state(page);
  const file = await save(page, panel.getByRole("button", { name: "Save .json" }));
  const run = JSON.parse(file.content.toString());
  assert.deepEqual([run.format, run.version, run.protocol], ["consensus-playground/run", 1, "raft"]);
  assert.deepEqual([run.moment.index, run.moment.fingerprint], [mine.index, mine.fingerprint]);
  assert.equal(run.actions.length, mine.length);
  assert.deepEqual(run.actions.map(({ index }) => index), Array.from({ length: mine.length }, (_, at) => at + 1));
  const deliver = run.actions.find(({ action }) => action === "deliver");
  assert.ok(deliver.text.startsWith(`deliver ${deliver.from}->${deliver.to} ${deliver.kind}`), deliver.text);
  assert.ok(run.actions.every(({ action, ms }) => typeof action === "string" && ms >= 0));
  assert.ok(run.operations.some(({ client, text }) => client === "A" && text === "put x old"));
  await panel.getByRole("button", { name: "Copy JSON" }).click();
  await toast(page, "Copied: JSON.");
  assert.deepEqual(JSON.parse(await clipboard(page)), run);
  for (const open of ["openText", "openLink"]) {
    await page.evaluate(([way, text]) => globalThis.consensusPlayground[way](text), [open, open === "openText" ? run.scenario : `#${run.link}`]);
    await page.evaluate((index) => globalThis.consensusPlayground.seek(0, index), mine.index);
    assert.equal((await state(page)).fingerprint, mine.fingerprint, open);
  }
  calm();
  await context.close();
});

test("on a phone, in Chinese, by finger: nothing is cut off and all is said", async () => {
  const { page, panel, calm, context } = await share(`${SCENARIO}&lang=zh`, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, colorScheme: "dark" });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
  for (const button of await panel.getByRole("button").all()) {
    const box = await button.boundingBox();
    assert.ok(box.height >= 44 && box.x >= 0 && box.x + box.width <= 390, `${await button.innerText()} ${JSON.stringify(box)}`);
  }
  await panel.getByRole("button", { name: "保存 SVG" }).last().scrollIntoViewIfNeeded();
  const svg = await save(page, panel.getByRole("button", { name: "保存 SVG" }).last());
  assert.match(svg.content.toString(), /lang="zh-Hans"/);
  await toast(page, `已保存：${svg.name}`);
  assert.match(await panel.locator(".preview").getAttribute("alt"), /第 12 步/);
  calm();
  await context.close();
});

test("an opened link costs nobody their work, not even when they go on from it", async () => {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  const { page, calm } = await open(context, server.address, SCENARIO, {});
  await page.evaluate(() => {
    const app = globalThis.consensusPlayground;
    app.pause();
    app.seek(0, 7);
    app.act({ type: "crash", node: 1 });
  });
  await page.waitForFunction(() => localStorage.getItem("consensus-playground.session"));
  const mine = await state(page);
  const foreign = await page.evaluate(() => {
    const app = globalThis.consensusPlayground;
    const { Playground } = app.engine;
    return Playground.fromText("protocol raft\nnodes 3\npace by-hand\ntitle Of somebody else\ncrash n1\n").link(true);
  });
  // A colleague's link comes by mail, and is played with.
  await page.goto(`${server.address}#${foreign}`);
  await page.reload();
  await page.waitForFunction(() => globalThis.consensusPlayground?.frame);
  await page.locator("#toasts").getByText("Your own work was kept.").waitFor();
  await page.evaluate(() => globalThis.consensusPlayground.act({ type: "crash", node: 2 }));
  await page.waitForFunction(() => JSON.parse(localStorage.getItem("consensus-playground.session")).title.en === "Of somebody else");
  const theirs = await state(page);
  // Both can be had back, the last first.
  const restore = async (name) => {
    await page.locator(".chooser").click();
    const entry = page.getByRole("button", { name });
    await entry.scrollIntoViewIfNeeded();
    await entry.click();
  };
  await restore(/^Back to earlier work.*Figure 8/);
  await page.waitForFunction((fingerprint) => globalThis.consensusPlayground.playground.fingerprint() === fingerprint, mine.fingerprint);
  const back = await state(page);
  assert.deepEqual([back.index, back.length], [mine.index, mine.length]);
  await page.evaluate(() => globalThis.consensusPlayground.act({ type: "restart", node: 1 }));
  await restore(/^Back to earlier work.*Of somebody else/);
  await page.waitForFunction((fingerprint) => globalThis.consensusPlayground.playground.fingerprint() === fingerprint, theirs.fingerprint);
  assert.equal((await state(page)).index, theirs.index);
  calm();
  await context.close();
});
