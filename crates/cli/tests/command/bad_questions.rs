//! Questions that contradict themselves, and flags that are no flags.

use crate::desk::{Desk, PRICES, refused};

#[test]
fn no_number_of_assets() {
    refused(PRICES, "", "--pick is needed: how many assets a portfolio holds, as in --pick 25");
}

#[test]
fn a_subset_of_none_or_of_too_many() {
    refused(PRICES, "--pick 0", "cannot pick 0 of 4 assets: pick at least 1 and at most 4");
    refused(PRICES, "--pick 5", "cannot pick 5 of 4 assets: pick at least 1 and at most 4");
    refused(
        PRICES,
        "--pick -1",
        "invalid value '-1' for '--pick <K>': \"-1\" is not a whole number of assets, such as 25",
    );
}

#[test]
fn a_cap_that_is_too_low() {
    Desk::new().refuses(
        "search nowhere.csv --pick 25 --cap 0.03", // found before the file is
        "25 assets at no more than 3 % hold at most 75 %: raise the cap to 4 % or pick more",
    );
}

#[test]
fn a_cap_that_is_no_fraction() {
    for cap in ["0", "1.5", "-0.2", "NaN"] {
        let sentence =
            format!("a cap of {cap} is not in (0, 1]: 0.2 means at most 20 % in one asset");
        refused(PRICES, &format!("--pick 2 --cap {cap}"), &sentence);
    }
}

#[test]
fn a_floor_that_is_too_high() {
    refused(
        PRICES,
        "--pick 4 --floor 0.3",
        "4 assets at no less than 30 % take at least 120 %: lower the floor to 25 % or pick fewer",
    );
    refused(
        PRICES,
        "--pick 2 --floor 0.5 --cap 0.4",
        "the floor 50 % is above the cap 40 %: no weight is both",
    );
    refused(
        PRICES,
        "--pick 2 --floor -0.1",
        "a floor of -0.1 is not in [0, 1]: 0.01 means at least 1 % in each asset; short positions, weights below 0, are not supported",
    );
}

#[test]
fn a_rate_that_is_no_number() {
    refused(
        PRICES,
        "--pick 2 --rate inf",
        "a rate of inf is not a finite number: 0.05 means 5 % a year",
    );
}

#[test]
fn nothing_to_draw_or_to_report() {
    refused(
        PRICES,
        "--pick 2 --draws 0",
        "0 draws find nothing: ask for at least 1 for each subset",
    );
    refused(PRICES, "--pick 2 --top 0", "the top 0 subsets are none: ask for at least 1");
    refused(
        PRICES,
        "--pick 2 --draws 1.5",
        "invalid value '1.5' for '--draws <N>': \"1.5\" is not a whole number: write 1000 or 1e3",
    );
}

#[test]
fn a_sampler_that_is_none() {
    refused(
        PRICES,
        "--pick 2 --sampler dirichlet:0",
        "a Dirichlet parameter of 0 is not between 1e-100 and 1e100: 1 is uniform, below it a few assets hold most",
    );
    refused(
        PRICES,
        "--pick 2 --sampler normal",
        "invalid value 'normal' for '--sampler <NAME>': \"normal\" is neither uniform nor dirichlet:ALPHA (dirichlet:0.5)",
    );
}

#[test]
fn periods_that_are_none() {
    refused(
        PRICES,
        "--pick 2 --periods 0",
        "0 periods a year are not above 0 and finite: 252 means daily, 12 monthly",
    );
}

#[test]
fn workers_that_are_none() {
    refused(PRICES, "--pick 2 -j 0", "0 workers: at least 1 and at most 1024 are started");
    refused(
        PRICES,
        "--pick 2 --workers robots",
        "invalid value 'robots' for '--workers <WAY>' [possible values: threads, processes]",
    );
}

#[test]
fn a_kernel_of_another_machine() {
    let name = if cfg!(target_arch = "x86_64") { "neon" } else { "avx2" };
    let desk = Desk::new();
    let ended = desk.sharpest(&format!("search prices.csv --pick 2 --kernel {name}"));
    let start = format!("error: this machine cannot run the kernel {name}: it has ");
    assert!(ended.status == 2 && ended.stderr.starts_with(&start), "{}", ended.stderr);
}

#[test]
fn more_subsets_than_can_be_counted() {
    let desk = Desk::new();
    let names: Vec<String> = (0..200).map(|i| format!("A{i}")).collect();
    let row = |day: usize| -> Vec<String> {
        (0..200).map(|i| (10.25 + ((i * 7 + day * 13) % 11) as f64).to_string()).collect()
    };
    let rows: Vec<String> = (0..6).map(|day| row(day).join(",")).collect();
    desk.put("many.csv", format!("{}\n{}\n", names.join(","), rows.join("\n")));
    desk.refuses(
        "search many.csv --pick 100",
        "100 of 200 assets is more than 18446744073709551615 subsets: no sampler visits them all; `sharpest solve` finds the exact best without",
    );
}

#[test]
fn dates_that_contradict_each_other() {
    refused(
        PRICES,
        "--pick 2 --from 2024-08-09 --to 2024-08-05",
        "the training period ends on 2024-08-05, before it begins on 2024-08-09",
    );
    refused(
        PRICES,
        "--pick 2 --to 2024-08-09 --test-from 2024-08-06",
        "the test period overlaps the training period on 2024-08-06: end training with --to before the test begins",
    );
    refused(
        PRICES,
        "--pick 2 --test-to 2024-08-09",
        "--test-to needs a beginning: give --test-from, or --to, after which the test begins",
    );
    refused(
        PRICES,
        "--pick 2 --from 1.8.2024",
        "invalid value '1.8.2024' for '--from <DATE>': not a date: write 2024-08-01",
    );
}

#[test]
fn flags_that_do_not_go_together() {
    let desk = Desk::new();
    desk.refuses(
        "search prices.csv --moments m.csv --pick 2",
        "--moments takes the place of a table, so give one of the two files",
    );
    for (flag, value) in [
        ("--from", "2024-08-01"),
        ("--to", "2024-08-01"),
        ("--test-from", "2024-08-01"),
        ("--test-to", "2024-08-01"),
        ("--table", "prices"),
        ("--returns", "simple"),
        ("--missing", "refuse"),
    ] {
        desk.refuses(
            &format!("search --moments m.csv --pick 2 {flag} {value}"),
            &format!("--moments takes the place of a table, so {flag} cannot be used"),
        );
    }
    desk.refuses(
        "search prices.csv --pick 2 --table returns --returns log",
        "--returns says how prices become returns, but the table holds returns already",
    );
}

#[test]
fn flags_that_are_none() {
    refused(
        PRICES,
        "--pick 2 --dras 5",
        "unexpected argument '--dras' found; a similar argument exists: '--draws'",
    );
    refused(
        PRICES,
        "--pick 2 --table price",
        "invalid value 'price' for '--table <KIND>' [possible values: prices, returns, percent, relatives]; a similar value exists: 'prices'",
    );
    Desk::new()
        .refuses("serch", "unrecognized subcommand 'serch'; a similar subcommand exists: 'search'");
}

#[test]
fn no_command_shows_the_help_and_fails() {
    let ended = Desk::new().sharpest("");
    assert_eq!((ended.status, &*ended.stdout), (2, ""));
    assert!(ended.stderr.contains("Usage: sharpest <COMMAND>"), "{}", ended.stderr);
}
