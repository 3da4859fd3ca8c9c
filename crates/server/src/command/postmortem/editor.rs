//! A text in somebody's own editor, in a file that nobody else can read.

use std::{
    env,
    fs::OpenOptions,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, anyhow};

use crate::args::Failure;

/// Opens the text in an editor; returns the file that holds what came of it.
pub(super) fn edit(number: i64, text: &str) -> Result<PathBuf, Failure> {
    let named = |name: &str| env::var(name).ok().filter(|value| !value.trim().is_empty());
    let editor = ["VISUAL", "EDITOR"].into_iter().find_map(named);
    let editor = editor.ok_or_else(|| {
        Failure::Usage(anyhow!("neither VISUAL nor EDITOR says which editor: write to a file and use --file"))
    })?;
    let path = write(&env::temp_dir(), number, text)?;
    // As git and crontab do, so that `code --wait` is an editor.
    let status = Command::new("sh")
        .arg("-c")
        .arg(format!("{editor} \"$1\""))
        .arg("sh")
        .arg(&path)
        .status()
        .with_context(|| format!("{editor} can't be started"))?;
    match status.success() {
        true => Ok(path),
        false => Err(Failure::Failed(anyhow!(
            "{editor} ended with {status}: nothing is saved; the text is in {}",
            path.display()
        ))),
    }
}

/// Writes a new file of its own name.
fn write(folder: &Path, number: i64, text: &str) -> anyhow::Result<PathBuf> {
    let mut tries = 0..100;
    loop {
        let try_number = tries.next().ok_or_else(|| anyhow!("{} is full of drafts", folder.display()))?;
        let name = format!("midwatch-postmortem-{number}-{}-{try_number}.md", std::process::id());
        let path = folder.join(name);
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(mut file) => {
                writeln!(file, "{text}").with_context(|| path.display().to_string())?;
                return Ok(path);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        }
    }
}
