//! Makes the weights file that the page loads from a PyTorch state dict.

use keepsake_tools::arguments::Arguments;
use keepsake_tools::state_dict::StateDict;
use keepsake_tools::{Result, expectation, fold, quantise};
use keepsake_vision::backbone::table::Spec;
use keepsake_vision::backbone::weights::FloatWeights;
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "weights --state-dict FILE --out FILE [--floats FILE]
  --state-dict  PyTorch state dict of EfficientNet-Lite0
  --out         the weights file; its SHA-256 is written beside it
  --floats      also the unquantised weights, for tests (safetensors)";

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
    let arguments = Arguments::read(&["state-dict", "out", "floats"], USAGE)?;
    let source = arguments.need("state-dict")?;
    let bytes = std::fs::read(source).map_err(|error| format!("{source}: {error}"))?;
    let dict = StateDict::parse(&bytes)?;
    let floats = fold::fold(&dict, Spec::lite0())?;
    if let Some(path) = arguments.get("floats") {
        write(Path::new(path), &to_safetensors(&floats)?)?;
    }
    let out = Path::new(arguments.need("out")?);
    let means = expectation::input_means(&dict, floats.spec())?;
    let bytes = quantise::quantise(&floats, &means)?.to_bytes();
    write(out, &bytes)?;
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    let digest: String = Sha256::digest(&bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    write(
        &out.with_added_extension("sha256"),
        format!("{digest}  {name}\n").as_bytes(),
    )
}

/// Tensors `LAYER.kernel` and `LAYER.bias`, flat.
fn to_safetensors(floats: &FloatWeights) -> Result<Vec<u8>> {
    let bytes = |values: &[f32]| {
        values
            .iter()
            .flat_map(|value| value.to_le_bytes())
            .collect()
    };
    let network = floats.spec().network();
    let tensors: Vec<(String, Vec<u8>)> = network
        .layers()
        .zip(floats.layers())
        .flat_map(|(layer, values)| {
            [
                (format!("{}.kernel", layer.name), bytes(&values.kernel)),
                (format!("{}.bias", layer.name), bytes(&values.bias)),
            ]
        })
        .collect();
    let views = tensors
        .iter()
        .map(|(name, bytes)| {
            Ok((
                name,
                TensorView::new(Dtype::F32, vec![bytes.len() / 4], bytes)?,
            ))
        })
        .collect::<std::result::Result<Vec<_>, safetensors::SafeTensorError>>();
    views
        .and_then(|views| safetensors::serialize(views, None))
        .map_err(|error| error.to_string())
}

/// Writes a file, and makes its folder when there is none.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, bytes))
        .map_err(|error| format!("{}: {error}", path.display()))
}
