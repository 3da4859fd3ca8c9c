//! Texts in which `{name}` stands for a fact and everything else for itself.
//!
//! There is no logic, so nothing that a fact holds can be more than a value: it is put in once and never looked at again.

/// A piece of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// What stands for itself.
    Text(&'a str),
    /// A name, with its byte offset.
    Name(&'a str, usize),
}

/// Returns the pieces of a template. A brace before anything but lower-case letters and `_` up to the next brace is a brace.
pub fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = template.get(at..).filter(|rest| !rest.is_empty())?;
        if let Some(name) = name_at(rest) {
            let piece = Piece::Name(name, at);
            at += name.len() + 2;
            return Some(piece);
        }
        let next = rest.match_indices('{').map(|(place, _)| place);
        let end = next.into_iter().find(|place| name_at(&rest[*place..]).is_some()).unwrap_or(rest.len());
        at += end;
        Some(Piece::Text(&rest[..end]))
    })
}

/// Returns the line and the column, both from 1, of a byte of a template.
#[must_use]
pub fn place(template: &str, offset: usize) -> (usize, usize) {
    let before = &template[..offset];
    let line = before.matches('\n').count() + 1;
    (line, before.rsplit('\n').next().unwrap_or_default().chars().count() + 1)
}

/// Returns the template with its names replaced; one without a value is replaced by nothing.
#[must_use]
pub fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(template.len() * 2);
    for piece in pieces(template) {
        match piece {
            Piece::Text(text) => filled.push_str(text),
            Piece::Name(name, _) => filled.push_str(&value(name).unwrap_or_default()),
        }
    }
    filled
}

fn name_at(text: &str) -> Option<&str> {
    let name = text.strip_prefix('{')?.split('}').next()?;
    let is_closed = text.len() > name.len() + 1;
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    (is_closed && is_name).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_that_name_nothing_are_braces() {
        let all = |template| pieces(template).collect::<Vec<_>>();
        assert_eq!(all("a {id} {}"), [Piece::Text("a "), Piece::Name("id", 2), Piece::Text(" {}")]);
        assert_eq!(all("{\"x\":\"{id}\"}").len(), 3);
        assert_eq!(all("{Id} {id {x"), [Piece::Text("{Id} {id {x")]);
    }

    #[test]
    fn a_value_that_looks_like_a_name_is_no_name() {
        let value = |name: &str| Some(if name == "a" { "{b}" } else { "no" }.to_owned());
        assert_eq!(fill("{a} {c}", value), "{b} no");
        assert_eq!(place("é {id}\nsays {x}", 13), (2, 6));
    }
}
