//! Makes `data/prior.bin`: what features of photos in general look like.

use keepsake_tools::arguments::Arguments;
use keepsake_tools::{Result, photos};
use keepsake_vision::backbone::cpu::CpuBackbone;
use keepsake_vision::backbone::weights::Weights;
use keepsake_vision::head::Prior;
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "prior --photos DIR [--weights FILE] [--out FILE]
  --photos   a folder of photos of all kinds of things
  --weights  the network's weights (those that the page loads)
  --out      the prior file (data/prior.bin)";

/// The root of the repository.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let arguments = Arguments::read(&["photos", "weights", "out"], USAGE)?;
    let path = |name, usual: &str| {
        arguments
            .get(name)
            .unwrap_or(&format!("{ROOT}/{usual}"))
            .to_owned()
    };
    let file = path("weights", "www/public/weights/lite0.bin");
    let bytes = std::fs::read(&file).map_err(|error| format!("{file}: {error}"))?;
    let mut backbone = Weights::parse(&bytes)
        .and_then(|weights| CpuBackbone::new(&weights))
        .map_err(|error| format!("{file}: {error}"))?;
    let inputs = photos::read(Path::new(arguments.need("photos")?), backbone.side())?;
    let outputs = inputs
        .iter()
        .map(|input| backbone.run(input))
        .collect::<keepsake_vision::Result<Vec<_>>>()
        .map_err(|error| error.to_string())?;
    let prior = Prior::measure(&outputs).map_err(|error| error.to_string())?;
    let out = path("out", "data/prior.bin");
    std::fs::write(&out, prior.to_bytes()).map_err(|error| format!("{out}: {error}"))?;
    println!("{out}: the prior of {} photos", outputs.len());
    Ok(())
}
