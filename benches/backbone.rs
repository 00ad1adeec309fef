//! `cargo xtask bench backbone`: the shipped network on photos whose ImageNet class is known.

#[path = "../tests/files/mod.rs"]
mod files;

use keepsake::backbone::cpu::CpuBackbone;
use keepsake::backbone::cpu::reference::Reference;
use keepsake::backbone::{Input, Outputs};
use std::path::PathBuf;
use std::time::Instant;

const HELP: &str = "Usage: cargo xtask bench backbone --photos DIR [--json FILE] [--against-f32]

How often the network names a photo's ImageNet class first (top1) or among its first five (top5), in
per cent, and the median time of one photo on one thread of this machine.

  --photos DIR    photos whose names start with the index of their class, such as 003-tiger_shark.JPEG
  --json FILE     also write {\"photos\", \"top1\", \"top5\", \"ms_per_photo\"}
  --against-f32   also compare the features with those of the unquantised f32 network";

/// What the command line asks for.
#[derive(Default)]
struct Options {
    photos: Option<PathBuf>,
    json: Option<PathBuf>,
    against_f32: bool,
}

fn main() {
    let options = options();
    let Some(folder) = &options.photos else {
        stop("--photos is missing.");
    };
    if !folder.is_dir() {
        stop(&format!("{} is no folder.", folder.display()));
    }
    let mut backbone = CpuBackbone::new(&files::shipped_weights()).unwrap();
    let inputs = files::inputs(folder, backbone.side());
    let classes: Vec<usize> = inputs.iter().map(|(name, _)| class(name)).collect();
    if inputs.is_empty() {
        stop(&format!("{} holds no photos.", folder.display()));
    }
    let mut times = Vec::new();
    let outputs: Vec<Outputs> = inputs
        .iter()
        .map(|(_, input)| {
            let start = Instant::now();
            let output = backbone.run(input).unwrap();
            times.push(start.elapsed().as_secs_f64() * 1e3);
            output
        })
        .collect();

    times.sort_by(f64::total_cmp);
    let milliseconds = times[times.len() / 2];
    let [top1, top5] = [1, 5].map(|first| {
        let ranks = outputs
            .iter()
            .zip(&classes)
            .map(|(output, &class)| rank(&output.logits, class));
        100.0 * ranks.filter(|&rank| rank < first).count() as f64 / outputs.len() as f64
    });
    println!("photos  top-1 %  top-5 %  ms per photo");
    println!(
        "{:6}  {top1:7.1}  {top5:7.1}  {milliseconds:12.2}",
        outputs.len()
    );
    if options.against_f32 {
        compare(&outputs, &inputs);
    }
    if let Some(path) = options.json {
        let json = serde_json::json!({
            "photos": outputs.len(), "top1": top1, "top5": top5, "ms_per_photo": milliseconds,
        });
        if let Err(error) = std::fs::write(&path, format!("{json}\n")) {
            stop(&format!("{}: {error}", path.display()));
        }
    }
}

/// Prints how close the outputs are to those of the f32 network: with the weights before they were
/// reduced to one byte, and with the same weights.
fn compare(outputs: &[Outputs], inputs: &[(String, Input)]) {
    let weights = [
        ("unquantised f32", files::float_weights()),
        (
            "f32 with the same weights",
            files::shipped_weights().to_floats(),
        ),
    ];
    for (name, weights) in weights {
        let reference = Reference::new(weights);
        let cosines = outputs.iter().zip(inputs).map(|(output, (_, input))| {
            files::cosine(&output.features, &reference.run(input).unwrap().features)
        });
        let (sum, smallest) = cosines.fold((0.0, 1.0f64), |(sum, least), cosine| {
            (sum + cosine, least.min(cosine))
        });
        let mean = sum / outputs.len() as f64;
        println!("cosine with {name}: mean {mean:.6}, smallest {smallest:.6}");
    }
}

/// How many classes come before this one.
fn rank(logits: &[f32], class: usize) -> usize {
    logits
        .iter()
        .filter(|&&logit| logit > logits[class])
        .count()
}

/// The class index that a file's name starts with.
fn class(name: &str) -> usize {
    let digits: String = name.chars().take_while(char::is_ascii_digit).collect();
    match digits.parse() {
        Ok(class) if class < keepsake::backbone::CLASSES => class,
        _ => stop(&format!(
            "The name of {name} does not start with the index of its class."
        )),
    }
}

fn options() -> Options {
    let mut options = Options::default();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut file = || words.next().map(PathBuf::from);
        match word.as_str() {
            "--photos" => options.photos = file(),
            "--json" => options.json = file(),
            "--against-f32" => options.against_f32 = true,
            "--bench" => (), // what cargo itself adds
            "--help" => {
                println!("{HELP}");
                std::process::exit(0);
            }
            _ => stop(&format!("There is no option {word}.")),
        }
    }
    options
}

/// Ends with a sentence for the person who called.
fn stop(message: &str) -> ! {
    eprintln!("{message}\n\n{HELP}");
    std::process::exit(2)
}
