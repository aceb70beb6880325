//! `sharpest arrays`: names of both kinds are listed, shown and taken back. What killed programs leave is tested from Python.

use crate::desk::Desk;
use serde_json::{Value, json};
use sharpest_arrays::{WorkingArray, named};

fn name(of: &str) -> String {
    format!("test-command-{of}-{}", std::process::id())
}

/// What `list --json` says of a name.
fn listed(desk: &Desk, name: &str) -> Option<Value> {
    let all: Value = serde_json::from_str(&desk.sharpest("arrays list --json").stdout).unwrap();
    all.as_array().unwrap().iter().find(|one| one["name"] == name).cloned()
}

#[test]
fn published_arrays_are_listed_shown_and_removed() {
    let (desk, name) = (Desk::new(), name("published"));
    let block = WorkingArray::<f64>::zeros(&[8, 2]).unwrap().share().unwrap();
    let _publication = sharpest_arrays::publish(&name, block.segment()).unwrap();
    let listed = listed(&desk, &name).unwrap();
    assert_eq!(
        (&listed["kind"], &listed["process"]),
        (&json!("published"), &json!(std::process::id()))
    );
    let shown = desk.sharpest(&format!("arrays show {name}")).stdout;
    assert!(shown.starts_with(&format!("{name}, published by process ")), "{shown}");
    assert_eq!(desk.sharpest(&format!("arrays remove {name}")).status, 0);
    assert_eq!(self::listed(&desk, &name), None);
    let again = desk.sharpest(&format!("arrays remove {name}"));
    assert_eq!(again.status, 2);
    assert!(again.stderr.contains("no array is published as"), "{}", again.stderr);
}

#[test]
fn memory_of_compat_is_listed_as_what_it_is_and_removed() {
    let (desk, name) = (Desk::new(), name("compat"));
    let kept = named::create(&name, 4096).unwrap();
    let expected = json!({"name": name, "kind": "compat", "bytes": 4096, "in_use": true});
    assert_eq!(listed(&desk, &name), Some(expected));
    let text = desk.sharpest("arrays list").stdout;
    let line = text.lines().find(|line| line.starts_with(&name)).unwrap();
    assert!(line.ends_with("  memory of sharpest.compat"), "{line}");
    let shown = desk.sharpest(&format!("arrays show {name}")).stdout;
    assert_eq!(shown, format!("{name}, 4.0 KiB of memory that sharpest.compat made, in use\n"));
    assert_eq!(desk.sharpest(&format!("arrays remove {name}")).status, 0);
    assert_eq!((listed(&desk, &name), kept.len()), (None, 4096));
}

#[test]
fn memory_that_nobody_uses_any_more_goes_with_the_list() {
    let (desk, name) = (Desk::new(), name("left"));
    let file = format!("/dev/shm/{name}");
    drop(named::create(&name, 4096).unwrap());
    assert!(std::fs::exists(&file).unwrap());
    desk.sharpest("arrays list");
    assert!(!std::fs::exists(&file).unwrap());
}
