//! Tables in which something is wrong: what, where, and what would be right.

use crate::desk::{Desk, PRICES, refused};

#[test]
fn a_text_cell() {
    refused(
        PRICES.replace("20.6", "oops"),
        "--pick 2",
        "prices.csv, line 5, column PEP: \"oops\" is not a number",
    );
}

#[test]
fn lines_are_counted_as_an_editor_does_whatever_ends_them() {
    let windows = PRICES.replace('\n', "\r\n");
    refused(
        windows.replace("20.6", "oops"),
        "--pick 2",
        "prices.csv, line 5, column PEP: \"oops\" is not a number",
    );
}

#[test]
fn a_price_that_is_zero_or_negative() {
    refused(
        PRICES.replace("20.6", "0"),
        "--pick 2",
        "prices.csv, line 5, column PEP: 0 is not a price: every price is finite and above zero",
    );
    refused(
        PRICES.replace("20.6", "-20.6"),
        "--pick 2",
        "prices.csv, line 5, column PEP: -20.6 is not a price: every price is finite and above zero",
    );
    refused(
        PRICES.replace("20.6", "inf"),
        "--pick 2 --table returns",
        "prices.csv, line 5, column PEP: inf is not a return: every return is finite",
    );
}

#[test]
fn what_is_wrong_in_an_asset_or_a_date_that_is_left_out_stops_nothing() {
    let desk = Desk::new();
    desk.put("prices.csv", PRICES.replace("20.6", "oops").replace("43.6", "0"));
    desk.answer("prices.csv --pick 2 --assets KO,JNJ");
    desk.answer("prices.csv --pick 2 --from 2024-08-07 --to 2024-08-12 --assets KO,PEP");
}

#[test]
fn a_date_twice() {
    refused(
        PRICES.replace("2024-08-06", "2024-08-05"),
        "--pick 2",
        "prices.csv: the date 2024-08-05 occurs twice, in lines 4 and 5: leave one out",
    );
}

#[test]
fn an_asset_twice() {
    refused(PRICES.replace("JNJ", "KO"), "--pick 2", "prices.csv: the asset \"KO\" occurs twice");
}

#[test]
fn a_date_and_asset_twice_in_a_long_table() {
    refused(
        "date,ticker,close\n2024-08-01,KO,1\n2024-08-01,PEP,2\n2024-08-01,KO,1\n",
        "--pick 2",
        "prices.csv: KO on 2024-08-01 occurs twice, in lines 2 and 4: leave one out",
    );
}

#[test]
fn a_long_table_without_dates_or_names() {
    refused(
        "ticker,close\nKO,1\n",
        "--pick 2",
        "prices.csv has the columns ticker and close of a long table and no column date: each row needs all three",
    );
    refused(
        "date,ticker,close\n2024-08-01,,1\n",
        "--pick 2",
        "prices.csv, line 2, column ticker: the asset has no name",
    );
}

#[test]
fn a_date_as_people_write_it() {
    refused(
        PRICES.replace("2024-08-06", "06/08/2024"),
        "--pick 2",
        "prices.csv, line 5, column Date: \"06/08/2024\" is written in another way than \"2024-08-01\": write all dates alike",
    );
    refused(
        "Tag,KO\n1.8.2024,10\n",
        "--pick 1",
        "prices.csv, line 2, column Tag: \"1.8.2024\" is 2024-08-01 or 2024-01-08, and no row of the column tells which: say it with --date-format, as in --date-format %d/%m/%Y",
    );
}

#[test]
fn unsorted_dates_are_sorted_and_that_is_said() {
    let desk = Desk::new();
    let sorted = desk.answer("prices.csv --pick 2");
    let mut lines: Vec<&str> = PRICES.lines().collect();
    lines[1..].reverse();
    desk.put("prices.csv", lines.join("\n"));
    let ended = desk.sharpest("search prices.csv --pick 2 --json -");
    let note = "prices.csv: the dates were not in order and have been sorted";
    assert_eq!((ended.status, ended.stderr), (0, format!("note: {note}\n")));
    let answer: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(answer["best"], sorted["best"]);
    assert_eq!(answer["warnings"][0], note);
}

#[test]
fn one_row() {
    refused(
        "Date,KO,PEP\n2024-08-01,1,2\n",
        "--pick 2",
        "prices.csv: 1 row makes 0 returns: at least 3 are needed (the table runs from 2024-08-01 to 2024-08-01)",
    );
    refused(
        "KO,PEP\n1.5,2\n",
        "--pick 2",
        "prices.csv: 1 row makes 0 returns: at least 3 are needed",
    );
}

#[test]
fn missing_cells() {
    let table = PRICES.replace("20.6", "NaN").replace("30.1", "").replace("42.5", "NA");
    refused(
        &table,
        "--pick 2",
        "prices.csv: 3 cells are missing, the first PEP on 2024-08-06: choose --missing drop-assets (leaves out 3 assets) or --missing drop-days (leaves out 2 rows)",
    );
    refused(
        "KO,PEP\n1.1,2\n1.2,\n",
        "--pick 2",
        "prices.csv: 1 cell is missing, the first PEP in line 3: choose --missing drop-assets (leaves out 1 asset) or --missing drop-days (leaves out 1 row)",
    );
}

#[test]
fn missing_cells_in_every_asset() {
    refused(
        "KO,PEP\n1.1,2\n1.2,\n,3\n1.3,4\n",
        "--pick 2 --missing drop-assets",
        "prices.csv: every asset misses a cell, so --missing drop-assets leaves none",
    );
    refused(
        "KO,PEP\n1.1,2\n1.2,\n,3\n1.3,4\n",
        "--pick 2 --missing drop-days",
        "prices.csv: 2 rows make 1 return: at least 3 are needed",
    );
}

#[test]
fn a_constant_column() {
    let flat: String = PRICES
        .lines()
        .map(|line| {
            let mut cells: Vec<&str> = line.split(',').collect();
            if cells[0] != "Date" {
                cells[3] = "30";
            }
            cells.join(",") + "\n"
        })
        .collect();
    refused(
        &flat,
        "--pick 2",
        "JNJ: its returns are all the same, so it has no risk and no Sharpe ratio; leave it out with --exclude, and if it stands for cash, give what it earns in a year as --rate",
    );
    let desk = Desk::new();
    desk.put("prices.csv", flat);
    desk.answer("prices.csv --pick 2 --assets KO,PEP,MSFT");
}

#[test]
fn an_unknown_asset() {
    refused(
        PRICES,
        "--pick 2 --assets KO,MFST",
        "prices.csv has no asset \"MFST\": near names are MSFT",
    );
    refused(
        PRICES,
        "--pick 2 --assets KO,XYZ",
        "prices.csv has no asset \"XYZ\": its 4 assets begin with KO, PEP, JNJ",
    );
}

#[test]
fn a_window_with_hardly_anything_in_it() {
    refused(
        PRICES,
        "--pick 2 --from 2024-08-08",
        "prices.csv: 3 rows from 2024-08-08 make 2 returns: at least 3 are needed (the table runs from 2024-08-01 to 2024-08-12)",
    );
    refused(
        PRICES,
        "--pick 2 --from 2025-01-01 --to 2025-02-01",
        "prices.csv: 0 rows from 2025-01-01 to 2025-02-01 make 0 returns: at least 3 are needed (the table runs from 2024-08-01 to 2024-08-12)",
    );
    refused(
        PRICES,
        "--pick 2 --test-from 2024-08-09",
        "prices.csv: 2 rows from 2024-08-09 make 1 return: at least 3 are needed (the table runs from 2024-08-01 to 2024-08-12)",
    );
}

#[test]
fn dates_asked_of_a_table_without() {
    let table: String =
        PRICES.lines().map(|line| line.split_once(',').unwrap().1.to_owned() + "\n").collect();
    refused(
        &table,
        "--pick 2 --test-from 2024-08-05",
        "prices.csv has no dates, so --test-from cannot be used",
    );
    let desk = Desk::new();
    let with_dates = desk.answer("prices.csv --pick 2");
    desk.put("prices.csv", table);
    assert_eq!(desk.answer("prices.csv --pick 2")["best"], with_dates["best"]);
}
