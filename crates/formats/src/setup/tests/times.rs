//! Times of the week.

use super::refusals::check;

#[test]
fn times_that_are_equal_are_refused_since_they_could_mean_nothing_as_well() {
    check(
        r##"[[user]]
email = "ana@acme.example"
quiet = [{ from = "22:00", to = "22:00" }, { days = "Sat", from = "00:00" }]
[[schedule]]
slug = "s"
layer = [{ participants = ["ana@acme.example"], restrict = [{ days = "Mon-Fri", from = "09:00", to = "09:00" }] }]
[[escalation_policy]]
slug = "p"
step = [{ notify = ["schedule:s"], when = { from = "00:00", to = "00:00" } }]"##,
        r##"
"22:00" | user[0].quiet[0].to: this ends when it begins | leave out `from` and `to` for the whole day
"09:00" | schedule[0].layer[0].restrict[0].to: this ends when it begins | leave out `from` and `to` for the whole day
"00:00" | escalation_policy[0].step[0].when.to: this ends when it begins | leave out `from` and `to` for the whole day
"##,
    );
}

#[test]
fn years_and_lengths_that_nobody_means_are_refused_with_their_places() {
    check(
        r##"user = [{ email = "ana@acme.example" }]
[[schedule]]
slug = "primary"
layer = [{ participants = ["ana@acme.example"], start = "0206-01-05", end = "9999-12-31", rotation = "400d" }]
[[schedule.override]]
user = "ana@acme.example"
from = "0001-01-01T00:00:00Z"
to = "9999-12-30T00:00:00Z"
[[schedule.override]]
user = "ana@acme.example"
from = "2026-12-24T09:00:00Z"
to = "2062-12-26T09:00:00Z""##,
        r##"
"0206-01-05" | schedule[0].layer[0].start: the year 206 can't be meant: years from 1970 to 2200 are taken
"9999-12-31" | schedule[0].layer[0].end: the year 9999 can't be meant: years from 1970 to 2200 are taken
"400d" | schedule[0].layer[0].rotation: "400d" is too long: at most 366d
"0001-01-01T00:00:00Z" | schedule[0].override[0].from: the year 1 can't be meant: years from 1970 to 2200 are taken
"9999-12-30T00:00:00Z" | schedule[0].override[0].to: the year 9999 can't be meant: years from 1970 to 2200 are taken
"2062-12-26T09:00:00Z" | schedule[0].override[1].to: an override lasts at most a year, so this one may end 2027-12-25T09:00:00Z at the latest | write a layer for who is on call for longer
"##,
    );
}
