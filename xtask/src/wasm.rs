//! The crate as an npm package: `pkg/`.
//!
//! cargo compiles, wasm-bindgen's generator (the library of its command line tool, at the very
//! version of the macro) writes JavaScript and types, binaryen's `wasm-opt` shrinks.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::json;
use wasm_bindgen_cli_support::Bindgen;

use crate::process;
use crate::workspace::{self, Stamp};

/// The target that the crate is compiled to.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Optimise for speed: measured, `-Oz` is hardly smaller once compressed.
///
/// Functions with one caller are not inlined: the kernels' loops are functions of their own because a
/// browser swaps in faster code between calls, never in the middle of one. Inlined, the first photo
/// takes half as long again.
const WASM_OPT: [&str; 7] = [
    "-O3",
    "--one-caller-inline-max-function-size=10",
    "--strip-debug",
    "--strip-producers",
    "--enable-simd",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
];

/// What `pkg/` holds besides its README, which is written by hand.
const FILES: [&str; 3] = ["keepsake.js", "keepsake.d.ts", "keepsake_bg.wasm"];

/// The folder of the package.
pub fn package() -> PathBuf {
    workspace::root().join("pkg")
}

/// Where the weights lie for the page, and whence the package takes them.
fn weights() -> PathBuf {
    workspace::root().join("www/public/weights")
}

/// Whether Rust's standard library for [`TARGET`] is there, with rustup or without.
pub fn target_is_installed() -> bool {
    process::ask(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]))
        .is_some_and(|folder| Path::new(&folder).is_dir())
}

/// Adds the target. A toolchain file alone does not, where the toolchain is already there.
pub fn add_target() -> Result<()> {
    if target_is_installed() {
        return Ok(());
    }
    process::step("Adding Rust's WebAssembly target", || {
        process::run(Command::new("rustup").args(["target", "add", TARGET]))
    })
}

/// Makes `pkg/`. `dev` keeps names and debug assertions and leaves `wasm-opt` out.
pub fn build(dev: bool) -> Result<()> {
    let profile = if dev { "dev" } else { "release" };
    process::step("Compiling to WebAssembly", || {
        process::run(process::cargo()?.args([
            "build",
            "--package=keepsake",
            "--lib",
            "--target",
            TARGET,
            "--profile",
            profile,
        ]))
    })?;
    let folder = if dev { "debug" } else { "release" };
    let compiled = workspace::target()?
        .join(TARGET)
        .join(folder)
        .join("keepsake.wasm");

    let inputs = [compiled.clone(), weights()];
    let settings = format!("{profile} {WASM_OPT:?} {}", env!("CARGO_PKG_VERSION"));
    let stamp = Stamp::new("pkg", &inputs, &settings)?;
    let outputs: Vec<PathBuf> = FILES.iter().map(|file| package().join(file)).collect();
    if stamp.is_current(&outputs) {
        process::skip("Writing pkg/");
        return Ok(());
    }
    process::step("Writing pkg/", || {
        let mut bindgen = Bindgen::new();
        bindgen
            .input_path(&compiled)
            .out_name("keepsake")
            .web(true)?
            .typescript(true)
            .omit_default_module_path(false)
            .keep_debug(dev)
            .remove_name_section(!dev)
            .remove_producers_section(!dev);
        bindgen.generate(package())?;
        type_raw_exports()?;
        copy_weights()?;
        write_manifest()
    })?;
    if !dev {
        process::step("Shrinking the WebAssembly", || {
            let wasm = package().join("keepsake_bg.wasm");
            let mut shrink = process::node("node_modules/binaryen/bin/wasm-opt");
            process::run(shrink.args(WASM_OPT).arg(&wasm).arg("-o").arg(&wasm))
        })?;
    }
    stamp.set()
}

/// The generator types the raw exports of the module, which `init` resolves to, with `any`. Nobody
/// need touch them, and who does shall not lose type checking by it.
fn type_raw_exports() -> Result<()> {
    let path = package().join("keepsake.d.ts");
    let types = fs::read_to_string(&path)?;
    let (ours, raw) = types
        .split_once("export interface InitOutput {")
        .context("the generator no longer names the raw exports InitOutput")?;
    let raw = raw
        .replace(": any", ": unknown")
        .replace("=> any", "=> unknown");
    fs::write(&path, format!("{ours}export interface InitOutput {{{raw}"))?;
    Ok(())
}

/// The package is whole by itself: it brings the network's weights and their licence.
fn copy_weights() -> Result<()> {
    let to = package().join("weights");
    fs::create_dir_all(&to)?;
    for file in workspace::files(&weights())? {
        let name = file.file_name().context("a file has a name")?;
        fs::copy(&file, to.join(name))?;
    }
    Ok(())
}

fn write_manifest() -> Result<()> {
    let manifest = json!({
        "name": "keepsake-learner",
        "version": env!("CARGO_PKG_VERSION"),
        "description": "Learns to recognise a person's own photos, on the person's own device.",
        "license": "MIT OR Apache-2.0",
        "type": "module",
        "main": "keepsake.js",
        "types": "keepsake.d.ts",
        "exports": {
            ".": { "types": "./keepsake.d.ts", "default": "./keepsake.js" },
            "./keepsake_bg.wasm": "./keepsake_bg.wasm",
            "./weights/*": "./weights/*"
        },
        "files": ["keepsake.js", "keepsake.d.ts", "keepsake_bg.wasm", "weights"],
        "sideEffects": false,
    });
    let text = format!("{manifest:#}\n");
    fs::write(package().join("package.json"), text).context("cannot write pkg/package.json")
}
