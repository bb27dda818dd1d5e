// Draws what those see who are sent the address of a scenario's page: `node xtask/social.mjs OUT CHROMIUM
// [ID…]` writes a picture of 1200 × 630 below OUT for each of these scenarios, or for all, by the code that
// draws the page, turned into PNG by Chromium, which runs no script for it.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { chromium } from "playwright-core";
import { goToMoment, openPlayground, picture } from "./picture.mjs";
import { root } from "./replace.mjs";

const [out, executablePath, ...ids] = process.argv.slice(2);
const SIZE = { width: 1200, height: 630 };
/** Of the drawing; its letters are read where the picture is shown small. */
const DRAWN = { width: 800, height: 420, zoom: 1.5 };

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: SIZE, javaScriptEnabled: false });
const page = await context.newPage();
const all = JSON.parse(readFileSync(join(root, "pkg/scenarios.json"), "utf8")).map(({ id }) => id);
for (const id of ids.length > 0 ? ids : all) {
  const playground = openPlayground(id);
  const svg = await picture(playground, { ...DRAWN, nowMs: goToMoment(playground) });
  playground.free();
  await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`);
  const file = join(out, `${id}.png`);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, await page.screenshot({ animations: "disabled" }));
}
await browser.close();
