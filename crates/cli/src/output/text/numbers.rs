//! Numbers as people read them.

/// "1 subset", "2,000 subsets".
pub(crate) fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", thousands(number), if number == 1 { "" } else { "s" })
}

/// 1,234,567.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A fraction in percent, with as many digits as it has.
pub(crate) fn percent(fraction: f64) -> String {
    let text = format!("{:.2}", fraction * 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A fraction in percent, to a tenth, so that columns line up.
pub(crate) fn tenths(fraction: f64) -> String {
    format!("{:.1} %", fraction * 100.0)
}

/// Three digits or all of them.
pub(crate) fn significant(number: f64) -> String {
    match number {
        ..10.0 => format!("{number:.2}"),
        10.0..100.0 => format!("{number:.1}"),
        _ => format!("{number:.0}"),
    }
}

/// A probability: two digits after the point, or the first that is not 0.
pub(crate) fn chance(p: f64) -> String {
    match p {
        0.01.. => format!("{p:.2}"),
        0.001.. => format!("{p:.3}"),
        _ => format!("{p:.4}"),
    }
}

pub(crate) fn duration(seconds: f64) -> String {
    match seconds {
        ..1e-3 => format!("{:.0} µs", (seconds * 1e6).ceil()),
        ..1.0 => format!("{:.0} ms", (seconds * 1e3).ceil()),
        ..60.0 => format!("{seconds:.2} s"),
        ..3600.0 => {
            format!("{:.0} min {:02.0} s", (seconds / 60.0).floor(), (seconds % 60.0).floor())
        }
        _ => format!(
            "{:.0} h {:02.0} min",
            (seconds / 3600.0).floor(),
            (seconds % 3600.0 / 60.0).floor()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        assert_eq!(
            [0, 999, 1_000, 184_756_000].map(thousands),
            ["0", "999", "1,000", "184,756,000"]
        );
        assert_eq!([0.2, 0.03, 0.0125, 1.0].map(percent), ["20 %", "3 %", "1.25 %", "100 %"]);
        assert_eq!([0.0123, 45.67, 1813.4].map(significant), ["0.01", "45.7", "1813"]);
        assert_eq!(
            [0.324, 0.004_21, 0.000_24, 1.0].map(chance),
            ["0.32", "0.004", "0.0002", "1.00"]
        );
        let durations = [0.0004, 0.0123, 1.5, 61.0, 7_260.0].map(duration);
        assert_eq!(durations, ["400 µs", "13 ms", "1.50 s", "1 min 01 s", "2 h 01 min"]);
    }
}
