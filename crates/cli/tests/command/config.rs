//! `--config`: any of the flags in a file; what is typed wins; what is no flag is refused.

use crate::desk::Desk;
use serde_json::json;

#[test]
fn a_file_holds_any_of_the_flags() {
    let desk = Desk::new();
    desk.put(
        "best.toml",
        r#"
        # every kind of value
        prices = "prices.csv"
        pick = 2
        cap = 0.75
        rate = -0.01
        test-from = 2024-08-07
        test_to = "2024-08-12"
        assets = ["KO", "PEP", "JNJ"]
        sampler = "dirichlet:2"
        quiet = true
        "#,
    );
    let asked = &desk.answer("--config best.toml")["settings"];
    let expected = json!({
        "source": "prices.csv", "pick": 2, "cap": 0.75, "rate": -0.01, "test_from": "2024-08-07",
        "test_to": "2024-08-12", "assets": ["KO", "PEP", "JNJ"], "sampler": "dirichlet:2",
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&asked[key], value, "{key}");
    }
}

#[test]
fn what_is_typed_wins() {
    let desk = Desk::new();
    desk.put("other.csv", crate::desk::PRICES);
    desk.put(
        "best.toml",
        "prices = \"nowhere.csv\"\npick = 3\ndraws = 7\nassets = [\"KO\", \"PEP\"]\n",
    );
    let asked = &desk.answer("other.csv --assets JNJ,PEP --config best.toml --pick 2")["settings"];
    assert_eq!(asked["source"], "other.csv");
    assert_eq!(asked["pick"], 2);
    assert_eq!(asked["draws"], 7);
    assert_eq!(asked["assets"], json!(["JNJ", "PEP"]));
}

#[test]
fn an_unknown_key() {
    let desk = Desk::new();
    desk.put("best.toml", "pick = 2\ndraw_s = 5\n");
    desk.refuses(
        "search --config best.toml",
        "best.toml: unknown key \"draw_s\": near ones are draws, draw",
    );
    desk.put("best.toml", "xyz = 5\n");
    desk.refuses(
        "search --config best.toml",
        "best.toml: unknown key \"xyz\": every key is a flag of `sharpest search --help`",
    );
    desk.put("best.toml", "config = \"more.toml\"\n");
    let ended = desk.sharpest("search --config best.toml");
    assert!(
        ended.stderr.starts_with("error: best.toml: unknown key \"config\""),
        "{}",
        ended.stderr
    );
}

#[test]
fn a_value_that_is_none() {
    let desk = Desk::new();
    desk.put("best.toml", "pick = \"two\"\n");
    desk.refuses(
        "search --config best.toml",
        "best.toml: invalid value 'two' for '--pick <K>': \"two\" is not a whole number of assets, such as 25",
    );
    desk.put("best.toml", "[search]\npick = 2\n");
    desk.refuses(
        "search --config best.toml",
        "best.toml: unknown key \"search\": every key is a flag of `sharpest search --help`",
    );
    desk.put("best.toml", "quiet = 1\n");
    desk.refuses("search --config best.toml", "best.toml: quiet is true or false");
}

#[test]
fn a_file_that_is_no_toml_or_not_there() {
    let desk = Desk::new();
    desk.put("best.toml", "pick = 2\ncap 0.2\n");
    let ended = desk.sharpest("search --config best.toml");
    assert_eq!((ended.status, ended.stderr.lines().count()), (2, 1));
    assert!(ended.stderr.starts_with("error: best.toml: line 2: "), "{}", ended.stderr);
    desk.refuses(
        "search --config worst.toml",
        "worst.toml: cannot be read: No such file or directory (os error 2)",
    );
}
