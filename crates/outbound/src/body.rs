//! The body of an answer: read under a limit, decompressed under the same limit.
//!
//! A small answer can decompress to a huge one, so both sizes are limited and hardly more than the limit is ever held.

use std::io;

use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder, ZlibDecoder};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, header::CONTENT_ENCODING};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::{FetchError, connection::chain, target::Target};

/// Decompressed bytes between two chances for other tasks.
const PORTION: usize = 64 * 1024;

/// What we can read, as `Accept-Encoding` says it.
pub(crate) const ACCEPTED: &str = "gzip, br";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Identity,
    Gzip,
    Brotli,
    Deflate,
}

/// Reads a whole body and undoes its compression.
pub(crate) async fn read(
    target: &Target,
    headers: &HeaderMap,
    body: Incoming,
    max_bytes: usize,
) -> Result<Bytes, FetchError> {
    let encoding = encoding(headers).ok_or_else(|| target.broken_off("its compression is not known"))?;
    let raw = collect(target, body, max_bytes).await?;
    if raw.is_empty() {
        return Ok(raw); // 204 and 304 may name a compression and have no body
    }
    let unpacked = match encoding {
        Encoding::Identity => return Ok(raw),
        Encoding::Gzip => {
            let mut decoder = GzipDecoder::new(&raw[..]);
            decoder.multiple_members(true);
            unpack(decoder, max_bytes).await
        }
        Encoding::Brotli => unpack(BrotliDecoder::new(&raw[..]), max_bytes).await,
        Encoding::Deflate => unpack(ZlibDecoder::new(&raw[..]), max_bytes).await,
    };
    match unpacked {
        Ok(Some(body)) => Ok(body),
        Ok(None) => Err(FetchError::TooLarge { max_bytes }),
        Err(error) => Err(target.broken_off(format!("its body can't be decompressed: {error}"))),
    }
}

/// The one compression that was used, `None` for one that is unknown or for several.
fn encoding(headers: &HeaderMap) -> Option<Encoding> {
    let mut found = Encoding::Identity;
    for value in headers.get_all(CONTENT_ENCODING) {
        for token in value.to_str().ok()?.split(',') {
            let next = match token.trim().to_ascii_lowercase().as_str() {
                "" | "identity" => continue,
                "gzip" | "x-gzip" => Encoding::Gzip,
                "br" => Encoding::Brotli,
                "deflate" => Encoding::Deflate,
                _ => return None,
            };
            if found != Encoding::Identity {
                return None;
            }
            found = next;
        }
    }
    Some(found)
}

async fn collect(target: &Target, mut body: Incoming, max_bytes: usize) -> Result<Bytes, FetchError> {
    let too_large = FetchError::TooLarge { max_bytes };
    if usize::try_from(body.size_hint().lower()).map_or(true, |bytes| bytes > max_bytes) {
        return Err(too_large);
    }
    let mut raw = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| target.broken_off(chain(&error)))?;
        let Ok(chunk) = frame.into_data() else { continue }; // trailers
        if raw.len() + chunk.len() > max_bytes {
            return Err(too_large);
        }
        raw.extend_from_slice(&chunk);
    }
    Ok(raw.freeze())
}

/// Reads the rest of a body that nobody wants; `false` when it breaks off or is more than `max_bytes`.
pub(crate) async fn skip(mut body: Incoming, max_bytes: usize) -> bool {
    let mut left = max_bytes;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return false };
        match left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) {
            Some(rest) => left = rest,
            None => return false,
        }
    }
    true
}

/// Reads all of `packed`; `None` when it is more than `max_bytes`.
async fn unpack(mut packed: impl AsyncRead + Unpin, max_bytes: usize) -> io::Result<Option<Bytes>> {
    let mut body = BytesMut::new();
    loop {
        body.reserve(PORTION);
        if packed.read_buf(&mut body).await? == 0 {
            return Ok(Some(body.freeze()));
        }
        if body.len() > max_bytes {
            return Ok(None);
        }
        tokio::task::yield_now().await;
    }
}

#[cfg(test)]
mod tests {
    //! Which compression a header names.

    use super::*;

    fn check(value: &'static str, expect: Option<Encoding>) {
        let headers = HeaderMap::from_iter([(CONTENT_ENCODING, http::HeaderValue::from_static(value))]);
        assert_eq!(encoding(&headers), expect, "{value}");
    }

    #[test]
    fn one_known_compression_is_read() {
        assert_eq!(encoding(&HeaderMap::new()), Some(Encoding::Identity));
        check("", Some(Encoding::Identity));
        check("identity", Some(Encoding::Identity));
        check("GZIP", Some(Encoding::Gzip));
        check("x-gzip", Some(Encoding::Gzip));
        check("identity, br", Some(Encoding::Brotli));
        check("deflate", Some(Encoding::Deflate));
        check("zstd", None);
        check("gzip, gzip", None);
    }
}
