// The files that a playground without files carries inside: compressed, in letters.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { root } from "./replace.mjs";

/** Every file of a folder whose name ends so, by its path. */
const files = (folder, end) => readdirSync(join(root, folder), { recursive: true })
  .map((name) => `${folder}/${name.replaceAll("\\", "/")}`).filter((path) => path.endsWith(end)).sort();

/** The scenarios' texts, by their paths. */
export function scenarioTexts() {
  return Object.fromEntries(files("scenarios", ".txt").map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

/** The paths of what the core says in other languages. */
export const wordTables = () => files("words", ".json");

/** Everything that www/packed/files.js can be asked for. */
export function packedFiles() {
  const packed = new Map(files("pkg", ".wasm").map((path) => [path, readFileSync(join(root, path))]));
  const list = "pkg/scenarios.json";
  const others = [...files("course", ""), ...wordTables(), list];
  const texts = Object.fromEntries(others.map((path) => [path, readFileSync(join(root, path), "utf8")]));
  packed.set("texts.json", JSON.stringify({ ...scenarioTexts(), ...texts }));
  return packed;
}

/** A path and its file's bytes as letters. */
export const lettersOf = ([path, content]) => [path, gzipSync(content, { level: 9 }).toString("base64")];
