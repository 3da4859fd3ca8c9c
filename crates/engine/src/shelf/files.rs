//! Pages as files: one file a page, named by the hash of its path so that no path can leave the folder; three lines of
//! head, then the body.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::sheet::{Sheet, etag_of};

/// Writes a page under its name in one step.
pub(super) fn write(folder: &Path, path: &str, sheet: &Sheet) -> io::Result<()> {
    let file = file_of(folder, path);
    let fresh = file.with_extension("new");
    let mut out = fs::File::create(&fresh)?;
    writeln!(out, "{path}")?;
    writeln!(out, "{}", sheet.set)?;
    writeln!(out, "{}", sheet.content_type)?;
    out.write_all(&sheet.plain)?;
    drop(out);
    fs::rename(&fresh, &file)
}

/// Reads a page and the path it stands at.
pub(super) fn read(file: &Path) -> io::Result<(String, Sheet)> {
    let bytes = fs::read(file)?;
    let broken = || io::Error::new(io::ErrorKind::InvalidData, "not a page");
    let mut parts = bytes.splitn(4, |byte| *byte == b'\n');
    let mut text = || {
        let line = parts.next().ok_or_else(broken)?;
        std::str::from_utf8(line).map(str::to_owned).map_err(|_| broken())
    };
    let (path, set, content_type) = (text()?, Arc::from(text()?), text()?);
    let body = parts.next().ok_or_else(broken)?.to_vec();
    if !path.starts_with('/') {
        return Err(broken());
    }
    let etag = etag_of(&body);
    Ok((path, Sheet::new(&set, &content_type, etag, body)))
}

/// Removes a page; one that is not there is no trouble.
pub(super) fn remove(folder: &Path, path: &str) -> io::Result<()> {
    match fs::remove_file(file_of(folder, path)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn file_of(folder: &Path, path: &str) -> PathBuf {
    folder.join(format!("{}.page", &*etag_of(path.as_bytes())))
}
