//! JSON inside a page: script elements that hold it, and the chunks from which React builds a page.
//!
//! Text is looked through, nothing is run. What is cut off or broken is not found, so that half a page says nothing.

use serde::de::DeserializeOwned;

/// What introduces a chunk of a page's flight data: `self.__next_f.push([1,"…"])`.
const CHUNK: &str = "self.__next_f.push(";

/// Returns the text of the script element with an id.
pub(crate) fn script<'a>(html: &'a str, id: &str) -> Option<&'a str> {
    let marks = [format!(" id=\"{id}\""), format!(" id='{id}'"), format!(" id={id}>")];
    for (start, _) in html.match_indices("<script") {
        // Where nothing closes a tag or an element, nothing closes a later one either.
        let (tag, rest) = html[start..].split_at(html[start..].find('>')? + 1);
        if marks.iter().any(|mark| tag.contains(mark.as_str())) {
            return rest.find("</script").map(|end| &rest[..end]);
        }
    }
    None
}

/// Returns the flight data of a page: its chunks, joined. Absent values read as null and dates as their text.
pub(crate) fn flight(html: &str) -> Option<String> {
    let mut data = String::new();
    for (start, mark) in html.match_indices(CHUNK) {
        let rest = &html[start + mark.len()..];
        if let Some((1, text)) = prefix::<(i64, String)>(rest) {
            data.push_str(&text);
        }
    }
    let plain = || data.replace("\"$undefined\"", "null").replace("\"$D1", "\"1").replace("\"$D2", "\"2");
    (!data.is_empty()).then(plain)
}

/// Returns the values that stand under a key, in the order of the text, as far as they are whole.
pub(crate) fn values<T: DeserializeOwned>(data: &str, key: &str) -> impl Iterator<Item = T> {
    let mark = format!("\"{key}\":");
    let ends: Vec<usize> = data.match_indices(&mark).map(|(start, found)| start + found.len()).collect();
    ends.into_iter().filter_map(|end| prefix(&data[end..]))
}

/// Parses the JSON value that a text begins with.
fn prefix<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::Deserializer::from_str(text).into_iter::<T>().next()?.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_found_by_its_id() {
        let page = r#"<script>let id="data";</script><script type="x" id="data">{"a":1}</script>"#;
        assert_eq!(script(page, "data"), Some(r#"{"a":1}"#));
        assert_eq!(script("<script id='data'>1</script>", "data"), Some("1"));
        assert_eq!(script("<script id=\"data\">{\"a\":", "data"), None);
        assert_eq!(script("<script id=\"data2\">1</script>", "data"), None);
        assert_eq!(script("<script", "data"), None);
    }

    #[test]
    fn chunks_are_joined_before_they_are_read() {
        let page = r#"<script>self.__next_f.push([0])</script>
            <script>self.__next_f.push([1,"1:{\"site\":{\"at\":\"$D2026-01-0"])</script>
            <script>self.__next_f.push([1,"1T00:00:00Z\",\"gone\":\"$undefined\"}}\n2:{\"site\":\"$1:site\"}"])</script>
            <script>self.__next_f.push([1,"cut off"#;
        let data = flight(page).unwrap();
        let sites: Vec<serde_json::Value> = values(&data, "site").collect();
        assert_eq!(
            sites,
            [serde_json::json!({"at": "2026-01-01T00:00:00Z", "gone": null}), "$1:site".into()]
        );
        assert_eq!(flight("<html></html>"), None);
    }

    #[test]
    fn only_what_stands_for_a_date_loses_its_mark() {
        let page = r#"<script>self.__next_f.push([1,"{\"name\":\"$Dollar\",\"at\":\"$D2026\"}"])</script>"#;
        assert_eq!(flight(page).unwrap(), r#"{"name":"$Dollar","at":"2026"}"#);
    }
}
