//! The recording: captures with their instants, and the network that answers with them.

use std::{
    fs,
    path::{Component, Path},
    sync::Arc,
};

use anyhow::{Context, Result, anyhow, bail};
use bytes::Bytes;
use engine::seams::Clock;
use jiff::Timestamp;
use outbound::{BoxFuture, FetchError, Mail, MailError, Outbound, Receipt, Request, Response};

use super::clock::SetClock;

/// The list of captures in a recording's folder.
const MANIFEST: &str = "manifest.csv";

/// One document as it was at an instant.
#[derive(Clone, Debug)]
struct Capture {
    at: Timestamp,
    /// The address it was captured from; `None` is the provider's feed.
    url: Option<String>,
    body: Bytes,
}

/// Captures in order of time.
#[derive(Clone, Debug)]
pub(crate) struct Recording(Vec<Capture>);

impl Recording {
    /// Reads a folder: `manifest.csv` with the columns `file` and `at`, and `url` where other documents than the feed were
    /// recorded too; further columns are nobody's business.
    ///
    /// # Errors
    /// What is missing or can't be understood, with its line.
    pub(crate) fn load(folder: &Path) -> Result<Self> {
        let path = folder.join(MANIFEST);
        let text = fs::read_to_string(&path).with_context(|| {
            format!(
                "{} can't be read; a recording is a folder with a {MANIFEST} of `file,at`",
                path.display()
            )
        })?;
        let mut captures = Vec::new();
        for (number, entry) in parse(&text).with_context(|| path.display().to_string())? {
            let line = || format!("{}:{number}", path.display());
            let file = inside(folder, &entry.file).with_context(line)?;
            let body = fs::read(&file)
                .with_context(|| format!("{} can't be read", file.display()))
                .with_context(line)?;
            captures.push(Capture { at: entry.at, url: entry.url, body: body.into() });
        }
        captures.sort_by_key(|capture| capture.at);
        if captures.is_empty() {
            bail!("{} lists no captures", path.display());
        }
        Ok(Self(captures))
    }

    /// Makes a recording of a feed.
    pub(crate) fn of_feed(captures: impl IntoIterator<Item = (Timestamp, String)>) -> Self {
        let capture = |(at, body): (Timestamp, String)| Capture { at, url: None, body: body.into() };
        Self(captures.into_iter().map(capture).collect())
    }

    /// Returns the instants at which something new was captured, each once, in order.
    pub(crate) fn instants(&self) -> Vec<Timestamp> {
        let mut instants: Vec<_> = self.0.iter().map(|capture| capture.at).collect();
        instants.dedup();
        instants
    }

    /// Whether other documents than the feed were captured.
    pub(super) fn has_companions(&self) -> bool {
        self.0.iter().any(|capture| capture.url.is_some())
    }

    /// Returns what stood at an address at an instant.
    fn body(&self, url: &str, feed: &str, at: Timestamp) -> Option<Bytes> {
        let until = self.0.partition_point(|capture| capture.at <= at);
        let is_it = |capture: &&Capture| capture.url.as_deref().unwrap_or(feed) == url;
        self.0[..until].iter().rev().find(is_it).map(|capture| capture.body.clone())
    }
}

/// A line of the manifest.
#[derive(Debug, PartialEq, Eq)]
struct Entry {
    file: String,
    at: Timestamp,
    url: Option<String>,
}

/// Reads a manifest: entries with their line numbers.
fn parse(text: &str) -> Result<Vec<(usize, Entry)>> {
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let head = lines.next().map(|(_, line)| fields(line.trim_start_matches('\u{feff}'))).unwrap_or_default();
    let column = |name: &str| head.iter().position(|known| known == name);
    let (Some(file), Some(at)) = (column("file"), column("at")) else {
        bail!("the first line has to name the columns `file` and `at`");
    };
    let url = column("url");
    let entry = |(index, line): (usize, &str)| {
        let (number, cells) = (index + 1, fields(line));
        let cell = |column: usize| cells.get(column).filter(|cell| !cell.is_empty()).cloned();
        let file = cell(file).ok_or_else(|| anyhow!("line {number}: no file is named"))?;
        let said = cell(at).ok_or_else(|| anyhow!("line {number}: no instant is named"))?;
        let at = said.parse().map_err(|_| {
            anyhow!("line {number}: {said:?} is no instant; right would be 2023-05-09T08:21:03Z")
        })?;
        Ok((number, Entry { file, at, url: url.and_then(cell) }))
    };
    lines.map(entry).collect()
}

fn fields(line: &str) -> Vec<String> {
    line.split(',').map(|field| field.trim().trim_matches('"').to_owned()).collect()
}

/// Returns the path of a file in the folder; a manifest names no files elsewhere.
fn inside(folder: &Path, file: &str) -> Result<std::path::PathBuf> {
    let path = Path::new(file);
    if path.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Ok(folder.join(path));
    }
    bail!("{file:?} is outside the folder of the recording")
}

/// A network on which the recordings are all there is to read, and everything that is sent is taken.
pub(super) struct RecordedNetwork {
    /// Each with the address of the feed that it is of.
    pub(super) recordings: Vec<(String, Recording)>,
    pub(super) clock: Arc<SetClock>,
}

impl RecordedNetwork {
    fn answer(&self, request: Request) -> Response {
        let (status, body) = if request.method.as_str() == "GET" {
            let now = self.clock.now();
            let body = |(feed, recording): &(String, Recording)| recording.body(&request.url, feed, now);
            match self.recordings.iter().find_map(body) {
                Some(body) => (200, body),
                None => (404, Bytes::from_static(b"not recorded")),
            }
        } else {
            (200, taken(&request.url))
        };
        Response { status, headers: Vec::new(), body, final_url: request.url }
    }
}

/// What a vendor answers to a message that it takes, as far as its answers are read.
fn taken(url: &str) -> Bytes {
    if url.contains("hooks.slack.com") {
        return Bytes::from_static(b"ok");
    }
    Bytes::from_static(
        br#"{"ok":true,"status":1,"ts":"1.0","channel":"C0","id":"1","event_id":"$1","name":"1","sid":"SM1",
            "message_uuid":["1"],"request":"1","receipt":"r1","result":{"message_id":1}}"#,
    )
}

impl Outbound for RecordedNetwork {
    fn fetch(&self, request: Request) -> BoxFuture<'_, Result<Response, FetchError>> {
        Box::pin(std::future::ready(Ok(self.answer(request))))
    }

    fn mail(&self, _mail: Mail) -> BoxFuture<'_, Result<Receipt, MailError>> {
        Box::pin(std::future::ready(Ok(Receipt { response: "accepted by the replay".to_owned() })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_has_columns_in_any_order_and_ignores_others() {
        let text = "at,file,source_commit\n2023-05-09T08:21:03Z,000.json,abc\n\n2023-05-09T08:52:39Z,\"001.json\",def\n";
        let entries = parse(text).unwrap();
        assert_eq!(entries.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(entries[1].1.file, "001.json");
        assert_eq!(entries[0].1.at.to_string(), "2023-05-09T08:21:03Z");
    }

    #[test]
    fn a_bad_manifest_is_refused_with_its_line() {
        assert!(parse("name,at\n").is_err());
        assert!(parse("").is_err());
        let error = parse("file,at\na.json,yesterday\n").unwrap_err().to_string();
        assert_eq!(error, "line 2: \"yesterday\" is no instant; right would be 2023-05-09T08:21:03Z");
    }

    #[test]
    fn files_outside_the_folder_are_not_read() {
        let folder = Path::new("/recording");
        assert_eq!(inside(folder, "a/b.json").unwrap(), Path::new("/recording/a/b.json"));
        assert!(inside(folder, "../b.json").is_err());
        assert!(inside(folder, "/etc/passwd").is_err());
    }

    #[test]
    fn the_capture_that_stood_at_an_instant_answers() {
        let capture = |second, url: Option<&str>, body: &'static str| Capture {
            at: Timestamp::from_second(second).unwrap(),
            url: url.map(str::to_owned),
            body: body.into(),
        };
        let recording =
            Recording(vec![capture(10, None, "a"), capture(20, Some("list"), "l"), capture(20, None, "b")]);
        let body = |url, second| recording.body(url, "feed", Timestamp::from_second(second).unwrap());
        assert_eq!(body("feed", 9), None);
        assert_eq!(body("feed", 19).unwrap(), "a");
        assert_eq!(body("feed", 20).unwrap(), "b");
        assert_eq!(body("list", 20).unwrap(), "l");
        assert_eq!(recording.instants().len(), 2);
    }
}
