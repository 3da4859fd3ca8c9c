//! `/etc/hosts`: names to which this machine's operator gave addresses.
//!
//! It is read again when it has changed, since whoever moves a name by it expects that to hold for the next request; what
//! it costs otherwise is one look at the file's date. A name that is found here is not asked for elsewhere.

use std::{
    collections::HashMap,
    io,
    net::IpAddr,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use tokio::fs;
use tracing::warn;

/// A file of names, as it was when it was read last.
pub(super) struct Hosts {
    path: PathBuf,
    last: Mutex<(Stamp, Names)>,
}

/// What tells one state of the file from another: its date and size, nothing where it is missing.
type Stamp = Option<(SystemTime, u64)>;

type Names = Arc<HashMap<String, Vec<IpAddr>>>;

impl Hosts {
    /// Names the file. It is read when it is needed.
    pub(super) fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), last: Mutex::default() }
    }

    /// Returns the addresses that the file gives to `name`; none when it does not know it.
    pub(super) async fn find(&self, name: &str) -> Vec<IpAddr> {
        let names = self.names().await;
        names.get(name.trim_end_matches('.')).cloned().unwrap_or_default()
    }

    async fn names(&self) -> Names {
        let stamp = self.stamp().await.ok();
        {
            let last = self.last();
            if last.0 == stamp {
                return Arc::clone(&last.1);
            }
        }
        let bytes = match stamp {
            None => Ok(Vec::new()),
            Some(_) => fs::read(&self.path).await,
        };
        let bytes = bytes.unwrap_or_else(|error| {
            warn!(error = %error, "file of host names could not be read");
            Vec::new()
        });
        let names = Arc::new(parse(&String::from_utf8_lossy(&bytes)));
        *self.last() = (stamp, Arc::clone(&names));
        names
    }

    async fn stamp(&self) -> io::Result<(SystemTime, u64)> {
        let file = fs::metadata(&self.path).await?;
        Ok((file.modified()?, file.len()))
    }

    fn last(&self) -> MutexGuard<'_, (Stamp, Names)> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads lines of an address and its names; what is no address, as one with a zone, is left out.
fn parse(text: &str) -> HashMap<String, Vec<IpAddr>> {
    let mut known: HashMap<String, Vec<IpAddr>> = HashMap::new();
    for line in text.lines() {
        let mut words = line.split('#').next().unwrap_or_default().split_whitespace();
        let Some(Ok(address)) = words.next().map(str::parse) else { continue };
        for name in words {
            let addresses = known.entry(name.trim_end_matches('.').to_ascii_lowercase()).or_default();
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
    }
    known
}

#[cfg(test)]
mod tests {
    //! What is read, and when it is read again.

    use std::time::Duration;

    use super::*;

    fn ips(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn lines_are_addresses_and_names() {
        let known = parse(
            "# none\n10.0.0.1 a.example A2.example. # b.example\n\n10.0.0.2\ta.example a.example\n\
             ::1 six\r\nfe80::1%lo0 zone\nnonsense c.example\n10.0.0.3\n",
        );
        let find = |name: &str| known.get(name).cloned().unwrap_or_default();
        assert_eq!(find("a.example"), ips(&["10.0.0.1", "10.0.0.2"]));
        assert_eq!(find("a2.example"), ips(&["10.0.0.1"]));
        assert_eq!(find("six"), ips(&["::1"]));
        assert_eq!(known.len(), 3);
    }

    #[tokio::test]
    async fn a_changed_file_is_read_again() {
        let path = std::env::temp_dir().join(format!("midwatch-hosts-{}", std::process::id()));
        let hosts = Hosts::new(&path);
        assert!(hosts.find("a.example").await.is_empty(), "there is no file yet");
        let date = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        for (second, address) in [(1, "10.0.0.1"), (2, "10.0.0.2"), (3, "10.0.0.3")] {
            std::fs::write(&path, format!("{address} a.example")).unwrap();
            let file = std::fs::File::options().write(true).open(&path).unwrap();
            file.set_modified(date + Duration::from_secs(second)).unwrap();
            for name in ["a.example", "a.example."] {
                assert_eq!(hosts.find(name).await, ips(&[address]));
            }
        }
        let read = hosts.names().await;
        assert!(Arc::ptr_eq(&read, &hosts.names().await), "an unchanged file is not read again");
        std::fs::remove_file(&path).unwrap();
        assert!(hosts.find("a.example").await.is_empty());
    }
}
