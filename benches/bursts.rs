//! `cargo xtask bench bursts`: how alike photos of one scene are to the head, and photos of others, and
//! whether all photos of a scene should be lessons or one of them.

#[path = "../tests/files/mod.rs"]
mod files;

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use std::{env, fs, process, thread};

use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};
use keepsake::backbone::Input;
use keepsake::backbone::cpu::CpuBackbone;
use keepsake::head::{Feature, Head, Prior, likeness};
use keepsake::labels::LabelId;
use keepsake::learner::{Learner, NewPhoto, Origin};
use keepsake::photo::{self, Channels, Limits, Pixels};
use keepsake::store::Memory;
use pollster::block_on;

const HELP: &str = "Usage: cargo xtask bench bursts --photos DIR [--json FILE]

Reads every picture below DIR. Of every fifth one it makes others of the same scene (cut, moved,
turned, lighter, darker, compressed, and all of that together, as a hand that holds a camera does) and
tells how alike these are; then how alike all pairs of different files are, and which pairs most.
Where there are DIR/…/train/LABEL and DIR/…/validation/LABEL it teaches a few photos of each label, of
half of them five pictures of the scene, and compares what is right if all of these are lessons, and if
one is.";

/// What a hand that holds a camera does between two photos.
#[derive(Clone, Copy)]
struct Change {
    name: &'static str,
    /// Share of the side that is cut away.
    cut: f32,
    /// Where what stays lies in it, from 0 to 1 across and down.
    at: (f32, f32),
    degrees: f32,
    light: f32,
    quality: u8,
}

const AS_IT_IS: Change = Change {
    name: "as it is",
    cut: 0.0,
    at: (0.5, 0.5),
    degrees: 0.0,
    light: 1.0,
    quality: 95,
};

const CHANGES: [Change; 9] = [
    Change {
        name: "cut 5 %",
        cut: 0.05,
        ..AS_IT_IS
    },
    Change {
        name: "moved 5 %",
        cut: 0.05,
        at: (0.0, 1.0),
        ..AS_IT_IS
    },
    Change {
        name: "moved 10 %",
        cut: 0.10,
        at: (1.0, 0.0),
        ..AS_IT_IS
    },
    Change {
        name: "turned 2°",
        degrees: 2.0,
        ..AS_IT_IS
    },
    Change {
        name: "lighter",
        light: 1.15,
        ..AS_IT_IS
    },
    Change {
        name: "darker",
        light: 0.85,
        ..AS_IT_IS
    },
    Change {
        name: "JPEG 40",
        quality: 40,
        ..AS_IT_IS
    },
    Change {
        name: "by hand",
        cut: 0.06,
        at: (0.9, 0.3),
        degrees: -1.0,
        light: 1.06,
        quality: 85,
    },
    Change {
        name: "by hand, more",
        cut: 0.12,
        at: (0.1, 0.8),
        degrees: 2.0,
        light: 0.92,
        quality: 80,
    },
];

/// Four more photos of a scene, for the lessons.
const MORE: [Change; 4] = [
    Change {
        name: "1",
        cut: 0.04,
        at: (0.2, 0.6),
        degrees: 0.5,
        light: 1.03,
        quality: 85,
    },
    Change {
        name: "2",
        cut: 0.06,
        at: (0.9, 0.3),
        degrees: -1.0,
        light: 0.97,
        quality: 85,
    },
    Change {
        name: "3",
        cut: 0.08,
        at: (0.5, 0.9),
        degrees: 1.0,
        light: 1.06,
        quality: 80,
    },
    Change {
        name: "4",
        cut: 0.05,
        at: (0.1, 0.1),
        degrees: -0.5,
        light: 1.0,
        quality: 90,
    },
];

impl Change {
    fn of(&self, picture: &RgbImage) -> RgbImage {
        let (width, height) = picture.dimensions();
        let keep = |side: u32| (side as f32 * (1.0 - self.cut)).round().max(1.0) as u32;
        let (wide, high) = (keep(width), keep(height));
        let left = (width - wide) as f32 * self.at.0;
        let top = (height - high) as f32 * self.at.1;
        let (sin, cos) = self.degrees.to_radians().sin_cos();
        let (middle_x, middle_y) = (wide as f32 / 2.0, high as f32 / 2.0);
        let changed = RgbImage::from_fn(wide, high, |x, y| {
            let (dx, dy) = (x as f32 - middle_x, y as f32 - middle_y);
            let from_x = left + middle_x + dx * cos - dy * sin;
            let from_y = top + middle_y + dx * sin + dy * cos;
            between(picture, from_x, from_y, self.light)
        });
        let mut bytes = Cursor::new(Vec::new());
        let mut encoder = JpegEncoder::new_with_quality(&mut bytes, self.quality);
        encoder.encode_image(&changed).unwrap();
        image::load_from_memory(bytes.get_ref()).unwrap().to_rgb8()
    }
}

/// The colour at a place between pixels, the border going on outside.
fn between(picture: &RgbImage, x: f32, y: f32, light: f32) -> Rgb<u8> {
    let (width, height) = picture.dimensions();
    let x = x.clamp(0.0, (width - 1) as f32);
    let y = y.clamp(0.0, (height - 1) as f32);
    let (left, top) = (x as u32, y as u32);
    let (right, bottom) = ((left + 1).min(width - 1), (top + 1).min(height - 1));
    let (across, down) = (x - left as f32, y - top as f32);
    let value = |channel: usize| {
        let at = |x, y| f32::from(picture.get_pixel(x, y)[channel]);
        let upper = at(left, top) * (1.0 - across) + at(right, top) * across;
        let lower = at(left, bottom) * (1.0 - across) + at(right, bottom) * across;
        ((upper * (1.0 - down) + lower * down) * light)
            .round()
            .clamp(0.0, 255.0) as u8
    };
    Rgb([value(0), value(1), value(2)])
}

fn main() {
    let (folder, json) = options();
    let mut paths = Vec::new();
    pictures(&folder, &mut paths);
    paths.sort();
    let originals = features(paths.iter().map(|path| (path.clone(), None)).collect());
    println!("{} photos", originals.len());

    println!("\nphotos of one scene    least   1 %     5 %     median");
    let every = |step: usize| originals.iter().step_by(step);
    let mut report = serde_json::Map::new();
    for change in CHANGES {
        let jobs: Vec<_> = every(5)
            .map(|(path, _)| (path.clone(), Some(change)))
            .collect();
        let changed = features(jobs);
        let values = changed
            .iter()
            .map(|(path, feature)| likeness(&originals[path], feature));
        let mut values: Vec<f64> = values.collect();
        values.sort_by(f64::total_cmp);
        let at = |share: f64| values[(share * (values.len() - 1) as f64) as usize];
        println!(
            "{:20} {:7.3} {:7.3} {:7.3} {:7.3}",
            change.name,
            at(0.0),
            at(0.01),
            at(0.05),
            at(0.5)
        );
        report.insert(
            change.name.to_owned(),
            serde_json::json!([at(0.0), at(0.01), at(0.05), at(0.5)]),
        );
    }

    let all: Vec<_> = originals.iter().collect();
    let mut pairs = Vec::new();
    let mut counts = BTreeMap::new();
    for (at, (path, feature)) in all.iter().enumerate() {
        for (other_path, other) in &all[..at] {
            let value = likeness(feature, other);
            let same = path.parent() == other_path.parent();
            let step = (value * 20.0).floor() as i64;
            if value >= 0.5 {
                *counts.entry((step, same)).or_insert(0u32) += 1;
            }
            if value >= 0.7 {
                pairs.push((value, other_path, path));
            }
        }
    }
    println!("\npairs of different files, by likeness: of one folder, of two");
    for step in 10..20 {
        let count = |same| counts.get(&(step, same)).copied().unwrap_or(0);
        println!(
            "{:.2}  {:8} {:8}",
            step as f64 / 20.0,
            count(true),
            count(false)
        );
    }
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (value, one, other) in pairs.iter().take(60) {
        let short = |path: &Path| {
            path.strip_prefix(&folder)
                .unwrap_or(path)
                .display()
                .to_string()
        };
        println!("{value:.3}  {}  {}", short(one), short(other));
    }
    large(&originals, &mut report);
    lessons(&folder, &originals, &mut report);
    if let Some(path) = json {
        fs::write(path, format!("{}\n", serde_json::Value::Object(report))).unwrap();
    }
}

type Features = BTreeMap<PathBuf, Arc<Feature>>;

/// How long it takes in an album of ten thousand photos, hardly a burst among them: all of one second, or without a time.
fn large(originals: &Features, report: &mut serde_json::Map<String, serde_json::Value>) {
    const PHOTOS: usize = 10_000;
    for taken in [Some(0), None] {
        let photos = originals.iter().cycle().take(PHOTOS).enumerate();
        let photos = photos.map(|(at, (path, feature))| {
            let mut key = [0; 32];
            key[..8].copy_from_slice(&(at as u64).to_le_bytes());
            NewPhoto {
                name: format!("{} {}", at / originals.len(), path.display()),
                key,
                feature: feature.clone(),
                thumbnail: Vec::new(),
                width: 1,
                height: 1,
                origin: taken.map(|taken| Origin {
                    taken: Some(taken),
                    ..Origin::default()
                }),
            }
        });
        let learner = block_on(Learner::open(Memory::new(), [7; 32])).unwrap();
        block_on(learner.add_photos(photos.collect())).unwrap();
        let start = Instant::now();
        let bursts = learner.bursts().len();
        let ms = start.elapsed().as_secs_f64() * 1e3;
        let times = if taken.is_some() {
            "one time"
        } else {
            "no times"
        };
        println!("\n{PHOTOS} photos, {times}: {ms:.0} ms, {bursts} bursts");
        report.insert(format!("ms with {times}"), serde_json::json!(ms));
    }
}

/// Whether five photos of a scene should be five lessons or one.
fn lessons(
    folder: &Path,
    originals: &Features,
    report: &mut serde_json::Map<String, serde_json::Value>,
) {
    println!("\nright of photos never seen, %:      all five lessons   one of five");
    let mut sets = Vec::new();
    if folder.join("train").is_dir() {
        sets.push(folder.to_owned());
    }
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.join("train").is_dir() {
            sets.push(path);
        }
    }
    sets.sort();
    for set in sets {
        let of = |half: &str| {
            let half = set.join(half);
            let mut labels: BTreeMap<PathBuf, Vec<&PathBuf>> = BTreeMap::new();
            for path in originals.keys().filter(|path| path.starts_with(&half)) {
                let label = path.parent().unwrap().strip_prefix(&half).unwrap();
                labels.entry(label.to_owned()).or_default().push(path);
            }
            labels
        };
        let (train, validation) = (of("train"), of("validation"));
        let more = MORE.map(|change| {
            let paths = train.values().flatten();
            features(paths.map(|path| ((*path).clone(), Some(change))).collect())
        });
        let name = set.file_name().unwrap().to_string_lossy().into_owned();
        for shots in [1, 3, 8] {
            let draws = 20;
            let (mut five, mut one) = (0.0, 0.0);
            let mut better = 0;
            for seed in 0..draws {
                let score = |all| draw(&train, &validation, originals, &more, shots, seed, all);
                let (with, without) = (score(true), score(false));
                five += with / f64::from(draws as u32);
                one += without / f64::from(draws as u32);
                better += u32::from(without > with);
            }
            println!(
                "{name:12} {shots} scenes a label {five:17.2} {one:13.2}   one is better in {better} of {draws}"
            );
            report.insert(
                format!("{name} {shots}"),
                serde_json::json!({ "five": five, "one": one }),
            );
        }
    }
}

/// Teaches some scenes of each label, of half of them all five photos or one; how many are right.
fn draw(
    train: &BTreeMap<PathBuf, Vec<&PathBuf>>,
    validation: &BTreeMap<PathBuf, Vec<&PathBuf>>,
    originals: &Features,
    more: &[Features; 4],
    shots: usize,
    seed: u64,
    all: bool,
) -> f64 {
    let mut random = Random(seed);
    let mut head = Head::new();
    let labels: Vec<_> = train
        .keys()
        .filter(|label| validation.contains_key(*label))
        .collect();
    for (label, id) in labels.iter().zip(0..) {
        let mut order = train[*label].clone();
        for place in (1..order.len()).rev() {
            order.swap(place, random.below(place + 1));
        }
        for path in order.into_iter().take(shots) {
            let burst = random.below(2) == 0;
            let mut teach = |feature: &Arc<Feature>| {
                head.insert(head.len() as u64, feature.clone(), LabelId(id))
            };
            teach(&originals[path]);
            if burst && all {
                more.iter().for_each(|features| teach(&features[path]));
            }
        }
    }
    let classifier = head.solve().unwrap();
    let mut right = 0.0;
    for (place, label) in labels.iter().enumerate() {
        let asked: Vec<_> = validation[*label]
            .iter()
            .map(|path| originals[*path].clone())
            .collect();
        let share = 100.0 / (asked.len() * labels.len()) as f64;
        for row in classifier.predict_many(&asked).chunks_exact(labels.len()) {
            let best =
                (0..row.len()).fold(0, |best, at| if row[at] > row[best] { at } else { best });
            right += if best == place { share } else { 0.0 };
        }
    }
    right
}

/// SplitMix64: the draws are the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((value ^ (value >> 31)) % end as u64) as usize
    }
}

/// Every JPEG below a folder.
fn pictures(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in
        fs::read_dir(folder).unwrap_or_else(|error| stop(format!("{}: {error}", folder.display())))
    {
        let path = entry.unwrap().path();
        let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
        if path.is_dir() {
            pictures(&path, into);
        } else if ending == "jpg" || ending == "jpeg" {
            into.push(path);
        }
    }
}

/// The features of photos, changed or as they are, on all cores.
fn features(jobs: Vec<(PathBuf, Option<Change>)>) -> Features {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut backbone = CpuBackbone::new(&files::shipped_weights()).unwrap();
        let mut found = Vec::new();
        while let Some((path, change)) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            let input = input(&fs::read(path).unwrap(), change.as_ref());
            let feature = Feature::new(&backbone.run(&input).unwrap(), Prior::embedded()).unwrap();
            found.push((path.clone(), Arc::new(feature)));
        }
        found
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().unwrap())
            .collect()
    })
}

fn input(bytes: &[u8], change: Option<&Change>) -> Input {
    let picture = photo::decode(bytes, &Limits::default()).unwrap();
    let Some(change) = change else {
        return photo::to_input(picture.pixels().unwrap(), 224);
    };
    let side = picture.width.min(picture.height);
    let changed = change.of(&RgbImage::from_raw(side, side, picture.rgb).unwrap());
    let pixels = Pixels::new(
        changed.width(),
        changed.height(),
        Channels::Rgb,
        changed.as_raw(),
    );
    photo::to_input(pixels.unwrap(), 224)
}

/// Ends with a sentence for the person who called.
fn stop(message: impl std::fmt::Display) -> ! {
    eprintln!("{message}\n\n{HELP}");
    process::exit(2)
}

fn options() -> (PathBuf, Option<PathBuf>) {
    let (mut photos, mut json) = (None, None);
    let mut words = env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || {
            words
                .next()
                .unwrap_or_else(|| stop(format!("{word} needs a value.")))
        };
        match word.as_str() {
            "--photos" => photos = Some(value().into()),
            "--json" => json = Some(value().into()),
            "--bench" => (), // what cargo itself adds
            "--help" => {
                println!("{HELP}");
                process::exit(0);
            }
            _ => stop(format!("There is no option {word}.")),
        }
    }
    (photos.unwrap_or_else(|| stop("--photos is missing.")), json)
}
