//! `sharpest check`: what is true is proven, and what was tampered with is refuted with what is wrong.

use crate::desk::Desk;
use crate::solve::{desk, prices};
use serde_json::{Value, json};

/// A desk with the answer to a question in `best.json`.
fn answered(args: &str) -> Desk {
    let desk = desk();
    let ended = desk.sharpest(&format!("{args} --json best.json --quiet"));
    assert_eq!(ended.status, 0, "{}", ended.stderr);
    desk
}

/// Changes the result, and expects it to be refuted with a sentence that begins like this.
#[track_caller]
fn refuted(desk: &Desk, tamper: impl FnOnce(&mut Value), start: &str) {
    let mut result: Value = serde_json::from_str(&desk.read("best.json")).unwrap();
    tamper(&mut result);
    desk.put("tampered.json", result.to_string());
    let ended = desk.sharpest("check tampered.json six.csv");
    assert!(
        ended.stderr.starts_with(&format!("refuted: {start}")),
        "{}{}",
        ended.stdout,
        ended.stderr
    );
    assert_eq!((ended.status, &*ended.stdout), (1, ""));
}

const WHOLE: &str = "solve six.csv --pick 4 --cap 0.4 --rate 0.02 --luck-draws 0 --top 3";
const TREE: &str = "solve six.csv --at-most 2 --cap 0.6";

#[test]
fn what_is_true_is_proven() {
    for args in [
        WHOLE,
        TREE,
        "solve six.csv --pick 3 --floor 0.2 --test-from 2024-02-10",
        "solve six.csv --floor 0.1 --table relatives --returns log",
        "solve six.csv --assets A,C,E,F --luck-draws 64",
    ] {
        let desk = answered(args);
        let ended = desk.sharpest("check best.json six.csv");
        assert_eq!((ended.status, &*ended.stderr), (0, ""), "{args}");
        let start = "proven: the portfolio is allowed and has a Sharpe ratio of ";
        assert!(ended.stdout.starts_with(start), "{}", ended.stdout);
        assert!(
            ended.stdout.replace("\n  ", " ").contains(", and none has more than "),
            "{}",
            ended.stdout
        );
    }
}

#[test]
fn a_search_is_checked_as_far_as_it_goes() {
    let desk = answered("search six.csv --pick 3 --cap 0.5 --draws 50 --top 4");
    let ended = desk.sharpest("check best.json six.csv");
    let said = ended.stdout.replace("\n  ", " ");
    assert!(said.starts_with("confirmed: the portfolio is allowed"), "{said}");
    assert!(said.ends_with("; a sample proves nothing about better ones\n"), "{said}");
    refuted(
        &desk,
        |result| result["top"][2]["sharpe"] = json!(9.5),
        "number 3: the Sharpe ratio is ",
    );
    refuted(&desk, |result| result["settings"]["cap"] = json!(0.4), "the weight of ");
    let desk = Desk::new();
    assert_eq!(desk.sharpest("search --draws 2 --json best.json").status, 0);
    assert_eq!(desk.sharpest("check best.json").status, 0, "the bundled prices need no file");
}

#[test]
fn an_optimum_without_its_certificate() {
    let desk = answered(WHOLE);
    refuted(
        &desk,
        |result| drop(result.as_object_mut().unwrap().remove("certificate")),
        "it says that the portfolio is optimal, and holds no certificate",
    );
}

#[test]
fn an_altered_weight() {
    let desk = answered(WHOLE);
    let weights = |result: &Value| result["best"]["weights"].as_object().unwrap().clone();
    refuted(
        &desk,
        |result| {
            let (name, weight) = weights(result).into_iter().next().unwrap();
            result["best"]["weights"][name] = json!(weight.as_f64().unwrap() - 0.01);
        },
        "the weights add up to 0.9",
    );
    refuted(
        &desk,
        |result| {
            let names: Vec<String> = weights(result).into_iter().map(|(name, _)| name).collect();
            for (i, name) in names.iter().enumerate() {
                result["best"]["weights"][name] = json!(if i == 0 { 1.0 } else { 0.0 });
            }
        },
        "the weight of ",
    );
    refuted(&desk, |result| result["best"]["weights"]["Z"] = json!(0.0), "there is no asset \"Z\"");
}

#[test]
fn a_portfolio_that_is_allowed_but_not_the_best() {
    let desk = answered(WHOLE);
    // The second best with true figures, passed off as the best.
    refuted(
        &desk,
        |result| {
            result["best"] = result["top"][1].clone();
            result["certificate"]["sharpe"] = result["best"]["sharpe"].clone();
        },
        "the gap is ",
    );
    refuted(
        &desk,
        |result| {
            result["best"] = result["top"][1].clone();
            let (bound, sharpe) = (&result["certificate"]["bound"], &result["best"]["sharpe"]);
            let (bound, sharpe) = (bound.as_f64().unwrap(), sharpe.as_f64().unwrap());
            result["certificate"]["gap"] = json!((bound - sharpe) / sharpe);
            result["certificate"]["sharpe"] = json!(sharpe);
        },
        "the certificate leaves a gap of ",
    );
}

#[test]
fn an_altered_sharpe_ratio_or_bound() {
    for args in [WHOLE, TREE] {
        let desk = answered(args);
        let scale = |value: &mut Value| *value = json!(value.as_f64().unwrap() * 1.001);
        refuted(&desk, |result| scale(&mut result["best"]["sharpe"]), "the Sharpe ratio is ");
        refuted(&desk, |result| scale(&mut result["best"]["return"]), "the return is ");
        refuted(
            &desk,
            |result| scale(&mut result["certificate"]["sharpe"]),
            "the Sharpe ratio of the certificate is ",
        );
        refuted(&desk, |result| scale(&mut result["certificate"]["bound"]), "the gap is ");
        refuted(
            &desk,
            |result| scale(&mut result["top"][0]["volatility"]),
            "number 1: the volatility is ",
        );
    }
}

#[test]
fn an_altered_dual() {
    let desk = answered(WHOLE);
    let half = |value: &mut Value| {
        for v in value.as_object_mut().unwrap().values_mut() {
            *v = json!(v.as_f64().unwrap() * 0.5);
        }
    };
    refuted(
        &desk,
        |result| half(&mut result["certificate"]["dual"]),
        "the dual vector does not prove the bound ",
    );
    refuted(
        &desk,
        |result| result["certificate"]["dual"] = json!({}),
        "the dual vector does not prove the bound ",
    );
}

#[test]
fn an_altered_tree() {
    let desk = answered(TREE);
    let leaf = |result: &Value| {
        let parts = result["certificate"]["tree"].as_array().unwrap();
        parts
            .iter()
            .position(|part| part.get("dual").is_some_and(|dual| dual != &json!({})))
            .unwrap()
    };
    refuted(
        &desk,
        |result| {
            let leaf = leaf(result);
            result["certificate"]["tree"][leaf] = json!({"dual": {}});
        },
        "the leaves prove a bound of ",
    );
    refuted(
        &desk,
        |result| {
            result["certificate"]["tree"].as_array_mut().unwrap().pop();
        },
        "the tree ends before its last part",
    );
    refuted(
        &desk,
        |result| result["certificate"]["tree"].as_array_mut().unwrap().push(json!({"dual": {}})),
        "the tree goes on after its last part",
    );
    refuted(
        &desk,
        |result| result["certificate"]["tree"] = json!(vec![json!({"assets": []}); 9]),
        "the tree has a branch without anything to decide",
    );
    refuted(
        &desk,
        |result| result["certificate"]["tree"] = json!(vec![json!({"assets": ["A"]}); 9000]),
        "the tree has a branch without anything to decide",
    );
}

#[test]
fn another_question() {
    let desk = answered(WHOLE);
    refuted(&desk, |result| result["settings"]["cap"] = json!(0.3), "the weight of ");
    refuted(
        &desk,
        |result| result["settings"]["cap"] = json!(0.9),
        "the dual vector does not prove ",
    );
    refuted(&desk, |result| result["settings"]["rate"] = json!(0.0), "the Sharpe ratio is ");
    refuted(&desk, |result| result["settings"]["periods"] = json!(12.0), "the Sharpe ratio is ");
    refuted(&desk, |result| result["status"] = json!("no_excess"), "some portfolio beats the rate");
}

#[test]
fn other_prices() {
    let desk = answered(WHOLE);
    let later = prices().replacen(",102.", ",103.", 1);
    assert_ne!(later, prices());
    desk.put("six.csv", later);
    refuted(&desk, |_| (), "the Sharpe ratio is ");
    let fewer: String =
        prices().lines().map(|line| format!("{}\n", line.rsplit_once(',').unwrap().0)).collect();
    desk.put("six.csv", fewer);
    let ended = desk.sharpest("check best.json six.csv");
    assert_ne!(ended.status, 0, "{}", ended.stdout);
}

#[test]
fn no_answer_is_checked_too() {
    let desk = desk();
    assert_eq!(desk.sharpest("solve six.csv --rate 50 --json best.json").status, 1);
    let ended = desk.sharpest("check best.json six.csv");
    assert_eq!((ended.status, &*ended.stdout), (0, "proven: no portfolio beats the rate\n"));
    refuted(
        &desk,
        |result| result["settings"]["rate"] = json!(0.0),
        "some portfolio beats the rate: by ",
    );
}

#[test]
fn what_is_no_result() {
    let desk = answered(TREE);
    desk.refuses(
        "check nowhere.json six.csv",
        "cannot read nowhere.json: No such file or directory (os error 2)",
    );
    desk.refuses(
        "check six.csv six.csv",
        "six.csv is no result of sharpest: expected value at line 1 column 1",
    );
    desk.put("empty.json", "{}");
    desk.refuses(
        "check empty.json six.csv",
        "empty.json is no result of sharpest: missing field `status` at line 1 column 2",
    );
    let mut result: Value = serde_json::from_str(&desk.read("best.json")).unwrap();
    result["best"].take();
    desk.put("empty.json", result.to_string());
    desk.refuses("check empty.json six.csv", "empty.json holds no portfolio that could be checked");
    let twice = desk.read("best.json").replacen(
        "\"weights\": {",
        "\"weights\": {\"A\": 0.5, \"A\": 0.5, ",
        1,
    );
    desk.put("twice.json", twice);
    let ended = desk.sharpest("check twice.json six.csv");
    assert!(
        ended.status == 2 && ended.stderr.contains("the name \"A\" occurs twice"),
        "{}",
        ended.stderr
    );
    desk.refuses(
        "check best.json six.csv --moments six.csv",
        "--moments takes the place of a table, so give one of the two files",
    );
}
