//! What is shipped besides our own code: which crates and packages, under which licences. Written into
//! `pkg/` and `www/dist/` as a list for machines (CycloneDX) and a text for people, and checked.
//!
//! Shipped is what is compiled or bundled into the files, not what builds or tests them. For the
//! WebAssembly that is what cargo says of the crate and its target, without macros and build scripts; for
//! the page the packages that it names, and what they need.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::suites::Count;
use crate::workspace::Stamp;
use crate::{process, wasm, workspace};

/// The list for machines, and the text for people.
const LIST: &str = "sbom.cdx.json";
const TEXT: &str = "licences.txt";

/// A crate or package that is part of what is shipped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    name: String,
    version: String,
    /// As its own manifest says it, in SPDX's form.
    licence: String,
    /// `cargo` or `npm`.
    kind: &'static str,
    /// Where its files lie.
    folder: PathBuf,
}

/// Where both files are, in one of the folders that are shipped.
pub fn files(folder: &Path) -> [PathBuf; 2] {
    [LIST, TEXT].map(|name| folder.join(name))
}

/// Writes both files into the package, if what they follow from has changed: what cargo has locked, and
/// what is allowed.
pub fn write_for_package() -> Result<()> {
    let root = workspace::root();
    let inputs = [
        "Cargo.lock",
        "Cargo.toml",
        "deny.toml",
        "LICENSE-MIT",
        "LICENSE-APACHE",
    ];
    let stamp = Stamp::new("licences", &inputs.map(|name| root.join(name)), "")?;
    if stamp.is_current(&files(&wasm::package())) {
        return Ok(());
    }
    process::step("Listing what is shipped", || {
        write(&wasm::package(), &crates()?)
    })?;
    stamp.set()
}

/// Writes both files into the site, which holds the package and more.
pub fn write_for_site(site: &Path) -> Result<()> {
    let mut parts = crates()?;
    parts.extend(page_packages()?);
    write(site, &parts)
}

fn write(folder: &Path, parts: &BTreeSet<Part>) -> Result<()> {
    let allowed = allowed()?;
    for part in parts {
        if !is_allowed(&part.licence, &allowed) {
            bail!(
                "deny.toml does not allow the licence of {} ({})",
                part.name,
                part.licence
            );
        }
    }
    let list = format!("{:#}\n", bill(parts));
    fs::write(folder.join(LIST), list)?;
    fs::write(folder.join(TEXT), text(parts)?)?;
    Ok(())
}

/// The crates of both modules.
fn crates() -> Result<BTreeSet<Part>> {
    let mut metadata = process::cargo()?;
    metadata.args([
        "metadata",
        "--format-version=1",
        "--locked",
        "--all-features",
    ]);
    metadata.args(["--filter-platform", wasm::TARGET]);
    let metadata = process::ask(&mut metadata).context("cargo metadata failed")?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let known: BTreeMap<_, _> = list(&metadata["packages"])
        .map(|package| ((word(package, "name"), word(package, "version")), package))
        .collect();
    let mut parts = BTreeSet::new();
    for module in [&wasm::CORE, &wasm::BURN] {
        let mut tree = process::cargo()?;
        tree.args(["tree", "--package=keepsake", "--target", wasm::TARGET]);
        tree.args(["--edges=normal,no-proc-macro", "--prefix=none", "--locked"]);
        let tree = process::ask(tree.args(module.features)).context("cargo tree failed")?;
        for line in tree.lines() {
            let mut words = line.split(' ');
            let (Some(name), Some(version)) = (words.next(), words.next()) else {
                continue;
            };
            let version = version.trim_start_matches('v');
            let package = known.get(&(name, version));
            let package = package.with_context(|| format!("cargo knows no {name} {version}"))?;
            // Our own are under the licence of the whole.
            if package["source"].is_null() {
                continue;
            }
            let folder = Path::new(word(package, "manifest_path")).parent();
            parts.insert(Part {
                name: name.to_owned(),
                version: version.to_owned(),
                licence: word(package, "license").to_owned(),
                kind: "cargo",
                folder: folder.context("a manifest lies in a folder")?.to_path_buf(),
            });
        }
    }
    Ok(parts)
}

/// The packages that the page's code is bundled with: those it names, and what they need.
fn page_packages() -> Result<BTreeSet<Part>> {
    let root = workspace::root();
    let page = json_file(&root.join("www/package.json"))?;
    let mut parts = BTreeSet::new();
    let named = page["dependencies"].as_object().into_iter().flatten();
    let mut waiting: Vec<String> = named.map(|(name, _)| name.clone()).collect();
    while let Some(name) = waiting.pop() {
        // Types are no code.
        if name.starts_with("@types/") {
            continue;
        }
        let (part, manifest) = package(&name)?;
        if parts.insert(part) {
            let needed = manifest["dependencies"].as_object().into_iter().flatten();
            waiting.extend(needed.map(|(name, _)| name.clone()));
        }
    }
    Ok(parts)
}

fn package(name: &str) -> Result<(Part, Value)> {
    let folder = workspace::root().join("node_modules").join(name);
    let manifest = json_file(&folder.join("package.json"))?;
    let part = Part {
        name: name.to_owned(),
        version: word(&manifest, "version").to_owned(),
        licence: word(&manifest, "license").to_owned(),
        kind: "npm",
        folder,
    };
    Ok((part, manifest))
}

/// A bill of materials in the form of CycloneDX 1.6. It has no date and no number of its own: the same
/// parts make the same file.
fn bill(parts: &BTreeSet<Part>) -> Value {
    let component = |part: &Part| {
        let url = format!(
            "pkg:{}/{}@{}",
            part.kind,
            part.name.replace('@', "%40"),
            part.version
        );
        json!({
            "type": "library",
            "bom-ref": url,
            "name": part.name,
            "version": part.version,
            "licenses": [{ "expression": spdx(&part.licence) }],
            "purl": url,
        })
    };
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "keepsake",
                "name": "keepsake",
                "version": env!("CARGO_PKG_VERSION"),
                "licenses": [{ "expression": "MIT OR Apache-2.0" }],
            },
        },
        "components": parts.iter().map(component).collect::<Vec<_>>(),
    })
}

/// The licences, each text once, with the parts that brought it.
fn text(parts: &BTreeSet<Part>) -> Result<String> {
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut without = BTreeSet::new();
    for part in parts {
        let name = format!("{} {} ({})", part.name, part.version, spdx(&part.licence));
        let files = licence_files(part)?;
        if files.is_empty() {
            without.insert(name.clone());
        }
        for file in files {
            let bytes =
                fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let text = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
            texts
                .entry(text.trim().to_owned())
                .or_default()
                .insert(name.clone());
        }
    }
    let root = workspace::root();
    let own =
        |name: &str| fs::read_to_string(root.join(name)).context("our own licence is missing");
    let line = "─".repeat(80);
    let mut all = format!(
        "Keepsake is under MIT or Apache-2.0, as you like. It holds work of others, listed here with their\n\
         licences; where they offer a choice that has MIT in it, MIT was chosen. The WebAssembly also holds\n\
         Rust's standard library (MIT OR Apache-2.0, © The Rust Project contributors). The network's weights\n\
         are Apache-2.0: weights/NOTICE says where they come from.\n\n{line}\nKeepsake\n\n{}\n",
        own("LICENSE-MIT")?.trim()
    );
    // Those with the same text together, in the order of their first names.
    let mut groups: Vec<_> = texts.into_iter().collect();
    groups.sort_by(|a, b| a.1.cmp(&b.1));
    for (text, names) in groups {
        let names = names.into_iter().collect::<Vec<_>>().join("\n");
        all += &format!("\n{line}\n{names}\n\n{text}\n");
    }
    if !without.is_empty() {
        let names = without.into_iter().collect::<Vec<_>>().join("\n");
        all += &format!("\n{line}\nThese bring no text of their own:\n\n{names}\n");
    }
    all += &format!(
        "\n{line}\nApache License 2.0, for those above and the weights\n\n{}\n",
        own("LICENSE-APACHE")?
    );
    Ok(all)
}

/// The files in which a part says its licence. Of a choice the one that is MIT, if there is one.
fn licence_files(part: &Part) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(&part.folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_uppercase();
        let says = ["LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE"];
        if path.is_file() && says.iter().any(|start| name.starts_with(start)) {
            files.push((name, path));
        }
    }
    files.sort();
    let mit = files.iter().any(|(name, _)| name.contains("MIT"));
    if spdx(&part.licence).contains(" OR ") && mit {
        files.retain(|(name, _)| name.contains("MIT") || name.starts_with("NOTICE"));
    }
    Ok(files.into_iter().map(|(_, path)| path).collect())
}

/// Older manifests write a choice with a slash.
fn spdx(licence: &str) -> String {
    licence
        .split('/')
        .map(str::trim)
        .collect::<Vec<_>>()
        .join(" OR ")
}

/// Whether an expression of licences can be met with the allowed ones alone.
fn is_allowed(expression: &str, allowed: &[String]) -> bool {
    let spaced = spdx(expression).replace('(', " ( ").replace(')', " ) ");
    let spaced = spaced.replace(" WITH ", "_WITH_");
    let mut words = spaced.split_whitespace().peekable();
    let met = either(&mut words, allowed);
    met && words.next().is_none()
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

fn either(words: &mut Words, allowed: &[String]) -> bool {
    let mut met = both(words, allowed);
    while words.next_if_eq(&"OR").is_some() {
        met |= both(words, allowed);
    }
    met
}

fn both(words: &mut Words, allowed: &[String]) -> bool {
    let mut met = one(words, allowed);
    while words.next_if_eq(&"AND").is_some() {
        met &= one(words, allowed);
    }
    met
}

fn one(words: &mut Words, allowed: &[String]) -> bool {
    match words.next() {
        Some("(") => {
            let met = either(words, allowed);
            met & words.next_if_eq(&")").is_some()
        }
        Some(name) => allowed.contains(&name.replace("_WITH_", " WITH ")),
        None => false,
    }
}

/// The licences that `deny.toml` allows.
fn allowed() -> Result<Vec<String>> {
    let rules = fs::read_to_string(workspace::root().join("deny.toml"))?;
    let (_, list) = rules
        .split_once("\nallow = [")
        .context("deny.toml allows no licences")?;
    let (list, _) = list
        .split_once(']')
        .context("deny.toml's list does not end")?;
    let lines = list
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with('"'));
    Ok(lines
        .map(|line| line.trim_matches([',', '"']).to_owned())
        .collect())
}

/// `cargo deny`, where it is installed.
pub fn deny() -> Result<Count> {
    if process::ask(process::cargo()?.args(["deny", "--version"])).is_none() {
        return Ok(left_out(
            "cargo-deny is not installed (cargo install --locked cargo-deny)",
        ));
    }
    process::run(process::cargo()?.args(["deny", "check", "licenses", "sources", "bans"]))?;
    let mut count = Count::of_check(true);
    if process::run(process::cargo()?.args(["deny", "fetch", "db"])).is_err() {
        count.add(left_out("the database of advisories cannot be had"));
    } else {
        process::run(process::cargo()?.args(["deny", "check", "advisories"]))?;
        count.add(Count::of_check(true));
    }
    Ok(count)
}

/// What npm's registry knows against the packages of the page.
pub fn audit() -> Result<Count> {
    let mut npm = Command::new(process::NPM);
    npm.args(["audit", "--json", "--omit=dev", "--fetch-retries=0"]);
    let answer = npm.output().context("cannot start npm")?;
    let answer: Value = serde_json::from_slice(&answer.stdout).unwrap_or_default();
    let Some(known) = answer["vulnerabilities"].as_object() else {
        return Ok(left_out("npm's registry answers no audit"));
    };
    for (name, flaw) in known {
        eprintln!(
            "  {name}: {}, {}",
            word(flaw, "severity"),
            word(flaw, "range")
        );
    }
    Ok(Count::of_check(known.is_empty()))
}

fn left_out(why: &str) -> Count {
    eprintln!("  left out: {why}");
    Count {
        skipped: 1,
        ..Count::default()
    }
}

fn json_file(path: &Path) -> Result<Value> {
    let text =
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no JSON", path.display()))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn word<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_part_is_under_a_licence_that_is_allowed_and_brings_its_text() {
        let allowed = allowed().unwrap();
        assert!(allowed.len() > 5 && allowed.contains(&"MIT".to_owned()));
        let mut parts = crates().unwrap();
        let of = |name: &str| parts.iter().any(|part| part.name == name);
        assert!(of("image") && of("burn"), "both modules are looked at");
        assert!(
            !of("serde_derive") && !of("proptest"),
            "what builds and tests is not shipped"
        );
        parts.extend(page_packages().unwrap());
        assert!(parts.iter().any(|part| part.name == "preact"));
        for part in &parts {
            assert!(is_allowed(&part.licence, &allowed), "{part:?}");
        }
        let list = bill(&parts);
        assert_eq!(list["components"].as_array().unwrap().len(), parts.len());
        let text = text(&parts).unwrap();
        for part in &parts {
            assert!(text.contains(&format!("{} {} ", part.name, part.version)));
        }
    }

    #[test]
    fn expressions_of_licences_are_understood() {
        let allowed = ["MIT", "Zlib", "Apache-2.0 WITH LLVM-exception"].map(str::to_owned);
        for (expression, met) in [
            ("MIT", true),
            ("GPL-3.0", false),
            ("GPL-3.0 OR MIT", true),
            ("MIT/Apache-2.0", true),
            ("MIT AND GPL-3.0", false),
            ("(GPL-3.0 OR MIT) AND Zlib", true),
            ("(GPL-3.0 OR MIT) AND GPL-3.0", false),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("Apache-2.0", false),
            ("", false),
            ("MIT MIT", false),
        ] {
            assert_eq!(is_allowed(expression, &allowed), met, "{expression}");
        }
    }
}
