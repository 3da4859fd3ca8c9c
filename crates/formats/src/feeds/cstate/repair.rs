//! Mending JSON that a text template made: quotes, line ends and backslashes that stand unescaped in strings.
//!
//! A quote ends a string where what follows can only follow a string; any other is part of the text. JSON that was whole
//! comes out unchanged, and so does the beginning of it: a document that was cut stays broken.

/// Returns the text with what stands in strings escaped.
pub(super) fn mend(text: &str) -> String {
    let mut mended = String::with_capacity(text.len() + 64);
    let mut is_string = false;
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' if !is_string => {
                is_string = true;
                mended.push('"');
            }
            '"' if ends_string(&text[at + 1..]) => {
                is_string = false;
                mended.push('"');
            }
            '"' => mended.push_str("\\\""),
            '\\' if is_string => {
                mended.push('\\');
                match text[at + 1..].chars().next() {
                    Some(escaped @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u')) => {
                        mended.push(escaped);
                        chars.next();
                    }
                    Some(_) | None => mended.push('\\'),
                }
            }
            '\n' if is_string => mended.push_str("\\n"),
            '\r' if is_string => mended.push_str("\\r"),
            '\t' if is_string => mended.push_str("\\t"),
            other => mended.push(other),
        }
    }
    mended
}

/// Whether what stands behind a quote can only follow a string: a colon, an end, or a comma before a further value.
fn ends_string(rest: &str) -> bool {
    let rest = rest.trim_start();
    match rest.chars().next() {
        Some(':' | '}' | ']') => true,
        Some(',') => {
            let next = rest[1..].trim_start().chars().next();
            next.is_some_and(|c| matches!(c, '"' | '{' | '[' | '-' | 't' | 'f' | 'n' | '0'..='9'))
        }
        Some(_) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_whole_stays_and_what_is_plain_is_mended() {
        let check = |text: &str, expect: &str| assert_eq!(mend(text), expect, "{text}");
        let whole = r#"{"a": "b \"c\", d\\", "e": ["f", "g"], "h": [{"i": ""}], "j": true}"#;
        check(whole, whole);
        check(r#"{"a": "say "b" now", "c": 1}"#, r#"{"a": "say \"b\" now", "c": 1}"#);
        check(r#"{"a": "b" c", "d": "e"}"#, r#"{"a": "b\" c", "d": "e"}"#);
        check("{\"a\": \"one\ntwo\tthree\r\"}", r#"{"a": "one\ntwo\tthree\r"}"#);
        check(r#"{"a": "C:\pub"}"#, r#"{"a": "C:\\pub"}"#);
        check("{\n\t\"a\": 1}", "{\n\t\"a\": 1}");
    }

    #[test]
    fn what_was_cut_stays_broken() {
        let whole = r#"{"a": "b "c" d", "e": [{"f": "g"}, {"h": "i"}]}"#;
        assert!(serde_json::from_str::<serde_json::Value>(&mend(whole)).is_ok());
        for end in 0..whole.len() {
            assert!(serde_json::from_str::<serde_json::Value>(&mend(&whole[..end])).is_err(), "{end}");
        }
    }
}
