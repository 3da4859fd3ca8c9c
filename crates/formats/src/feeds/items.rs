//! The items of an RSS or Atom feed in the few fields that the vendors' own feeds have.
//!
//! The parser resolves no external entities. Its dates are read by [`times::any`], so a zone that nobody knows is no
//! instant.

use feed_rs::model;
use jiff::Timestamp;

use super::times;

/// The most items kept; the longest feeds seen have fifty.
const ITEMS: usize = 500;

/// A feed.
pub(crate) struct Channel {
    /// Its title, as given.
    pub(crate) title: String,
    /// The addresses it names as its own.
    pub(crate) links: Vec<String>,
    /// When it was made.
    pub(crate) built_at: Option<Timestamp>,
    /// Its items in the order of the document.
    pub(crate) items: Vec<Item>,
    /// How many items were too many.
    pub(crate) dropped: usize,
}

/// An item; every text is as given, so it is still to be cleaned.
pub(crate) struct Item {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) link: Option<String>,
    /// HTML.
    pub(crate) body: String,
    pub(crate) categories: Vec<String>,
    pub(crate) at: Option<Timestamp>,
}

/// Reads a feed whole, or says where it breaks.
pub(crate) fn read(text: &str) -> Result<Channel, String> {
    if !is_closed(text) {
        return Err("truncated XML".to_owned());
    }
    let parser = feed_rs::parser::Builder::new()
        .sanitize_content(false)
        // The type of the instant is the parser's own; its text form is what both sides read.
        .timestamp_parser(|text| times::any(text)?.to_string().parse().ok())
        .build();
    let feed = parser.parse(text.as_bytes()).map_err(|error| format!("broken feed: {error}"))?;
    let built_at = feed.updated.or(feed.published).and_then(|at| times::seconds(at.timestamp()));
    let dropped = feed.entries.len().saturating_sub(ITEMS);
    Ok(Channel {
        title: feed.title.map(|title| title.content).unwrap_or_default(),
        built_at,
        links: feed.links.into_iter().map(|link| link.href).collect(),
        items: feed.entries.into_iter().take(ITEMS).map(item).collect(),
        dropped,
    })
}

/// Whether the root element ends where the text ends: the parser forgives what is cut off.
fn is_closed(text: &str) -> bool {
    let mut text = text.trim_end();
    while let Some((before, _)) = text.strip_suffix("-->").and_then(|text| text.rsplit_once("<!--")) {
        text = before.trim_end();
    }
    ["</rss>", "</feed>", "</rdf:RDF>"].iter().any(|end| text.ends_with(end))
}

fn item(entry: model::Entry) -> Item {
    let content = entry.content.and_then(|content| content.body);
    let summary = entry.summary.map(|summary| summary.content);
    let at = entry.published.or(entry.updated);
    Item {
        id: entry.id,
        title: entry.title.map(|title| title.content).unwrap_or_default(),
        link: entry.links.into_iter().next().map(|link| link.href),
        body: content.or(summary).unwrap_or_default(),
        categories: entry.categories.into_iter().map(|category| category.term).collect(),
        at: at.and_then(|at| times::seconds(at.timestamp())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rss(title: &str, date: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Lumen</title><link>https://example.com/</link>
            <item><title>{title}</title><guid>a</guid><pubDate>{date}</pubDate><category>North</category></item></channel></rss>"
        )
    }

    #[test]
    fn items_are_read_as_given_with_times_that_name_their_zone() {
        let channel = read(&rss("One &amp; two", "Mon, 17 Aug 2026 21:01:19 PDT")).unwrap();
        let item = &channel.items[0];
        assert_eq!((channel.title.as_str(), channel.links[0].as_str()), ("Lumen", "https://example.com/"));
        assert_eq!((item.id.as_str(), item.title.as_str()), ("a", "One & two"));
        assert_eq!(item.categories, ["North"]);
        assert_eq!(item.at, "2026-08-18T04:01:19Z".parse().ok());
        assert_eq!(read(&rss("A", "Mon, 17 Aug 2026 21:01:19 XYZ")).unwrap().items[0].at, None);
    }

    #[test]
    fn a_feed_that_is_cut_off_is_none_and_what_follows_it_is_no_matter() {
        let whole = rss("A", "");
        for end in 0..whole.len() {
            assert!(read(&whole[..end]).is_err(), "cut at {end}");
        }
        assert!(read(&format!("{whole}\n<!-- from the cache -->\n")).is_ok());
    }

    #[test]
    fn nothing_outside_the_document_is_read() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let hostile = rss("[&outside;]", "")
            .replace("<rss", &format!("<!DOCTYPE rss [<!ENTITY outside SYSTEM \"file://{file}\">]><rss"));
        let titles =
            read(&hostile).map(|channel| channel.items.into_iter().map(|it| it.title).collect::<Vec<_>>());
        assert!(titles.unwrap_or_default().iter().all(|title| !title.contains("package")));
    }
}
