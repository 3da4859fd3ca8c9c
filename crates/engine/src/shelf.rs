//! The shelf: every public page as bytes, in memory and in files, ready to be handed out.
//!
//! The publisher puts pages here when something changed; serving takes them and does nothing else: no database, queue or
//! session is on that path. After a restart the shelf is filled from the files, so pages stand before anything else does,
//! and stand even when the ledger does not.

use std::{
    collections::HashMap,
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
};

use arc_swap::{ArcSwap, ArcSwapOption};
use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use render::{Page, view::DirectoryView};
use sha2::{Digest, Sha256};
use tokio::sync::broadcast;
use tracing::warn;

/// Announcements that a slow listener may lag behind before it is told to reload.
const ANNOUNCED: usize = 256;

/// Bodies smaller than this are not worth compressing.
const WORTH_COMPRESSING: usize = 256;

/// Brotli's effort, of 11: past this the time doubles for a few per cent.
const BROTLI_QUALITY: u32 = 5;

/// A page, ready to be sent.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// The set of pages it belongs to, by the path of its first.
    pub set: Arc<str>,
    /// The media type.
    pub content_type: Arc<str>,
    /// A strong validator in its quotes; differs for each encoding by a suffix that serving adds.
    pub etag: Arc<str>,
    /// The bytes as drawn.
    pub plain: Bytes,
    /// Compressed with gzip; empty when not worth it.
    pub gzip: Bytes,
    /// Compressed with Brotli; empty when not worth it.
    pub brotli: Bytes,
}

/// Every public page.
#[derive(Debug)]
pub struct Shelf {
    sheets: ArcSwap<HashMap<String, Sheet>>,
    directory: ArcSwapOption<DirectoryView>,
    folder: Option<PathBuf>,
    changed: broadcast::Sender<Arc<str>>,
}

impl Shelf {
    /// Returns a shelf that lives in memory only.
    #[must_use]
    pub fn in_memory() -> Self {
        Self {
            sheets: ArcSwap::default(),
            directory: ArcSwapOption::default(),
            folder: None,
            changed: broadcast::channel(ANNOUNCED).0,
        }
    }

    /// Returns a shelf that also lives in this folder, filled with what stands there.
    ///
    /// # Errors
    /// When the folder can't be made or read.
    pub fn open(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let shelf = Self { folder: Some(folder.to_owned()), ..Self::in_memory() };
        let mut sheets = HashMap::new();
        for entry in fs::read_dir(folder)? {
            let file = entry?.path();
            match read(&file) {
                Ok((path, sheet)) => drop(sheets.insert(path, sheet)),
                Err(error) => warn!(file = %file.display(), %error, "page on the shelf could not be read"),
            }
        }
        shelf.sheets.store(Arc::new(sheets));
        Ok(shelf)
    }

    /// Returns the page at this path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<Sheet> {
        self.sheets.load().get(path).cloned()
    }

    /// Returns the paths of all pages, in ascending order.
    #[must_use]
    pub fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.sheets.load().keys().cloned().collect();
        paths.sort_unstable();
        paths
    }

    /// Puts a complete set of pages in the place of what the set held before, and tells those who look at it. Returns
    /// whether any page is different.
    ///
    /// # Errors
    /// When a file can't be written; memory then has the new pages all the same.
    pub fn put(&self, set: &str, drawn: Vec<Page>) -> io::Result<bool> {
        let before = self.sheets.load_full();
        let set: Arc<str> = Arc::from(set);
        let mut sheets: HashMap<String, Sheet> = before
            .iter()
            .filter(|(_, sheet)| sheet.set != set)
            .map(|(p, s)| (p.clone(), s.clone()))
            .collect();
        let mut written = Vec::new();
        for page in drawn {
            let etag = etag_of(&page.body);
            let sheet = match before.get(&page.path) {
                Some(same) if same.etag == etag && same.set == set => same.clone(),
                _ => {
                    let sheet = sheet(&set, page.content_type, etag, page.body);
                    written.push((page.path.clone(), sheet.clone()));
                    sheet
                }
            };
            sheets.insert(page.path, sheet);
        }
        let gone: Vec<String> = before.keys().filter(|path| !sheets.contains_key(*path)).cloned().collect();
        let is_different = !written.is_empty() || !gone.is_empty();
        self.sheets.store(Arc::new(sheets));
        if is_different {
            // Nobody listening is no trouble.
            let _ = self.changed.send(Arc::clone(&set));
        }
        if let Some(folder) = &self.folder {
            written.iter().try_for_each(|(path, sheet)| write(folder, path, sheet))?;
            gone.iter().try_for_each(|path| remove(folder, path))?;
        }
        Ok(is_different)
    }

    /// Keeps what the directory was last drawn from, so that it can be searched.
    pub fn keep_directory(&self, view: DirectoryView) {
        self.directory.store(Some(Arc::new(view)));
    }

    /// Returns what the directory was last drawn from; `None` until it is drawn for the first time after a start.
    #[must_use]
    pub fn directory(&self) -> Option<Arc<DirectoryView>> {
        self.directory.load_full()
    }

    /// Returns a listener that hears the name of each set of pages that changes.
    #[must_use]
    pub fn listen(&self) -> broadcast::Receiver<Arc<str>> {
        self.changed.subscribe()
    }
}

fn etag_of(body: &[u8]) -> Arc<str> {
    let hash = Sha256::digest(body);
    let hex: String = hash.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    Arc::from(hex)
}

fn sheet(set: &Arc<str>, content_type: &str, etag: Arc<str>, body: Vec<u8>) -> Sheet {
    let (gzip, brotli) =
        if body.len() < WORTH_COMPRESSING { Default::default() } else { (gzipped(&body), brotlied(&body)) };
    Sheet {
        set: Arc::clone(set),
        content_type: Arc::from(content_type),
        etag,
        plain: Bytes::from(body),
        gzip,
        brotli,
    }
}

fn gzipped(body: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::new(6));
    let done = encoder.write_all(body).and_then(|()| encoder.finish());
    Bytes::from(done.expect("writing to memory does not fail"))
}

fn brotlied(body: &[u8]) -> Bytes {
    let mut out = Vec::with_capacity(body.len() / 4);
    let mut encoder = brotli::CompressorWriter::new(&mut out, 4096, BROTLI_QUALITY, 20);
    encoder.write_all(body).expect("writing to memory does not fail");
    drop(encoder);
    Bytes::from(out)
}

/// One file a page, named by the hash of its path so that no path can leave the folder: three lines of head, then the body.
fn write(folder: &Path, path: &str, sheet: &Sheet) -> io::Result<()> {
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

fn read(file: &Path) -> io::Result<(String, Sheet)> {
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
    Ok((path, sheet(&set, &content_type, etag, body)))
}

fn remove(folder: &Path, path: &str) -> io::Result<()> {
    match fs::remove_file(file_of(folder, path)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn file_of(folder: &Path, path: &str) -> PathBuf {
    folder.join(format!("{}.page", &*etag_of(path.as_bytes())))
}

#[cfg(test)]
mod tests;
