//! The door that a sentence leaves through. Sentences are written once, for who types flags; a Python programmer reads the
//! keywords of a function in their place.

use std::borrow::Cow;

/// Who reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Someone at a terminal: `--missing drop-assets`.
    Command,
    /// A Python programmer: `missing="drop-assets"`.
    Python,
}

/// Every flag that is a keyword of the Python functions, and the words that are its values. What else looks like a flag is
/// another program's.
const KEYWORDS: &[(&str, &[&str])] = &[
    ("assets", &[]),
    ("at-most", &[]),
    ("cap", &[]),
    ("checkpoint", &[]),
    ("config", &[]),
    ("csv", &[]),
    ("date-format", &[]),
    ("draw", &["fresh", "shared"]),
    ("draws", &[]),
    ("exclude", &[]),
    ("floor", &[]),
    ("from", &[]),
    ("jobs", &[]),
    ("json", &[]),
    ("kernel", &["auto", "avx512", "avx2", "neon", "portable"]),
    ("luck-block", &[]),
    ("luck-draws", &[]),
    ("luck-seed", &[]),
    ("missing", &["refuse", "drop-assets", "drop-days"]),
    ("moments", &[]),
    ("periods", &["auto"]),
    ("pick", &[]),
    ("quiet", &[]),
    ("ranking", &[]),
    ("rate", &[]),
    ("report", &[]),
    ("returns", &["simple", "log"]),
    ("sampler", &["uniform", "dirichlet"]),
    ("score", &[]),
    ("seed", &[]),
    ("table", &["prices", "returns", "relatives", "percent"]),
    ("test-from", &[]),
    ("test-to", &[]),
    ("time-limit", &[]),
    ("to", &[]),
    ("top", &[]),
    ("trials", &[]),
    ("workers", &["threads", "processes"]),
];

/// Commands that are functions in Python.
const COMMANDS: [&str; 3] = ["search", "solve", "check"];

impl Door {
    /// The sentence as it is said to who reads it.
    pub fn speak(self, sentence: &str) -> Cow<'_, str> {
        match self {
            Self::Command => Cow::Borrowed(sentence),
            Self::Python => Cow::Owned(functions(&keywords(sentence))),
        }
    }

    /// The same for many sentences.
    pub fn speak_all(self, sentences: &mut [String]) {
        for sentence in sentences {
            if let Cow::Owned(said) = self.speak(sentence) {
                *sentence = said;
            }
        }
    }
}

/// The sentence with functions in place of commands.
fn functions(sentence: &str) -> String {
    COMMANDS.iter().fold(sentence.to_owned(), |said, name| {
        said.replace(&format!("`sharpest {name}`"), &format!("`sharpest.{name}`"))
    })
}

/// The sentence with keywords in place of flags.
fn keywords(sentence: &str) -> String {
    let (mut said, mut rest) = (String::new(), sentence);
    while let Some(at) = rest.find("--") {
        let (before, flag) = rest.split_at(at);
        said += before;
        let inside = said.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/'));
        match keyword(&flag[2..]).filter(|_| !inside) {
            Some((keyword, after)) => {
                said += &keyword;
                rest = after;
            }
            None => {
                said += "--";
                rest = &flag[2..];
            }
        }
    }
    said + rest
}

/// The keyword for the flag that `text` begins with, with its value where one follows, and what comes then.
fn keyword(text: &str) -> Option<(String, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
    let (flag, after) = text.split_at(end.unwrap_or(text.len()));
    let (_, words) = KEYWORDS.iter().find(|(known, _)| *known == flag)?;
    let name = if flag == "from" { "from_".into() } else { flag.replace('-', "_") };
    let Some(next) = after.strip_prefix(' ') else {
        return Some((format!("{name}="), after));
    };
    // "--cap <FRACTION>", as the parser of flags writes it.
    if let Some((_, after)) = next.strip_prefix('<').and_then(|kind| kind.split_once('>')) {
        return Some((format!("{name}="), after));
    }
    let end = next.find([' ', ',', ';', ')', '`', '\'']).unwrap_or(next.len());
    let token = next[..end].trim_end_matches(['.', ':', '?', '!']);
    Some(match value(token, words) {
        Some(value) => (format!("{name}={value}"), &next[token.len()..]),
        None => (format!("{name}="), after),
    })
}

/// The value of a flag as Python spells it; `None` for the next word of the sentence.
fn value(token: &str, words: &[&str]) -> Option<String> {
    let date = || token.parse::<jiff::civil::Date>().is_ok() || token.starts_with('%');
    let named = || words.contains(&token.split(':').next().unwrap_or(token));
    // A file has a point in its name, and no word of a sentence has.
    let file = || token.contains('.') || token == "FILE";
    if token.starts_with(|c: char| c.is_ascii_digit() || c == '-') && token.parse::<f64>().is_ok() {
        Some(token.to_owned())
    } else {
        (named() || date() || file()).then(|| format!("{token:?}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_become_keywords_with_their_values() {
        for (typed, written) in [
            (
                "choose --missing drop-assets (leaves out 2)",
                "choose missing=\"drop-assets\" (leaves out 2)",
            ),
            ("or --missing drop-days.", "or missing=\"drop-days\"."),
            ("--missing is another word", "missing= is another word"),
            ("give --test-from, or --to, after which", "give test_from=, or to=, after which"),
            ("--from 2022-01-01 begins", "from_=\"2022-01-01\" begins"),
            ("as in --pick 25", "as in pick=25"),
            ("--periods 12 says", "periods=12 says"),
            ("as in --date-format %d/%m/%Y", "as in date_format=\"%d/%m/%Y\""),
            ("(your word, --trials 1): 1.60", "(your word, trials=1): 1.60"),
            (
                "its --sampler is uniform, not dirichlet:2; ",
                "its sampler= is uniform, not dirichlet:2; ",
            ),
            ("take --sampler dirichlet:0.5, then", "take sampler=\"dirichlet:0.5\", then"),
            ("give it as --moments some.csv", "give it as moments=\"some.csv\""),
            (
                "subsets of --pick assets, so it needs --pick",
                "subsets of pick= assets, so it needs pick=",
            ),
            (
                "'--assets <A,B,...>' not with '--exclude <A,B,...>'",
                "'assets=' not with 'exclude='",
            ),
            ("(`sharpest solve` finds it)", "(`sharpest.solve` finds it)"),
            ("leave out --ranking and --top", "leave out ranking= and top="),
        ] {
            assert_eq!(Door::Python.speak(typed), written);
            assert_eq!(Door::Command.speak(typed), typed);
        }
    }

    #[test]
    fn what_is_no_flag_of_ours_stays_as_it_is() {
        for sentence in [
            "build it with `cargo build --release --features parquet`",
            "cannot read /data/a--cap/prices.csv: it is a folder",
            "a range -- as here -- and a dash at the end --",
            "--picks 25, --pick-25",
            "every key is a flag of `sharpest search --help`",
            "",
        ] {
            assert_eq!(Door::Python.speak(sentence), sentence);
        }
    }

    #[test]
    fn each_flag_is_listed_once() {
        assert!(KEYWORDS.is_sorted_by(|a, b| a.0 < b.0));
    }
}
