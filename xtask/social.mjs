// Draws what those see who are sent the address of a scenario's page or a lesson's: `node xtask/social.mjs OUT
// CHROMIUM [ID…]` writes a picture of 1200 × 630 below OUT for each of these, s/raft/figure-8.png or l/election.png,
// or for all, by the code that draws the page, turned into PNG by Chromium, which runs no script for it.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { chromium } from "playwright-core";
import { busiestOf, goToMoment, openPlayground, openText, picture, readChapter } from "./picture.mjs";
import { root } from "./replace.mjs";

const [out, executablePath, ...ids] = process.argv.slice(2);
const SIZE = { width: 1200, height: 630 };
/** Of the drawing; its letters are read where the picture is shown small. */
const DRAWN = { width: 800, height: 420, zoom: 1.5 };

const read = (path) => readFileSync(join(root, path), "utf8");
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const context = await browser.newContext({ viewport: SIZE, javaScriptEnabled: false });
const page = await context.newPage();

/** What has a picture, by its place in the site: each goes to its moment, and says when and as what to draw it. */
const pictured = new Map();
for (const { id } of JSON.parse(read("pkg/scenarios.json"))) {
  pictured.set(id, { file: `s/${id}`, open: () => openPlayground(id), go: (playground) => ({ nowMs: goToMoment(playground) }) });
}
for (const name of read("course/ORDER").split("\n").filter(Boolean)) {
  for (const { id, title, about, task: { lesson, challenge } } of readChapter(read(`course/${name}.txt`)).items) {
    pictured.set(id, {
      file: `l/${id}`,
      open: () => (lesson ? openPlayground(lesson.scenario) : openText(challenge.start)),
      go(playground) {
        // A lesson at the busiest moment that it tells of, a challenge where it begins.
        const at = lesson ? busiestOf(playground, lesson.steps.map((step) => step.at)) : playground.cursor().length;
        const nowMs = goToMoment(playground, at);
        const step = lesson?.steps.findLast((one) => one.at <= at);
        return { nowMs, told: { title, say: step ? step.say : about } };
      },
    });
  }
}
for (const id of ids.length > 0 ? ids : pictured.keys()) {
  const { file, open, go } = pictured.get(id) ?? {};
  if (!file) throw new Error(`there is no scenario and no lesson “${id}”`);
  const playground = open();
  const svg = await picture(playground, { ...DRAWN, ...go(playground) });
  playground.free();
  await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`);
  const path = join(out, `${file}.png`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, await page.screenshot({ animations: "disabled" }));
}
await browser.close();
