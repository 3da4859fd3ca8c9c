//! Style sheets of teams for their status pages: what of them may be worn.
//!
//! A sheet may change letters, the lines around things and the room within them. It may not change what a page says: nothing that
//! hides, moves, covers or writes is let through, nothing is loaded from anywhere, and colours may be set in the bar and at the
//! foot alone, since elsewhere they are the theme's, whose contrast is measured. What is not known to be harmless is left away,
//! and named.

use cssparser::{ParseError, Parser, Token};

/// The largest sheet.
const MOST_BYTES: usize = 16 << 10;

/// How deep `@media` may stand in `@media`.
const DEEPEST: u32 = 3;

/// Lengths that one value may add up, less one.
const MOST_SUMS: usize = 2;

/// Properties that may be set everywhere.
const EVERYWHERE: [&str; 27] = [
    "border",
    "border-block",
    "border-block-end",
    "border-block-start",
    "border-bottom",
    "border-color",
    "border-inline",
    "border-left",
    "border-radius",
    "border-right",
    "border-style",
    "border-top",
    "border-width",
    "font-family",
    "font-style",
    "font-variant-numeric",
    "font-weight",
    "padding",
    "padding-block",
    "padding-block-end",
    "padding-block-start",
    "padding-bottom",
    "padding-inline",
    "padding-left",
    "padding-right",
    "padding-top",
    "text-decoration-thickness",
];

/// Properties that may be set in the bar and at the foot.
const AROUND: [&str; 3] = ["background", "background-color", "color"];

/// Functions that only compute.
const FUNCTIONS: [&str; 11] = [
    "calc",
    "clamp",
    "color-mix",
    "hsl",
    "hsla",
    "light-dark",
    "linear-gradient",
    "max",
    "min",
    "rgb",
    "rgba",
];

/// Returns what of a sheet may be worn, and what is left away and why.
#[must_use]
pub fn worn(sheet: &str) -> (String, Vec<String>) {
    if sheet.len() > MOST_BYTES {
        return (String::new(), vec!["the style sheet is left away: it is larger than 16 KiB".to_owned()]);
    }
    let mut tailor = Tailor::default();
    tailor.rules(&mut Parser::new(sheet), 0);
    (tailor.kept, tailor.left)
}

/// Cuts a sheet.
#[derive(Default)]
struct Tailor {
    kept: String,
    left: Vec<String>,
}

impl Tailor {
    fn leave(&mut self, what: &str, why: &str) {
        let what: String = what.trim().chars().filter(|c| !c.is_control()).take(60).collect();
        self.left.push(format!("of the style sheet {what:?} is left away: {why}"));
    }

    /// Reads rules to the end of the input.
    fn rules(&mut self, input: &mut Parser<'_>, depth: u32) {
        loop {
            input.skip_whitespace();
            let mut start = input.position();
            let end = loop {
                let before = input.position();
                let Ok(token) = input.next_including_whitespace() else {
                    let rest = input.slice_from(start).trim();
                    if !rest.is_empty() {
                        self.leave(rest, "it is no rule");
                    }
                    return;
                };
                if matches!(token, Token::CurlyBracketBlock) {
                    break before;
                }
                if matches!(token, Token::Semicolon) {
                    let statement = input.slice(start..before).to_owned();
                    self.leave(&statement, "it is no rule");
                    start = input.position();
                }
            };
            let head = input.slice(start..end).trim().to_owned();
            let read = input.parse_nested_block(|block| {
                self.block(&head, block, depth);
                Ok::<(), ParseError<()>>(())
            });
            if read.is_err() {
                self.leave(&head, "it can't be read");
            }
        }
    }

    fn block(&mut self, head: &str, input: &mut Parser<'_>, depth: u32) {
        if let Some(rule) = head.strip_prefix('@') {
            let is_media = head.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("@media "));
            let is_plain = rule.chars().all(|c| c.is_ascii_alphanumeric() || " ()-:,<>=.%\n\t".contains(c));
            let mut inner = Self::default();
            if is_media && is_plain && depth < DEEPEST {
                inner.rules(input, depth + 1);
            } else {
                drain(input);
                self.leave(head, "only @media is let through");
            }
            if !inner.kept.is_empty() {
                self.kept.push_str(&format!("{head} {{\n{}}}\n", inner.kept));
            }
            return self.left.append(&mut inner.left);
        }
        if head.is_empty() || head.contains("/*") || head.contains(['\\', '<', '@', '{', '}', '&']) {
            drain(input);
            return self.leave(head, "it is no plain selector");
        }
        let is_around = is_around(head);
        let mut kept = Vec::new();
        while let Some((text, is_harmless)) = declaration(input) {
            let name = text.split(':').next().unwrap_or_default().trim().to_ascii_lowercase();
            if AROUND.contains(&name.as_str()) && !is_around {
                self.leave(&format!("{head} {{ {text} }}"), "colours are set in .bar and footer alone");
            } else if !EVERYWHERE.contains(&name.as_str()) && !AROUND.contains(&name.as_str()) {
                self.leave(&format!("{head} {{ {text} }}"), "this property is not let through");
            } else if !is_harmless {
                self.leave(&format!("{head} {{ {text} }}"), "its value is not let through");
            } else {
                kept.push(text);
            }
        }
        if !kept.is_empty() {
            self.kept.push_str(&format!("{head} {{ {} }}\n", kept.join("; ")));
        }
    }
}

/// Whether all that a selector can mean stands in the bar or at the foot.
fn is_around(head: &str) -> bool {
    head.split(',').all(|part| {
        let rest = [".bar", "footer"].iter().find_map(|own| part.trim().strip_prefix(own));
        let is_within =
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '>', ':', '.', '[']));
        is_within && !part.contains(['~', '+'])
    })
}

/// Returns the next declaration, and whether its value does no harm.
fn declaration(input: &mut Parser<'_>) -> Option<(String, bool)> {
    loop {
        input.skip_whitespace();
        let start = input.position();
        let (mut is_harmless, mut has_more) = (true, true);
        let end = loop {
            let before = input.position();
            match input.next_including_whitespace().map(|token| (is_plain(token), is_opening(token))) {
                Ok((_, None)) if input.slice(before..input.position()) == ";" => break before,
                Ok((is_plain, None)) => is_harmless &= is_plain,
                Ok((is_plain, Some(()))) => is_harmless &= is_plain & is_inside_plain(input),
                Err(_) => {
                    has_more = false;
                    break before;
                }
            }
        };
        let text = input.slice(start..end).trim();
        if text.is_empty() && has_more {
            continue;
        }
        if text.is_empty() {
            return None;
        }
        let is_plain = text.contains(':') && !text.contains("/*") && !text.contains(['\\', '<']);
        return Some((text.to_owned(), is_harmless && is_plain && is_measured(text)));
    }
}

/// Whether the room that a value takes is what its lengths say: nothing multiplies them, few are added up, and none is a part of
/// the width.
fn is_measured(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let computes = ["calc(", "clamp(", "max(", "min("].iter().any(|name| text.contains(name));
    let sums = text.split_whitespace().filter(|word| matches!(*word, "+" | "-")).count();
    let is_room = text.starts_with("padding");
    !(computes && text.contains(['*', '/'])) && sums <= MOST_SUMS && !(is_room && text.contains('%'))
}

/// Whether a length pushes nothing out of sight. Units that go by the window are none.
fn is_short(value: f32, unit: &str) -> bool {
    let most = match unit.to_ascii_lowercase().as_str() {
        "px" => 64.0,
        "em" | "rem" | "ch" | "ex" => 4.0,
        "deg" | "grad" | "rad" | "turn" => f32::INFINITY,
        _ => return false,
    };
    value.abs() <= most
}

fn is_inside_plain(input: &mut Parser<'_>) -> bool {
    let read = input.parse_nested_block(|inner| {
        let mut is_harmless = true;
        while let Ok((is_plain, opening)) =
            inner.next_including_whitespace().map(|it| (is_plain(it), is_opening(it)))
        {
            is_harmless &= is_plain;
            if opening.is_some() {
                is_harmless &= is_inside_plain(inner);
            }
        }
        Ok::<bool, ParseError<()>>(is_harmless)
    });
    read.unwrap_or(false)
}

fn is_opening(token: &Token<'_>) -> Option<()> {
    let opens = matches!(
        token,
        Token::Function(_) | Token::ParenthesisBlock | Token::SquareBracketBlock | Token::CurlyBracketBlock
    );
    opens.then_some(())
}

/// Whether a token only names, counts or computes.
fn is_plain(token: &Token<'_>) -> bool {
    if let Token::Function(name) = token {
        return FUNCTIONS.iter().any(|known| name.eq_ignore_ascii_case(known));
    }
    if let Token::Dimension { value, unit, .. } = token {
        return is_short(*value, unit);
    }
    if let Token::Delim(sign) = token {
        return matches!(sign, '/' | '+' | '-' | '*' | '.');
    }
    matches!(
        token,
        Token::Ident(_)
            | Token::Hash(_)
            | Token::IDHash(_)
            | Token::QuotedString(_)
            | Token::Number { .. }
            | Token::Percentage { .. }
            | Token::WhiteSpace(_)
            | Token::Comma
            | Token::Colon
            | Token::ParenthesisBlock
    )
}

fn drain(input: &mut Parser<'_>) {
    while input.next().is_ok() {}
}

#[cfg(test)]
mod tests {
    use super::worn;

    #[track_caller]
    fn kept(sheet: &str, expected: &str) {
        assert_eq!(worn(sheet), (expected.to_owned(), Vec::new()));
    }

    #[track_caller]
    fn left(sheet: &str) {
        let (kept, left) = worn(sheet);
        assert!(kept.is_empty() && !left.is_empty(), "{kept:?} {left:?}");
        assert!(!left.iter().any(|line| line.contains('\n')), "{left:?}");
    }

    #[test]
    fn letters_lines_and_room_are_a_teams_and_colours_around_the_page() {
        kept(
            "/* ours */ h1, .comp > b { font-family: \"Inter\", sans-serif; font-weight: 600; }",
            "h1, .comp > b { font-family: \"Inter\", sans-serif; font-weight: 600 }\n",
        );
        kept(
            ".bar { background: linear-gradient(90deg, #123, rgb(1 2 3 / 50%)); color: #fff }",
            ".bar { background: linear-gradient(90deg, #123, rgb(1 2 3 / 50%)); color: #fff }\n",
        );
        kept(
            "@media (max-width: 30rem) { .card { border-radius: 0; padding: calc(1rem + 2px) } }",
            "@media (max-width: 30rem) {\n.card { border-radius: 0; padding: calc(1rem + 2px) }\n}\n",
        );
        kept("", "");
        kept("footer a:hover { color: red;; }", "footer a:hover { color: red }\n");
    }

    #[test]
    fn nothing_hides_moves_covers_writes_or_loads() {
        for harm in [
            ".verdict { display: none }",
            ".verdict { color: transparent }",
            ".bar ~ main .verdict { color: #fff }",
            ".bar + main { background: red }",
            ".bar, .verdict { color: #fff }",
            ".barred { color: #fff }",
            ".bar:is(x, .verdict) { color: #fff }",
            "#verdict::before { content: \"All systems operational\" }",
            ".incident { position: fixed; opacity: 0; transform: none; visibility: hidden; margin: -99rem }",
            ".state { font-size: 0; clip-path: inset(50%); letter-spacing: -1em; text-indent: -99rem }",
            "@import url(https://evil.example/x.css);",
            "@import \"x.css\";",
            "@font-face { font-family: x; src: url(x.woff) }",
            ".bar { background: url(https://evil.example/pixel) }",
            ".bar { background: URL(\"//evil.example\") }",
            ".bar { background: image-set(\"//evil.example\" 1x) }",
            ".bar { background: u\\72l(//evil.example) }",
            ".bar { background: linear-gradient(red, url(x)) }",
            ".bar { color: var(--x) } :root { --paper: #000 }",
            ".bar { color: red !important }",
            ".card { padding: 1px } } .verdict { display: none".trim_start_matches(".card { padding: 1px } "),
            ".x { .verdict { display: none } }",
            ".verdict { padding-top: 9999rem }",
            ".verdict { padding: 100vh 0 }",
            ".verdict { padding-top: 300% }",
            ".verdict { padding-top: calc(4rem * 99) }",
            ".verdict { padding-top: calc(4rem / 0.01) }",
            ".verdict { padding-top: calc(4rem + 4rem + 4rem + 4rem) }",
            ".verdict { border-top-width: 400px; border-top: 400px solid }",
            ".b\\61r { color: red }",
            "</style><script>alert(1)</script>",
            "<!-- .bar { color: red } -->",
            ".bar { color: red",
            ".bar { color: \"\n\" }",
            "@media (x) { @media (x) { @media (x) { @media (x) { h1 { padding: 1px } } } } }",
        ] {
            if harm == ".bar { color: red" {
                // The end of a sheet ends what is open in it.
                kept(harm, ".bar { color: red }\n");
                continue;
            }
            left(harm);
        }
        assert!(worn(&"h1 { padding: 0 }".repeat(2000)).0.is_empty());
    }
}
