//! The limits of one input. Memory is looked at in every allocation, time by a thread of its own; an
//! input that breaks one of them cannot be stopped, so it is saved and the program ends.

use std::alloc::{GlobalAlloc, Layout, System};
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Most memory that one input may hold at once, in bytes.
pub const MEMORY: usize = 256_000_000;
/// Most CPU time of one input.
pub const TIME: Duration = Duration::from_secs(2);
/// Most time by the clock, for what waits instead of computing.
const BY_THE_CLOCK: Duration = Duration::from_secs(60);

/// What is held now, by all threads, in bytes.
static HELD: AtomicUsize = AtomicUsize::new(0);
/// The most that was held since the input began.
static MOST: AtomicUsize = AtomicUsize::new(0);
/// What may be held until the input ends; `usize::MAX` between inputs.
static ALLOWED: AtomicUsize = AtomicUsize::new(usize::MAX);
/// Set while the end is being reported, which allocates, too.
static ENDING: AtomicBool = AtomicBool::new(false);
/// The input that is being read.
static CURRENT: Mutex<Option<Input>> = Mutex::new(None);

struct Input {
    target: &'static str,
    bytes: Vec<u8>,
    began: Instant,
    thread: String,
    cpu: Option<Duration>,
}

/// The system's allocator, counted.
pub struct Counting;

// SAFETY: hands every call on to the system's allocator unchanged. Counting allocates nothing; only a
// program that is about to end does, when `ENDING` keeps it from counting again.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        more(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        more(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // Both may be there at once while the system copies.
        more(size);
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.realloc(pointer, layout, size) }
    }
}

fn more(bytes: usize) {
    let held = HELD
        .fetch_add(bytes, Ordering::Relaxed)
        .saturating_add(bytes);
    MOST.fetch_max(held, Ordering::Relaxed);
    if held > ALLOWED.load(Ordering::Relaxed) && !ENDING.load(Ordering::Relaxed) {
        end(&format!("it holds more than {} MB", MEMORY / 1_000_000));
    }
}

/// What reading an input took.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cost {
    /// CPU time of the thread where the system tells it, else time by the clock.
    pub time: Duration,
    /// The most memory that was held at once, in bytes.
    pub memory: usize,
}

/// Does `work` with an input, under the limits.
pub fn watched<T>(target: &'static str, bytes: &[u8], work: impl FnOnce() -> T) -> (T, Cost) {
    let (began, cpu) = (Instant::now(), cpu_time("thread-self"));
    set(Some(Input {
        target,
        bytes: bytes.to_vec(),
        began,
        thread: thread(),
        cpu,
    }));
    let before = HELD.load(Ordering::Relaxed);
    MOST.store(before, Ordering::Relaxed);
    ALLOWED.store(before.saturating_add(MEMORY), Ordering::Relaxed);
    let result = work();
    ALLOWED.store(usize::MAX, Ordering::Relaxed);
    let memory = MOST.load(Ordering::Relaxed).saturating_sub(before);
    set(None);
    let clock = began.elapsed();
    let cpu = cpu.and_then(|before| cpu_time("thread-self")?.checked_sub(before));
    let time = cpu.unwrap_or(clock);
    (result, Cost { time, memory })
}

/// Looks at the input's time for as long as the program runs.
pub fn begin() {
    std::thread::spawn(|| {
        loop {
            std::thread::sleep(Duration::from_millis(100));
            if is_too_slow() {
                end(&format!("it takes more than {} s", TIME.as_secs()));
            }
        }
    });
}

fn is_too_slow() -> bool {
    // Not held while files are read: that allocates, and the end of the program wants it, too.
    let current = CURRENT.lock().map(|current| {
        let input = current.as_ref();
        input.map(|input| (input.began, input.cpu, input.thread.clone()))
    });
    let Ok(Some((began, then, thread))) = current else {
        return false;
    };
    let clock = began.elapsed();
    let now = cpu_time(&format!("self/task/{thread}"));
    let cpu = now.zip(then).and_then(|(now, then)| now.checked_sub(then));
    cpu.unwrap_or(clock) > TIME || clock > BY_THE_CLOCK
}

fn set(input: Option<Input>) {
    if let Ok(mut current) = CURRENT.lock() {
        *current = input;
    }
}

/// Linux's number of this thread; empty elsewhere.
fn thread() -> String {
    let link = fs::read_link("/proc/thread-self").unwrap_or_default();
    let name = link.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// CPU time of a thread, where Linux tells it: a machine with much to do is no slow reader.
fn cpu_time(thread: &str) -> Option<Duration> {
    let text = fs::read_to_string(format!("/proc/{thread}/schedstat")).ok()?;
    let nanoseconds = text.split(' ').next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}

/// Saves the input that is being read, and ends the program.
fn end(why: &str) -> ! {
    ENDING.store(true, Ordering::Relaxed);
    if let Ok(current) = CURRENT.lock()
        && let Some(input) = &*current
    {
        eprintln!(
            "{}: {why}: {}",
            input.target,
            save(input.target, &input.bytes)
        );
    }
    std::process::exit(1);
}

/// Saves an input that was not read as it should be; says where.
pub fn save(target: &str, bytes: &[u8]) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("found");
    let path = folder.join(format!("{target}-{:08x}", crc32fast::hash(bytes)));
    match fs::create_dir_all(&folder).and_then(|()| fs::write(&path, bytes)) {
        Ok(()) => path.display().to_string(),
        Err(error) => format!("it could not be saved: {error}"),
    }
}
