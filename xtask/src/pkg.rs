//! Builds pkg/: the WebAssembly module, its JavaScript glue, its types, below page/ what the page loads, and
//! below embed/ what other people's pages load.
//!
//! wasm-bindgen runs as a library, so its version is the one in Cargo.lock and no tool has to be installed;
//! wasm-opt comes from npm's `binaryen`, and the page is bundled by npm's `esbuild`, both pinned in
//! package-lock.json.

use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;
use xshell::cmd;

use crate::paths::Remap;
use crate::project::{Project, WASM};
use crate::scenarios;
use crate::setup;
use crate::split::{self, Part, Question, Split, split};

const MODULE: &str = "consensus_playground_bg.wasm";
const GLUE: [&str; 3] =
    ["consensus_playground.js", "consensus_playground.d.ts", "consensus_playground_bg.wasm.d.ts"];

/// What Node must know to import the glue. The package that npm gets is made of this folder and more
/// (`npm.rs`).
const PACKAGE: &str = "{\n  \"private\": true,\n  \"type\": \"module\"\n}\n";

/// The folders in the package with the bundled page, and with what is embedded elsewhere. Nothing else may
/// lie there.
const BUNDLES: [&str; 2] = ["page", "embed"];

/// What a page does not need to show a scenario and play it. The core knows them by their places:
/// `PARTS` in src/wasm.rs.
const PARTS: &[Part] = &[
    Part {
        id: "more",
        exports: &[
            "benchmarkActions",
            "explorer_story",
            "playground_bounds",
            "playground_changed",
            "playground_divergence",
            "playground_expectations",
            "playground_fingerprint",
            "playground_forProtocol",
            "playground_formulas",
            "playground_fromLink",
            "playground_fromQuery",
            "playground_link",
            "playground_metrics",
            "playground_query",
            "playground_searchText",
            "playground_text",
            "playground_tradeoff",
            "transcriptOf",
        ],
    },
    Part {
        id: "judge",
        exports: &[
            "__wbg_judging_free",
            "benchmarkHistory",
            "consistencyModels",
            "judgeHistory",
            "judgeLoaded",
            "judging_advance",
            "judging_facts",
            "judging_fromText",
            "judging_picture",
            "playground_history",
        ],
    },
    Part {
        id: "explore",
        exports: &[
            "__wbg_explorer_free",
            "explorer_advance",
            "explorer_fromText",
            "explorer_view",
            "playground_after",
            "playground_hunts",
            "playground_searchOptions",
        ],
    },
    Part { id: "course", exports: &["courseChapter", "playground_reached"] },
    Part { id: "qr", exports: &["playground_qrModules"] },
];

/// File names, with `/` after a folder, and their bytes.
type Files = BTreeMap<String, Vec<u8>>;

/// Builds the package into `out`.
pub fn build(project: &Project, out: &Path) -> Result<()> {
    let files = make(project)?;
    let shell = &project.shell;
    for bundle in BUNDLES {
        shell.create_dir(out.join(bundle))?;
        for name in names(project, &out.join(bundle), &format!("{bundle}/")) {
            // What another version of the page loaded.
            if !files.contains_key(&name) {
                shell.remove_path(out.join(name))?;
            }
        }
    }
    for (name, content) in &files {
        let path = out.join(name);
        // An unchanged file keeps its time, so the next `cargo run` need not embed it again.
        if shell.read_binary_file(&path).ok().as_ref() != Some(content) {
            shell.write_file(&path, content)?;
        }
        println!("{:>9} bytes  {}", content.len(), path.display());
    }
    Ok(())
}

/// Builds the package in memory and names the files of pkg/ that differ from it.
pub fn stale_files(project: &Project) -> Result<Vec<String>> {
    let fresh = make(project)?;
    let folder = project.root.join("pkg");
    let mut stale = Vec::new();
    for (name, content) in &fresh {
        match project.shell.read_binary_file(folder.join(name)) {
            Ok(committed) if committed == *content => {}
            Ok(committed) => stale.push(format!(
                "pkg/{name} differs ({} bytes committed, {} bytes built)",
                committed.len(),
                content.len()
            )),
            Err(_) => stale.push(format!("pkg/{name} is missing")),
        }
    }
    for name in names(project, &folder, "") {
        if !fresh.contains_key(&name) {
            stale.push(format!("pkg/{name} is not part of the package; delete it"));
        }
    }
    Ok(stale)
}

/// The files in a folder of the package and in those below it, by their names in the package.
fn names(project: &Project, folder: &Path, prefix: &str) -> Vec<String> {
    let mut found = Vec::new();
    for path in project.shell.read_dir(folder).unwrap_or_default() {
        let name = format!("{prefix}{}", path.file_name().unwrap_or_default().to_string_lossy());
        if path.is_dir() {
            found.extend(names(project, &path, &format!("{name}/")));
        } else {
            found.push(name);
        }
    }
    found
}

fn make(project: &Project) -> Result<Files> {
    setup::wasm_target(project)?;
    setup::npm_packages(project)?;
    let remap = Remap::new(project)?;
    let compiled = compile(project, &remap)?;

    let work = project.target.join("xtask");
    let bound = work.join("bindgen");
    project.shell.remove_path(&bound)?;
    bind(&compiled, &bound)?;
    optimise(project, &bound.join(MODULE), &work.join(MODULE))?;
    let Built { module, map, protocols } = Built::read(project)?;
    let Split { core, others } = split(&module, &map, &protocols, PARTS)?;

    let mut files = Files::new();
    for (id, module) in others {
        valid(project, &module, &work.join(format!("{id}.wasm")))?;
        let kind = if protocols.contains(&id) { "protocol" } else { "part" };
        files.insert(format!("{kind}_{id}.wasm"), module);
    }
    valid(project, &core, &work.join("core.wasm"))?;
    files.insert(MODULE.to_owned(), core);
    for name in GLUE {
        files.insert(name.to_owned(), project.shell.read_binary_file(bound.join(name))?);
    }
    for path in project.shell.read_dir(&bound)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // A `#[wasm_bindgen(module = …)]` adds a folder of snippets, which nothing here would ship.
        if !files.contains_key(name.as_ref()) {
            bail!("wasm-bindgen wrote {name}, which xtask/src/pkg.rs does not know how to ship");
        }
    }
    for name in BUNDLES {
        files.extend(bundle(project, &bound, &work.join(name), name)?);
    }
    files.insert("scenarios.json".to_owned(), scenarios::list(project)?.into_bytes());
    files.insert("package.json".to_owned(), PACKAGE.into());
    for (name, content) in &files {
        remap.check(Path::new(name), content)?;
    }
    Ok(files)
}

/// The module that was built last, before it is taken apart.
struct Built {
    module: Vec<u8>,
    map: String,
    protocols: Vec<String>,
}

impl Built {
    fn read(project: &Project) -> Result<Built> {
        let module = project.shell.read_binary_file(project.target.join("xtask").join(MODULE))?;
        let map = project.shell.read_file(link_map(project))?;
        Ok(Built { module, map, protocols: protocol_ids(project)? })
    }
}

/// What is in which of the modules that were built last, or how it got there.
pub fn report(project: &Project, question: Option<&Question<'_>>) -> Result<String> {
    let built = Built::read(project).context("`cargo xtask build` comes first")?;
    split::report(&built.module, &built.map, &built.protocols, PARTS, question)
}

/// Where the linker writes what lies where in the module.
fn link_map(project: &Project) -> PathBuf {
    project.target.join("xtask/link.map")
}

/// Compiles the library for the browser.
fn compile(project: &Project, remap: &Remap) -> Result<PathBuf> {
    let shell = &project.shell;
    // The linker writes its map there, and makes no folder.
    shell.create_dir(project.target.join("xtask"))?;
    // Set here, flags from the user's environment or configuration cannot change the bytes. Only the
    // newer form of symbols says which types a generic function is for.
    let flags = format!("{}\x1f-Csymbol-mangling-version=v0", remap.encoded_rustflags()?);
    cmd!(shell, "cargo build --profile wasm --lib --target {WASM} --locked")
        .env("CARGO_ENCODED_RUSTFLAGS", flags)
        .env("CARGO_INCREMENTAL", "0")
        .env("CONSENSUS_PLAYGROUND_LINK_MAP", link_map(project))
        .run()?;
    Ok(project.target.join(WASM).join("wasm").join("consensus_playground.wasm"))
}

/// Writes the JavaScript glue and the types beside a module that fits them.
fn bind(compiled: &Path, out: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(compiled)
        .web(true)?
        .typescript(true)
        // The library's default differs from the command line's: without this, init() has no default address.
        .omit_default_module_path(false)
        // The names tell which code is which protocol's; taking the module apart drops them.
        .remove_name_section(false)
        .remove_producers_section(true);
    bindgen.generate(out).context("wasm-bindgen could not write the JavaScript glue")
}

/// Makes the module smaller and faster; its functions keep their names.
fn optimise(project: &Project, module: &Path, out: &Path) -> Result<()> {
    let shell = &project.shell;
    let wasm_opt = project.npm_tool("binaryen/bin/wasm-opt");
    cmd!(
        shell,
        "node {wasm_opt} {module} -O3 -g --skip-pass=duplicate-function-elimination -o {out}"
    )
    .run()?;
    Ok(())
}

/// Makes one of the bundles with the glue that was just written.
fn bundle(project: &Project, bound: &Path, out: &Path, bundle: &str) -> Result<Files> {
    let shell = &project.shell;
    let glue = bound.join(GLUE[0]);
    cmd!(shell, "node xtask/bundle.mjs {glue} {out} {bundle}").run()?;
    let names = names(project, out, "").into_iter();
    names
        .map(|name| Ok((format!("{bundle}/{name}"), shell.read_binary_file(out.join(&name))?)))
        .collect()
}

/// Makes sure that a module is one.
fn valid(project: &Project, module: &[u8], out: &Path) -> Result<()> {
    let shell = &project.shell;
    shell.write_file(out, module)?;
    let check =
        "process.exit(WebAssembly.validate(require('fs').readFileSync(process.argv[1])) ? 0 : 1)";
    cmd!(shell, "node --eval {check} {out}")
        .quiet()
        .run()
        .with_context(|| format!("Node refuses the module {}", out.display()))
}

/// The protocols: the folders beside the registry that have scenarios; others hold what some share.
fn protocol_ids(project: &Project) -> Result<Vec<String>> {
    let shell = &project.shell;
    let folders = shell.read_dir(project.root.join("src/protocols"))?;
    let ids = folders.into_iter().filter(|path| path.join("mod.rs").is_file());
    let ids = ids.filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()));
    Ok(ids.filter(|id| project.root.join("scenarios").join(id).is_dir()).collect())
}
