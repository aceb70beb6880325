//! The command `arrays`: what has a name in shared memory, and taking a name back. Names are of two kinds: arrays that
//! were published, and plain memory that `sharpest.compat` made, of which nobody but its programs knows what it holds.

use crate::Ending;
use crate::error::Error;
use crate::flags::{ArraysFlags, ArraysTask};
use crate::output;
use serde_json::{Value, json};
use sharpest_arrays::named::{self, Entry};
use sharpest_arrays::{Bytes, Field, Published};

/// Lists, shows or removes.
pub(crate) fn arrays(flags: &ArraysFlags) -> Result<Ending, Error> {
    match &flags.task {
        ArraysTask::List { json } => list(*json)?,
        ArraysTask::Show { name, json } => match plain(name) {
            Some(entry) => show_plain(&entry, *json)?,
            None => show(&sharpest_arrays::attach(name)?, *json)?,
        },
        ArraysTask::Remove { name } => remove(name)?,
    }
    Ok(Ending::Answered)
}

/// Plain memory of this name.
fn plain(name: &str) -> Option<Entry> {
    named::list().into_iter().find(|entry| entry.name == name)
}

fn remove(name: &str) -> Result<(), Error> {
    match plain(name) {
        Some(entry) => named::remove(&entry.name)?,
        None if sharpest_arrays::remove(name)? => {}
        None => return Err(sharpest_arrays::Error::NoSuchName(name.to_owned()).into()),
    }
    output::note("removed", &name);
    Ok(())
}

/// Lists all names, and removes those on the way that killed programs have left.
fn list(json: bool) -> Result<(), Error> {
    named::reap();
    let (found, plain) = (sharpest_arrays::list()?, named::list());
    if json {
        let all = found.iter().map(described).chain(plain.iter().map(described_plain));
        return print_json(&all.collect());
    }
    if found.is_empty() && plain.is_empty() {
        output::note("arrays", &"nothing is published");
        return Ok(());
    }
    let names = found.iter().map(|published| &published.name);
    let names = names.chain(plain.iter().map(|entry| &entry.name));
    let width = names.map(|name| name.chars().count()).max().unwrap_or(0);
    let line = |published: &Published| {
        let fields = published.segment.layout().fields();
        let arrays = if fields.len() == 1 { "array" } else { "arrays" };
        let size = Bytes(published.segment.bytes().len() as u64).to_string();
        let (name, pid, count) = (&published.name, published.pid, fields.len());
        format!("{name:width$}  {size:>10}  {count:>3} {arrays:6}  process {pid}\n")
    };
    let plain_line = |Entry { name, len, .. }: &Entry| {
        format!("{name:width$}  {:>10}  memory of sharpest.compat\n", Bytes(*len).to_string())
    };
    let lines = found.iter().map(line).chain(plain.iter().map(plain_line));
    output::print(&lines.collect::<String>())
}

fn show_plain(entry: &Entry, json: bool) -> Result<(), Error> {
    if json {
        return print_json(&described_plain(entry));
    }
    let Entry { name, len, in_use, .. } = entry;
    let used = if *in_use { "in use" } else { "used by nobody any more" };
    let size = Bytes(*len);
    output::print(&format!("{name}, {size} of memory that sharpest.compat made, {used}\n"))
}

fn described_plain(Entry { name, len, in_use, .. }: &Entry) -> Value {
    json!({"name": name, "kind": "compat", "bytes": len, "in_use": in_use})
}

fn show(published: &Published, json: bool) -> Result<(), Error> {
    if json {
        return print_json(&described(published));
    }
    let fields = published.segment.layout().fields();
    let name = |field: &Field| match field.name.as_str() {
        "" => "(alone)".to_owned(),
        name => name.to_owned(),
    };
    let width = fields.iter().map(|field| name(field).chars().count()).max().unwrap_or(0);
    let line = |field: &Field| {
        let (name, element) = (name(field), field.element());
        let size = Bytes(bytes(field)).to_string();
        format!("  {name:width$}  {element:8}  {size:>10}  {}\n", shape(field))
    };
    let head = format!("{}, published by process {}\n", published.name, published.pid);
    output::print(&(head + &fields.iter().map(line).collect::<String>()))
}

fn described(published: &Published) -> Value {
    let field = |field: &Field| {
        json!({
            "name": field.name,
            "dtype": field.element(),
            "shape": field.shape,
            "strides": field.strides,
            "bytes": bytes(field),
        })
    };
    json!({
        "name": published.name,
        "kind": "published",
        "process": published.pid,
        "bytes": published.segment.bytes().len(),
        "arrays": published.segment.layout().fields().iter().map(field).collect::<Vec<_>>(),
    })
}

fn print_json(value: &Value) -> Result<(), Error> {
    output::print(&format!("{value:#}\n"))
}

fn shape(field: &Field) -> String {
    let lengths: Vec<_> = field.shape.iter().map(ToString::to_string).collect();
    if lengths.is_empty() { "one number".into() } else { lengths.join(" × ") }
}

/// What its elements take.
fn bytes(field: &Field) -> u64 {
    field.span() as u64
}
