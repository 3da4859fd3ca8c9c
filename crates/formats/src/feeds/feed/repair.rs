//! Mends what feeds commonly get wrong, without changing one that is right: a bare `&`, HTML that is neither escaped nor
//! quoted, text elements that are empty, and a version that no parser knows.

/// The elements that hold text; those of RSS often hold bare HTML.
const TEXTS: [&str; 4] = ["description", "content:encoded", "content", "summary"];

/// Whether a document ends with the end of its root.
pub(super) fn is_whole(text: &str, root: &str) -> bool {
    let mut end = text.trim_end();
    while let Some((before, _)) = end.strip_suffix("-->").and_then(|end| end.rsplit_once("<!--")) {
        end = before.trim_end();
    }
    let closed = end.strip_suffix('>').map(str::trim_end).and_then(|end| end.strip_suffix(root));
    closed.is_some_and(|end| end.ends_with("</"))
}

/// Returns the document mended.
pub(super) fn mended(text: &str) -> String {
    let rest = without_declaration(text);
    let mut mender = Mender {
        out: String::with_capacity(text.len() + 64),
        rest,
        is_rss: !rest.trim_start().starts_with("<feed"),
        endless: [false; TEXTS.len()],
    };
    while let Some(at) = mender.rest.find(['<', '&']) {
        mender.copy(at);
        if mender.rest.starts_with('&') { mender.reference() } else { mender.markup() }
    }
    mender.copy(mender.rest.len());
    mender.out
}

/// A document on its way through.
struct Mender<'a> {
    out: String,
    rest: &'a str,
    is_rss: bool,
    /// Which of [`TEXTS`] have no further end tag: to look for it again at every start tag would take for ever.
    endless: [bool; TEXTS.len()],
}

/// Drops the XML declaration: the text has been decoded, whatever encoding it names.
fn without_declaration(text: &str) -> &str {
    let start = text.trim_start();
    match start.strip_prefix("<?xml").and_then(|after| after.split_once("?>")) {
        Some((_, after)) => after,
        None => start,
    }
}

impl<'a> Mender<'a> {
    /// Copies so many bytes as they are.
    fn copy(&mut self, length: usize) {
        let (copied, rest) = self.rest.split_at(length);
        self.out.push_str(copied);
        self.rest = rest;
    }

    /// Copies a character reference, or escapes an `&` that begins none.
    fn reference(&mut self) {
        let window = &self.rest[1..self.rest.floor_char_boundary(40)];
        let is_name = |name: &str| {
            let word = name.strip_prefix('#').unwrap_or(name);
            !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric())
        };
        self.copy(1);
        if !window.split_once(';').is_some_and(|(name, _)| is_name(name)) {
            self.out.push_str("amp;");
        }
    }

    /// Copies what begins with a `<`: a quoted section, a comment or a tag.
    fn markup(&mut self) {
        for (start, end) in [("<![CDATA[", "]]>"), ("<!--", "-->")] {
            if self.rest.starts_with(start) {
                self.copy(self.rest.find(end).map_or(self.rest.len(), |at| at + end.len()));
                return;
            }
        }
        let length = self.rest.find('>').map_or(self.rest.len(), |at| at + 1);
        let tag = &self.rest[..length];
        let name = tag[1..].split(|c: char| c.is_whitespace() || matches!(c, '/' | '>')).next();
        let name = name.unwrap_or_default();
        if name == "rss" {
            self.out.push_str(&with_version(tag));
            self.rest = &self.rest[length..];
        } else if let Some(which) = TEXTS.iter().position(|text| *text == name) {
            self.text_element(which, tag);
        } else {
            self.copy(length);
        }
    }

    /// Copies the start of an element that holds text, or all of it: an empty one is left out, bare HTML in it is quoted.
    fn text_element(&mut self, which: usize, tag: &'a str) {
        let after = &self.rest[tag.len()..];
        if tag.ends_with("/>") {
            if tag.contains("src=") {
                self.out.push_str(tag);
            }
            self.rest = after;
            return;
        }
        let end_tag = format!("</{}>", TEXTS[which]);
        let found = if self.endless[which] { None } else { after.split_once(end_tag.as_str()) };
        let Some((inside, rest)) = found else {
            self.endless[which] = true;
            self.copy(tag.len());
            return;
        };
        let trimmed = inside.trim();
        if trimmed.is_empty() {
            self.rest = rest;
        } else if self.is_rss && is_bare_html(trimmed) {
            let quoted = inside.replace("]]>", "]]]]><![CDATA[>");
            self.out.extend([tag, "<![CDATA[", &quoted, "]]>", &end_tag]);
            self.rest = rest;
        } else {
            self.copy(tag.len());
        }
    }
}

/// Whether the inside of an element is HTML that should have been quoted, and not the rest of a feed whose element never
/// ended.
fn is_bare_html(inside: &str) -> bool {
    inside.contains('<') && !inside.starts_with("<![CDATA[") && !inside.contains("<item")
}

/// Gives `<rss>` a version that the parser knows.
fn with_version(tag: &str) -> String {
    if ["\"2.0\"", "\"0.91\"", "\"0.92\"", "'2.0'", "'0.91'", "'0.92'"]
        .iter()
        .any(|known| tag.contains(known))
    {
        return tag.to_owned();
    }
    let namespaces: Vec<&str> = tag
        .trim_end_matches('>')
        .split_ascii_whitespace()
        .skip(1)
        .filter(|attribute| !attribute.starts_with("version"))
        .collect();
    format!("<rss version=\"2.0\" {}>", namespaces.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_right_stays_as_it_is() {
        for right in [
            "<rss version=\"2.0\"><channel><item><title>A &amp; B &nbsp;</title></item></channel></rss>",
            "<feed><entry><content type=\"xhtml\"><div>a<br/></div></content></entry></feed>",
            "<rss version='0.91'><description><![CDATA[<p>a & b<br></p>]]></description></rss>",
            "<rss version=\"2.0\"><!-- a & b --></rss>",
        ] {
            assert_eq!(mended(right), right);
        }
    }

    #[test]
    fn what_is_wrong_is_mended() {
        let check = |wrong: &str, expect: &str| assert_eq!(mended(wrong), expect, "{wrong}");
        check("<?xml version=\"1.0\" encoding=\"latin-1\"?>\n<rss>", "\n<rss version=\"2.0\" >");
        check("<rss version=\"1.0\" xmlns:a=\"b\">", "<rss version=\"2.0\" xmlns:a=\"b\">");
        check("<title>R & D AT&T; &#38; &x y;</title>", "<title>R &amp; D AT&T; &#38; &amp;x y;</title>");
        check("<description>a<br>b</description>", "<description><![CDATA[a<br>b]]></description>");
        check(
            "<description>a]]>&<br></description>",
            "<description><![CDATA[a]]]]><![CDATA[>&<br>]]></description>",
        );
        let unclosed = "<description>a<item><description>b</description></item>";
        check(unclosed, unclosed);
        check("<description><description>a", "<description><description>a");
        check("<feed><content type=\"html\"> </content><summary/>x", "<feed>x");
    }

    #[test]
    fn a_cut_document_is_not_whole() {
        assert!(is_whole("<rss></rss >\n<!-- a --> <!-- b -->\n", "rss"));
        assert!(
            !is_whole("<rss></rss", "rss") && !is_whole("<rss></channel>", "rss") && !is_whole("rss>", "rss")
        );
    }
}
