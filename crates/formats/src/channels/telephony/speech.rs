//! Numbers, times and dates as people say them: what reads aloud makes what it likes of digits.

/// From so many digits on a number is read digit by digit, as codes and statuses are.
const SPELLED_DIGITS: usize = 3;

const ONES: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];

const TENS: [&str; 10] =
    ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Returns a text with its numbers in words, and number signs as the word.
pub(super) fn spoken(text: &str) -> String {
    let mut said = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit() || c == '#') {
        said.push_str(&rest[..start]);
        rest = &rest[start..];
        // A number that is a part of a word is a word of its own.
        if said.ends_with(char::is_alphanumeric) {
            said.push(' ');
        }
        let (words, after) = date(rest).or_else(|| time(rest)).unwrap_or_else(|| number(rest));
        said.push_str(&words);
        rest = after;
        if rest.starts_with(char::is_alphanumeric) {
            said.push(' ');
        }
    }
    said + rest
}

/// Returns an integer in words.
pub(super) fn integer(number: i64) -> String {
    spoken(&number.to_string())
}

/// Reads `#12`, `12`, `503` or `3.14`.
fn number(text: &str) -> (String, &str) {
    let run = text.trim_start_matches('#');
    let end = run.find(|c: char| !c.is_ascii_digit()).unwrap_or(run.len());
    let (run, after) = run.split_at(end);
    let named = if text.starts_with('#') { "number " } else { "" };
    let words = match run.parse::<usize>() {
        Ok(small) if run.len() < SPELLED_DIGITS => cardinal(small),
        Ok(_) | Err(_) => {
            run.bytes().map(|digit| ONES[usize::from(digit - b'0')]).collect::<Vec<_>>().join(" ")
        }
    };
    let point = after.strip_prefix('.').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let (point, after) = point.map_or(("", after), |rest| (" point", rest));
    (format!("{named}{words}{point}"), after)
}

/// Reads `2026-05-23`, with the time behind it where there is one.
fn date(text: &str) -> Option<(String, &str)> {
    let (_, rest) = digits(text, 4)?;
    let (month, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let (day, rest) = digits(rest.strip_prefix('-')?, 2)?;
    let month = MONTHS.get(month.checked_sub(1)?)?;
    let day = (1..=31).contains(&day).then(|| cardinal(day))?;
    match rest.strip_prefix([' ', 'T']).and_then(time) {
        Some((time, rest)) => Some((format!("{month} {day}, {time}"), rest)),
        None => Some((format!("{month} {day}"), rest)),
    }
}

/// Reads `07:05`, and leaves out seconds.
fn time(text: &str) -> Option<(String, &str)> {
    let (hour, rest) = digits(text, 2)?;
    let (minute, rest) = digits(rest.strip_prefix(':')?, 2)?;
    let rest = rest.strip_prefix(':').and_then(|second| digits(second, 2)).map_or(rest, |(_, rest)| rest);
    if hour > 23 || minute > 59 {
        return None;
    }
    let words = match (hour, minute) {
        (0, 0) => "midnight".to_owned(),
        (hour, 0) => format!("{} o'clock", cardinal(hour)),
        (hour, minute @ 1..10) => format!("{} oh {}", cardinal(hour), cardinal(minute)),
        (hour, minute) => format!("{} {}", cardinal(hour), cardinal(minute)),
    };
    Some((words, rest))
}

/// Reads exactly so many digits.
fn digits(text: &str, count: usize) -> Option<(usize, &str)> {
    let (run, rest) = text.split_at_checked(count)?;
    let is_all =
        run.bytes().all(|byte| byte.is_ascii_digit()) && !rest.starts_with(|c: char| c.is_ascii_digit());
    Some((run.parse().ok().filter(|_| is_all)?, rest))
}

/// Returns a number below a hundred in words.
fn cardinal(number: usize) -> String {
    match (number / 10, number % 10) {
        (0 | 1, _) => ONES.get(number).copied().unwrap_or_default().to_owned(),
        (tens, 0) => TENS[tens.min(9)].to_owned(),
        (tens, ones) => format!("{}-{}", TENS[tens.min(9)], ONES[ones]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_as_people_say_them() {
        let check = |text: &str, expected: &str| assert_eq!(spoken(text), expected, "{text}");
        check("24 #7", "twenty-four number seven");
        check("#12: status 503", "number twelve: status five zero three");
        check("the code is 123456", "the code is one two three four five six");
        check("since 2026-05-23 22:50:07 UTC", "since May twenty-three, twenty-two fifty UTC");
        check("on 2026-12-01.", "on December one.");
        check("until 07:05, 09:00 or 00:00", "until seven oh five, nine o'clock or midnight");
        check("p95 of v2 at 3.5", "p ninety-five of v two at three point five");
        check("99:99 2026-13-40", "ninety-nine:ninety-nine two zero two six-thirteen-forty");
        check("##, 7ms, ٣ and é", "number , seven ms, ٣ and é");
        check("", "");
        assert_eq!(integer(i64::MAX).split(' ').count(), 19);
    }
}
