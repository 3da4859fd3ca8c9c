//! Writes Markdown from words, marks and blocks that come in any order.
//!
//! Nothing is written before there are words for it: breaks, list markers and marks wait, so that empty elements leave no
//! trace and marks stand tight at their words.

use super::super::BODY_CHARS;

/// How deep lists, quotes and marks may stand in one another; what is deeper is shown as if it were not.
const DEPTH: usize = 12;
/// How much is written, in bytes; the rest would be cut off.
const SIZE: usize = 4 * BODY_CHARS;

/// What stands around words within a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Strong,
    Emphasis,
    /// With its address.
    Link(String),
}

/// What stands around lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frame {
    Quote,
    /// A list, with the number of its next item where it has numbers.
    List(Option<u64>),
    /// An item, with the width of its marker.
    Item(usize),
}

/// Text that is taken as it is.
#[derive(Debug)]
enum Verbatim {
    Code(String),
    Block(String),
}

/// Markdown on its way.
#[derive(Debug, Default)]
pub(super) struct Writer {
    out: String,
    /// How many line ends come before the next words: two make a blank line.
    breaks: usize,
    /// Whether a blank comes before the next words.
    space: bool,
    frames: Vec<Frame>,
    /// What every line begins with, by the frames of the last line written.
    prefix: String,
    /// The marker of an item that has no words yet.
    marker: Option<String>,
    /// The level of the heading that the next words are in.
    heading: Option<usize>,
    in_heading: bool,
    /// The marks that the next words should have, and those that are open in `out`.
    wanted: Vec<Mark>,
    marks: Vec<Mark>,
    verbatim: Option<Verbatim>,
}

impl Writer {
    /// Whether there is more than can be kept.
    pub(super) fn is_full(&self) -> bool {
        self.out.len() >= SIZE
    }

    /// Returns what was written.
    pub(super) fn finish(mut self) -> String {
        self.end_verbatim();
        self.close_marks(0);
        self.out
    }

    /// Adds words; runs of white space count as one blank.
    pub(super) fn words(&mut self, words: &str) {
        let room = SIZE.saturating_sub(self.out.len());
        let words = &words[..words.floor_char_boundary(room)];
        match &mut self.verbatim {
            Some(Verbatim::Code(text) | Verbatim::Block(text)) => {
                if text.len() < SIZE {
                    text.push_str(words);
                }
            }
            None => {
                self.space |= words.starts_with(char::is_whitespace);
                for word in words.split_whitespace() {
                    self.word(word);
                    self.space = true;
                }
                self.space = words.ends_with(char::is_whitespace) || words.is_empty() && self.space;
            }
        }
    }

    /// Asks for a mark around the next words.
    pub(super) fn begin(&mut self, mark: Mark) {
        if self.wanted.len() < DEPTH && !self.wanted.contains(&mark) {
            self.wanted.push(mark);
        }
    }

    /// Ends a mark.
    pub(super) fn end(&mut self, mark: &Mark) {
        self.wanted.retain(|wanted| wanted != mark);
    }

    /// Ends whatever link is open.
    pub(super) fn end_link(&mut self) {
        self.wanted.retain(|wanted| !matches!(wanted, Mark::Link(_)));
    }

    /// Begins words that are code.
    pub(super) fn begin_code(&mut self) {
        if self.verbatim.is_none() {
            self.verbatim = Some(Verbatim::Code(String::new()));
        }
    }

    /// Ends words that are code.
    pub(super) fn end_code(&mut self) {
        if matches!(self.verbatim, Some(Verbatim::Code(_))) {
            self.end_verbatim();
        }
    }

    /// Begins lines that are kept as they are.
    pub(super) fn begin_block(&mut self) {
        self.paragraph();
        self.verbatim = Some(Verbatim::Block(String::new()));
    }

    /// Ends lines that are kept as they are.
    pub(super) fn end_block(&mut self) {
        self.end_verbatim();
        self.paragraph();
    }

    /// Begins a list, by its first number where it has numbers.
    pub(super) fn begin_list(&mut self, first: Option<u64>) {
        let is_inner = self.frames.iter().any(|frame| matches!(frame, Frame::Item(_)));
        if is_inner {
            self.line()
        } else {
            self.paragraph()
        }
        self.push(Frame::List(first));
    }

    /// Ends the innermost list.
    pub(super) fn end_list(&mut self) {
        self.pop(|frame| matches!(frame, Frame::List(_)));
        let is_inner = self.frames.iter().any(|frame| matches!(frame, Frame::Item(_)));
        if is_inner { self.line() } else { self.paragraph() }
    }

    /// Begins an item of the innermost list, and ends the one before.
    pub(super) fn begin_item(&mut self) {
        self.end_item();
        let marker = match self.frames.last_mut() {
            Some(Frame::List(Some(number))) => {
                let marker = format!("{number}. ");
                *number = number.saturating_add(1);
                marker
            }
            Some(Frame::List(None) | Frame::Quote | Frame::Item(_)) | None => "- ".to_owned(),
        };
        self.push(Frame::Item(marker.len()));
        self.marker = Some(marker);
    }

    /// Ends the item that is open in the innermost list.
    pub(super) fn end_item(&mut self) {
        self.line();
        let list = self.frames.iter().rposition(|frame| matches!(frame, Frame::List(_) | Frame::Quote));
        let item = self.frames.iter().rposition(|frame| matches!(frame, Frame::Item(_)));
        if let Some(item) = item.filter(|item| list.is_none_or(|list| *item > list)) {
            self.frames.truncate(item);
            self.marker = None;
            // Items stand together, also where each holds a paragraph.
            self.breaks = 1;
        }
    }

    /// Begins a quotation.
    pub(super) fn begin_quote(&mut self) {
        self.paragraph();
        self.push(Frame::Quote);
    }

    /// Ends a quotation.
    pub(super) fn end_quote(&mut self) {
        self.pop(|frame| *frame == Frame::Quote);
        self.paragraph();
    }

    /// Begins a heading.
    pub(super) fn begin_heading(&mut self, level: usize) {
        self.paragraph();
        self.heading = Some(level);
        self.in_heading = true;
    }

    /// Ends a heading.
    pub(super) fn end_heading(&mut self) {
        self.heading = None;
        self.in_heading = false;
        self.paragraph();
    }

    /// Puts the next words after a blank line.
    pub(super) fn paragraph(&mut self) {
        self.block(2);
    }

    /// Puts the next words on a line of their own.
    pub(super) fn line(&mut self) {
        self.block(1);
    }

    /// Ends a line; a second time in a row makes a blank line. A heading is one line.
    pub(super) fn line_break(&mut self) {
        match &mut self.verbatim {
            Some(Verbatim::Code(text) | Verbatim::Block(text)) => text.push('\n'),
            None if self.in_heading => self.space = true,
            None if self.marker.is_some() => {}
            None => self.breaks = (self.breaks + 1).min(2),
        }
    }

    fn block(&mut self, breaks: usize) {
        match &mut self.verbatim {
            Some(Verbatim::Block(text)) => {
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
                return;
            }
            Some(Verbatim::Code(_)) => self.end_verbatim(),
            None => {}
        }
        if self.in_heading && self.heading.is_none() && breaks == 1 {
            self.space = true;
            return;
        }
        if self.marker.is_none() {
            self.breaks = self.breaks.max(breaks);
        }
    }

    fn push(&mut self, frame: Frame) {
        if self.frames.len() < DEPTH {
            self.frames.push(frame);
        }
    }

    /// Leaves the innermost frame of a kind, and all that stand in it.
    fn pop(&mut self, is_meant: fn(&Frame) -> bool) {
        if let Some(at) = self.frames.iter().rposition(is_meant) {
            self.frames.truncate(at);
            self.marker = None;
        }
    }

    fn end_verbatim(&mut self) {
        match self.verbatim.take() {
            Some(Verbatim::Code(text)) => {
                let code = text.split_whitespace().collect::<Vec<_>>().join(" ");
                if code.is_empty() {
                    self.space |= !text.is_empty();
                    return;
                }
                self.space |= text.starts_with(char::is_whitespace);
                self.lead(&code);
                let fence = "`".repeat(longest_run(&code) + 1);
                let pad = if code.starts_with('`') || code.ends_with('`') { " " } else { "" };
                for part in [&fence, pad, &code, pad, &fence] {
                    self.out.push_str(part);
                }
                self.space = text.ends_with(char::is_whitespace);
            }
            Some(Verbatim::Block(text)) => self.code_block(text.trim_matches('\n').trim_end()),
            None => {}
        }
    }

    fn code_block(&mut self, text: &str) {
        if text.trim().is_empty() {
            return;
        }
        self.wanted.clear();
        self.lead("");
        let fence = "`".repeat((longest_run(text) + 1).max(3));
        self.out.push_str(&fence);
        for line in text.lines().chain([fence.as_str()]) {
            self.out.push('\n');
            self.out.push_str(if line.is_empty() { self.prefix.trim_end() } else { &self.prefix });
            self.out.push_str(line);
        }
        self.breaks = 2;
    }

    fn word(&mut self, word: &str) {
        let at_start = self.lead(word);
        let mut before = if at_start { ' ' } else { self.out.chars().next_back().unwrap_or(' ') };
        let line_mark = if at_start { line_mark(word) } else { None };
        let mut rest = word.char_indices().peekable();
        while let Some((at, c)) = rest.next() {
            let after = rest.peek().map(|&(_, c)| c);
            if line_mark == Some(at) || is_mark(c, before, &word[at + c.len_utf8()..], after) {
                self.out.push('\\');
            }
            self.out.push(c);
            before = c;
        }
    }

    /// Writes what comes before words: closed marks, line ends and what lines begin with, a blank, opened marks. Returns
    /// whether the words begin a line.
    fn lead(&mut self, words: &str) -> bool {
        let kept = self.marks.iter().zip(&self.wanted).take_while(|(open, wanted)| open == wanted).count();
        let is_first = self.out.is_empty();
        let breaks = if is_first { 0 } else { self.breaks };
        let kept = if breaks > 0 { 0 } else { kept };
        if kept < self.marks.len() {
            // A mark that ends between a sign and a letter would not be one.
            let ends_in_sign = self.out.ends_with(|c: char| c.is_ascii_punctuation());
            self.space |= breaks == 0 && ends_in_sign && words.starts_with(char::is_alphanumeric);
            self.close_marks(kept);
        }
        if is_first || breaks > 0 {
            self.begin_line(breaks);
        } else if self.space {
            self.out.push(' ');
        }
        for mark in self.wanted.iter().skip(kept) {
            self.out.push_str(match mark {
                Mark::Strong => "**",
                Mark::Emphasis => "*",
                Mark::Link(_) => "[",
            });
        }
        self.marks.clone_from(&self.wanted);
        (self.breaks, self.space) = (0, false);
        is_first || breaks > 0
    }

    fn begin_line(&mut self, breaks: usize) {
        let open = self.frames.len() - usize::from(self.marker.is_some());
        let prefix = |frames: &[Frame]| -> String {
            let part = |frame: &Frame| match frame {
                Frame::Quote => "> ".to_owned(),
                Frame::List(_) => String::new(),
                Frame::Item(width) => " ".repeat(*width),
            };
            frames.iter().map(part).collect()
        };
        let start = prefix(&self.frames[..open]);
        if breaks > 0 {
            let shared: String =
                self.prefix.chars().zip(start.chars()).take_while(|(a, b)| a == b).map(|(a, _)| a).collect();
            self.out.push('\n');
            if breaks > 1 {
                self.out.push_str(shared.trim_end());
                self.out.push('\n');
            }
        }
        self.out.push_str(&start);
        self.prefix = prefix(&self.frames);
        self.out.push_str(&self.marker.take().unwrap_or_default());
        if let Some(level) = self.heading.take() {
            self.out.push_str(&"#".repeat(level));
            self.out.push(' ');
        }
    }

    fn close_marks(&mut self, kept: usize) {
        while self.marks.len() > kept {
            match self.marks.pop() {
                Some(Mark::Strong) => self.out.push_str("**"),
                Some(Mark::Emphasis) => self.out.push('*'),
                Some(Mark::Link(address)) => {
                    self.out.push_str("](");
                    self.out.push_str(&address);
                    self.out.push(')');
                }
                None => {}
            }
        }
    }
}

/// Returns the length of the longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Returns where a word that begins a line needs a backslash not to make its line a heading, an item, a quotation or a
/// rule.
fn line_mark(word: &str) -> Option<usize> {
    let is_run = |c: char| word.chars().all(|other| other == c);
    let digits = word.len() - word.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    match word.chars().next()? {
        '>' => Some(0),
        '#' if is_run('#') && word.len() <= 6 => Some(0),
        '+' if word.len() == 1 => Some(0),
        '-' if word.len() == 1 || word.len() >= 2 && is_run('-') => Some(0),
        '=' if is_run('=') => Some(0),
        '~' if word.starts_with("~~~") => Some(0),
        _ if (1..=9).contains(&digits) && matches!(&word[digits..], "." | ")") => Some(digits),
        _ => None,
    }
}

/// Whether a character within words would be markup: `before` and `after` are its neighbours, `rest` what follows it in
/// its word.
fn is_mark(c: char, before: char, rest: &str, after: Option<char>) -> bool {
    match c {
        '\\' => after.is_some_and(|c| c.is_ascii_punctuation()),
        '`' => true,
        '*' => !(before.is_whitespace() && after.is_none()),
        '_' => {
            let is_inner = before.is_alphanumeric() && after.is_some_and(char::is_alphanumeric);
            !(is_inner || before.is_whitespace() && after.is_none())
        }
        ']' => matches!(after, Some('(' | ':' | '[')),
        '<' => after.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')),
        '&' => {
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '#';
            after.is_some_and(is_name) && rest.trim_start_matches(is_name).starts_with(';')
        }
        _ => false,
    }
}
