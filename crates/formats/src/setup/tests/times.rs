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
