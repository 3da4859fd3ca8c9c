//! Policies that hand over to others.

use std::fmt::Write;

use domain::escalation::Target;

use super::{super::to_json, good, refusals::check};

const PEOPLE: &str = r#"user = [{ email = "ana@acme.example" }, { email = "bo@acme.example" }]"#;

/// The steps of a policy as `seconds who`.
fn steps(text: &str, slug: &str) -> Vec<String> {
    let setup = good(text).setup;
    let policy = setup.policies.iter().find(|policy| policy.slug == slug).unwrap();
    let who = |target: &Target| match target {
        Target::User(id) => setup.user(*id).unwrap().email.split('@').next().unwrap().to_owned(),
        Target::Team(_) | Target::Schedule(_) | Target::Channel(_) => "other".to_owned(),
    };
    policy.steps.iter().map(|step| format!("{} {}", step.after.as_secs(), who(&step.targets[0]))).collect()
}

#[test]
fn a_step_that_hands_over_stands_for_the_steps_of_the_other_policy() {
    let text = format!(
        r#"{PEOPLE}
        escalation_policy = [
            {{ slug = "a", step = [{{ notify = ["user:ana@acme.example"] }}, {{ after = "10m", notify = ["policy:b"] }},
                {{ after = "20m", notify = ["user:ana@acme.example"] }}] }},
            {{ slug = "b", repeat = 3, step = [{{ notify = ["user:bo@acme.example"] }}, {{ after = "5m", notify = ["policy:c"] }}] }},
            {{ slug = "c", step = [{{ after = "1m", notify = ["user:ana@acme.example"] }}] }},
        ]"#
    );
    assert_eq!(steps(&text, "a"), ["0 ana", "600 bo", "960 ana", "1200 ana"]);
    assert_eq!(steps(&text, "b"), ["0 bo", "360 ana"]);
    let policies = good(&text).setup.policies;
    let from = |step: usize| {
        policies[0].steps[step].taken_from.as_ref().map(|from| (from.policies.join(" "), from.step))
    };
    let taken = |policies: &str, step| Some((policies.to_owned(), step));
    assert_eq!([from(0), from(1), from(2), from(3)], [None, taken("b", 1), taken("b c", 1), None]);
    let hands_over = |to: &str| policies.iter().map(|policy| policy.hands_over_to(to)).collect::<Vec<_>>();
    assert_eq!(hands_over("c"), [true, true, false], "{policies:?}");
    assert_eq!(hands_over("a"), [false; 3]);
    let objects = good(&text);
    let stored = to_json(&objects.setup, &objects.providers);
    assert_eq!(
        super::super::from_json(&stored).unwrap(),
        objects,
        "it is stored with the steps in their places"
    );
}

#[test]
fn policies_in_a_circle_are_refused_once_with_the_way_around() {
    check(
        &format!(
            r#"{PEOPLE}
escalation_policy = [
    {{ slug = "into", step = [{{ notify = ["policy:a"] }}] }},
    {{ slug = "a", step = [{{ notify = ["user:ana@acme.example"] }}, {{ after = "5m", notify = ["policy:b"] }}] }},
    {{ slug = "b", step = [{{ notify = ["policy:a"] }}] }},
]"#
        ),
        r#""policy:a" | escalation_policy[2].step[0].notify[0]: escalation policies hand over to each other in a circle: a -> b -> a | remove one of these steps"#,
    );
}

#[test]
fn a_step_that_hands_over_does_nothing_else_and_leaves_time_for_it() {
    let policy = |step: &str| {
        format!(
            r#"{PEOPLE}
[[escalation_policy]]
slug = "b"
step = [{{ notify = ["user:bo@acme.example"] }}, {{ after = "5m", notify = ["user:ana@acme.example"] }}]
[[escalation_policy]]
slug = "a"
step = [{step}]"#
        )
    };
    check(
        &policy(r#"{ notify = ["policy:b", "user:ana@acme.example"] }"#),
        r#""policy:b" | escalation_policy[1].step[0].notify[0]: a step that hands over to a policy names nothing else | write a step of its own, a second later"#,
    );
    check(
        &policy(r#"{ notify = ["policy:b"], round_robin = true }"#),
        r#"{ notify = ["policy:b"], round_robin = true } | escalation_policy[1].step[0]: a step that hands over has no conditions and takes no turns | write them into the steps of b"#,
    );
    check(
        &policy(r#"{ notify = ["policy:b"] }, { after = "5m", notify = ["user:bo@acme.example"] }"#),
        r#""policy:b" | escalation_policy[1].step[0].notify[0]: policy b ends at 5m here, and the next step comes at 5m | let the next step come later than 5m"#,
    );
    check(
        &policy(r#"{ notify = ["policy:c"] }"#),
        r#""policy:c" | escalation_policy[1].step[0].notify[0]: there is no escalation policy "c" | add [[escalation_policy]] with slug = "c", or name one of those that are there"#,
    );
}

#[test]
fn policies_that_double_each_other_do_not_grow_without_end() {
    let mut text = format!("{PEOPLE}\n");
    for place in 0..9 {
        let next = place + 1;
        let _ = writeln!(
            text,
            "[[escalation_policy]]\nslug = \"p{place}\"\n\
             step = [{{ notify = [\"policy:p{next}\"] }}, {{ after = \"1d\", notify = [\"policy:p{next}\"] }}]"
        );
    }
    text += "[[escalation_policy]]\nslug = \"p9\"\nstep = [{ notify = [\"user:ana@acme.example\"] }]";
    let problems = super::read(&text).unwrap_err();
    assert!(
        problems.iter().any(|problem| problem.message == "with this it has more than 200 steps"),
        "{problems:?}"
    );
}

#[test]
fn a_long_row_of_policies_ends() {
    let mut text = format!("{PEOPLE}\n");
    for place in 0..2000 {
        let _ = writeln!(
            text,
            "[[escalation_policy]]\nslug = \"p{place}\"\nstep = [{{ notify = [\"policy:p{}\"] }}]",
            place + 1
        );
    }
    text += "[[escalation_policy]]\nslug = \"p2000\"\nstep = [{ notify = [\"user:ana@acme.example\"] }]";
    let problems = super::read(&text).unwrap_err();
    assert!(
        problems.iter().any(|it| it.message == "more than 10 policies hand over in a row"),
        "{problems:?}"
    );
}
