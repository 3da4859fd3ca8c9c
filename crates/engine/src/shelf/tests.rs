//! The shelf in memory, in files and after a restart.

use std::io::Read;

use super::*;

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
    let shelf = Shelf::open(&folder).unwrap();
    let body = "line one\nline two\n".repeat(40);
    shelf.put("/status/acme", vec![page("/status/acme", &body), page("/status/acme/old", "old")]).unwrap();
    shelf.put("/status/acme", vec![page("/status/acme", &body)]).unwrap();
    let again = Shelf::open(&folder).unwrap();
    assert_eq!(again.paths(), ["/status/acme"]);
    let (first, second) = (shelf.get("/status/acme").unwrap(), again.get("/status/acme").unwrap());
    assert_eq!((first.plain, first.etag), (second.plain, second.etag));
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_spoilt_file_costs_its_page_only() {
    let folder = folder("spoilt");
    Shelf::open(&folder).unwrap().put("/a", vec![page("/a", "fine")]).unwrap();
    fs::write(folder.join("ffff.page"), b"\xff\xfe").unwrap();
    assert_eq!(Shelf::open(&folder).unwrap().paths(), ["/a"]);
    fs::remove_dir_all(folder).unwrap();
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
