//! The shelf in memory, in files and after a restart.

use std::io::Read;

use super::*;

/// The generation that these tests are.
const OWN: &str = "0123456789ab";

fn page(path: &str, body: &str) -> Page {
    Page { path: path.to_owned(), content_type: "text/html; charset=utf-8", body: body.as_bytes().to_vec() }
}

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("midwatch-shelf-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    folder
}

#[test]
fn a_set_replaces_what_it_held_and_nothing_else() {
    let shelf = Shelf::in_memory();
    shelf.put("/status/acme", vec![page("/status/acme", "a"), page("/status/acme/history", "h")]).unwrap();
    shelf.put("/status", vec![page("/status/acme/two", "2")]).unwrap();
    assert!(shelf.put("/status/acme", vec![page("/status/acme", "b")]).unwrap());
    assert_eq!(shelf.paths(), ["/status/acme", "/status/acme/two"]);
    assert_eq!(shelf.get("/status/acme").unwrap().plain, "b");
}

#[test]
fn the_same_pages_again_are_no_change() {
    let shelf = Shelf::in_memory();
    let mut heard = shelf.listen();
    assert!(shelf.put("/d", vec![page("/d", "x")]).unwrap());
    assert!(!shelf.put("/d", vec![page("/d", "x")]).unwrap());
    assert_eq!(&*heard.try_recv().unwrap(), "/d");
    assert!(heard.try_recv().is_err());
}

#[test]
fn pages_stand_after_a_restart_and_what_is_gone_stays_gone() {
    let folder = folder("restart");
    let shelf = Shelf::open(&folder, OWN).unwrap();
    let body = "line one\nline two\n".repeat(40);
    shelf.put("/status/acme", vec![page("/status/acme", &body), page("/status/acme/old", "old")]).unwrap();
    shelf.put("/status/acme", vec![page("/status/acme", &body)]).unwrap();
    let again = Shelf::open(&folder, OWN).unwrap();
    assert_eq!(again.paths(), ["/status/acme"]);
    let (first, second) = (shelf.get("/status/acme").unwrap(), again.get("/status/acme").unwrap());
    assert_eq!((first.plain, first.etag), (second.plain, second.etag));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_spoilt_file_costs_its_page_only() {
    let folder = folder("spoilt");
    Shelf::open(&folder, OWN).unwrap().put("/a", vec![page("/a", "fine")]).unwrap();
    fs::write(folder.join(OWN).join("ffff.page"), b"\xff\xfe").unwrap();
    assert_eq!(Shelf::open(&folder, OWN).unwrap().paths(), ["/a"]);
    fs::remove_dir_all(folder).unwrap();
}

/// The names in a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    names
}

#[test]
fn what_a_bad_release_drew_stands_until_its_rollback_has_drawn_and_no_longer() {
    let (folder, bad) = (folder("generations"), "bad0bad0bad0");
    let shelf = Shelf::open(&folder, bad).unwrap();
    shelf.put("/status/acme", vec![page("/status/acme", "same"), page("/status/acme/odd", "<b>")]).unwrap();
    let of_bad = shelf.get("/status/acme").unwrap().etag;
    drop(shelf);
    let shelf = Shelf::open(&folder, OWN).unwrap();
    assert_eq!(shelf.get("/status/acme").unwrap().etag, of_bad, "an old page is better than none");
    shelf.put("/status/acme", vec![page("/status/acme", "same")]).unwrap();
    let etag = shelf.get("/status/acme").unwrap().etag;
    assert_ne!(etag, of_bad, "no cache takes one for the other, even where the bytes are the same");
    assert!(etag.starts_with(OWN) && shelf.get("/status/acme/odd").is_none());
    assert_eq!(names(&folder), [OWN, bad], "there may be more to draw");
    // One that nobody draws any more goes when all is drawn.
    assert_eq!(Shelf::open(&folder, OWN).unwrap().get("/status/acme").unwrap().etag, etag);
    shelf.settle().unwrap();
    assert_eq!(names(&folder), [OWN]);
    assert_eq!(Shelf::open(&folder, OWN).unwrap().paths(), ["/status/acme"]);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn pages_from_before_there_were_generations_stand_until_all_is_drawn() {
    let folder = folder("flat");
    Shelf::open(&folder, OWN).unwrap().put("/a", vec![page("/a", "old"), page("/b", "gone")]).unwrap();
    for name in names(&folder.join(OWN)) {
        fs::rename(folder.join(OWN).join(&name), folder.join(name)).unwrap();
    }
    let shelf = Shelf::open(&folder, OWN).unwrap();
    assert_eq!(shelf.paths(), ["/a", "/b"]);
    shelf.put("/a", vec![page("/a", "new")]).unwrap();
    shelf.settle().unwrap();
    assert_eq!((shelf.paths(), names(&folder)), (vec!["/a".to_owned()], vec![OWN.to_owned()]));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_page_is_compressed_once_however_often_it_is_asked_for_or_drawn_the_same() {
    let shelf = Shelf::in_memory();
    let draw = || vec![page("/a", &"the same words over and over ".repeat(100)), page("/b", "b")];
    let made = || {
        let sheet = shelf.get("/a").unwrap();
        (sheet.etag.as_ptr(), [&sheet.plain, &sheet.gzip, &sheet.brotli].map(|bytes| bytes.as_ptr()))
    };
    shelf.put("/a", draw()).unwrap();
    let first = made();
    assert_eq!(made(), first);
    shelf.put("/a", draw()).unwrap();
    shelf.put("/other", vec![page("/other", "o")]).unwrap();
    assert_eq!(made(), first, "neither the same drawing nor another set makes it anew");
}

#[test]
fn both_encodings_hold_the_same_page() {
    let shelf = Shelf::in_memory();
    let body = "the same words over and over ".repeat(100);
    shelf.put("/a", vec![page("/a", &body)]).unwrap();
    let sheet = shelf.get("/a").unwrap();
    let (mut gzip, mut brotli) = (String::new(), String::new());
    flate2::read::GzDecoder::new(&sheet.gzip[..]).read_to_string(&mut gzip).unwrap();
    brotli::Decompressor::new(&sheet.brotli[..], 4096).read_to_string(&mut brotli).unwrap();
    assert_eq!((gzip, brotli), (body.clone(), body));
}

#[test]
fn only_what_lies_below_a_category_is_a_provider_s() {
    let check = |path: &str, expected: Option<&str>| assert_eq!(provider_set(path), expected, "{path}");
    check("/directory/pay/stripe", Some("/directory/pay/stripe"));
    check("/directory/pay/stripe/api/v2/summary.json", Some("/directory/pay/stripe"));
    check("/directory/pay/stripe/", Some("/directory/pay/stripe"));
    for path in
        ["/directory", "/directory/", "/directory/pay", "/directory/pay/", "/directory//x", "/status/a/b"]
    {
        check(path, None);
    }
}

/// A set of a provider with one page of so many bytes, which can't be compressed away.
fn set_of(name: &str, size: usize) -> (String, Set) {
    let path = format!("/directory/c/{name}");
    let bytes: Vec<u8> = (0..size).map(|n| b'a' + u8::try_from((n * n + n / 7) % 26).unwrap()).collect();
    let shared: Arc<str> = Arc::from(path.as_str());
    let drawn = Page { path: path.clone(), content_type: "text/plain", body: bytes };
    let sheets = HashMap::from([(path.clone(), Sheet::of("", &shared, drawn, None))]);
    let records = std::iter::once(format!("{path}/incidents/one")).collect();
    (path, Set::new(domain::provider::provider_id(name), sheets, records))
}

fn put(shelf: &Shelf, name: &str, size: usize) -> String {
    let (path, set) = set_of(name, size);
    shelf.put_provider(&path, set);
    path
}

#[test]
fn a_provider_s_pages_are_found_undrawn_or_nothing() {
    let shelf = Shelf::in_memory();
    assert!(matches!(shelf.find("/directory/c/a"), Lookup::Undrawn));
    let path = put(&shelf, "a", 100);
    let Lookup::Page(sheet, of) = shelf.find(&path) else { panic!("it stands") };
    assert_eq!((sheet.plain.len(), of), (100, Some(domain::provider::provider_id("a"))));
    assert!(matches!(shelf.find(&format!("{path}/incidents/one")), Lookup::Undrawn));
    assert!(matches!(shelf.find(&format!("{path}/incidents/two")), Lookup::Nothing));
    assert!(shelf.paths().is_empty(), "what may go at any time is not among what always stands");
    shelf.drop_provider(&path);
    assert!(matches!(shelf.find(&path), Lookup::Undrawn));
}

#[test]
fn the_least_recently_used_goes_when_there_is_too_much() {
    let shelf = Shelf::in_memory().with_budget(900);
    let [a, b, c] = ["a", "b", "c"].map(|name| put(&shelf, name, 200));
    assert_eq!(shelf.providers_size().0, 3);
    assert!(shelf.get(&a).is_some() && shelf.get(&c).is_some());
    let d = put(&shelf, "d", 200);
    let stand = |path: &str| shelf.provider(path).is_some();
    assert_eq!([&a, &b, &c, &d].map(|path| stand(path)), [true, false, true, true]);
    assert!(shelf.providers_size().1 <= 900);
    // Drawing again is no use: what nobody reads goes although it was drawn last.
    assert!(shelf.get(&a).is_some() && shelf.get(&d).is_some());
    put(&shelf, "c", 200);
    put(&shelf, "e", 200);
    assert_eq!([&a, &c, &d].map(|path| stand(path)), [true, false, true]);
    // One that is too large for all of it stands alone, since somebody asked for it.
    let huge = put(&shelf, "huge", 5000);
    assert!(shelf.get(&huge).is_some());
    assert_eq!(shelf.providers_size().0, 1);
}

#[test]
fn readers_of_a_provider_hear_of_what_is_different_only() {
    let shelf = Shelf::in_memory();
    let mut heard = shelf.listen();
    let path = put(&shelf, "a", 300);
    put(&shelf, "a", 300);
    assert!(heard.try_recv().is_err(), "nobody reads what was not there, and the same is no news");
    put(&shelf, "a", 301);
    assert_eq!(*heard.try_recv().unwrap(), *path);
}

#[test]
fn pages_of_providers_are_not_kept_in_files() {
    let folder = folder("providers");
    let shelf = Shelf::open(&folder, OWN).unwrap();
    put(&shelf, "a", 300);
    assert_eq!(fs::read_dir(folder.join(OWN)).unwrap().count(), 0);
    // A version before this one kept them.
    shelf.put("/directory/c/old", vec![page("/directory/c/old", "x"), page("/directory", "d")]).unwrap();
    assert_eq!(Shelf::open(&folder, OWN).unwrap().paths(), ["/directory"]);
    assert_eq!(fs::read_dir(folder.join(OWN)).unwrap().count(), 1);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn what_could_not_be_written_is_written_with_the_next() {
    let folder = folder("unwritten");
    let shelf = Shelf::open(&folder, OWN).unwrap();
    let away = folder.join("away");
    fs::rename(folder.join(OWN), &away).unwrap();
    let both = || vec![page("/status/acme", "a"), page("/status/acme/history", "h")];
    assert!(shelf.put("/status/acme", both()).is_err());
    assert_eq!(shelf.get("/status/acme").unwrap().plain, "a", "readers have it all the same");
    fs::rename(&away, folder.join(OWN)).unwrap();
    shelf.put("/status/acme", both()).unwrap();
    assert_eq!(Shelf::open(&folder, OWN).unwrap().paths(), ["/status/acme", "/status/acme/history"]);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_rule_of_a_page_is_written_before_it_and_removed_after_it() {
    let folder = folder("rule");
    let shelf = Shelf::open(&folder, OWN).unwrap();
    let all = || vec![page("/status/acme", "a"), page("/status/acme/.gate", "rule")];
    let blocked = files::file_of(&folder.join(OWN), "/status/acme").with_extension("new");
    fs::create_dir(&blocked).unwrap();
    assert!(shelf.put("/status/acme", all()).is_err());
    assert_eq!(Shelf::open(&folder, OWN).unwrap().paths(), ["/status/acme/.gate"]);
    fs::remove_dir(&blocked).unwrap();
    shelf.put("/status/acme", all()).unwrap();
    let stuck = files::file_of(&folder.join(OWN), "/status/acme");
    fs::remove_file(&stuck).unwrap();
    fs::create_dir(&stuck).unwrap();
    assert!(shelf.keep_status_pages(&[]).is_err());
    assert!(files::file_of(&folder.join(OWN), "/status/acme/.gate").exists(), "not before its page");
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_page_that_is_no_longer_configured_is_in_no_file() {
    let folder = folder("unconfigured");
    let shelf = Shelf::open(&folder, OWN).unwrap();
    shelf.put("/status/acme", vec![page("/status/acme", "a")]).unwrap();
    shelf.put("/status/open", vec![page("/status/open", "o")]).unwrap();
    shelf.keep_status_pages(&["/status/open".to_owned()]).unwrap();
    assert_eq!(Shelf::open(&folder, OWN).unwrap().paths(), ["/status/open"]);
    fs::remove_dir_all(folder).unwrap();
}
