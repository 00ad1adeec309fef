//! The crate as an npm package: `pkg/`, two WebAssembly modules of one crate.
//!
//! The core is all that the photo learner needs on the CPU. The burn module, ten times as large, is
//! fetched by those who have a graphics card, or train a network from nothing.
//!
//! cargo compiles, wasm-bindgen's generator (the library of its command line tool, at the very
//! version of the macro) writes JavaScript and types, binaryen's `wasm-opt` shrinks
//! the core.

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

/// One of the two modules: a name for its files in `pkg/`, and the features of the crate.
pub struct Module {
    name: &'static str,
    pub features: &'static [&'static str],
    /// How cargo optimises it, where it is shipped.
    profile: &'static str,
    /// Unoptimised, shader compilation in WebAssembly was seen to trap, and is never quick to build.
    always_release: bool,
    /// Whether `wasm-opt` goes over it.
    shrunk: bool,
}

/// The photo learner on the CPU.
pub const CORE: Module = Module {
    name: "keepsake",
    features: &[],
    profile: "page",
    always_release: false,
    shrunk: true,
};

/// Networks on a graphics card, and the scratch learner.
pub const BURN: Module = Module {
    name: "keepsake_burn",
    features: &["--no-default-features", "--features=burn"],
    profile: "release",
    always_release: true,
    // Six minutes of one core, for 0.6 % less to download; a training step would gain 4 to 7 %.
    shrunk: false,
};

impl Module {
    /// What the module is in `pkg/`.
    fn files(&self) -> [PathBuf; 3] {
        let name = self.name;
        [
            format!("{name}.js"),
            format!("{name}.d.ts"),
            format!("{name}_bg.wasm"),
        ]
        .map(|file| package().join(file))
    }

    /// Whether `pkg/` has it, of whatever version.
    pub fn is_there(&self) -> bool {
        self.files().iter().all(|file| file.exists())
    }
}

/// The folder of the package.
pub fn package() -> PathBuf {
    workspace::root().join("pkg")
}

/// What stands between the modules and whoever calls them.
fn guard() -> PathBuf {
    workspace::root().join("src/web/guard.js")
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

impl Module {
    /// As which profile cargo compiles it, and the folder that this goes to.
    fn profile(&self, dev: bool) -> (&'static str, &'static str) {
        if dev && !self.always_release {
            ("dev", "debug")
        } else {
            (self.profile, self.profile)
        }
    }
}

/// The first part of [`build`]: what cargo does. It needs neither npm's packages nor the weights.
pub fn compile(module: &Module, dev: bool) -> Result<()> {
    let (profile, _) = module.profile(dev);
    process::step(&format!("Compiling {} to WebAssembly", module.name), || {
        let mut cargo = process::cargo()?;
        cargo.args(["build", "--package=keepsake", "--lib", "--target", TARGET]);
        process::run(cargo.args(["--profile", profile]).args(module.features))
    })
}

/// Makes one module of `pkg/`. `dev` keeps names and debug assertions and leaves `wasm-opt` out.
pub fn build(module: &Module, dev: bool) -> Result<()> {
    compile(module, dev)?;
    let dev = dev && !module.always_release;
    let (profile, folder) = module.profile(dev);
    // Both modules leave cargo under this name: what was compiled last lies there.
    let compiled = workspace::target()?
        .join(TARGET)
        .join(folder)
        .join("keepsake.wasm");

    let inputs = [compiled.clone(), weights(), guard()];
    let shrink = module.shrunk && !dev;
    let settings = format!(
        "{profile} {shrink} {WASM_OPT:?} {}",
        env!("CARGO_PKG_VERSION")
    );
    let stamp = Stamp::new(module.name, &inputs, &settings)?;
    let writing = format!("Writing pkg/{}.js", module.name);
    let manifest = package().join("package.json");
    if stamp.is_current(&module.files()) && manifest.exists() {
        process::skip(&writing);
        return Ok(());
    }
    process::step(&writing, || {
        let mut bindgen = Bindgen::new();
        bindgen
            .input_path(&compiled)
            .out_name(module.name)
            .web(true)?
            .typescript(true)
            .omit_default_module_path(false)
            .keep_debug(dev)
            .remove_name_section(!dev)
            .remove_producers_section(!dev);
        bindgen.generate(package())?;
        type_raw_exports(module)?;
        put_guard(module)?;
        copy_weights()?;
        write_manifest()
    })?;
    if shrink {
        process::step("Shrinking the WebAssembly", || {
            let wasm = package().join(format!("{}_bg.wasm", module.name));
            let mut wasm_opt = process::node("node_modules/binaryen/bin/wasm-opt");
            process::run(wasm_opt.args(WASM_OPT).arg(&wasm).arg("-o").arg(&wasm))
        })?;
    }
    stamp.set()
}

/// The generator types the raw exports of the module, which `init` resolves to, with `any`. Nobody
/// need touch them, and who does shall not lose type checking by it.
fn type_raw_exports(module: &Module) -> Result<()> {
    let path = package().join(format!("{}.d.ts", module.name));
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

/// Puts the guard between the module's exports and the generated classes that call them.
fn put_guard(module: &Module) -> Result<()> {
    let path = package().join(format!("{}.js", module.name));
    let glue = fs::read_to_string(&path)?;
    let (before, after) = glue
        .split_once("wasm = instance.exports;")
        .context("the generator no longer sets wasm once")?;
    let names = promising(&glue).join("\", \"");
    let guard = fs::read_to_string(guard())?;
    let text = format!(
        "{before}wasm = guarded(instance.exports);{after}\n{guard}\nconst PROMISING = new Set([\"{names}\"]);\n"
    );
    fs::write(&path, text)?;
    Ok(())
}

/// The exports whose methods answer with a promise, by what the generator writes above each method.
fn promising(glue: &str) -> Vec<&str> {
    let methods = glue.split("@returns {Promise<").skip(1);
    methods
        .filter_map(|method| method.split_once("const ret = wasm.")?.1.split_once('('))
        .map(|(name, _)| name)
        .collect()
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
            "./burn": { "types": "./keepsake_burn.d.ts", "default": "./keepsake_burn.js" },
            "./keepsake_bg.wasm": "./keepsake_bg.wasm",
            "./keepsake_burn_bg.wasm": "./keepsake_burn_bg.wasm",
            "./weights/*": "./weights/*"
        },
        "files": ["keepsake*.js", "keepsake*.d.ts", "keepsake*.wasm", "weights", "licences.txt", "sbom.cdx.json"],
        "sideEffects": false,
    });
    let text = format!("{manifest:#}\n");
    fs::write(package().join("package.json"), text).context("cannot write pkg/package.json")
}
