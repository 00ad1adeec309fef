//! `cargo xtask bench gpu`: the network on this machine's graphics card, through Vulkan, Metal or DX12.

#[path = "../tests/files/mod.rs"]
mod files;

use std::path::PathBuf;
use std::time::Instant;

use burn::tensor::Device;
use keepsake::backbone::burn::BurnBackbone;
use keepsake::device;
use pollster::block_on;
use serde_json::json;

const HELP: &str = "Usage: cargo xtask bench gpu [--batch LIST] [--json FILE] [--device KIND]

Photos per second by the size of a batch, and where the time goes: medians of several batches, each
part waited for. Without a graphics card it says so, and measures nothing.

  --batch LIST    photos per batch (1,8,64)
  --device KIND   card: the graphics card (the default); cpu: the same code on one thread of the CPU
  --json FILE     also write {\"device\", \"batches\": [{\"batch\", \"photos_per_second\", \"upload_ms\",
                  \"compute_ms\", \"read_ms\"}]}; \"device\" is null where nothing was measured";

/// Batches measured of each size, after two to warm up.
const ROUNDS: usize = 10;

struct Options {
    batches: Vec<usize>,
    cpu: bool,
    json: Option<PathBuf>,
}

fn main() {
    let options = options();
    let opened = if options.cpu {
        Some((device::cpu(), "CPU (burn-flex), one thread".to_owned()))
    } else {
        card()
    };
    let Some((device, name)) = opened else {
        println!("not measured: this machine has no graphics card (Vulkan, Metal or DX12).");
        save(&options, json!({ "device": null, "batches": [] }));
        return;
    };
    println!("{name}");
    println!("batch  photos/s  upload ms  compute ms  read ms");
    let backbone = BurnBackbone::new(&files::shipped_weights(), &device).unwrap();
    let rows = options.batches.iter().map(|&batch| {
        let [upload, compute, read] = measure(&backbone, &device, batch);
        let rate = batch as f64 / (upload + compute + read) * 1e3;
        println!("{batch:5}  {rate:8.1}  {upload:9.2}  {compute:10.2}  {read:7.2}");
        json!({
            "batch": batch, "photos_per_second": rate,
            "upload_ms": upload, "compute_ms": compute, "read_ms": read,
        })
    });
    let rows: Vec<_> = rows.collect();
    save(&options, json!({ "device": name, "batches": rows }));
}

/// The graphics card and its name; none where there is none but software.
fn card() -> Option<(Device, String)> {
    let (device, setup) = block_on(device::card()).ok()?;
    let card = device::Card::of(&setup);
    (!card.software).then_some((device, card.name))
}

/// Median milliseconds of upload, computation and read-back of one batch.
fn measure(backbone: &BurnBackbone, device: &Device, batch: usize) -> [f64; 3] {
    let photo = backbone.side() * backbone.side() * 3;
    let rgb: Vec<u8> = (0..batch * photo).map(|at| (at * 7 % 251) as u8).collect();
    let mut times = [const { Vec::new() }; 3];
    for round in 0..ROUNDS + 2 {
        let start = Instant::now();
        let maps = backbone.upload(&rgb).unwrap().unwrap();
        device.sync().unwrap();
        let uploaded = Instant::now();
        let outputs = backbone.forward(maps);
        device.sync().unwrap();
        let computed = Instant::now();
        block_on(BurnBackbone::read(outputs)).unwrap();
        let read = Instant::now();
        if round >= 2 {
            let parts = [uploaded - start, computed - uploaded, read - computed];
            for (times, part) in times.iter_mut().zip(parts) {
                times.push(part.as_secs_f64() * 1e3);
            }
        }
    }
    times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    })
}

fn save(options: &Options, result: serde_json::Value) {
    if let Some(path) = &options.json
        && let Err(error) = std::fs::write(path, format!("{result}\n"))
    {
        stop(&format!("{}: {error}", path.display()));
    }
}

fn options() -> Options {
    let mut options = Options {
        batches: vec![1, 8, 64],
        cpu: false,
        json: None,
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || match words.next() {
            Some(value) => value,
            None => stop(&format!("{word} needs a value.")),
        };
        match word.as_str() {
            "--batch" => {
                let list = value();
                let batches = list.split(',').map(|n| n.parse().ok().filter(|&n| n > 0));
                options.batches = match batches.collect() {
                    Some(batches) => batches,
                    None => stop("--batch takes numbers from 1 on, such as 1,8,64."),
                };
            }
            "--device" => {
                options.cpu = match value().as_str() {
                    "card" => false,
                    "cpu" => true,
                    other => stop(&format!("There is no device {other}: card or cpu.")),
                }
            }
            "--json" => options.json = Some(value().into()),
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
