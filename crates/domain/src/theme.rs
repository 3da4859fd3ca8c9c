//! How a status page of ours is dressed: colours and a logo, and whether they may be worn.
//!
//! A theme is kept as it was written. What of it can be used is found out each time it is: a piece that is broken is left
//! away, and the page has there what it would have without a theme. Why, is told to those who keep the page, never to readers.

use std::fmt;

/// The largest picture: it is part of every version of the configuration.
pub const MOST_IMAGE_BYTES: usize = 64 << 10;

/// WCAG AA, for text of the usual size.
const LEAST_CONTRAST: f64 = 4.5;

/// What a team has asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    /// Behind everything.
    pub background: Option<Shade>,
    /// Behind the lines.
    pub card: Option<Shade>,
    /// Text.
    pub text: Option<Shade>,
    /// Marks and what can be opened.
    pub accent: Option<Shade>,
    /// Stands before the title.
    pub logo: Option<Vec<u8>>,
    /// The same by night.
    pub logo_dark: Option<Vec<u8>>,
    /// A style sheet as it was written.
    pub css: Option<String>,
}

/// A colour as it was written, by day and by night.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shade {
    /// By day.
    pub light: String,
    /// By night.
    pub dark: String,
}

/// What of a theme can be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The tokens of the style sheet that get other colours, each by day and by night.
    pub colours: Vec<(&'static str, [Colour; 2])>,
    /// The logo.
    pub logo: Option<Image>,
    /// The same by night.
    pub logo_dark: Option<Image>,
    /// The style sheet, of which whoever reads it has left what may be worn.
    pub css: String,
}

/// Red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

/// A picture of a known kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// Of which kind it is by its first bytes.
    pub kind: ImageKind,
    /// The file.
    pub bytes: Vec<u8>,
}

/// What pictures may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageKind {
    /// A PNG.
    Png,
    /// An SVG.
    Svg,
}

/// The colours of the style sheet that text of a page has or stands on, by day and by night.
pub const TOKENS: [(&str, [Colour; 2]); 11] = [
    ("paper", [Colour([0xfb, 0xfa, 0xf8]), Colour([0x0d, 0x14, 0x20])]),
    ("card", [Colour([0xff, 0xff, 0xff]), Colour([0x13, 0x1c, 0x2b])]),
    ("ink", [Colour([0x16, 0x20, 0x2e]), Colour([0xe8, 0xed, 0xf4])]),
    ("ink-2", [Colour([0x55, 0x61, 0x6f]), Colour([0x9f, 0xad, 0xbd])]),
    ("brass", [Colour([0x8a, 0x5a, 0x00]), Colour([0xf0, 0xb8, 0x49])]),
    ("ok", [Colour([0x1a, 0x7f, 0x4b]), Colour([0x41, 0xc9, 0x8a])]),
    ("degraded", [Colour([0x85, 0x62, 0x00]), Colour([0xe5, 0xc0, 0x4a])]),
    ("partial", [Colour([0xaa, 0x4f, 0x09]), Colour([0xf3, 0x9b, 0x4f])]),
    ("major", [Colour([0xb3, 0x26, 0x1e]), Colour([0xff, 0x7a, 0x70])]),
    ("work", [Colour([0x1f, 0x5f, 0xbf]), Colour([0x74, 0xaa, 0xff])]),
    ("unknown", [Colour([0x62, 0x6b, 0x77]), Colour([0x93, 0xa0, 0xb0])]),
];

/// The tokens that text stands on.
const BEHIND: [&str; 2] = ["paper", "card"];

impl Theme {
    /// Returns what of the theme can be used, and what is wrong with the rest, in words for those who keep the page.
    #[must_use]
    pub fn look(&self) -> (Look, Vec<String>) {
        let mut flaws = Vec::new();
        let colours = self.colours(&mut flaws);
        let mut picture = |name: &str, bytes: &Option<Vec<u8>>| {
            let found = Image::of(bytes.clone()?);
            found.map_err(|why| flaws.push(format!("{name} is left away: {why}"))).ok()
        };
        let (logo, logo_dark) = (picture("logo", &self.logo), picture("logo_dark", &self.logo_dark));
        (Look { colours, logo, logo_dark, css: String::new() }, flaws)
    }

    /// All colours or none: half a palette is no palette.
    fn colours(&self, flaws: &mut Vec<String>) -> Vec<(&'static str, [Colour; 2])> {
        let asked = [
            ("background", "paper", &self.background),
            ("card", "card", &self.card),
            ("text", "ink", &self.text),
            ("accent", "brass", &self.accent),
        ];
        let (mut colours, mut wrong) = (Vec::new(), Vec::new());
        for (name, token, shade) in
            asked.iter().filter_map(|(name, token, it)| Some((name, *token, it.as_ref()?)))
        {
            match (Colour::read(&shade.light), Colour::read(&shade.dark)) {
                (Some(light), Some(dark)) => colours.push((token, [light, dark])),
                (None, _) | (_, None) => {
                    wrong.push(format!("{name}: expected a colour such as \"#1a7f4b\""));
                }
            }
        }
        if wrong.is_empty() {
            wrong = faint(&colours);
        }
        if wrong.is_empty() {
            return colours;
        }
        flaws.extend(wrong.iter().map(|why| format!("the colours are left away: {why}")));
        Vec::new()
    }
}

/// Returns which text could not be read on which background, with its contrast.
fn faint(colours: &[(&'static str, [Colour; 2])]) -> Vec<String> {
    let worn =
        |token: &str| colours.iter().chain(&TOKENS).find(|(name, _)| *name == token).map(|(_, both)| *both);
    let mut wrong = Vec::new();
    for (front, _) in TOKENS.iter().filter(|(name, _)| !BEHIND.contains(name)) {
        for back in BEHIND {
            let (Some(fronts), Some(backs)) = (worn(front), worn(back)) else { continue };
            for (light, when) in ["by day", "by night"].into_iter().enumerate() {
                let ratio = fronts[light].contrast(backs[light]);
                if ratio < LEAST_CONTRAST {
                    let (front, back) = (said(front), said(back));
                    wrong.push(format!(
                        "{front} {} on {back} {} {when} has a contrast of {ratio:.2}:1, and 4.5:1 is the least that can be read",
                        fronts[light], backs[light]
                    ));
                }
            }
        }
    }
    wrong
}

/// Returns what people call a token.
fn said(token: &str) -> &str {
    match token {
        "paper" => "background",
        "ink" => "text",
        "ink-2" => "quiet text",
        "brass" => "accent",
        other => other,
    }
}

impl Colour {
    /// Reads `#rgb` or `#rrggbb`.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let digits =
            text.strip_prefix('#').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        let channel = |at: usize| match digits.len() {
            3 => u8::from_str_radix(&digits[at..=at].repeat(2), 16).ok(),
            6 => u8::from_str_radix(&digits[2 * at..2 * at + 2], 16).ok(),
            _ => None,
        };
        Some(Self([channel(0)?, channel(1)?, channel(2)?]))
    }

    /// Returns the contrast of two colours as WCAG computes it, from 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let [r, g, b] = self.0.map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [r, g, b] = self.0;
        write!(f, "#{r:02x}{g:02x}{b:02x}")
    }
}

impl Image {
    /// Tells of which kind a picture is by its bytes, whatever its file is called.
    fn of(bytes: Vec<u8>) -> Result<Self, &'static str> {
        if bytes.len() > MOST_IMAGE_BYTES {
            return Err("it is larger than 64 KiB");
        }
        if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            return Ok(Self { kind: ImageKind::Png, bytes });
        }
        let Ok(text) = std::str::from_utf8(&bytes) else { return Err("it is neither a PNG nor an SVG") };
        let text = text.trim_start_matches('\u{feff}').trim_start().to_ascii_lowercase();
        if !(text.starts_with("<svg")
            || (text.starts_with("<?xml") || text.starts_with("<!--")) && text.contains("<svg"))
        {
            return Err("it is neither a PNG nor an SVG");
        }
        // Nothing of it would run: it is shown as a picture, and at its own address under a policy that forbids all. But what
        // holds a script was not made to be a logo.
        if ["<script", "<foreignobject", "<!entity", "javascript:"].iter().any(|banned| text.contains(banned))
        {
            return Err("it holds a script, foreign content or entities, which a picture doesn't need");
        }
        Ok(Self { kind: ImageKind::Svg, bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shade(light: &str, dark: &str) -> Option<Shade> {
        Some(Shade { light: light.to_owned(), dark: dark.to_owned() })
    }

    #[test]
    fn a_palette_that_can_be_read_is_worn() {
        let theme =
            Theme { accent: shade("#5b21b6", "#c4b5fd"), text: shade("#111", "#fff"), ..Theme::default() };
        let (look, flaws) = theme.look();
        assert_eq!(flaws, Vec::<String>::new());
        let tokens: Vec<String> =
            look.colours.iter().map(|(name, [day, night])| format!("{name} {day} {night}")).collect();
        assert_eq!(tokens, ["ink #111111 #ffffff", "brass #5b21b6 #c4b5fd"]);
        assert_eq!(Theme::default().look(), (Look::default(), Vec::new()), "the usual colours can be read");
    }

    #[test]
    fn colours_that_can_not_be_read_or_are_none_leave_the_usual_ones() {
        let check = |theme: Theme, wanted: &str| {
            let (look, flaws) = theme.look();
            assert!(look.colours.is_empty() && flaws[0].contains(wanted), "{flaws:?}");
        };
        check(
            Theme { text: shade("#999999", "#fff"), ..Theme::default() },
            "text #999999 on background #fbfaf8 by day has a contrast of 2.73:1",
        );
        check(
            Theme { background: shade("#1a7f4b", "#000"), ..Theme::default() },
            "on background #1a7f4b by day",
        );
        for bad in ["red", "#12", "#12345g", "#ffff", "#ééé", "var(--x)", "#fff;}body{display:none"] {
            check(Theme { accent: shade(bad, "#fff"), ..Theme::default() }, "accent: expected a colour");
        }
    }

    #[test]
    fn pictures_are_what_their_bytes_say_and_hold_no_script() {
        let kind = |bytes: &[u8]| Image::of(bytes.to_vec()).map(|image| image.kind);
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n..."), Ok(ImageKind::Png));
        assert_eq!(kind(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), Ok(ImageKind::Svg));
        assert_eq!(kind(b"<?xml version='1.0'?>\n<svg/>"), Ok(ImageKind::Svg));
        assert!(
            kind(b"<html><svg/></html>").is_err() && kind(b"GIF89a").is_err() && kind(b"\xff\xd8").is_err()
        );
        assert!(kind(b"<svg><SCRIPT>alert(1)</SCRIPT></svg>").is_err());
        assert!(kind(b"<svg><a href='javascript:alert(1)'/></svg>").is_err());
        let large = [b"\x89PNG\r\n\x1a\n".to_vec(), vec![0; MOST_IMAGE_BYTES]].concat();
        assert!(kind(&large).is_err());
        let theme = Theme { logo: Some(b"GIF89a".to_vec()), ..Theme::default() };
        assert_eq!(theme.look().1, ["logo is left away: it is neither a PNG nor an SVG"]);
    }
}
