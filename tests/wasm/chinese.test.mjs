// The Chinese is one language throughout: the tables of docs/chinese.md say which word is used for what, and every
// Chinese sentence, wherever it is written, is held against them and against what is said there of punctuation.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const root = new URL("../../", import.meta.url);
const read = (path) => String(readFileSync(new URL(path, root)));
const filesOf = (folder, name) => readdirSync(new URL(folder, root), { recursive: true }).filter((file) => name.test(file))
  .sort().map((file) => `${folder}${file}`);

/**
 * Every Chinese sentence with the English one that it stands for, where there is one.
 * @type {{where: string, english: string, chinese: string}[]}
 */
const sentences = [];
for (const file of filesOf("words/zh/", /\.json$/)) {
  for (const [english, chinese] of Object.values(JSON.parse(read(file))).flatMap(Object.entries)) sentences.push({ where: file, english, chinese });
}
for (const file of filesOf("www/locale/", /^zh.*\.js$/)) {
  const [chinese, english] = (await Promise.all([file, file.replace("/zh", "/en")].map((path) => import(new URL(path, root)))))
    .map((module) => module.default);
  for (const key of Object.keys(chinese)) sentences.push({ where: `${file} ${key}`, english: english[key] ?? "", chinese: chinese[key] });
}
for (const file of [...filesOf("course/", /\.txt$/), ...filesOf("scenarios/", /\.txt$/), "docs/course.md"]) {
  let english = "";
  for (const [at, line] of read(file).split("\n").entries()) {
    const [, words, zh, text] = /^\s*([a-z]+)(\.zh)? (.*)$/.exec(line) ?? [];
    if (zh) sentences.push({ where: `${file}:${at + 1}`, english, chinese: text });
    else if (words) english = text;
  }
}

/** The rows of a table of the glossary: what is written for which words, and what is not. */
function rows(heading) {
  const [, part] = read("docs/chinese.md").split(`\n## ${heading}\n`);
  const lines = part.split("\n## ")[0].split("\n").filter((line) => line.startsWith("| ") && !line.startsWith("| English"));
  return lines.map((line) => {
    const [english, chinese, not] = line.split("|").slice(1, 4).map((cell) => cell.trim());
    return {
      english: english.split(", "),
      chinese: chinese.split(/[、；]/),
      not: not.split("、").filter(Boolean).map((variant) => /^(\S+)(?: \((\w+)\))?$/.exec(variant)).map(([, word, of]) => ({ word, of })),
    };
  });
}
const ONE_WAY = rows("Words that English uses in one way");
const SEVERAL = rows("Words that English uses in several ways");
const none = (wrong) => assert.ok(wrong.length === 0, `\n${wrong.join("\n")}`);
const has = (sentence, word) => new RegExp(`(?<![\\w-])${word}(?![\\w-])`, "i").test(sentence);

test("there are sentences and rows to hold against each other", () => {
  assert.ok(sentences.length > 3_500, `${sentences.length} sentences`);
  assert.ok(ONE_WAY.length > 50 && SEVERAL.length > 10);
  const written = sentences.map(({ chinese }) => chinese).join("\n");
  none([...ONE_WAY, ...SEVERAL].flatMap(({ chinese }) => chinese).filter((word) => !written.includes(word)).map((word) => `nobody writes ${word}`));
  const english = sentences.map((sentence) => sentence.english).join("\n");
  none(ONE_WAY.filter((row) => !row.english.some((word) => has(english, word))).map((row) => `nothing English has ${row.english}`));
});

test("what the glossary rules out is written nowhere", () => {
  none(sentences.flatMap(({ where, english, chinese }) => [...ONE_WAY, ...SEVERAL].flatMap(({ not }) => not)
    .filter(({ word, of }) => chinese.includes(word) && (!of || english.toLowerCase().includes(of)))
    .map(({ word }) => `${where}: ${word} in ${chinese}`)));
});

test("the glossary's word stands wherever the English has its own", () => {
  none(ONE_WAY.flatMap((row) => sentences
    .filter(({ english, chinese }) => row.english.some((word) => has(english, word) && !chinese.toLowerCase().includes(word)) &&
      !row.chinese.some((word) => chinese.includes(word)))
    .map(({ where, english, chinese }) => `${where}: ${row.chinese.join(" or ")} is missing for ${row.english[0]}: “${english}” ${chinese}`)));
});

test("punctuation is full-width, with blanks where Chinese meets letters and nowhere else", () => {
  const HAN = "\\p{Script=Han}";
  const FULL = "，。；：？！、（）“”…";
  /** @type {[string, RegExp][]} */
  const faults = [
    ["half-width punctuation", new RegExp(`${HAN} ?[,;:?!]|[,;:?!] ?${HAN}|${HAN}[.()'"]|[()'"]${HAN}`, "u")],
    ["no blank between Chinese and letters", new RegExp(`${HAN}[A-Za-z0-9]|[A-Za-z0-9]${HAN}`, "u")],
    ["a blank within Chinese", new RegExp(`${HAN} ${HAN}`, "u")],
    ["a blank at full-width punctuation", new RegExp(`[${FULL.replace("…", "")}] [${HAN}A-Za-z0-9]|[${HAN}A-Za-z0-9] [${FULL}]`, "u")],
    ["a long ellipsis", /……|\.\.\./],
  ];
  none(faults.flatMap(([fault, pattern]) => sentences.filter(({ chinese }) => pattern.test(chinese))
    .map(({ where, chinese }) => `${where}: ${fault}: ${chinese}`)));
});
