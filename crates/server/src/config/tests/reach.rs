//! Whom this server can't reach: refused at save, warned of where somebody else is told.

use super::good;

const TEAM: &str = r#"
[[user]]
email = "ana@acme.example"
role = "owner"
contact = [{ kind = "email", address = "ana@acme.example" }, { kind = "webhook", url = "https://hooks.acme.example/ana" }]
[[user]]
email = "bo@acme.example"
[[channel]]
slug = "ops"
kind = "webhook"
url = "http://10.0.0.1/ops"
[[escalation_policy]]
slug = "default"
step = [{ notify = ["user:ana@acme.example", "channel:ops"] }, { after = "5m", notify = ["user:bo@acme.example"] },
    { after = "9m", notify = ["channel:ops"] }]
"#;

const MAIL: &str = "[mail]\nhost = \"localhost\"\nfrom = \"pager@acme.example\"\n";

#[test]
fn who_is_called_and_cant_be_reached_is_refused_with_its_place_and_the_fix() {
    let config = good(TEAM, &[]);
    let refused = config.admit().unwrap_err().to_string();
    assert_eq!(
        refused,
        "\
midwatch.toml:7:9: escalation policy default may call bo@acme.example, who can't be reached: email: no mail server is configured: add [mail] to the configuration
  7 | email = \"bo@acme.example\"
    |         ^^^^^^^^^^^^^^^^^
midwatch.toml:13:8: step 3 reaches nobody: channel ops: 10.0.0.1 is refused: a private address (egress.allow can exempt it)
  13 | slug = \"default\"
     |        ^^^^^^^^^"
    );
    let unused = config.unreached();
    assert_eq!(
        unused[0],
        "nothing will reach contact email of ana@acme.example, contact email of bo@acme.example: \
         no mail server is configured: add [mail] to the configuration",
        "a single one is a warning"
    );
    let whole = good(&format!("egress.allow = [\"10.0.0.0/8\"]\n{MAIL}{TEAM}"), &[]);
    assert_eq!((whole.admit(), whole.unreached()), (Ok(()), Vec::new()));
}

#[test]
fn what_lets_a_critical_incident_wait_is_warned_of_in_minutes() {
    let text = |steps: &str, notify: &str| {
        format!(
            "{MAIL}[[user]]\nemail = \"ana@acme.example\"\nrole = \"owner\"\n{notify}\n[[service]]\nslug = \"s\"\n\
             escalation_policy = \"p\"\n[[escalation_policy]]\nslug = \"p\"\nstep = [{steps}]"
        )
    };
    let warnings = |steps: &str, notify: &str| good(&text(steps, notify), &[]).warnings();
    let to_ana = "notify = [\"user:ana@acme.example\"]";
    let late = "escalation policy p tells nobody of a critical incident before 10m";
    assert_eq!(warnings(&format!("{{ {to_ana} }}"), ""), Vec::<String>::new());
    assert_eq!(warnings(&format!("{{ after = \"10m\", {to_ana} }}"), ""), [late]);
    let calm =
        format!("{{ {to_ana}, unless = {{ severity = \"critical\" }} }}, {{ after = \"10m\", {to_ana} }}");
    assert_eq!(warnings(&calm, ""), [late], "the first step is not for critical incidents");
    let ladder = "notify = [{ after = \"3m\", contact = \"email\" }]";
    assert_eq!(
        warnings(&format!("{{ {to_ana} }}"), ladder),
        ["ana@acme.example is told of a critical incident 3m after it reaches them, by `notify`"]
    );
}

#[test]
fn nobody_to_tell_at_last_is_warned_of() {
    let warned = |role: &str, mail: &str| {
        let text = format!(
            "{mail}[[user]]\nemail = \"ana@acme.example\"\nrole = \"{role}\"\n[[escalation_policy]]\nslug = \"p\"\n\
             step = [{{ notify = [\"user:ana@acme.example\"] }}]"
        );
        let warnings = good(&text, &[]).warnings();
        warnings.into_iter().find(|warning| warning.contains("goes to everyone"))
    };
    assert_eq!(warned("admin", MAIL), None);
    assert!(warned("responder", MAIL).unwrap().starts_with("nobody is owner or admin"));
    assert!(warned("owner", "").unwrap().ends_with("instead of ana@acme.example"));
}
