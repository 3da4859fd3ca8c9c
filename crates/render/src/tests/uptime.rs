//! Uptime as data: whoever has the intervals gets the same figures.

use jiff::Timestamp;
use serde_json::Value;

use super::{holds, text, visible};
use crate::{Page, status_pages, story};

/// Computes a figure from the lines of the file by the formula alone: microseconds down, in maintenance and unknown, and
/// the share up in millionths.
fn computed(csv: &str, service: &str, from: Timestamp, to: Timestamp) -> ([i64; 3], i64) {
    let (mut down, mut work, mut known) = (0, 0, 0);
    for line in csv.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        if fields[0] != format!("\"{service}\"") {
            continue;
        }
        let at = |field: &str| field.parse::<Timestamp>().unwrap().as_microsecond();
        let length = at(fields[4]).min(to.as_microsecond()) - at(fields[3]).max(from.as_microsecond());
        let length = length.max(0);
        known += length;
        match fields[2] {
            "partial_outage" | "major_outage" => down += length,
            "under_maintenance" => work += length,
            "operational" | "degraded_performance" => {}
            other => panic!("{other}"),
        }
    }
    let window = to.as_microsecond() - from.as_microsecond();
    let counted = window - work - (window - known);
    ([down, work, window - known], if counted == 0 { -1 } else { share(counted, down) })
}

fn share(counted: i64, down: i64) -> i64 {
    i64::try_from(i128::from(counted - down) * 1_000_000 / i128::from(counted)).unwrap()
}

fn documents() -> (Vec<Page>, Value) {
    let pages = status_pages(&story::acme());
    let value = serde_json::from_str(text(&pages, "/status/acme/uptime.json")).unwrap();
    (pages, value)
}

#[test]
fn every_figure_follows_from_the_intervals_of_the_csv() {
    let (pages, json) = documents();
    let csv = text(&pages, "/status/acme/uptime.csv");
    let mut compared = 0;
    for service in json["services"].as_array().unwrap() {
        let id = service["id"].as_str().unwrap();
        for figure in ["windows", "months"].iter().flat_map(|kind| service[*kind].as_array().unwrap()) {
            let at = |key: &str| figure[key].as_str().unwrap().parse::<Timestamp>().unwrap();
            let (parts, share) = computed(csv, id, at("from"), at("to"));
            let said = ["down_us", "maintenance_us", "unknown_us"].map(|key| figure[key].as_i64().unwrap());
            assert_eq!(parts, said, "{id} {figure}");
            let digits = figure["uptime"].as_str().map(|text| text.replace('.', "").parse::<i64>().unwrap());
            assert_eq!(digits.unwrap_or(-1), share, "{id} {figure}");
            compared += 1;
        }
    }
    assert_eq!(compared, 4 * (5 + 13));
    let ids: Vec<&str> =
        json["services"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["checkout", "cart", "search", "orders"]);
}

#[test]
fn the_page_says_windows_months_and_what_all_together_means() {
    let (pages, json) = documents();
    let html = text(&pages, "/status/acme/uptime");
    let seen = visible(html);
    for wanted in [
        "uptime = 1 − down / (window − maintenance − unknown)",
        "24 hours 7 days 30 days 90 days 12 months",
        "Uptime by month",
        "December 2025 November 2025",
        "All together counts the worst of all services",
    ] {
        holds(&seen, wanted);
    }
    holds(html, "href=\"/status/acme/uptime.csv\"");
    assert!(json["formula"].as_str().unwrap().starts_with("uptime = 1 - down / (window"));
    // Checkout was down 18 min 26 s of the last 24 hours, and so were all together.
    assert_eq!(json["all"]["windows"][0]["down_us"], 1_106_000_000_i64);
    assert_eq!(json["services"][0]["windows"][0]["uptime"], "0.987199");
    // Nothing is known of search since 08:40.
    assert_eq!(json["services"][2]["windows"][0]["unknown_us"], 2_546_000_000_i64);
    assert_eq!(json["all"]["windows"][0]["unknown_us"], 0);
}

#[test]
fn of_the_time_down_it_says_what_came_from_which_provider() {
    let (pages, json) = documents();
    // Checkout was down from 09:04 to 09:22:26; Stripe's trouble began at 09:06, Cloudflare's later.
    let day = &json["services"][0]["windows"][0];
    assert_eq!(day["down_us"], 1_106_000_000_i64);
    assert_eq!(day["down_by_providers_us"], 986_000_000_i64);
    assert_eq!(day["down_by_provider_us"], serde_json::json!({ "Stripe": 986_000_000_i64 }));
    // In November Cloudflare's lasted for 30 min 59.75 s of the outage.
    let quarter = &json["services"][0]["windows"][3]["down_by_provider_us"];
    assert_eq!(*quarter, serde_json::json!({ "Cloudflare": 1_859_750_000_i64, "Stripe": 986_000_000_i64 }));
    assert_eq!(json["all"]["windows"][3]["down_by_provider_us"], *quarter);
    assert_eq!(json["services"][0]["troubles"].as_array().unwrap().len(), 3);
    assert_eq!(json["services"][1]["windows"][3]["down_by_providers_us"], 0);
    let seen = visible(text(&pages, "/status/acme/uptime"));
    holds(&seen, "Where down time came from");
    holds(&seen, "Cloudflare 30 min · Stripe 16 min");
    // Where nobody else's trouble is known the page says nothing of it.
    let mut view = story::acme();
    view.history.iter_mut().for_each(|history| history.troubles.clear());
    let pages = status_pages(&view);
    assert!(!text(&pages, "/status/acme/uptime").contains("Where down time came from"));
}

#[test]
fn a_name_in_the_csv_is_neither_a_formula_nor_a_new_line() {
    let mut view = story::acme();
    view.history[0].name = "=cmd(\"x\")\r\nrow".to_owned();
    let pages = status_pages(&view);
    let csv = text(&pages, "/status/acme/uptime.csv");
    holds(csv, "\"checkout\",\"'=cmd(\"\"x\"\")  row\",operational,");
    let spans: usize = view.history.iter().map(|history| history.spans.len()).sum();
    assert_eq!(csv.lines().count(), 1 + spans);
}
