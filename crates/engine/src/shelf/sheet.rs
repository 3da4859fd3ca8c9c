//! One page, ready to be sent in each encoding.

use std::{io::Write, sync::Arc};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use render::Page;
use sha2::{Digest, Sha256};

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
    /// A strong validator without its quotes: of what generation it is, and the hash of its bytes. It differs for each
    /// encoding by a suffix that serving adds.
    pub etag: Arc<str>,
    /// The bytes as drawn.
    pub plain: Bytes,
    /// Compressed with gzip; empty when not worth it.
    pub gzip: Bytes,
    /// Compressed with Brotli; empty when not worth it.
    pub brotli: Bytes,
}

impl Sheet {
    /// Makes a sheet of a page that a generation has drawn; `before` is what stood at its path, which is kept when it is the
    /// same.
    pub(crate) fn of(generation: &str, set: &Arc<str>, page: Page, before: Option<&Sheet>) -> Self {
        let etag = etag_of(generation, &page.body);
        match before {
            Some(same) if same.etag == etag && same.set == *set => same.clone(),
            Some(_) | None => Self::new(set, page.content_type, etag, page.body),
        }
    }

    /// Whether this generation has drawn it.
    pub(super) fn is_of(&self, generation: &str) -> bool {
        generation.is_empty() || self.etag.split_once('-').is_some_and(|(own, _)| own == generation)
    }

    pub(super) fn new(set: &Arc<str>, content_type: &str, etag: Arc<str>, body: Vec<u8>) -> Self {
        let is_small = body.len() < WORTH_COMPRESSING;
        let (gzip, brotli) = if is_small { Default::default() } else { (gzipped(&body), brotlied(&body)) };
        Self {
            set: Arc::clone(set),
            content_type: Arc::from(content_type),
            etag,
            plain: Bytes::from(body),
            gzip,
            brotli,
        }
    }

    /// Returns the memory it takes, without what is shared or small.
    pub(crate) fn size_bytes(&self) -> usize {
        self.plain.len() + self.gzip.len() + self.brotli.len()
    }
}

/// Returns the validator of these bytes; pages of no generation are known by their bytes alone.
pub(super) fn etag_of(generation: &str, body: &[u8]) -> Arc<str> {
    let hash = hash_of(body);
    Arc::from(if generation.is_empty() { hash } else { format!("{generation}-{hash}") })
}

pub(super) fn hash_of(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(12).map(|byte| format!("{byte:02x}")).collect()
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
