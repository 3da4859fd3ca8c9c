//! Character references of HTML: those of HTML 4 that texts are full of, and all numeric ones. An unknown name stays as it
//! is written.

use std::borrow::Cow;

/// The names of the characters from U+00A0 to U+00FF, in order.
const LATIN: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 \
    acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig \
    Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave \
    Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave \
    iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml";

/// The others in common use.
const NAMED: [(&str, char); 44] = [
    ("amp", '&'),
    ("AMP", '&'),
    ("lt", '<'),
    ("LT", '<'),
    ("gt", '>'),
    ("GT", '>'),
    ("quot", '"'),
    ("QUOT", '"'),
    ("apos", '\''),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("bdquo", '„'),
    ("lsaquo", '‹'),
    ("rsaquo", '›'),
    ("hellip", '…'),
    ("bull", '•'),
    ("dagger", '†'),
    ("permil", '‰'),
    ("prime", '′'),
    ("euro", '€'),
    ("trade", '™'),
    ("larr", '←'),
    ("uarr", '↑'),
    ("rarr", '→'),
    ("darr", '↓'),
    ("harr", '↔'),
    ("minus", '−'),
    ("asymp", '≈'),
    ("ne", '≠'),
    ("le", '≤'),
    ("ge", '≥'),
    ("infin", '∞'),
    ("check", '✓'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("zwnj", '\u{200C}'),
    ("zwj", '\u{200D}'),
    ("tab", '\t'),
];

/// What browsers show for U+0080 to U+009F: the characters of Windows, which pages mean by them.
const WINDOWS: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

/// The longest reference looked for, in bytes.
const LONGEST: usize = 12;

/// Returns text with its references replaced.
pub(crate) fn decode(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let (c, length) = reference(&rest[1..]).map_or(('&', 1), |(c, length)| (c, length + 1));
        decoded.push(c);
        rest = &rest[length..];
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// Reads a reference without its `&`; returns the character and how many bytes it took.
fn reference(text: &str) -> Option<(char, usize)> {
    let window = &text[..text.floor_char_boundary(LONGEST)];
    let end = window.find(';')?;
    let body = &window[..end];
    let c = match body.strip_prefix('#') {
        Some(number) => numeric(number)?,
        None => named(body)?,
    };
    Some((c, end + 1))
}

fn numeric(number: &str) -> Option<char> {
    let code = match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
        None => number.parse().ok()?,
    };
    match code {
        0x80..=0x9F => Some(WINDOWS[(code - 0x80) as usize]),
        0 => Some('\u{FFFD}'),
        _ => char::from_u32(code),
    }
}

fn named(name: &str) -> Option<char> {
    let common = NAMED.iter().find(|(known, _)| *known == name).map(|(_, c)| *c);
    common.or_else(|| {
        let place = LATIN.split_ascii_whitespace().position(|known| known == name)?;
        char::from_u32(0xA0 + u32::try_from(place).ok()?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_become_characters_and_the_rest_stays() {
        let check = |text: &str, expect: &str| assert_eq!(decode(text), expect, "{text}");
        check("a &amp; b &lt;c&gt; &quot;d&#39;s&quot;", "a & b <c> \"d's\"");
        check("&nbsp;&eacute;&yuml;&Auml;&frac12;&times;", "\u{A0}éÿÄ½×");
        check("&#8217;&#x2014;&#X41;&#146;&#0;", "’—A’\u{FFFD}");
        check("AT&T & &; &#; &#xZZ; &unknown; &amp", "AT&T & &; &#; &#xZZ; &unknown; &amp");
        check("&amp;lt;", "&lt;");
        check("&#1114112;&#55296;", "&#1114112;&#55296;");
        check("&日本語日本語;", "&日本語日本語;");
    }
}
