//! Files that cannot be read or are no table.

use crate::desk::{Desk, PRICES, refused};

#[test]
fn no_such_file() {
    Desk::new().refuses(
        "search price.csv --pick 2",
        "cannot read price.csv: No such file or directory (os error 2)",
    );
}

#[test]
fn a_folder() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("empty")).unwrap();
    desk.refuses("search empty --pick 2", "cannot read empty: it is a folder, and holds no table");
}

#[test]
fn an_empty_file() {
    let sentence = "prices.csv is empty: a header and rows of numbers are needed";
    refused("", "--pick 2", sentence);
    refused("\n\n", "--pick 2", sentence);
}

#[test]
fn a_header_and_nothing_else() {
    refused("Date,KO,PEP\n", "--pick 2", "prices.csv has a header and no rows");
    refused("date,asset,price\n", "--pick 2", "prices.csv has a header and no rows");
}

#[test]
fn rows_and_no_header() {
    let (_, rows) = PRICES.split_once('\n').unwrap();
    refused(
        rows,
        "--pick 2",
        "prices.csv has no header: its first line begins with 2024-08-01 and should name the columns",
    );
    refused(
        "10.5,20.5\n10.6,20.7\n",
        "--pick 2",
        "prices.csv has no header: its first line begins with 10.5 and should name the columns",
    );
}

#[test]
fn dates_and_no_assets() {
    refused("Date\n2024-08-01\n", "--pick 2", "prices.csv has no column of numbers");
}

#[test]
fn a_column_without_a_name() {
    refused(
        "Date,KO,\n2024-08-01,1,2\n",
        "--pick 2",
        "prices.csv: column number 3 (it has no name) begins with 2: name it, or take it out",
    );
}

#[test]
fn a_workbook() {
    refused(
        b"PK\x03\x04....",
        "--pick 2",
        "prices.csv is a ZIP archive or an Excel workbook: save it as CSV",
    );
}

#[test]
fn another_encoding() {
    refused(b"\xff\xfeD\0", "--pick 2", "prices.csv is UTF-16: save it as UTF-8");
    refused(
        b"Date,KO\n2024-08-01,\xe9\n",
        "--pick 2",
        "prices.csv, line 2: not UTF-8; save the file as UTF-8",
    );
}

#[test]
fn a_row_that_is_too_short() {
    let table = PRICES.replace("2024-08-05,10.3,20.1", "2024-08-05,10.3");
    refused(table, "--pick 2", "prices.csv, line 4: 4 cells under a header of 5");
    let table = PRICES.replace("2024-08-05,10.3,20.1,30.3,40.6", "2024-08-05");
    refused(table, "--pick 2", "prices.csv, line 4: 1 cell under a header of 5");
}

#[test]
fn gzip_that_breaks_off() {
    let desk = Desk::new();
    desk.put("prices.csv.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00");
    let ended = desk.sharpest("search prices.csv.gz --pick 2");
    assert_eq!(ended.status, 2);
    assert!(ended.stderr.starts_with("error: cannot read prices.csv.gz: "), "{}", ended.stderr);
}

#[cfg(not(feature = "parquet"))]
#[test]
fn parquet_without_its_reader() {
    refused(
        "PAR1....",
        "--pick 2",
        "prices.csv is a Parquet file, and this program was built without: build it with `cargo build --release --features parquet`, or save the table as CSV",
    );
}

#[test]
fn moments_under_another_header() {
    Desk::new().refuses(
        "search --moments prices.csv --pick 2",
        "prices.csv is not a file of moments: its header should be asset,mean and then the assets",
    );
}

#[test]
fn moments_with_a_row_or_a_column_too_many() {
    let desk = Desk::new();
    let refuses = |table: &str, sentence: &str| {
        desk.put("moments.csv", table);
        desk.refuses("search --moments moments.csv --pick 1", sentence);
    };
    refuses(
        "asset,mean,KO\nKO,0.1,1\nPEP,0.1,1\n",
        "moments.csv, line 3: the asset \"PEP\" has a row and no column",
    );
    refuses(
        "asset,mean,KO,PEP\nKO,0.1,1,0\n",
        "moments.csv: the asset \"PEP\" has a column and no row",
    );
    refuses("asset,mean,KO\nKO,0.1,1\nKO,0.1,1\n", "moments.csv: the asset \"KO\" occurs twice");
    refuses(
        "asset,mean,KO,PEP\nKO,0.1,1,\nPEP,0.1,0,1\n",
        "moments.csv, line 2, column PEP: an empty cell is not a finite number: estimate it from more rows, or leave the asset out",
    );
    refuses(
        "asset,mean,KO,PEP\nKO,0.1,1,0.25\nPEP,0.1,0.5,1\n",
        "the covariance of PEP with KO is 0.5, that of KO with PEP is 0.25: a covariance matrix is symmetric; if only rounding parts the two, take the mean of the matrix and its transpose",
    );
}
