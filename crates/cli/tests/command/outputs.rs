//! Where the answer goes: whole files or none, standard output, devices, and pipes that nobody reads.

use crate::desk::Desk;
use std::fs;

#[test]
fn an_output_that_cannot_be_written_is_refused_before_the_search() {
    let desk = Desk::new();
    let search = "search prices.csv --pick 2 --draws 1000000000000000"; // would take years
    for flag in ["--json", "--csv"] {
        desk.refuses(
            &format!("{search} {flag} nowhere/best"),
            "cannot write nowhere/best: No such file or directory (os error 2)",
        );
        desk.refuses(&format!("{search} {flag} ."), "cannot write .: Is a directory (os error 21)");
        desk.refuses(
            &format!("{search} {flag} prices.csv"),
            &format!("{flag} would write over prices.csv, which is read"),
        );
    }
    desk.refuses(
        &format!("{search} --json a --csv ./a"),
        "--json and --csv cannot both go to the same place",
    );
    desk.refuses(
        &format!("{search} --json - --csv /dev/stdout"),
        "--json and --csv cannot both go to the same place",
    );
    assert_eq!(desk.names(), ["prices.csv"]);
}

#[test]
fn a_failure_leaves_what_was_there() {
    let desk = Desk::new();
    desk.put("best.json", "yesterday's");
    desk.refuses(
        "search prices.csv --pick 5 --json best.json --csv subsets.csv",
        "cannot pick 5 of 4 assets: pick at least 1 and at most 4",
    );
    assert_eq!(desk.read("best.json"), "yesterday's");
    assert_eq!(desk.names(), ["best.json", "prices.csv"]);
}

#[test]
fn files_are_replaced_when_whole() {
    let desk = Desk::new();
    desk.put("best.json", "yesterday's");
    let ended = desk.sharpest("search prices.csv --pick 2 --json best.json --csv subsets.csv");
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    let answer: serde_json::Value = serde_json::from_str(&desk.read("best.json")).unwrap();
    assert_eq!(answer["status"], "complete");
    assert_eq!(desk.read("subsets.csv").lines().count(), 7);
    assert_eq!(desk.names(), ["best.json", "prices.csv", "subsets.csv"]);
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_permissions_and_a_link_stays_a_link() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let desk = Desk::new();
    desk.put("real.json", "");
    fs::set_permissions(desk.path("real.json"), PermissionsExt::from_mode(0o640)).unwrap();
    symlink("real.json", desk.path("best.json")).unwrap();
    assert_eq!(
        desk.sharpest("search prices.csv --pick 2 --json best.json --csv new.csv").status,
        0
    );
    assert!(desk.path("best.json").is_symlink());
    let mode = |name| fs::metadata(desk.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("real.json"), 0o640);
    assert_eq!(mode("new.csv"), mode("prices.csv")); // as the umask has it
    assert!(desk.read("real.json").contains("\"status\": \"complete\""));
}

#[test]
fn the_subsets_come_in_order_with_a_column_an_asset() {
    let desk = Desk::new();
    let ended = desk.sharpest("search prices.csv --pick 3 --csv -");
    let mut lines = ended.stdout.lines();
    assert_eq!(lines.next(), Some("rank,assets,sharpe,KO,PEP,JNJ,MSFT"));
    for (rank, line) in lines.clone().enumerate() {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!((cells.len(), cells[0]), (7, &*rank.to_string()));
        let names = ["KO", "PEP", "JNJ", "MSFT"];
        let picked = names.iter().zip(&cells[3..]).filter(|(_, cell)| !cell.is_empty());
        let (names, weights): (Vec<&str>, Vec<f64>) =
            picked.map(|(name, cell)| (name, cell.parse::<f64>().unwrap())).unzip();
        assert_eq!(cells[1].trim_matches('"'), names.join(";"));
        assert!((weights.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }
    assert_eq!(lines.count(), 4);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_is_a_sentence() {
    let desk = Desk::new();
    for flag in ["--csv", "--json"] {
        desk.refuses(
            &format!("search prices.csv --pick 2 {flag} /dev/full"),
            "cannot write /dev/full: No space left on device (os error 28)",
        );
    }
    let full = || fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    for args in ["", "--json -", "--csv -"] {
        let command = format!("search prices.csv --pick 2 {args}");
        let output = desk.command(&command).stdout(full()).output().unwrap();
        let ended = crate::desk::Ended::from(output);
        assert_eq!(
            ended.stderr,
            "error: cannot write standard output: No space left on device (os error 28)\n"
        );
        assert_eq!(ended.status, 2);
    }
}

#[cfg(unix)]
#[test]
fn a_device_is_written_and_stays() {
    let desk = Desk::new();
    let ended = desk.sharpest("search prices.csv --pick 2 --csv /dev/null --json /dev/null");
    assert_eq!((ended.status, &*ended.stderr), (0, ""));
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_it_without_a_word() {
    let desk = Desk::new();
    for args in ["", "--json -", "--csv -", "--help"] {
        let mut child = desk.command(&format!("search --draws 1 {args}")).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "", "{args}");
        assert_eq!(output.status.code(), Some(0), "{args}");
    }
}

#[test]
fn standard_output_holds_one_thing() {
    let desk = Desk::new();
    let json = desk.sharpest("search prices.csv --pick 2 --json - --csv subsets.csv");
    assert!(serde_json::from_str::<serde_json::Value>(&json.stdout).is_ok(), "{}", json.stdout);
    let csv = desk.sharpest("search prices.csv --pick 2 --csv - --json best.json");
    assert_eq!(csv.stdout, desk.read("subsets.csv"));
    let text = desk.sharpest("search prices.csv --pick 2");
    assert!(text.stdout.starts_with("The sampled best 2 of 4 assets"), "{}", text.stdout);
    assert!(!text.stdout.contains('\x1b') && text.stderr.is_empty(), "{}", text.stderr);
}
