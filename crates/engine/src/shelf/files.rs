//! Pages as files: one file a page, named by the hash of its path so that no path can leave the folder; three lines of
//! head, then the body. Each generation has a folder of its own, named after it.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::sheet::{Sheet, etag_of, hash_of};

/// The generation of pages that were kept before there were any.
const NONE: &str = "none";

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
pub(super) fn read(file: &Path, generation: &str) -> io::Result<(String, Sheet)> {
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
    let etag = etag_of(generation, &body);
    Ok((path, Sheet::new(&set, &content_type, etag, body)))
}

/// Removes a page; one that is not there is no trouble.
pub(super) fn remove(folder: &Path, path: &str) -> io::Result<()> {
    match fs::remove_file(file_of(folder, path)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

pub(super) fn file_of(folder: &Path, path: &str) -> PathBuf {
    folder.join(format!("{}.page", hash_of(path.as_bytes())))
}

/// Returns the folders of other generations and their names, the one written last at the end; what was kept before there were
/// any stands in the folder itself, and comes first.
pub(super) fn others(folder: &Path, own: &str) -> io::Result<Vec<(PathBuf, String)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let is_generation = name.len() >= 8 && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_generation && name != own && entry.file_type()?.is_dir() {
            found.push((entry.metadata()?.modified()?, entry.path(), name));
        }
    }
    found.sort();
    let first = (folder.to_owned(), NONE.to_owned());
    Ok(std::iter::once(first).chain(found.into_iter().map(|(_, path, name)| (path, name))).collect())
}

/// Returns the pages in the folder of a generation.
pub(super) fn pages(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let file = entry?.path();
        if file.extension().is_some_and(|ending| ending == "page") {
            found.push(file);
        }
    }
    Ok(found)
}

/// Removes what other generations left behind.
pub(super) fn remove_others(folder: &Path, own: &str) -> io::Result<()> {
    for (other, name) in others(folder, own)? {
        if name == NONE {
            pages(&other)?.iter().try_for_each(fs::remove_file)?;
        } else {
            fs::remove_dir_all(other)?;
        }
    }
    Ok(())
}
