// Builds examples/ with the generators of documentation that they are for: `node xtask/examples.mjs HOME
// PACKAGE`. They are installed into HOME first: MkDocs and Sphinx by pip, VitePress and Vite by npm, mdBook
// by Cargo; what is there already is used again. PACKAGE is the folder of the npm package, which is checked
// by those who know its pitfalls, packed, and installed into an application. HOME/examples/ holds the result.

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { root } from "./replace.mjs";

const MDBOOK = "0.5.4";
const isWindows = process.platform === "win32";
const [home, packed] = process.argv.slice(2).map((path) => resolve(path));
const sources = join(root, "examples"), copies = join(home, "examples");
mkdirSync(home, { recursive: true });

/** Runs a program; what it prints is shown where it fails. */
function run(what, program, values, { folder = home, env = {} } = {}) {
  const began = performance.now();
  try {
    execFileSync(program, values, { cwd: folder, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"], shell: isWindows && program === "npm" });
  } catch (error) {
    console.error(`${error.stdout ?? ""}${error.stderr ?? ""}\n${what} failed: ${error.message}`);
    process.exit(1);
  }
  console.log(`${what}: ${((performance.now() - began) / 1000).toFixed(1)} s`);
}

/** Installs something where what names its versions has changed since. */
function install(what, names, make) {
  const stamp = join(home, `${what}.stamp`);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === names) return;
  make();
  writeFileSync(stamp, names);
}

const python = join(home, "python", isWindows ? "Scripts/python.exe" : "bin/python");
const requirements = join(sources, "requirements.txt");
install("python", readFileSync(requirements, "utf8"), () => {
  rmSync(join(home, "python"), { recursive: true, force: true });
  run("A Python environment (needs Python 3 with venv)", isWindows ? "python" : "python3", ["-m", "venv", join(home, "python")]);
  run("MkDocs and Sphinx by pip", python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements]);
});
install("npm", readFileSync(join(sources, "package-lock.json"), "utf8"), () => {
  for (const name of ["package.json", "package-lock.json"]) cpSync(join(sources, name), join(home, name));
  run("VitePress and Vite by npm", "npm", ["ci", "--no-audit", "--no-fund"]);
});
install("mdbook", MDBOOK, () => run("mdBook by Cargo", "cargo",
  ["install", "mdbook", "--version", MDBOOK, "--locked", "--debug", "--no-default-features", "--root", join(home, "mdbook")],
  // Nobody debugs it, and without that it is built in half the time.
  { env: { CARGO_PROFILE_DEV_DEBUG: "0", CARGO_TARGET_DIR: join(home, "mdbook-target") } }));
rmSync(join(home, "mdbook-target"), { recursive: true, force: true });

rmSync(copies, { recursive: true, force: true });
cpSync(sources, copies, { recursive: true });
const modules = join(home, "node_modules");
const node = (what, script, values, folder) => run(what, process.execPath, [join(modules, script), ...values], { folder });

run("MkDocs", python, ["-m", "mkdocs", "--quiet", "build", "--strict"], { folder: join(copies, "mkdocs") });
run("Sphinx", python, ["-m", "sphinx", "-q", "-W", ".", "site"], { folder: join(copies, "sphinx") });
run("mdBook", join(home, "mdbook/bin/mdbook"), ["build", "--dest-dir", "site"], { folder: join(copies, "mdbook") });
node("VitePress", "vitepress/bin/vitepress.js", ["build", "--outDir", "site"], join(copies, "vitepress"));

node("publint", "publint/src/cli.js", ["run", packed, "--strict"], home);
run("The package by npm", "npm", ["pack", packed, "--pack-destination", home]);
const tarball = join(home, "consensus-playground.tgz");
const { version } = JSON.parse(readFileSync(join(packed, "package.json"), "utf8"));
renameSync(join(home, `consensus-playground-${version}.tgz`), tarball);
node("attw", "@arethetypeswrong/cli/dist/index.js", [tarball, "--profile", "esm-only"], home);
cpSync(tarball, join(copies, "consensus-playground.tgz"));
const application = join(copies, "vite");
run("The package installed", "npm", ["install", "--no-audit", "--no-fund", "--offline"], { folder: application });
const compiler = join(root, "node_modules/typescript/bin/tsc");
run("The package's types in an application", process.execPath, [compiler, "--project", application]);
run("The package's types are the element's", process.execPath, [compiler, "--project", join(root, "tests/docs")]);
node("Vite", "vite/bin/vite.js", ["build", "--outDir", "site"], application);
