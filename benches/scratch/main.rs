//! `cargo xtask bench scratch`: what a learner from nothing still knows of the labels taught first.

mod data;
mod options;

use std::fs;
use std::io::{IsTerminal, Write, stderr};

use data::Data;
use keepsake::device;
use keepsake::labels::LabelId;
use keepsake::scratch::random::Random;
use keepsake::scratch::{Control, Phase, Preset, Progress, Scratch, Settings, Sketch, Watch};
use options::{Options, Protocol, stop};
use pollster::block_on;

/// Pictures of a class at most, where a generator is trained on them.
const MOST: usize = 1200;
/// Pictures of a class in a stream.
const FEW: usize = 10;

fn main() {
    let options = Options::read();
    let data = options.dataset.read();
    let runs: Vec<Run> = (options.first_seed..)
        .take(options.seeds as usize)
        .map(|seed| run(&options, &data, seed))
        .collect();
    let mean = |of: &dyn Fn(&Run) -> f64| runs.iter().map(of).sum::<f64>() / runs.len() as f64;
    let accuracy = mean(&|run| run.after_each.last().copied().unwrap_or(0.0));
    let forgetting = mean(&|run| run.forgetting);
    let seconds = mean(&|run| run.seconds);
    let bytes = mean(&|run| run.state as f64).round() as u64;
    println!(
        "mean of {} seeds: {accuracy:.2} % right, {forgetting:.2} points forgotten, {seconds:.1} CPU seconds each, {:.1} MB of state",
        runs.len(),
        bytes as f64 / 1e6
    );
    if let Some(path) = options.json {
        let last = |run: &Run| run.after_each.last().copied().unwrap_or(0.0);
        let json = serde_json::json!({
            "accuracy": { "mean": accuracy, "per_seed": runs.iter().map(last).collect::<Vec<_>>() },
            "after_each_task": runs.iter().map(|run| run.after_each.clone()).collect::<Vec<_>>(),
            "forgetting": forgetting,
            "seconds_cpu": seconds,
            "state_bytes": bytes,
        });
        fs::write(&path, format!("{json}\n"))
            .unwrap_or_else(|error| stop(format!("{}: {error}", path.display())));
    }
}

/// What one seed gave.
struct Run {
    /// Accuracy over the classes seen, after each task, in per cent.
    after_each: Vec<f64>,
    /// In points.
    forgetting: f64,
    seconds: f64,
    /// Length of the snapshot.
    state: usize,
}

fn run(options: &Options, data: &Data, seed: u64) -> Run {
    let start = cpu_seconds();
    let stream = options.protocol == Protocol::Stream;
    let settings = Settings {
        preset: options.preset,
        rehearsal: options.rehearsal,
        max_iter: options.steps,
        rehearsal_steps: options.gan_steps,
        seed,
        ..Settings::default()
    };
    let mut scratch = good(Scratch::new(settings, &device::cpu()));
    let most = match options.preset {
        Preset::Exact => usize::MAX,
        _ => MOST,
    };
    let chosen: Vec<Vec<Sketch>> = (data.train.iter().zip(0..))
        .map(|(pictures, class)| {
            let mut pictures = pictures.clone();
            if stream {
                Random::new(seed * 10 + class).shuffle(&mut pictures);
                pictures.truncate(FEW);
            }
            pictures.truncate(most);
            pictures
        })
        .collect();
    let mut best = [0.0f64; 10];
    let mut last = [0.0; 10];
    let mut after_each = Vec::new();
    for task in chosen.chunks(if stream { 1 } else { 2 }) {
        let seen = after_each.len() * task.len();
        let lessons: Vec<(LabelId, &[Sketch])> = (task.iter().zip(seen..))
            .map(|(pictures, class)| (label(class), pictures.as_slice()))
            .collect();
        match options.adversary {
            true => good(block_on(scratch.teach_together(&lessons, &mut Shown))),
            // What is left to practise is left.
            false => good(block_on(scratch.learn(&lessons, &mut Shown))).0,
        };
        let seen = seen + task.len();
        let (mut right, mut all) = (0.0, 0);
        for (class, pictures) in data.test[..seen].iter().enumerate() {
            let answers = good(block_on(scratch.predict(pictures)));
            let known = answers.iter().filter(|answer| answer[0].0 == label(class));
            let known = known.count() as f64;
            last[class] = 100.0 * known / pictures.len() as f64;
            best[class] = best[class].max(last[class]);
            right += known;
            all += pictures.len();
        }
        after_each.push(100.0 * right / all as f64);
        clear_line();
        println!(
            "seed {seed}: {seen:2} classes: {:.2} % right, {:.0} CPU seconds",
            100.0 * right / all as f64,
            cpu_seconds() - start
        );
    }
    let earlier = best.len() - if stream { 1 } else { 2 };
    let lost = best
        .iter()
        .zip(last)
        .take(earlier)
        .map(|(best, last)| best - last);
    Run {
        after_each,
        forgetting: lost.sum::<f64>() / earlier as f64,
        seconds: cpu_seconds() - start,
        state: good(block_on(scratch.snapshot())).to_bytes().len(),
    }
}

fn label(class: usize) -> LabelId {
    LabelId(class as u32 + 1)
}

fn good<T>(result: keepsake::Result<T>) -> T {
    result.unwrap_or_else(|error| stop(error))
}

/// Shows where training stands, on one line that is written over.
struct Shown;

impl Watch for Shown {
    async fn progress(&mut self, progress: Progress) -> Control {
        if stderr().is_terminal()
            && (progress.step.is_multiple_of(10) || progress.step == progress.steps)
        {
            let phase = match progress.phase {
                Phase::Classifier => "classifier",
                Phase::Generator => "generator",
            };
            eprint!(
                "\r{phase} from label {}: step {} of {}, loss {:.3} ",
                progress.label.0, progress.step, progress.steps, progress.loss
            );
            let _ = stderr().flush(); // only a display
        }
        Control::Continue
    }
}

fn clear_line() {
    if stderr().is_terminal() {
        eprint!("\r{:60}\r", "");
    }
}

/// Processor time of this process, all threads; where the system does not tell, the time that passed.
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in parentheses, which may hold anything, fields 14 and 15 are ticks of 1/100 s.
    let fields: Vec<f64> = (stat.rsplit(')').next().unwrap_or("").split_whitespace())
        .map(|field| field.parse().unwrap_or(0.0))
        .collect();
    match fields.get(11..13) {
        Some(ticks) => (ticks[0] + ticks[1]) / 100.0,
        None => {
            static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
            START
                .get_or_init(std::time::Instant::now)
                .elapsed()
                .as_secs_f64()
        }
    }
}
