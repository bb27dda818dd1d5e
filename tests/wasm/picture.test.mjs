// Pictures, films and JSON of every shipped scenario, made in Node by the page's own code: whatever a protocol
// shows, there is a picture of it, and nothing in it is broken.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { pick, translate } from "../../www/i18n.js";
import { sentenceOf } from "../../www/share/picture.js";
import { film, stretch } from "../../www/share/replay.js";
import { SvgPen } from "../../www/share/svg-pen.js";
import { escapeText, writeSvg } from "../../www/share/svg.js";
import { ACTIONS, runJson } from "../../www/share/run-json.js";
import { coloursOf, goToMoment, measure, openPlayground, picture } from "../../xtask/picture.mjs";

const root = new URL("../../", import.meta.url);
const ids = readdirSync(new URL("scenarios/", root)).flatMap((folder) => readdirSync(new URL(`scenarios/${folder}/`, root))
  .filter((name) => name.endsWith(".txt")).map((name) => `${folder}/${name.slice(0, -".txt".length)}`)).sort();

/** The elements of an SVG by name; fails where it is not well-formed or has what it must not have. */
function elements(svg) {
  const open = [], found = new Map();
  for (const [tag, close, name, rest, self] of svg.matchAll(/<(\/?)([a-zA-Z]+)((?:\s[\w:-]+="[^"<]*")*)\s*(\/?)>/g)) {
    assert.ok(tag.length > 0);
    if (close) assert.equal(open.pop(), name);
    else {
      found.set(name, (found.get(name) ?? 0) + 1);
      if (!self) open.push(name);
    }
    assert.doesNotMatch(rest, /NaN|undefined|null|Infinity/);
  }
  assert.deepEqual(open, []);
  // All that is left beside the elements is text in which no bracket stands.
  assert.doesNotMatch(svg.replace(/<(\/?)([a-zA-Z]+)((?:\s[\w:-]+="[^"<]*")*)\s*(\/?)>/g, ""), /[<>]/);
  return found;
}

test("every scenario has a picture, in both themes and languages", async () => {
  for (const [place, id] of ids.entries()) {
    const playground = openPlayground(id);
    const nowMs = goToMoment(playground);
    const options = { nowMs, theme: place % 2 ? "dark" : "light", lang: place % 3 ? "en" : "zh", width: 800, height: 420, zoom: 1.5 };
    const svg = await picture(playground, options);
    const found = elements(svg);
    const { nodes } = playground.about();
    assert.deepEqual([...found.keys()].filter((name) => !["svg", "title", "desc", "rect", "circle", "path", "line", "text"].includes(name)), [], id);
    assert.ok((found.get("text") ?? 0) >= 3, id);
    assert.ok((found.get("rect") ?? 0) + (found.get("circle") ?? 0) > nodes, `${id}: an outline for each node`);
    assert.match(svg, /viewBox="0 0 800 420" width="1200" height="630"/);
    assert.ok(svg.includes(coloursOf(options.theme).ink), id);
    assert.equal(await picture(playground, options), svg, `${id}: the same again`);
    playground.free();
  }
});

test("JSON calls every action what its sentence calls it", () => {
  // A sentence may call an action by the thing that it happens to, or shorter.
  const sentences = { wait: "time", "heal-all": "heal", fire: "timeout", "clock-jump": "clock", "clock-rate": "clock" };
  const seen = new Set();
  for (const id of ids) {
    const playground = openPlayground(id);
    const run = runJson(playground, playground.link(true));
    assert.equal(run.actions.length, playground.cursor().length);
    for (const { action, text, from, to, node, client } of run.actions) {
      assert.ok(text.startsWith(`${sentences[action] ?? action} `) || text === (sentences[action] ?? action), `${id}: ${action}: ${text}`);
      for (const name of [from && `${from}->${to}`, node, client]) assert.ok(!name || text.includes(name), `${id}: ${name}: ${text}`);
      seen.add(action);
    }
    assert.deepEqual(JSON.parse(JSON.stringify(run)), run, "nothing of it gets lost");
    playground.free();
  }
  assert.ok(seen.size >= 18 && [...seen].every((action) => ACTIONS.includes(action)), [...seen].join(" "));
});

test("a film has a step for each moment, in order, and stays within its bounds", async () => {
  const t = (key, values) => translate("en", key, values);
  const words = (said) => pick("en", said);
  for (const id of ["raft/figure-8", "raft/leader-election", "raft/partitioned-leader", "gossip/hundred-nodes", "paxos_commit/commit"]) {
    const playground = openPlayground(id);
    const { length } = playground.cursor();
    playground.seek(0, length);
    const { patterns, parts, keys, steps, from, to } = await film(playground, { measure, t, words, language: "en" });
    assert.equal(from, stretch(length, length).from, id);
    assert.deepEqual(steps.map(({ index }) => index), Array.from({ length: to - from + 1 }, (_, at) => from + at), id);
    let step = 0;
    for (const [ms, of, places] of keys) {
      assert.ok(of === step || of === step + 1, `${id}: step ${of} after ${step}`);
      step = of;
      assert.ok(ms >= 0 && places.length > 0 && places.every((place) => parts[place]), id);
    }
    for (const [pattern, ...numbers] of parts) {
      assert.equal(numbers.length, patterns[pattern][2].filter((value) => value === null).length);
      assert.ok(numbers.every(Number.isFinite), id);
    }
    for (const at of [from, Math.floor((from + to) / 2), to]) {
      playground.seek(0, at);
      const said = sentenceOf({ frame: { cursor: playground.cursor(), note: playground.note() ?? null, last: playground.last() }, about: playground.about() }, words);
      assert.equal(steps[at - from].words, said, `${id} at ${at}`);
    }
    assert.ok(JSON.stringify({ patterns, parts, keys, steps }).length < 4_000_000, id);
    playground.free();
  }
});

test("the pen writes what a canvas would colour", () => {
  const pen = new SvgPen(measure);
  pen.beginPath();
  pen.moveTo(1, 2);
  pen.quadraticCurveTo(3, 4.567, 5, 6);
  pen.globalAlpha = 0.32;
  pen.lineWidth = 1.3;
  pen.strokeStyle = "teal";
  pen.stroke();
  pen.globalAlpha = 1;
  pen.save();
  pen.translate(10, 20);
  pen.beginPath();
  pen.roundRect(0, 0, 30, 10, 5);
  pen.fillStyle = "white";
  pen.fill();
  pen.setLineDash([3, 4]);
  pen.lineCap = "round";
  pen.stroke();
  pen.restore();
  pen.beginPath();
  pen.moveTo(1, 1);
  pen.lineTo(9, 1.5);
  pen.stroke();
  pen.beginPath();
  pen.rect(0, 0, 2, 3);
  pen.rect(5, 0, 2, 3);
  pen.fill();
  pen.font = "600 12px sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText("to", 4, 8, 9);
  const stroke = { stroke: "teal", "stroke-width": 1.3 };
  assert.deepEqual(pen.drawn, [
    { tag: "path", attributes: { d: "M1 2Q3 4.57 5 6", fill: "none", ...stroke, "stroke-opacity": 0.32 } },
    { tag: "rect", attributes: { x: 10, y: 20, width: 30, height: 10, rx: 5, fill: "white", ...stroke, "stroke-linecap": "round", "stroke-dasharray": "3 4" } },
    { tag: "line", attributes: { x1: 1, y1: 1, x2: 9, y2: 1.5, fill: "none", ...stroke } },
    // What was saved is what was restored.
    { tag: "path", attributes: { d: "M0 0h2v3h-2ZM5 0h2v3h-2Z", fill: "#000" } },
    { tag: "text", text: "to", attributes: { x: 4, y: 11.6, "font-size": 12, "font-weight": "600", "text-anchor": "middle", fill: "#000", textLength: 9, lengthAdjust: "spacingAndGlyphs" } },
  ]);
  for (const wrong of [() => pen.arc(0, 0, 1, 0, 1), () => pen.scale(1, 2), () => pen.bezierCurveTo(1, 2, 3, 4, 5, 6)]) assert.throws(wrong);
});

test("no text ends an element, and no character breaks the document", () => {
  assert.equal(escapeText("<a b=\"c\">&'\u0000\ud800 é 游"), "&lt;a b=&quot;c&quot;&gt;&amp;&#39;\ufffd\ufffd é 游");
  const svg = writeSvg([{ tag: "text", attributes: { x: 1 }, text: "</svg><script>" }], { width: 1, height: 1, title: "</title>", description: "\u0007", language: "en" });
  assert.deepEqual([...elements(svg)], [["svg", 1], ["title", 1], ["desc", 1], ["text", 1]]);
});

test("a run of any length is filmed around its moment", () => {
  assert.deepEqual(stretch(400, 7), { from: 0, to: 400 });
  assert.deepEqual(stretch(1000, 0), { from: 0, to: 400 });
  assert.deepEqual(stretch(1000, 500), { from: 200, to: 600 });
  assert.deepEqual(stretch(1000, 1000), { from: 600, to: 1000 });
});
