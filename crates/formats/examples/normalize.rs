//! How fast a Statuspage summary is normalized: `cargo run --release -p formats --example normalize`.
//!
//! The document is made here, of the size of a large provider's (64 KB). What is printed counts the processor's time of
//! this thread only, so that it means something on a machine that has other work.
#![expect(clippy::print_stdout, reason = "a figure for whoever runs it")]

use std::fmt::Write;
use std::fs;

use domain::Platform;
use domain::snapshot::Reading;
use formats::feed::{Source, read};

/// The size of the document, in bytes.
const SIZE: usize = 64 * 1024;
/// How often it is read in one round, and how many rounds there are; the fastest counts.
const READINGS: u32 = 500;
const ROUNDS: usize = 7;

fn main() {
    let document = summary();
    let source = Source {
        url: Some("https://status.lumen.example/api/v2/summary.json"),
        content_type: Some("application/json"),
        status: 200,
        body: document.as_bytes(),
        at: "2026-09-15T12:00:00Z".parse().expect("an instant"),
        selectors: None,
    };
    let Reading::Fresh(snapshot) = read(&source, Some(Platform::Statuspage)) else { panic!("not read") };
    let (components, incidents) = (snapshot.components.len(), snapshot.incidents.len());
    println!("{} bytes, {components} components, {incidents} incidents", document.len());
    assert_eq!(snapshot.warnings, [""; 0]);
    let fastest = (0..ROUNDS).map(|_| round(&source)).fold(f64::INFINITY, f64::min);
    let megabytes = document.len() as f64 * f64::from(READINGS) / 1e6;
    println!(
        "{:.0} MB per CPU second, {:.0} µs each",
        megabytes / fastest,
        fastest / f64::from(READINGS) * 1e6
    );
}

/// Reads many times and returns the seconds of processor time that took.
fn round(source: &Source<'_>) -> f64 {
    let begun = cpu_seconds();
    for _ in 0..READINGS {
        std::hint::black_box(read(std::hint::black_box(source), Some(Platform::Statuspage)));
    }
    cpu_seconds() - begun
}

/// Returns for how long this thread has been running on a processor.
fn cpu_seconds() -> f64 {
    let schedule = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux keeps account of threads");
    schedule.split(' ').next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok()).expect("a number")
        / 1e9
}

/// Makes a summary as Statuspage sends it: compact, every field there, two thirds of it components.
fn summary() -> String {
    let mut components = String::new();
    for number in 0.. {
        if components.len() > SIZE * 2 / 3 {
            break;
        }
        let group = number % 10 == 0;
        let heading = if group { "null".to_owned() } else { format!("\"{:012}\"", number / 10 * 10) };
        write!(
            components,
            "{}{{\"id\":\"{number:012}\",\"name\":\"Lumen region {number}\",\"status\":\"operational\",\
             \"created_at\":\"2021-03-04T05:06:07.089Z\",\"updated_at\":\"2026-09-01T02:03:04.567Z\",\
             \"position\":{number},\"description\":\"Where mail of region {number} is kept and sent from.\",\
             \"showcase\":false,\"start_date\":\"2021-03-04\",\"group_id\":{heading},\"page_id\":\"lumen0000000\",\
             \"group\":{group},\"only_show_if_degraded\":false}}",
            if number == 0 { "" } else { "," },
        )
        .expect("a string takes all");
    }
    let mut incidents = String::new();
    for number in 0.. {
        if components.len() + incidents.len() > SIZE - 512 {
            break;
        }
        write!(
            incidents,
            "{}{{\"id\":\"i{number:011}\",\"name\":\"Mail is late\",\"status\":\"identified\",\"impact\":\"minor\",\
             \"created_at\":\"2026-09-15T10:00:00.000Z\",\"updated_at\":\"2026-09-15T11:00:00.000Z\",\
             \"monitoring_at\":null,\"resolved_at\":null,\"shortlink\":\"https://stspg.example/{number}\",\
             \"started_at\":\"2026-09-15T09:50:00.000Z\",\"page_id\":\"lumen0000000\",\"incident_updates\":[{}],\
             \"components\":[{{\"id\":\"000000000007\",\"name\":\"Lumen region 7\",\"status\":\"operational\",\"group\":false}}],\
             \"reminder_intervals\":null}}",
            if number == 0 { "" } else { "," },
            updates(number),
        )
        .expect("a string takes all");
    }
    format!(
        "{{\"page\":{{\"id\":\"lumen0000000\",\"name\":\"Lumen Mail\",\"url\":\"https://status.lumen.example\",\
         \"time_zone\":\"Etc/UTC\",\"updated_at\":\"2026-09-15T11:00:00.000Z\"}},\
         \"components\":[{components}],\"incidents\":[{incidents}],\"scheduled_maintenances\":[],\
         \"status\":{{\"indicator\":\"minor\",\"description\":\"Partially Degraded Service\"}}}}"
    )
}

fn updates(incident: u32) -> String {
    let update = |number: u32| {
        format!(
            "{{\"id\":\"u{incident:05}{number:06}\",\"status\":\"identified\",\
             \"body\":\"We have found what delays mail of region 7 and are working on a remedy.\\n\\nNext update in an hour.\",\
             \"incident_id\":\"i{incident:011}\",\"created_at\":\"2026-09-15T1{number}:00:00.000Z\",\
             \"updated_at\":\"2026-09-15T1{number}:00:00.000Z\",\"display_at\":\"2026-09-15T1{number}:00:00.000Z\",\
             \"affected_components\":[{{\"code\":\"000000000007\",\"name\":\"Lumen region 7\",\
             \"old_status\":\"operational\",\"new_status\":\"operational\"}}],\"deliver_notifications\":true,\
             \"custom_tweet\":null,\"tweet_id\":null}}"
        )
    };
    [2, 1, 0].map(update).join(",")
}
