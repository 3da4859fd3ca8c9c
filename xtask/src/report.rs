//! Running steps in order, and the summary at the end that people and scripts read.

#![expect(clippy::disallowed_methods, reason = "a build tool measures its own steps by the machine's clock")]

use std::time::{Duration, Instant};

use crate::{
    run::{Tally, Workspace},
    steps::Step,
};

/// How one step ended.
enum End {
    Passed,
    Failed(String),
    NotRun,
}

/// Runs the steps until one fails and prints the summary. The last line is always `N passed, N failed`.
pub(crate) fn run(steps: &[Step], workspace: &Workspace) -> bool {
    let mut total = Tally::default();
    let mut ends: Vec<(&str, Duration, End)> = Vec::new();
    let mut sound = true;
    for step in steps {
        if !sound {
            ends.push((step.name, Duration::ZERO, End::NotRun));
            continue;
        }
        println!("== {}: {}", step.name, step.about);
        let started = Instant::now();
        let end = match (step.run)(workspace) {
            Ok(tally) => {
                total += tally;
                if tally.failed == 0 {
                    End::Passed
                } else {
                    End::Failed(format!("{} tests failed", tally.failed))
                }
            }
            Err(error) => {
                total.failed += 1; // a step that broke must not end in "0 failed"
                End::Failed(format!("{error:#}"))
            }
        };
        sound = matches!(end, End::Passed);
        ends.push((step.name, started.elapsed(), end));
    }
    println!("\n{}", summary(&ends, total));
    sound
}

fn summary(ends: &[(&str, Duration, End)], total: Tally) -> String {
    let mut text = String::new();
    for (name, took, end) in ends {
        let seconds = took.as_secs_f64();
        text += &match end {
            End::Passed => format!("{name:<14} ok      {seconds:>7.1} s\n"),
            End::Failed(why) => format!("{name:<14} FAILED  {seconds:>7.1} s  {why}\n"),
            End::NotRun => format!("{name:<14} not run\n"),
        };
    }
    text + &format!("{} passed, {} failed", total.passed, total.failed)
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn the_closing_line_stands_alone_at_the_end() {
        let ends = [
            ("fmt", Duration::from_millis(1250), End::Passed),
            ("test", Duration::from_secs(60), End::Failed("2 tests failed".to_owned())),
            ("doc", Duration::ZERO, End::NotRun),
        ];
        let text = summary(&ends, Tally { passed: 7, failed: 2 });
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "fmt            ok          1.2 s");
        assert_eq!(lines[1], "test           FAILED     60.0 s  2 tests failed");
        assert_eq!(lines[2], "doc            not run");
        assert_eq!(lines[3..], ["7 passed, 2 failed"]);
    }

    #[test]
    fn the_first_failure_stops_the_run() {
        fn fail(_: &Workspace) -> anyhow::Result<Tally> {
            bail!("broken")
        }
        fn never(_: &Workspace) -> anyhow::Result<Tally> {
            panic!("a step ran after a failure")
        }
        let steps = [Step { name: "a", about: "", run: fail }, Step { name: "b", about: "", run: never }];
        assert!(!run(&steps, &Workspace::find().unwrap()));
    }
}
