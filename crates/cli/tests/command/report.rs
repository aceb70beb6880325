//! `--report`: the page comes whole or not at all, over nothing else, and can be rechecked as it is.

use crate::desk::Desk;

#[test]
fn a_page_is_rechecked_from_the_prices() {
    let desk = Desk::new();
    let ended = desk.sharpest("solve prices.csv --pick 3 --cap 0.5 --report page.html");
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    assert!(ended.stdout.starts_with("The best 3 of 4 assets"), "{}", ended.stdout);
    assert_eq!(desk.names(), ["page.html", "prices.csv"]);
    let page = desk.read("page.html");
    assert!(page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n"), "{page}");
    assert!(
        page.contains("The best 3 of 4 assets, at most 50\u{a0}% in each, had a Sharpe ratio of")
    );
    let checked = desk.sharpest("check page.html prices.csv");
    assert_eq!((checked.status, &*checked.stderr), (0, ""));
    assert!(checked.stdout.starts_with("proven: "), "{}", checked.stdout);
    desk.put("tampered.html", page.replacen("\"sharpe\": ", "\"sharpe\": 1", 1));
    let checked = desk.sharpest("check tampered.html prices.csv");
    assert_eq!(checked.status, 1, "{}", checked.stdout);
    assert!(checked.stderr.starts_with("refuted: "), "{}", checked.stderr);
}

#[test]
fn the_json_of_a_page_is_that_of_the_command() {
    let desk = Desk::new();
    desk.sharpest(
        "search prices.csv --pick 2 --draws 20 --json a.json --csv a.csv --report a.html",
    );
    assert_eq!(desk.names(), ["a.csv", "a.html", "a.json", "prices.csv"]);
    let page = desk.read("a.html");
    let inside = page.split("id=\"sharpest-result\">").nth(1).unwrap();
    assert_eq!(inside.split("</script>").next().unwrap(), desk.read("a.json"));
}

#[test]
fn the_same_question_gives_the_same_page() {
    let desk = Desk::new();
    let page = |name: &str, jobs: usize| {
        let ended = desk.sharpest(&format!("solve --luck-draws 64 -j {jobs} --report {name}"));
        assert_eq!(ended.status, 0, "{}", ended.stderr);
        let page = desk.read(name);
        // What differs is how long it took, and who worked.
        let charts = page.split("<div class=\"charts\">").nth(1).unwrap();
        charts.split("<h2>Proof").next().unwrap().to_owned()
    };
    assert_eq!(page("one.html", 1), page("two.html", 2));
}

#[test]
fn a_page_goes_to_standard_output_alone() {
    let desk = Desk::new();
    let ended = desk.sharpest("solve prices.csv --report -");
    assert_eq!((ended.status, &*ended.stderr), (0, ""));
    assert!(ended.stdout.starts_with("<!DOCTYPE html>") && ended.stdout.ends_with("</html>\n"));
}

#[test]
fn a_page_is_written_over_nothing_else() {
    let desk = Desk::new();
    let search = "search prices.csv --pick 2 --draws 1000000000000000"; // would take years
    for (flags, sentence) in [
        ("--report nowhere/a", "cannot write nowhere/a: No such file or directory (os error 2)"),
        ("--report prices.csv", "--report would write over prices.csv, which is read"),
        ("--report a --json ./a", "--json and --report cannot both go to the same place"),
        ("--csv - --report -", "--csv and --report cannot both go to the same place"),
    ] {
        desk.refuses(&format!("{search} {flags}"), sentence);
    }
    desk.refuses(
        "solve prices.csv --pick 2 --ranking a --report a",
        "--ranking and --report cannot both go to the same place",
    );
    assert_eq!(desk.names(), ["prices.csv"]);
    desk.put("a.html", "yesterday's");
    desk.refuses(
        "solve prices.csv --pick 5 --report a.html",
        "cannot pick 5 of 4 assets: pick at least 1 and at most 4",
    );
    assert_eq!(desk.read("a.html"), "yesterday's");
    assert_eq!(desk.names(), ["a.html", "prices.csv"]);
}

#[test]
fn where_there_is_no_answer_the_page_says_why() {
    let desk = Desk::new();
    desk.put("question.toml", "rate = 50\nreport = \"why.html\"");
    let ended = desk.sharpest("solve prices.csv --config question.toml");
    assert_eq!(ended.status, 1, "{}", ended.stderr);
    let page = desk.read("why.html");
    assert!(page.contains("<h1>No portfolio beats the rate of 5000\u{a0}%"), "{page}");
    let checked = desk.sharpest("check why.html prices.csv");
    assert_eq!(checked.stdout, "proven: no portfolio beats the rate\n", "{}", checked.stderr);
}
