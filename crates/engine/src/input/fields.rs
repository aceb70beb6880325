//! Fields: what files of price histories know of an asset and a day. Open, high, low, close and volume of one asset are no
//! five assets.

/// What a column of a price history holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Field {
    Open,
    High,
    Low,
    Close,
    /// Close, with splits and dividends made up for.
    Adjusted,
    /// A price without a word of which.
    Price,
    Volume,
    /// Anything else that stands beside prices.
    Other,
}

/// Names of fields in lower case, words separated by single spaces.
const NAMES: [(Field, &[&str]); 8] = [
    (Field::Open, &["open", "open price", "opening price", "ouverture", "px open"]),
    (Field::High, &["high", "high price", "day high", "highest", "px high", "haut"]),
    (Field::Low, &["low", "low price", "day low", "lowest", "px low"]),
    (
        Field::Close,
        &[
            "close",
            "close price",
            "closing price",
            "close last",
            "last",
            "last price",
            "px last",
            "settle",
            "prc",
            "prcc",
            "prccd",
            "closeprice",
        ],
    ),
    (
        Field::Adjusted,
        &[
            "adj close",
            "adjclose",
            "adjusted close",
            "adj close price",
            "adjusted",
            "close adj",
            "close adjusted",
            "adj price",
            "adjusted price",
            "adjustedclose",
            "adjprc",
            "adj prc",
            "adjustmentclose",
            "adjustment close",
            "closeadj",
            "adjusted closing price",
            "adj closing price",
        ],
    ),
    (Field::Price, &["price", "value", "nav"]),
    (
        Field::Volume,
        &[
            "volume",
            "vol",
            "volumes",
            "base volume",
            "quote volume",
            "quote asset volume",
            "volume usd",
            "volume btc",
            "volume usdt",
            "px volume",
            "share volume",
            "shares traded",
            "total volume",
            "tick volume",
            "tickvol",
            "real volume",
        ],
    ),
    (
        Field::Other,
        &[
            "change",
            "change %",
            "chg",
            "chg %",
            "% change",
            "% chg",
            "pct chg",
            "pct change",
            "change percent",
            "changepercent",
            "net change",
            "dividends",
            "dividend",
            "dividend amount",
            "stock splits",
            "splits",
            "split",
            "split factor",
            "split coefficient",
            "capital gains",
            "divcash",
            "splitfactor",
            "vwap",
            "average",
            "turnover",
            "amount",
            "trades",
            "trade count",
            "tradecount",
            "number of trades",
            "no of trades",
            "open interest",
            "shares",
            "shares outstanding",
            "quantity",
            "weight",
            "weights",
            "aum",
            "total assets",
            "spread",
            "sma",
            "ema",
            "rsi",
            "macd",
            "macd signal",
            "macd hist",
            "atr",
            "obv",
            "signal",
            "target",
            "prediction",
            "predicted",
            "openint",
            "oi",
            "market cap",
            "marketcap",
            "mktcap",
            "prev close",
            "previous close",
            "pre close",
            "preclose",
            "adj open",
            "adj high",
            "adj low",
            "adj volume",
            "adjopen",
            "adjhigh",
            "adjlow",
            "adjvolume",
            "ret",
            "return",
            "returns",
            "shrout",
            "taker buy base asset volume",
            "taker buy quote asset volume",
            "bid",
            "ask",
            "bidlo",
            "askhi",
            "52w h",
            "52w l",
            "repaired",
        ],
    ),
];

impl Field {
    /// The field that `name` names, however a program decorates it: `5. volume`, `Adj_Close`, `4b. close (USD)`, `Close*`.
    pub(super) fn of(name: &str) -> Option<Self> {
        let plain = plain(name);
        let known = |plain: &str| {
            let found = NAMES.iter().find(|(_, names)| names.contains(&plain));
            found.map(|(field, _)| *field)
        };
        // "SMA 20", "MA 50": an indicator and what it looks back on.
        let looks_back = || {
            let word = plain.trim_end_matches(|c: char| c.is_ascii_digit() || c == ' ');
            let indicator = ["ma", "sma", "ema", "wma", "rsi", "atr"].contains(&word);
            (indicator && word.len() < plain.len()).then_some(Self::Other)
        };
        known(&plain).or_else(looks_back)
    }

    /// Whether one of a day's four prices.
    fn is_of_day(self) -> bool {
        matches!(self, Self::Open | Self::High | Self::Low | Self::Close)
    }

    /// How good a price it is, the best first; none if it is none that an asset is held at.
    pub(super) fn preference(self) -> Option<u8> {
        match self {
            Self::Adjusted => Some(0),
            Self::Close => Some(1),
            Self::Price => Some(2),
            Self::Open | Self::High | Self::Low | Self::Volume | Self::Other => None,
        }
    }

    /// Whether columns of these names are the history of one asset, and not a portfolio of theirs; none names an asset.
    pub(super) fn are_history(names: &[Option<Self>]) -> bool {
        let has = |test: &dyn Fn(Self) -> bool| names.iter().flatten().any(|&field| test(field));
        let mut of_day: Vec<Self> =
            names.iter().flatten().copied().filter(|field| field.is_of_day()).collect();
        of_day.sort_unstable();
        of_day.dedup();
        let close = has(&|field| field.preference().is_some());
        let all = names.len() >= 2 && names.iter().all(Option::is_some);
        let adjusted = has(&|field| field == Self::Adjusted) && of_day.contains(&Self::Close);
        of_day.len() >= 3
            || adjusted
            || all && (close || !of_day.is_empty())
            || close && has(&|field| field == Self::Volume)
    }

    /// The field and the asset that one name names together: `Close_AAPL`, `AAPL Adj Close`.
    pub(super) fn split(name: &str) -> Option<(Self, String)> {
        if Self::of(name).is_some() || tuple(name).is_some() {
            return None;
        }
        let mut found: Option<(usize, Self, &str)> = None;
        for (at, separator) in name.char_indices().filter(|(_, c)| " _.:|/-".contains(*c)) {
            let (left, right) = (&name[..at], &name[at + separator.len_utf8()..]);
            for (field, asset) in [(left, right), (right, left)] {
                let longer = found.is_none_or(|(length, ..)| field.len() > length);
                let bare = field.trim_matches(|c| " _.:|/-".contains(c)) == field;
                if let Some(named) = Self::of(field)
                    && longer
                    && bare
                    && !asset.trim().is_empty()
                    && Self::of(asset).is_none()
                {
                    found = Some((field.len(), named, asset));
                }
            }
        }
        found.map(|(_, field, asset)| (field, asset.trim().to_owned()))
    }

    /// The field that a level of a column's name names, and the asset that the others do.
    pub(super) fn at_level(levels: &[String], level: usize) -> Option<(Self, String)> {
        let others = levels.iter().enumerate().filter(|(i, name)| *i != level && !name.is_empty());
        let asset: Vec<&str> = others.map(|(_, name)| name.as_str()).collect();
        let field = Self::of(levels.get(level)?)?;
        (!asset.is_empty()).then(|| (field, asset.join(" ")))
    }
}

/// A name in lower case, words separated by single spaces, without a number before it and a unit behind it.
fn plain(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    if lower.contains("close") && lower.contains("(adj") {
        return "adj close".into();
    }
    let lower = lower.split_once('(').map_or(lower.as_str(), |(before, _)| before);
    let spaced: String =
        lower.chars().map(|c| if c.is_alphanumeric() || c == '%' { c } else { ' ' }).collect();
    let mut words: Vec<&str> = spaced.split_whitespace().collect();
    let numbered = lower.contains('.')
        && words
            .first()
            .is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()) && word.len() <= 3);
    if numbered && words.len() > 1 {
        words.remove(0);
    }
    words.join(" ")
}

/// The parts of a name that Python wrote as a tuple.
pub(super) fn tuple(name: &str) -> Option<Vec<String>> {
    let inner = name.strip_prefix('(')?.strip_suffix(')')?;
    let mut parts = Vec::new();
    let mut rest = inner.trim();
    while !rest.is_empty() {
        let quote = rest.chars().next().filter(|c| *c == '\'' || *c == '"');
        let (part, after) = match quote {
            Some(quote) => rest[1..].split_once(quote)?,
            None => rest.split_once(',').unwrap_or((rest, "")),
        };
        parts.push(part.trim().to_owned());
        rest = after.trim_start().trim_start_matches(',').trim_start();
    }
    (parts.len() >= 2).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(names: &[&str]) -> bool {
        let fields: Vec<Option<Field>> = names.iter().map(|name| Field::of(name)).collect();
        Field::are_history(&fields)
    }

    #[test]
    fn a_field_is_known_however_it_is_decorated() {
        for (name, field) in [
            ("Open", Field::Open),
            ("HIGH", Field::High),
            ("1a. open (USD)", Field::Open),
            ("5. volume", Field::Volume),
            ("Adj Close", Field::Adjusted),
            ("adj_close", Field::Adjusted),
            ("Adj. Close", Field::Adjusted),
            ("Close/Last", Field::Close),
            ("Close*", Field::Close),
            ("Vol.", Field::Volume),
            ("Change %", Field::Other),
            ("Stock Splits", Field::Other),
        ] {
            assert_eq!(Field::of(name), Some(field), "{name}");
        }
        for name in ["AAPL", "S1", "OPENX", "LOW.N", "", "Closed"] {
            assert_eq!(Field::of(name), None, "{name}");
        }
    }

    #[test]
    fn a_history_is_no_portfolio_and_words_among_tickers_are_tickers() {
        for names in [
            &["Open", "High", "Low", "Close", "Adj Close", "Volume"][..],
            &["volume", "close", "low", "high", "open", "RSI", "SMA20"],
            &["Price", "Open", "High", "Low", "Vol.", "Change %"],
            &["Close", "Volume"],
            &["Close", "Adj Close"],
            &["close", "volume", "sentiment"],
            &["High", "Low"],
        ] {
            assert!(history(names), "{names:?}");
        }
        for names in [&["OPEN", "LOW", "AAPL"][..], &["AAPL", "MSFT"], &["LOW", "HD"], &["Close"]] {
            assert!(!history(names), "{names:?}");
        }
    }

    #[test]
    fn a_field_and_an_asset_in_one_name() {
        let split = |name| Field::split(name);
        for (name, field, asset) in [
            ("Close_AAPL", Field::Close, "AAPL"),
            ("AAPL_Close", Field::Close, "AAPL"),
            ("AAPL.Adjusted", Field::Adjusted, "AAPL"),
            ("BRK.B Adj Close", Field::Adjusted, "BRK.B"),
            ("Adj_Close_S1", Field::Adjusted, "S1"),
            ("Stock Splits S1", Field::Other, "S1"),
            ("BF-B:High", Field::High, "BF-B"),
        ] {
            assert_eq!(split(name), Some((field, asset.to_owned())), "{name}");
        }
        for name in ["AAPL", "BRK.B", "Adj Close", "Close", "Apple, Inc.", "S_1"] {
            assert_eq!(split(name), None, "{name}");
        }
    }
}
