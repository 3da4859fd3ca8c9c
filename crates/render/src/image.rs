//! The picture that is shown beside a link to a status page: whose it is, and how it stands on the day it was drawn.
//!
//! It is drawn from one bundled font without shaping. Where that would spell a text wrongly, as in Arabic, the verdict is told in
//! English, and the page is called by its slug. The same words on the same day are the same picture, which is drawn once.

use std::{
    collections::HashMap,
    sync::{LazyLock, Mutex, PoisonError},
};

use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};
use domain::{Language, Status};

use crate::{
    page::{CLOSE, OPEN, PNG, Page},
    verdict::Verdict,
    view::Board,
};

mod png;

/// The size that those who show such pictures ask for.
pub(crate) const WIDTH: usize = 1200;
pub(crate) const HEIGHT: usize = 630;

/// Beside the text.
const MARGIN: f32 = 90.0;

/// Lines of the verdict; what is more is cut.
const MOST_LINES: usize = 3;

/// Pictures that are remembered.
const REMEMBERED: usize = 256;

static FONT: LazyLock<FontRef<'static>> = LazyLock::new(|| {
    FontRef::try_from_slice(include_bytes!("../fonts/DejaVuSans-Bold.ttf"))
        .expect("the bundled font can be read")
});

static DRAWN: LazyLock<Mutex<HashMap<Words, Vec<u8>>>> = LazyLock::new(Mutex::default);

/// Everything that a picture says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Words {
    title: String,
    verdict: String,
    day: String,
    status: Status,
}

/// Returns the picture of a board.
pub(crate) fn page(board: &Board, verdict: &Verdict) -> Page {
    let words = Words::of(board, verdict);
    let mut drawn = DRAWN.lock().unwrap_or_else(PoisonError::into_inner);
    if drawn.len() >= REMEMBERED && !drawn.contains_key(&words) {
        drawn.clear();
    }
    let body = drawn.entry(words).or_insert_with_key(draw).clone();
    Page { path: board.place.path(NAME), content_type: PNG, body }
}

/// The name of the file.
pub(crate) const NAME: &str = "preview.png";

impl Words {
    fn of(board: &Board, verdict: &Verdict) -> Self {
        let status = if verdict.open.is_some() { Status::DegradedPerformance } else { verdict.status };
        let title = if is_spelled(&board.title) { &board.title } else { &board.id };
        let own = said(verdict);
        let (verdict, day) = if is_spelled(&own) {
            (own, day(board))
        } else {
            let mut english = board.clone();
            (english.voice.language, english.voice.written) = (Language::English, Language::English);
            (said(&Verdict::on_services(&english)), day(&english))
        };
        Self { title: title.clone(), verdict, day, status }
    }
}

/// The headline, without the marks for what may run the other way.
fn said(verdict: &Verdict) -> String {
    verdict.headline.plain().replace([OPEN, CLOSE], "")
}

fn day(board: &Board) -> String {
    board.words().date(board.as_of.to_zoned(board.voice.time_zone.clone()).date())
}

/// Whether the font has every character of a text, and putting them one behind the other spells it.
fn is_spelled(text: &str) -> bool {
    text.chars().all(|c| {
        u32::from(c) < 0x0590
            || ('\u{1e00}'..'\u{2000}').contains(&c)
            || ('\u{2010}'..='\u{2027}').contains(&c)
    }) && text.chars().all(|c| !c.is_control() && FONT.glyph_id(c).0 != 0)
}

fn draw(words: &Words) -> Vec<u8> {
    let mut canvas = Canvas { shades: vec![0; WIDTH * HEIGHT] };
    canvas.fill((0, 0), (WIDTH, 28), ACCENT);
    canvas.disc((MARGIN + 30.0, 200.0), 30.0);
    canvas.line(&words.title, 44.0, (MARGIN + 84.0, 216.0), (MARGIN + 84.0, MARGIN));
    let lines = wrapped(&words.verdict, 76.0);
    for (line, n) in lines.iter().zip(0u8..) {
        canvas.line(line, 76.0, (MARGIN, 330.0 + 92.0 * f32::from(n)), (MARGIN, MARGIN));
    }
    canvas.line(&words.day, 32.0, (MARGIN, 580.0), (MARGIN, MARGIN));
    png::encode(&canvas.shades, color(words.status))
}

/// Breaks a text into lines between words.
fn wrapped(text: &str, size: f32) -> Vec<String> {
    let room = (f32::from(u16::try_from(WIDTH).unwrap_or(u16::MAX))) - 2.0 * MARGIN;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), size) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            Some(_) | None => lines.push(word.to_owned()),
        }
    }
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}

fn width(text: &str, size: f32) -> f32 {
    let font = FONT.as_scaled(PxScale::from(size));
    text.chars().map(|c| font.h_advance(FONT.glyph_id(c))).sum()
}

/// The first shade of each colour; shade 0 is the ground.
const INK: u8 = 0;
const ACCENT: u8 = 8;

/// A picture of 16 shades: from the ground to the ink, and from the ground to the colour of the status.
struct Canvas {
    shades: Vec<u8>,
}

impl Canvas {
    fn fill(&mut self, from: (usize, usize), to: (usize, usize), color: u8) {
        for y in from.1..to.1 {
            self.shades[y * WIDTH + from.0..y * WIDTH + to.0].fill(color + 7);
        }
    }

    fn disc(&mut self, (x, y): (f32, f32), radius: f32) {
        for row in 0..HEIGHT {
            for column in 0..WIDTH {
                let (dx, dy) = (coordinate(column) + 0.5 - x, coordinate(row) + 0.5 - y);
                let inside = radius - dx.hypot(dy) + 0.5;
                if inside > 0.0 {
                    self.shade(column, row, inside, ACCENT);
                }
            }
        }
    }

    /// Sets a line of text on its base line; what has no room is cut off.
    fn line(&mut self, text: &str, size: f32, (start, base): (f32, f32), (_, margin): (f32, f32)) {
        let (font, mut x) = (FONT.as_scaled(PxScale::from(size)), start);
        let end = coordinate(WIDTH) - margin / 2.0;
        for c in text.chars() {
            let id = FONT.glyph_id(c);
            if x + font.h_advance(id) > end {
                break;
            }
            let glyph = id.with_scale_and_position(size, point(x, base));
            x += font.h_advance(id);
            let Some(outlined) = font.outline_glyph(glyph) else { continue };
            let bounds = outlined.px_bounds();
            outlined.draw(|dx, dy, share| {
                let (column, row) = (pixel(bounds.min.x) + dx as usize, pixel(bounds.min.y) + dy as usize);
                if column < WIDTH && row < HEIGHT {
                    self.shade(column, row, share, INK);
                }
            });
        }
    }

    fn shade(&mut self, column: usize, row: usize, share: f32, color: u8) {
        let at = &mut self.shades[row * WIDTH + column];
        // Between 0 and 7, so nothing is cut off.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of seven")]
        let steps = (share.clamp(0.0, 1.0) * 7.0).round() as u8;
        if steps > *at & 7 {
            *at = color + steps;
        }
    }
}

fn coordinate(pixel: usize) -> f32 {
    f32::from(u16::try_from(pixel).unwrap_or(u16::MAX))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "what lies left of the picture is cut off"
)]
fn pixel(coordinate: f32) -> usize {
    coordinate.max(0.0) as usize
}

/// The colour of a status by day, as on the page.
const fn color(status: Status) -> [u8; 3] {
    match status {
        Status::Unknown => [0x62, 0x6b, 0x77],
        Status::Operational => [0x1a, 0x7f, 0x4b],
        Status::UnderMaintenance => [0x1f, 0x5f, 0xbf],
        Status::DegradedPerformance => [0x85, 0x62, 0x00],
        Status::PartialOutage => [0xaa, 0x4f, 0x09],
        Status::MajorOutage => [0xb3, 0x26, 0x1e],
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::{status_pages, story};

    /// The largest that a picture may be, in bytes.
    const BUDGET: usize = 40_000;

    /// The parts of a picture by their names.
    fn parts(body: &[u8]) -> Vec<(String, Vec<u8>)> {
        let mut rest = body.strip_prefix(b"\x89PNG\r\n\x1a\n").unwrap();
        let mut parts = Vec::new();
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let length = u32::from_be_bytes(*length) as usize;
            parts.push((String::from_utf8(after[..4].to_vec()).unwrap(), after[4..4 + length].to_vec()));
            rest = &after[8 + length..];
        }
        parts
    }

    fn is_whole(body: &[u8]) {
        let parts = parts(body);
        let names: Vec<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["IHDR", "PLTE", "IDAT", "IEND"], "nothing but the picture");
        assert_eq!(parts[0].1[..8], [0, 0, 4, 176, 0, 0, 2, 118]);
        let mut rows = Vec::new();
        flate2::read::ZlibDecoder::new(&parts[2].1[..]).read_to_end(&mut rows).unwrap();
        assert_eq!(rows.len(), HEIGHT * (1 + WIDTH / 2));
        assert!(body.len() < BUDGET, "{} bytes", body.len());
    }

    #[test]
    fn a_status_page_has_a_picture_of_its_state_in_each_language_and_says_where() {
        let mut view = story::acme();
        view.other_languages = vec![Language::German, Language::Arabic];
        let pages = status_pages(&view);
        let body = |path: &str| &pages.iter().find(|page| page.path == path).unwrap().body;
        let troubled = body("/status/acme/preview.png");
        is_whole(troubled);
        is_whole(body("/status/acme/de/preview.png"));
        assert_eq!(body("/status/acme/ar/preview.png"), troubled, "what can't be spelled is told in English");
        let html = String::from_utf8(body("/status/acme").clone()).unwrap();
        assert!(html.contains("<meta property=\"og:image\" content=\"https://"), "{html}");
        assert!(html.contains("/preview.png\">") && html.contains("summary_large_image"));
        view.board.components.iter_mut().for_each(|component| component.status = Status::Operational);
        view.board.open.clear();
        let calm = status_pages(&view);
        assert_ne!(calm.iter().find(|page| page.path == "/status/acme/preview.png").unwrap().body, *troubled);
    }

    #[test]
    fn whatever_a_title_holds_the_picture_is_a_picture() {
        let long = "a very long title without end ".repeat(40);
        for title in [
            "</title><script>",
            "\u{202e}txt.exe",
            "a\u{0}b\u{8}\r\nc",
            "日本語",
            "",
            &long,
            &"W".repeat(400),
        ] {
            let words = |verdict: &str| Words {
                title: title.to_owned(),
                verdict: verdict.to_owned(),
                day: "Dec 2, 2025".to_owned(),
                status: Status::MajorOutage,
            };
            is_whole(&draw(&words(title)));
        }
    }

    #[test]
    fn only_what_the_font_spells_is_written() {
        let check = |text: &str, expected: bool| assert_eq!(is_spelled(text), expected, "{text}");
        check("Größere Störung – 3 Dienste", true);
        check("Όλα καλά, Всё хорошо", true);
        check("خدمة واحدة", false);
        check("日本語", false);
        check("a\u{202e}b", false);
        check("a\nb", false);
    }
}
