//! The configuration: a TOML file whose keys are flags. It becomes flags in front of those that were typed, so that
//! whatever was typed wins and every value is checked in one place.

use crate::error::Error;
use crate::flags::{Command, Flags};
use clap::{CommandFactory, Parser};
use std::ffi::OsString;
use std::path::Path;
use toml::{Table, Value};

/// From which likeness (0 to 1) a key is offered for an unknown one.
const NEAR: f64 = 0.7;

/// Reads the flags again with those of `--config` in front, if there is one.
pub(crate) fn fill(typed: Flags, args: &[OsString]) -> Result<Flags, Error> {
    let (name, work, prices, data) = match &typed.command {
        Command::Search(flags) => ("search", &flags.work, &flags.prices, &flags.data),
        Command::Solve(flags) => ("solve", &flags.work, &flags.prices, &flags.data),
        Command::Check(_) | Command::Arrays(_) | Command::Doctor(_) | Command::Worker(_) => {
            return Ok(typed);
        }
    };
    let Some(path) = &work.config else {
        return Ok(typed);
    };
    let flags = read(path, name, !prices.is_empty() || data.moments.is_some())?;
    let (program, rest) = args.split_at(2); // `sharpest search`: only then is there a --config
    let alone = program.iter().cloned().chain(flags.iter().cloned());
    let refuse = |error| Error::Config {
        file: path.display().to_string(),
        reason: Error::from(error).to_string(),
    };
    Flags::try_parse_from(alone).map_err(refuse)?;
    let all = program.iter().chain(&flags).chain(rest);
    Ok(Flags::try_parse_from(all)?)
}

/// The file as flags of a command. A table that was typed in either form takes the place of one in the file.
fn read(path: &Path, command: &str, has_table: bool) -> Result<Vec<OsString>, Error> {
    let refuse = |reason: String| Error::Config { file: path.display().to_string(), reason };
    let text = std::fs::read_to_string(path)
        .map_err(|error| refuse(format!("cannot be read: {error}")))?;
    let table: Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
        refuse(format!("line {line}: {}", error.message().replace('\n', " ")))
    })?;
    let mut flags = Vec::new();
    for (key, value) in &table {
        let name = key.replace('_', "-");
        if has_table && (name == "prices" || name == "moments") {
            continue;
        }
        check_key(command, key, &name).map_err(refuse)?;
        flags.extend(flag(&name, value).map_err(refuse)?);
    }
    Ok(flags)
}

/// One key as flags; `prices` is the argument that has none, and may be several.
fn flag(name: &str, value: &Value) -> Result<Vec<OsString>, String> {
    Ok(match (name, value) {
        ("quiet", Value::Boolean(on)) => on.then(|| "--quiet".into()).into_iter().collect(),
        ("quiet", _) => return Err("quiet is true or false".into()),
        ("prices", Value::String(path)) => vec![path.into()],
        ("prices", Value::Array(paths)) => {
            let path = |path: &Value| path.as_str().map(OsString::from);
            let paths: Option<Vec<OsString>> = paths.iter().map(path).collect();
            paths.ok_or("prices is a file, or a list of files")?
        }
        _ => vec![format!("--{name}={}", text(name, value)?).into()],
    })
}

/// A value as it would be typed.
fn text(name: &str, value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Float(number) => Ok(number.to_string()),
        Value::Boolean(word) => Ok(word.to_string()),
        Value::Datetime(date) => Ok(date.to_string()),
        Value::Array(values) => {
            let parts: Result<Vec<_>, _> = values.iter().map(|value| text(name, value)).collect();
            Ok(parts?.join(","))
        }
        Value::Table(_) => {
            Err(format!("{name} is a table; every key is a flag and holds one value"))
        }
    }
}

/// Every long flag is a key, and so is `prices`; help and another configuration are not.
fn check_key(command: &str, key: &str, name: &str) -> Result<(), String> {
    let all = Flags::command();
    let flags = all.find_subcommand(command).into_iter().flat_map(|one| one.get_arguments());
    let mut known: Vec<&str> = flags.filter_map(|flag| flag.get_long()).collect();
    known.retain(|&flag| flag != "config" && flag != "help");
    known.push("prices");
    if known.contains(&name) {
        return Ok(());
    }
    let mut near: Vec<&str> =
        known.into_iter().filter(|flag| strsim::jaro_winkler(flag, name) >= NEAR).collect();
    near.sort_by(|a, b| strsim::jaro_winkler(b, name).total_cmp(&strsim::jaro_winkler(a, name)));
    near.truncate(3);
    Err(match near.is_empty() {
        true => format!("unknown key {key:?}: every key is a flag of `sharpest {command} --help`"),
        false => format!("unknown key {key:?}: near ones are {}", near.join(", ")),
    })
}
