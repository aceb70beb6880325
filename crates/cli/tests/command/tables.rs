//! Tables as people have them: what each means, from the outside. The same prices written otherwise have the same answer.

use crate::desk::Desk;
use crate::solve::prices;
use serde_json::{Value, json};

/// What is written for a row and its day.
type Writer<T> = Box<dyn Fn(usize, &str) -> T>;

/// The answer of `solve` to `table`, and what was noted beside.
fn solved(table: &str, args: &str) -> (Value, Vec<String>) {
    let desk = Desk::new();
    desk.put("p.csv", table);
    let answer = desk.solution(&format!("p.csv --luck-draws 0 {args}"));
    let notes = answer["warnings"].as_array().unwrap().iter();
    let notes = notes.map(|note| note.as_str().unwrap().to_owned()).collect();
    (answer, notes)
}

/// What `solve` says to a table that it refuses.
#[track_caller]
fn refused(table: &str, args: &str) -> String {
    let desk = Desk::new();
    desk.put("p.csv", table);
    let ended = desk.sharpest(&format!("solve p.csv --luck-draws 0 {args}"));
    assert_eq!((ended.status, &*ended.stdout), (2, ""), "{}", ended.stderr);
    ended.stderr
}

/// The table of [`prices`] with its dates written by `date`, under `name`.
fn dated(name: &str, date: impl Fn(usize, &str) -> String) -> String {
    let table = prices();
    let mut lines = table.lines();
    let header = lines.next().unwrap().replace("day", name);
    let rows = lines.enumerate().map(|(row, line)| {
        let (day, rest) = line.split_once(',').unwrap();
        format!("{},{rest}\n", date(row, day))
    });
    rows.fold(header + "\n", |table, row| table + &row)
}

/// The price history of the column `asset` of [`prices`]: an adjusted close, and a close that was split in between.
fn history(asset: usize, header: &str) -> String {
    let table = prices();
    let rows = table.lines().skip(1).enumerate().map(|(row, line)| {
        let cells: Vec<&str> = line.split(',').collect();
        let price: f64 = cells[asset + 1].parse().unwrap();
        let close = if row < 30 { price * 2.0 } else { price };
        format!(
            "{},{close},{close},{close},{close},{},{}\n",
            cells[0],
            cells[asset + 1],
            1_000 + row * 7
        )
    });
    rows.fold(format!("{header}\n"), |table, row| table + &row)
}

const HISTORY: &str = "Date,Open,High,Low,Close,Adj Close,Volume";

#[test]
fn dates_are_read_however_they_are_written() {
    let (expected, _) = solved(&prices(), "");
    let digits = |day: &str| day.replace('-', "");
    let days = |row: usize| row / 5 * 7 + row % 5;
    let parts = |day: &str| -> Vec<String> { day.split('-').map(str::to_owned).collect() };
    let cases: Vec<(&str, Writer<String>)> = vec![
        ("Trade Date", Box::new(move |_, day| digits(day))),
        ("", Box::new(move |row, _| (45_292 + days(row)).to_string())),
        ("Dates", Box::new(move |row, _| (45_292 + days(row)).to_string())),
        ("time", Box::new(move |row, _| (1_704_067_200 + 86_400 * days(row)).to_string())),
        (
            "timestamp",
            Box::new(move |row, _| (1_704_067_200_000 + 86_400_000 * days(row)).to_string()),
        ),
        (
            "Date",
            Box::new(move |_, day| {
                format!("{0}/{1}/{2}", parts(day)[1], parts(day)[2], parts(day)[0])
            }),
        ),
        (
            "Date",
            Box::new(move |_, day| {
                format!("{2}.{1}.{0}", parts(day)[0], parts(day)[1], parts(day)[2])
            }),
        ),
        ("Date", Box::new(|_, day| format!("{day} 00:00:00+00:00"))),
    ];
    for (name, write) in cases {
        let table = dated(name, write);
        let (answer, notes) = solved(&table, "");
        let start: String = table.lines().take(2).collect::<Vec<_>>().join(" ");
        assert_eq!(
            (&answer["best"], &answer["period"]),
            (&expected["best"], &expected["period"]),
            "{start}"
        );
        let plain = start.contains("00:00:00");
        assert_eq!(
            notes.iter().any(|note| note.contains("is read as dates: ")),
            !plain,
            "{notes:?}"
        );
    }
}

#[test]
fn dates_that_leave_two_readings_are_refused_until_the_format_is_told() {
    let table = dated("Date", |row, _| format!("{:02}/{:02}/{}", 1 + row % 12, 1 + row / 12, 2024));
    let sentence = refused(&table, "");
    assert!(sentence.contains("\"02/01/2024\" is 2024-01-02 or 2024-02-01"), "{sentence}");
    assert!(sentence.contains("--date-format %d/%m/%Y"), "{sentence}");
    let (answer, _) = solved(&table, "--date-format %d/%m/%Y");
    assert_eq!(answer["period"]["to"], "2024-06-01");
    assert_eq!(answer["settings"]["date_format"], "%d/%m/%Y");
}

#[test]
fn counters_are_no_assets() {
    let (expected, _) = solved(&prices(), "");
    for (name, first) in
        [("", 0), ("Unnamed: 0", 1), ("index", 5), ("id", 1), ("row of the table", 1)]
    {
        let table = dated("Date", |row, day| format!("{},{day}", first + row)).replacen(
            "Date",
            &format!("{name},Date"),
            1,
        );
        let (answer, notes) = solved(&table, "");
        assert_eq!(answer["best"], expected["best"], "{name}");
        assert!(
            notes.iter().any(|note| note.contains("counts the rows and is left out")),
            "{name}: {notes:?}"
        );
    }
    let seven =
        dated("Date", |row, day| format!("{day},{}", 100 + 7 * row)).replacen("Date", "Date,S9", 1);
    let sentence = refused(&seven, "");
    assert!(
        sentence.contains("the column S9 begins at 100 and rises by 7 from row to row"),
        "{sentence}"
    );
    assert_eq!(solved(&seven, "--exclude S9").0["best"], expected["best"]);
    assert_eq!(solved(&seven, "--assets S9,A").0["universe"], json!(["S9", "A"]));
}

#[test]
fn what_says_again_what_the_dates_say_is_no_asset() {
    let (expected, _) = solved(&prices(), "");
    let part = |day: &str, at: usize| day.split('-').nth(at).unwrap().parse::<usize>().unwrap();
    let cases: Vec<(&str, Writer<usize>)> = vec![
        ("Year", Box::new(move |_, day| part(day, 0))),
        ("Month", Box::new(move |_, day| part(day, 1))),
        ("weekday", Box::new(|row, _| row % 5)),
        ("yyyymmdd", Box::new(|_, day| day.replace('-', "").parse().unwrap())),
        ("key", Box::new(|row, _| 45_292 + row / 5 * 7 + row % 5)),
    ];
    for (name, write) in cases {
        let table = dated("Date", |row, day| format!("{day},{}", write(row, day)));
        let (answer, notes) = solved(&table.replacen("Date", &format!("Date,{name}"), 1), "");
        assert_eq!(answer["best"], expected["best"], "{name}");
        assert!(
            notes[0].contains(&format!("the column {name} ")) && notes[0].ends_with("left out"),
            "{notes:?}"
        );
    }
}

#[test]
fn a_column_of_text_is_refused_unless_it_is_left_out() {
    let table = dated("Date", |_, day| format!("{day},Tech")).replacen("Date", "Date,Sector", 1);
    assert_eq!(
        refused(&table, ""),
        "error: p.csv, line 2, column Sector: \"Tech\" is not a number: a table has a column an asset, or the columns date, asset and price; leave other columns out with --exclude\n"
    );
    let (expected, _) = solved(&prices(), "");
    assert_eq!(solved(&table, "--exclude Sector").0["best"], expected["best"]);
}

#[test]
fn the_history_of_one_asset_is_no_portfolio_of_its_columns() {
    for header in [
        HISTORY,
        "date,1. open,2. high,3. low,4. close,adjusted close,5. volume",
        "Date,Open_S1,High_S1,Low_S1,Close_S1,Adj Close_S1,Volume_S1",
        "Date,CLOSE,OPEN,HIGH,LOW,Change %,Vol.",
    ] {
        let table = history(2, header);
        let desk = Desk::new();
        desk.put("p.csv", &table);
        let ended = desk.sharpest("solve p.csv --luck-draws 0 --json -");
        if header.contains("_S1") {
            let answer: Value = serde_json::from_str(&ended.stdout).unwrap();
            assert_eq!(answer["universe"], json!(["S1"]), "an asset that the columns name");
        } else {
            assert!(
                ended.stderr.contains("is the price history of one asset"),
                "{header}: {}",
                ended.stderr
            );
            assert_eq!(ended.status, 2);
        }
    }
}

#[test]
fn several_histories_are_one_table() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path("all")).unwrap();
    for (asset, name) in ["A", "B", "C", "D", "E", "F"].iter().enumerate() {
        desk.put(&format!("all/{name}.csv"), history(asset, HISTORY));
    }
    desk.put("six.csv", prices());
    let files = "all/A.csv all/B.csv all/C.csv all/D.csv all/E.csv all/F.csv";
    let expected = desk.solution("six.csv --luck-draws 0");
    for source in [files, "all"] {
        let answer = desk.solution(&format!("{source} --luck-draws 0"));
        assert_eq!(answer["best"], expected["best"]);
        assert_eq!(answer["settings"]["sources"].as_array().unwrap().len(), 6);
        let note =
            "all/A.csv and 5 other files: the column Adj Close is read as the price of A to F";
        assert_eq!(answer["warnings"], json!([note]));
    }
    let listed: Vec<String> = files.split(' ').map(|file| format!("{file:?}")).collect();
    desk.put("q.toml", format!("prices = [{}]\nluck-draws = 0\n", listed.join(", ")));
    assert_eq!(desk.solution("--config q.toml")["best"], expected["best"]);
    assert_eq!(desk.sharpest(&format!("search {files} --pick 2 --json s.json --quiet")).status, 0);
    assert_eq!(desk.sharpest("check s.json all").status, 0);
    let twice = desk.sharpest("solve all/A.csv all/A.csv");
    assert_eq!(
        twice.stderr,
        "error: the asset \"A\" occurs twice, in all/A.csv and in all/A.csv: leave one of them out\n"
    );
}

#[test]
fn of_several_histories_all_dates_are_kept() {
    let desk = Desk::new();
    desk.put("A.csv", history(0, HISTORY));
    let late: Vec<String> = history(1, HISTORY).lines().map(str::to_owned).collect();
    let late = [&late[..1], &late[11..]].concat().join("\n");
    desk.put("B.csv", late);
    let two = desk.solution("A.csv B.csv --missing drop-days --luck-draws 0");
    let note = "B.csv: the column Adj Close is read as the price of B";
    assert_eq!(two["warnings"][1], note);
    let ended = desk.sharpest("solve A.csv B.csv");
    assert!(
        ended.stderr.contains("10 cells are missing, the first B on 2024-01-01"),
        "{}",
        ended.stderr
    );
    let answer = desk.solution("A.csv B.csv --missing drop-days --luck-draws 0");
    assert_eq!(answer["period"]["returns"], 50);
}

#[test]
fn numbers_are_read_as_the_whole_table_proves() {
    let table = prices();
    let scaled = |write: &dyn Fn(f64) -> String, delimiter: &str| -> String {
        let row = |line: &str| {
            let (day, rest) = line.split_once(',').unwrap();
            let cells: Vec<String> =
                rest.split(',').map(|cell| write(cell.parse::<f64>().unwrap())).collect();
            format!("{day}{delimiter}{}\n", cells.join(delimiter))
        };
        let (header, rows) = table.split_once('\n').unwrap();
        rows.lines().map(row).fold(header.replace(',', delimiter) + "\n", |all, row| all + &row)
    };
    let (expected, _) = solved(&scaled(&|price| format!("{:.2}", price * 20.0), ","), "");
    let thousands = |price: f64, point: &str, comma: &str| {
        let text = format!("{:.2}", price * 20.0);
        let (whole, cents) = text.split_once('.').unwrap();
        let (head, tail) = whole.split_at(whole.len() - 3);
        format!("{head}{comma}{tail}{point}{cents}")
    };
    for (delimiter, point, comma) in
        [(";", ",", "."), ("\t", ".", ","), (";", ",", ""), ("|", ".", "'"), (";", ",", "\u{202f}")]
    {
        let (answer, notes) =
            solved(&scaled(&|price| thousands(price, point, comma), delimiter), "");
        assert_eq!(answer["best"], expected["best"], "{delimiter}{point}{comma}");
        assert!(notes.is_empty(), "{notes:?}");
    }
    let dollars = scaled(&|price| format!("${:.2}", price * 20.0), ",");
    assert_eq!(solved(&dollars, "").0["best"], expected["best"]);
}

#[test]
fn returns_in_percent_are_told_and_read() {
    let table = prices();
    let rows: Vec<Vec<f64>> = table
        .lines()
        .skip(1)
        .map(|line| line.split(',').skip(1).map(|cell| cell.parse().unwrap()).collect())
        .collect();
    let returns = |write: &dyn Fn(f64) -> String| -> String {
        let row = |(pair, day): (&[Vec<f64>], usize)| {
            let cells = pair[0].iter().zip(&pair[1]).map(|(a, b)| write(b / a - 1.0));
            format!("{day},{}\n", cells.collect::<Vec<_>>().join(","))
        };
        let rows = rows.windows(2).zip(20_240_101..20_240_130).map(row);
        rows.fold("Date,A,B,C,D,E,F\n".to_owned(), |all, row| all + &row)
    };
    let args = "--table returns";
    let (expected, _) = solved(&returns(&|r| format!("{r:.6}")), args);
    assert_eq!(
        solved(&returns(&|r| format!("{:.4}%", r * 100.0)), args).0["best"],
        expected["best"]
    );
    let plain = returns(&|r| format!("{:.4}", r * 100.0));
    assert!(
        refused(&plain, args)
            .contains("if the table holds returns in percent, say --table percent")
    );
    assert_eq!(solved(&plain, "--table percent").0["settings"]["table"], "percent");
    let sharpe = |answer: &Value| answer["best"]["sharpe"].as_f64().unwrap();
    let (percent, _) = solved(&plain, "--table percent");
    assert!((sharpe(&percent) / sharpe(&expected) - 1.0).abs() < 1e-12);
    assert!(refused(&plain, "").contains("say --table returns, or in percent --table percent"));
}

#[test]
fn periods_are_those_that_the_dates_show_and_old_results_are_checked_as_they_were_written() {
    let months = |row: usize| format!("{}-{:02}-28", 2019 + row / 12, 1 + row % 12);
    let table = dated("Date", |row, _| months(row));
    let (answer, notes) = solved(&table, "");
    assert_eq!(answer["settings"]["periods"], 12.0);
    assert_eq!(
        notes,
        ["the rows are a month apart: a year has 12 of them; --periods says otherwise"]
    );
    let (told, notes) = solved(&table, "--periods 252");
    assert_eq!((told["settings"]["periods"].as_f64(), notes.len()), (Some(252.0), 0));
    let desk = Desk::new();
    desk.put("p.csv", &table);
    desk.put("old.json", told.to_string());
    desk.put("new.json", answer.to_string());
    for result in ["old.json", "new.json"] {
        assert_eq!(desk.sharpest(&format!("check {result} p.csv")).status, 0);
    }
    let windowed = desk.solution("p.csv --to 2019-06-30 --luck-draws 0");
    assert_eq!(windowed["settings"]["periods"], 12.0, "those of the whole table");
}

/// The test returns of [`prices`] from row 40 on, the last price of `asset` in row `end`, or a hole there.
fn tested(asset: usize, cut: &str, missing: &str) -> (Value, Vec<String>) {
    let rows: Vec<String> = prices()
        .lines()
        .enumerate()
        .map(|(row, line)| {
            let mut cells: Vec<&str> = line.split(',').collect();
            let gone = if cut == "ends" { row > 50 } else { row == 51 || row == 52 };
            if gone {
                cells[asset + 1] = "";
            }
            cells.join(",") + "\n"
        })
        .collect();
    solved(&rows.concat(), &format!("--test-from 2024-02-26 --rate 0.05 --cap 0.5 {missing}"))
}

#[test]
fn what_ends_or_is_missing_in_the_test_was_not_known_before() {
    let desk = Desk::new();
    desk.put("p.csv", prices());
    let whole = desk.solution("p.csv --luck-draws 0 --test-from 2024-02-26 --rate 0.05 --cap 0.5");
    let held: Vec<(usize, f64)> = ["A", "B", "C", "D", "E", "F"]
        .iter()
        .enumerate()
        .filter_map(|(i, name)| Some((i, whole["best"]["weights"][name].as_f64()?)))
        .collect();
    let asset = held.iter().max_by(|a, b| a.1.total_cmp(&b.1)).unwrap().0;
    let table = prices();
    let price: Vec<Vec<f64>> = table
        .lines()
        .skip(1)
        .map(|line| line.split(',').skip(1).map(|cell| cell.parse().unwrap()).collect())
        .collect();
    for cut in ["ends", "hole"] {
        // By hand: the price of the day before where one is missing; after the last one, the rate.
        let day = 0.05 / 252.0;
        let earned: Vec<f64> = (41..price.len())
            .map(|row| {
                let of = |i: usize| match (cut, i == asset) {
                    ("ends", true) if row >= 50 => day,
                    ("hole", true) if row == 50 || row == 51 => 0.0,
                    ("hole", true) if row == 52 => price[52][i] / price[49][i] - 1.0,
                    _ => price[row][i] / price[row - 1][i] - 1.0,
                };
                held.iter().map(|&(i, weight)| weight * of(i)).sum()
            })
            .collect();
        let mean = earned.iter().sum::<f64>() / earned.len() as f64;
        let square: f64 = earned.iter().map(|x| (x - mean).powi(2)).sum();
        let variance = square / (earned.len() - 1) as f64;
        let sharpe = (mean - day) * 252.0 / (variance * 252.0).sqrt();
        for missing in ["", "--missing drop-assets", "--missing drop-days"] {
            let (answer, notes) = tested(asset, cut, missing);
            assert_eq!(answer["best"]["weights"], whole["best"]["weights"], "{cut} {missing}");
            let found = answer["test"]["sharpe"].as_f64().unwrap();
            assert!((found / sharpe - 1.0).abs() < 1e-9, "{cut} {missing}: {found}, not {sharpe}");
            assert_eq!(answer["test"]["returns"], whole["test"]["returns"]);
            let said = if cut == "ends" {
                "from there on its share earns the rate"
            } else {
                "in 2 rows, the first 2024-03-11"
            };
            assert!(notes.iter().any(|note| note.contains(said)), "{notes:?}");
        }
    }
}

#[test]
fn doubtful_numbers_are_noted_and_nothing_else_is() {
    let (_, notes) = solved(&prices(), "");
    assert!(notes.is_empty(), "{notes:?}");
    let split = dated("Date", |_, day| day.to_owned());
    let split: Vec<String> = split
        .lines()
        .enumerate()
        .map(|(row, line)| {
            let mut cells: Vec<String> = line.split(',').map(str::to_owned).collect();
            if row > 30 {
                cells[3] = (cells[3].parse::<f64>().unwrap() / 10.0).to_string();
            }
            cells.join(",") + "\n"
        })
        .collect();
    let (_, notes) = solved(&split.concat(), "");
    assert!(notes[0].contains("C one part in 10 on 2024-02-12"), "{notes:?}");
    let moments = "asset,mean,A,B\nA,0.1,0.04,0.01\nB,0.07,0.01,0.02\n";
    let desk = Desk::new();
    desk.put("m.csv", moments);
    let answer = desk.solution("--moments m.csv");
    assert!(answer["warnings"][0].as_str().unwrap().contains("of annual ones say --periods 1"));
    assert_eq!(desk.solution("--moments m.csv --periods 1")["warnings"], json!([]));
}

#[test]
fn what_only_looks_like_a_table_of_assets_is_refused() {
    let months = "Year,Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec\n";
    let row = |year: usize| {
        format!("{year},{}\n", (1..=12).map(|m| format!("0.0{m}")).collect::<Vec<_>>().join(","))
    };
    let grid = (2001..2009).map(row).fold(months.to_owned(), |all, row| all + &row);
    assert!(refused(&grid, "--table returns").contains("a row a year and a column a month"));
    let pairs = dated("Date", |row, day| {
        format!("{day},{}.5,2024-{:02}-{:02}", 100 + row * 7 % 11, 1 + row / 28, 1 + row % 28)
    });
    let pairs: Vec<&str> = pairs.lines().collect();
    let pairs: String = pairs
        .iter()
        .skip(1)
        .map(|line| line.split(',').take(4).collect::<Vec<_>>().join(",") + "\n")
        .collect();
    let sentence = refused(&format!("Date,AAPL,Date,VOD\n{pairs}"), "");
    assert!(sentence.contains("several columns of dates (Date, Date) that differ"), "{sentence}");
}

#[test]
fn where_days_are_dropped_the_periods_are_those_of_the_days_that_are_left() {
    let price = |row: usize, seed: usize| 100.5 + ((row * seed) % 17) as f64;
    let rows = (0..280).map(|row| {
        let second = if row % 7 == 4 { price(row, 11).to_string() } else { String::new() };
        format!("{},{},{second}\n", 45_292 + row, price(row, 5))
    });
    let table = rows.fold("Date,A,B\n".to_owned(), |all, row| all + &row);
    assert_eq!(solved(&table, "--missing drop-days").0["settings"]["periods"], 52.0);
}

#[test]
fn a_column_of_times_stands_behind_that_of_dates() {
    let day = |row: usize| format!("2024-01-{:02}", 1 + row / 4);
    let joined = dated("Date", |row, _| format!("{} {:02}:30", day(row), 10 + row % 4));
    let apart = dated("<DATE>,<TIME>", |row, _| format!("{},{:02}:30:00", day(row), 10 + row % 4));
    let (expected, _) = solved(&joined, "");
    let (answer, notes) = solved(&apart, "");
    assert_eq!((&answer["best"], &answer["period"]), (&expected["best"], &expected["period"]));
    assert!(notes[0].contains("times of day, 4 a day"), "{notes:?}");
}

#[test]
fn year_month_and_day_in_columns_of_their_own_are_dates() {
    let (expected, _) = solved(&prices(), "");
    let apart = dated("Year,Month,Day", |_, day| day.replace('-', ","));
    let (answer, notes) = solved(&apart, "");
    assert_eq!((&answer["best"], &answer["period"]), (&expected["best"], &expected["period"]));
    assert!(
        notes[0].contains("the columns Year, Month, Day together are read as dates"),
        "{notes:?}"
    );
    let months = dated("Year,Month", |row, _| format!("{},{}", 2019 + row / 12, 1 + row % 12));
    let (answer, _) = solved(&months, "");
    assert_eq!(
        (&answer["settings"]["periods"], &answer["period"]["from"]),
        (&json!(12.0), &json!("2019-01-31"))
    );
}

#[test]
fn bars_in_another_language_are_refused_unless_they_are_named_as_assets() {
    let close: Vec<f64> = (0..61)
        .map(|row| 100.0 + 0.3 * f64::from(row) + f64::from(row * row * 7 % 23) / 9.0)
        .collect();
    let bars = dated("Datum", |row, day| {
        let (open, close) = (close[row] + f64::from(row as u32 * 13 % 17) / 5.0 - 1.6, close[row]);
        format!("{day},{open},{},{},{close}", open.max(close) * 1.003, open.min(close) * 0.997)
    });
    let lines: Vec<String> = bars
        .lines()
        .skip(1)
        .map(|line| line.split(',').take(5).collect::<Vec<_>>().join(","))
        .collect();
    let table = format!("Datum,Erster,Hoch,Tief,Schluss\n{}\n", lines.join("\n"));
    let sentence = refused(&table, "");
    assert!(
        sentence.contains("move as open, high, low and close of one asset")
            && sentence.contains("--assets"),
        "{sentence}"
    );
    assert_eq!(solved(&table, "--assets Hoch,Tief").0["universe"], json!(["Hoch", "Tief"]));
}
