// For everybody: what axe finds on every panel and dialog, and what axe cannot see: the canvas in forced
// colours, the page at 200 %, the way through it by Tab alone, targets for a finger.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { browser, drawn, open, server, useBrowser } from "./lib.mjs";

const AXE = readFileSync("node_modules/axe-core/axe.min.js", "utf8");
const SCENARIO = "?scenario=raft/leader-election";
const LOOKS = { light: { colorScheme: "light" }, dark: { colorScheme: "dark" }, forced: { forcedColors: "active" } };
const TABS = ["inspector", "settings", "rules", "checks", "consistency", "explore", "scenario", "share"];

useBrowser();

/** What axe finds wrong, as lines that say where. */
async function faults(page, where) {
  if (!await page.evaluate(() => "axe" in globalThis)) await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${where}: ${id} at ${target.join(" ")}: ${failureSummary}`));
}

const still = (query, options = {}) => open(browser, server.address, query, { reducedMotion: "reduce", ...options });

for (const [look, options] of Object.entries(LOOKS)) {
  test(`axe finds nothing on the page, its panels and dialogs, ${look}`, async () => {
    const { page, calm } = await still(SCENARIO, options);
    const found = await faults(page, "as it opens");
    await page.keyboard.press("Shift");
    for (const tab of TABS) {
      await page.locator(`#tab-${tab}`).click();
      await page.locator(`#panel-${tab} .panel`).first().waitFor();
      await drawn(page);
      found.push(...await faults(page, tab));
    }
    for (const [name, button] of Object.entries({
      chooser: page.locator(".chooser"),
      help: page.getByRole("button", { name: "Help" }),
      partition: page.getByRole("button", { name: /^Partition/ }),
      request: page.getByRole("button", { name: /^Client request/ }),
      node: page.locator("[data-endpoint='0']"),
      message: page.locator(".inbox-item").first(),
      client: page.locator("[data-endpoint]").last(),
    })) {
      // A node that is clicked is chosen; Enter opens its menu.
      if (name === "node") await button.press("Enter");
      else await button.click({ button: name === "message" ? "right" : "left" });
      await page.locator(".pop").waitFor();
      found.push(...await faults(page, name));
      await page.keyboard.press("Escape");
      await page.locator(".pop").waitFor({ state: "detached" });
    }
    assert.deepEqual(found, []);
    calm();
    await page.close();
  });

  test(`axe finds nothing on the comparison and in a frame, ${look}`, async () => {
    const compare = await still("compare.html", options);
    const found = await faults(compare.page, "comparison");
    compare.calm();
    await compare.page.close();
    const frame = await browser.newPage({ reducedMotion: "reduce", ...options });
    await frame.goto(`${server.address}embed/index.html${SCENARIO}`);
    await frame.locator("consensus-playground canvas").first().waitFor();
    found.push(...await faults(frame, "frame"));
    // Taken over: with the menu of a node open, with what waits at one, and with the way back.
    await frame.locator("[data-endpoint='0']").press("Enter");
    await frame.locator(".pop").waitFor();
    found.push(...await faults(frame, "menu in a frame"));
    await frame.getByRole("menuitem", { name: "Crash", exact: true }).press("Enter");
    await frame.getByRole("button", { name: "Back to the shown run" }).waitFor();
    found.push(...await faults(frame, "frame, taken over"));
    await frame.locator("[data-endpoint]").last().press("Enter");
    await frame.locator(".pop form").waitFor();
    found.push(...await faults(frame, "client in a frame"));
    await frame.keyboard.press("Escape");
    await frame.locator(".inbox-chip").first().press("Enter");
    await frame.locator(".pop .inbox-item").first().waitFor();
    found.push(...await faults(frame, "inbox in a frame"));
    assert.deepEqual(found, []);
    await frame.close();
  });
}

test("at the width of a phone axe finds nothing, and a finger hits what it aims at", async () => {
  const { page } = await still(SCENARIO, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  assert.deepEqual(await faults(page, "phone"), []);
  await page.evaluate(() => scrollTo(0, 0));
  const small = await page.locator("button:visible, a:visible, select:visible, [role=slider]:visible").evaluateAll((all) => all.flatMap((element) => {
    // An area around it may belong to it, too.
    const { x, y, width, height } = element.getBoundingClientRect();
    const hits = (dx, dy) => {
      const hit = document.elementFromPoint(x + width / 2 + dx, y + height / 2 + dy);
      return !hit || element.contains(hit);
    };
    const isLarge = [[-11.5, 0], [11.5, 0], [0, -11.5], [0, 11.5]].every(([dx, dy]) => hits(dx, dy));
    return isLarge ? [] : [`${element.outerHTML.slice(0, 80)}: ${width} × ${height}`];
  }));
  assert.deepEqual(small, []);
  await page.close();
});

test("in forced colours the drawings are made of the person's own colours, more than one", async () => {
  const { page } = await still(SCENARIO, { forcedColors: "active" });
  await drawn(page);
  const used = await page.evaluate(() => [...document.querySelectorAll("canvas")].filter((it) => it.width > 100 && it.height > 60).map((canvas) => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const counts = new Map();
    for (let at = 0; at < data.length; at += 4) {
      // What is transparent shows the page behind it.
      const colour = data[at + 3] === 0 ? "none" : `${data[at]},${data[at + 1]},${data[at + 2]},${data[at + 3]}`;
      counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
    const most = Math.max(...counts.values()) / (data.length / 4);
    return { colours: [...counts.values()].filter((count) => count > 40).length, most };
  }));
  assert.ok(used.length >= 2, `${used.length} drawings`);
  for (const { colours, most } of used) {
    assert.ok(colours >= 3, `${colours} colours`);
    assert.ok(most < 0.999, "all of one colour");
  }
  await page.close();
});

test("at 200 % nothing runs out of the window, and every control is reached", async () => {
  const { page } = await still(SCENARIO, { viewport: { width: 700, height: 450 }, deviceScaleFactor: 2 });
  await drawn(page);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${wide} px too wide`);
  for (const button of await page.locator("header button:visible, .transport button:visible").all()) {
    await button.scrollIntoViewIfNeeded();
    const box = await button.boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 700, await button.getAttribute("aria-label"));
  }
  await page.close();
});

test("Tab alone leads through the whole page: every stop is named and seen", async () => {
  const { page, calm } = await still(SCENARIO);
  await page.evaluate(() => document.body.focus());
  const stops = [];
  for (let count = 0; count < 80; count++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
      const { width, height } = element.getBoundingClientRect();
      const name = element.getAttribute("aria-label") || element.textContent?.trim() || element.title || element.labels?.[0]?.textContent
        || document.getElementById(element.getAttribute("aria-labelledby") ?? "")?.textContent || "";
      return {
        name, what: element.outerHTML.slice(0, 90), seen: width > 0 && height > 0,
        ring: (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none",
      };
    });
    if (!stop) break;
    stops.push(stop);
  }
  assert.ok(stops.length > 15, `${stops.length} stops`);
  assert.deepEqual(stops.filter(({ name, ring, seen }) => !name || !ring || !seen), []);
  for (const wanted of [/Choose a scenario/, /Share/, /^Node n1/, /Play/, /Partition/, /Client request/]) {
    assert.ok(stops.some(({ name }) => wanted.test(name)), `${wanted} is not among ${stops.map(({ name }) => name).join(" | ")}`);
  }
  calm();
  await page.close();
});
