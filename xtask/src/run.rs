//! Running other programs from the root of the workspace, and counting the tests they report.
//!
//! It judges nothing but exit statuses and `test result` lines.

use std::{
    env,
    io::{BufRead, BufReader},
    ops::AddAssign,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};

/// How many tests passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// The checkout that the commands work on.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Finds the checkout through the variable that `cargo run` sets.
    ///
    /// # Errors
    /// Fails when the program was not started by cargo.
    pub(crate) fn find() -> Result<Workspace> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR").context("start this with `cargo xtask`")?;
        let root = Path::new(&manifest).parent().context("xtask has no folder above it")?.to_owned();
        Ok(Workspace { root })
    }

    /// Returns the root folder of the checkout.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Returns a command that will run in the root folder.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        if env::var_os("CI").is_some() {
            command.env("CARGO_INCREMENTAL", "0"); // a gigabyte that a fresh clone never uses again
        }
        command
    }

    /// Returns a cargo command with these arguments.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let mut command = self.command(&cargo);
        command.args(arguments);
        command
    }
}

/// Runs a command to its end with its output on our terminal.
///
/// # Errors
/// Fails when the command cannot start or ends with anything but success.
pub(crate) fn succeed(command: &mut Command) -> Result<()> {
    let shown = shown(command);
    let status = command.status().with_context(|| format!("{shown} could not be started"))?;
    ensure!(status.success(), "{shown} ended with {status}");
    Ok(())
}

/// Runs a command and returns its standard output; its standard error stays on our terminal.
///
/// # Errors
/// Fails when the command cannot start, ends with anything but success, or prints something other than UTF-8.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let shown = shown(command);
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| format!("{shown} could not be started"))?;
    ensure!(output.status.success(), "{shown} ended with {}", output.status);
    String::from_utf8(output.stdout).with_context(|| format!("{shown} printed something other than text"))
}

/// Runs a command that runs tests, passes its lines on and sums its `test result` lines.
///
/// # Errors
/// Fails when the command fails without a failed test to show for it: the build broke, or a test ended the process.
pub(crate) fn tests(command: &mut Command) -> Result<Tally> {
    let shown = shown(command);
    let mut child =
        command.stdout(Stdio::piped()).spawn().with_context(|| format!("{shown} could not be started"))?;
    let mut tally = Tally::default();
    let lines = child.stdout.take().expect("standard output was asked for");
    for line in BufReader::new(lines).split(b'\n') {
        let line = line.with_context(|| format!("reading from {shown}"))?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        tally += result_of(&line).unwrap_or_default();
    }
    let status = child.wait().with_context(|| format!("waiting for {shown}"))?;
    if !status.success() && tally.failed == 0 {
        bail!("{shown} ended with {status}");
    }
    Ok(tally)
}

/// Reads a line such as `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
fn result_of(line: &str) -> Option<Tally> {
    let counts = line.trim().strip_prefix("test result: ")?;
    let number =
        |word: &str| counts.split([';', '.']).find_map(|part| part.trim().strip_suffix(word)?.parse().ok());
    Some(Tally { passed: number(" passed")?, failed: number(" failed")? })
}

/// Returns the command as a person would type it.
fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let words = std::iter::once(program.file_name().unwrap_or_default()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_lines_are_counted_and_other_lines_are_not() {
        let check = |line: &str, expect: Option<(u64, u64)>| {
            assert_eq!(result_of(line), expect.map(|(passed, failed)| Tally { passed, failed }), "{line}");
        };
        check("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out", Some((12, 0)));
        check("test result: FAILED. 3 passed; 2 failed; 0 ignored", Some((3, 2)));
        check("  test result: ok. 0 passed; 0 failed", Some((0, 0)));
        check("test result_lines ... ok", None);
        check("12 passed; 0 failed", None);
    }

    #[test]
    fn a_command_that_breaks_without_a_failed_test_is_an_error() {
        assert!(tests(Command::new("sh").args(["-c", "exit 3"])).is_err());
        let failed =
            tests(Command::new("sh").args(["-c", "echo 'test result: FAILED. 1 passed; 2 failed'; exit 1"]));
        assert_eq!(failed.unwrap(), Tally { passed: 1, failed: 2 });
    }
}
