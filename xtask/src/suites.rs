//! The count of a test run, and reading it from what the runners print.

use std::time::Duration;

use serde_json::Value;

/// What a suite came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    pub passed: u64,
    /// Of those that passed, at the second try only.
    pub again: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Count {
    /// A check that has no tests of its own, such as a linter, counts as one.
    pub fn of_check(passed: bool) -> Count {
        Count {
            passed: u64::from(passed),
            failed: u64::from(!passed),
            ..Count::default()
        }
    }

    /// A runner that failed without naming a failed test (it did not compile, it crashed) must
    /// not look like success.
    pub fn or_failed(mut self, ended_well: bool) -> Count {
        if !ended_well && self.failed == 0 {
            self.failed = 1;
        }
        self
    }

    pub fn add(&mut self, other: Count) {
        self.passed += other.passed;
        self.again += other.again;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// One suite of a run: its name, count and time.
pub struct Suite {
    pub name: &'static str,
    pub count: Count,
    pub time: Duration,
}

/// Reads one line of `cargo test`; all but the closing lines of test binaries are `None`.
pub fn cargo_test_line(line: &str) -> Option<Count> {
    let rest = line.strip_prefix("test result: ")?;
    let (_, counts) = rest.split_once(". ")?;
    let number = |what: &str| {
        let mut parts = counts.split("; ");
        parts.find_map(|part| part.strip_suffix(what)?.trim().parse().ok())
    };
    Some(Count {
        passed: number("passed")?,
        failed: number("failed")?,
        skipped: number("ignored")?,
        ..Count::default()
    })
}

/// Reads the report of Playwright's JSON reporter. Errors outside of tests count as failures.
pub fn playwright_report(text: &str) -> Option<Count> {
    let report: Value = serde_json::from_str(text).ok()?;
    let number = |what: &str| report["stats"][what].as_u64();
    let errors = report["errors"].as_array().map_or(0, Vec::len) as u64;
    Some(Count {
        passed: number("expected")? + number("flaky")?,
        again: number("flaky")?,
        failed: number("unexpected")? + errors,
        skipped: number("skipped")?,
    })
}

/// The table at the end of a run; its last line is the sum.
pub fn table(suites: &[Suite]) -> String {
    let mut sum = Count::default();
    let mut text = format!(
        "\n{:<24}{:>8}{:>12}{:>8}{:>9}{:>9}\n",
        "", "passed", "second try", "failed", "skipped", "seconds"
    );
    for Suite { name, count, time } in suites {
        sum.add(*count);
        text += &format!(
            "{name:<24}{:>8}{:>12}{:>8}{:>9}{:>9.1}\n",
            count.passed,
            count.again,
            count.failed,
            count.skipped,
            time.as_secs_f64()
        );
    }
    text + &format!("\n{} passed, {} failed", sum.passed, sum.failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closing_line_of_a_test_binary_is_read() {
        let line = "test result: ok. 12 passed; 0 failed; 3 ignored; 0 measured; 1 filtered out; finished in 0.01s";
        let count = Count {
            passed: 12,
            skipped: 3,
            ..Count::default()
        };
        assert_eq!(cargo_test_line(line), Some(count));
        let line = "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s";
        let count = Count {
            passed: 1,
            failed: 2,
            ..Count::default()
        };
        assert_eq!(cargo_test_line(line), Some(count));
        assert_eq!(cargo_test_line("test head::tests::exact ... ok"), None);
    }

    #[test]
    fn a_report_of_playwright_is_read_with_its_errors() {
        let report = r#"{"stats":{"expected":5,"unexpected":1,"flaky":1,"skipped":2},"errors":[{"message":"x"}]}"#;
        let count = Count {
            passed: 6,
            again: 1,
            failed: 2,
            skipped: 2,
        };
        assert_eq!(playwright_report(report), Some(count));
        assert_eq!(playwright_report("{}"), None);
    }

    #[test]
    fn a_runner_that_fails_without_a_failed_test_counts_as_one_failure() {
        assert_eq!(Count::default().or_failed(false).failed, 1);
        assert_eq!(Count::of_check(false).or_failed(false).failed, 1);
        assert_eq!(Count::of_check(true).or_failed(true).failed, 0);
    }

    #[test]
    fn the_last_line_is_the_sum() {
        let suite = |passed, failed| Suite {
            name: "a",
            count: Count {
                passed,
                again: 0,
                failed,
                skipped: 1,
            },
            time: Duration::from_secs(1),
        };
        let table = table(&[suite(3, 0), suite(1, 2)]);
        assert_eq!(table.lines().last(), Some("4 passed, 2 failed"));
    }
}
