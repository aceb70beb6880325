//! Numbers as people read them.

/// "1 subset", "2,000 subsets".
pub fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", thousands(number), if number == 1 { "" } else { "s" })
}

/// 1,234,567.
pub fn thousands(number: u64) -> String {
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
pub fn percent(fraction: f64) -> String {
    let text = format!("{:.2}", fraction * 100.0);
    format!("{} %", text.trim_end_matches('0').trim_end_matches('.'))
}

/// A fraction in percent, to a tenth, so that columns line up.
pub fn tenths(fraction: f64) -> String {
    format!("{:.1} %", fraction * 100.0)
}

/// A weight as [`tenths`]; one that is held is never shown as none.
pub fn share(weight: f64) -> String {
    if weight > 0.0 && weight < 0.000_5 { "<0.1 %".into() } else { tenths(weight) }
}

/// A probability in percent that is never shown as certain.
pub fn probability(p: f64) -> String {
    match p {
        0.999_95.. => ">99.99 %".into(),
        ..0.000_05 => "<0.01 %".into(),
        _ => percent(p),
    }
}

/// Three digits or all of them.
pub fn significant(number: f64) -> String {
    match number {
        ..10.0 => format!("{number:.2}"),
        10.0..100.0 => format!("{number:.1}"),
        _ => format!("{number:.0}"),
    }
}

/// A number of any size, to four digits.
pub fn figure(number: f64) -> String {
    match number.abs() {
        size @ 1e-3..1e6 => {
            let decimals = (3.0 - size.log10().floor()).max(0.0) as usize;
            format!("{number:.decimals$}")
        }
        0.0 => "0".into(),
        _ => format!("{number:.3e}"),
    }
}

/// A probability: two digits after the point, or the first that is not 0.
pub fn chance(p: f64) -> String {
    match p {
        0.01.. => format!("{p:.2}"),
        0.001.. => format!("{p:.3}"),
        _ => format!("{p:.4}"),
    }
}

/// A duration in the unit that fits.
pub fn duration(seconds: f64) -> String {
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

/// A long time, roughly: "about 3,000 years" says as much as its digits.
pub fn span(seconds: f64) -> String {
    const UNITS: [(f64, &str); 5] = [
        (31_557_600.0, "year"),
        (86_400.0, "day"),
        (3600.0, "hour"),
        (60.0, "minute"),
        (1.0, "second"),
    ];
    let fits = |unit: &&(f64, &str)| seconds >= 2.0 * unit.0;
    let &(unit, name) = UNITS.iter().find(fits).unwrap_or(&UNITS[4]);
    let count = seconds / unit;
    let digit = 10f64.powf((count.max(10.0).log10() - 1.0).floor()); // two digits are left
    let count = (count / digit).round() * digit;
    match count {
        1e12.. => format!("{count:.0e} {name}s"),
        _ => counted(count as u64, name),
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
        let figures = [0.0, 12.3456, -0.012_345, 123_456.7, 1e-5, 1e9, f64::INFINITY].map(figure);
        assert_eq!(figures, ["0", "12.35", "-0.01235", "123457", "1.000e-5", "1.000e9", "inf"]);
        assert_eq!(
            [0.324, 0.004_21, 0.000_24, 1.0].map(chance),
            ["0.32", "0.004", "0.0002", "1.00"]
        );
        assert_eq!([0.0, 1e-9, 0.0004, 0.0006].map(share), ["0.0 %", "<0.1 %", "<0.1 %", "0.1 %"]);
        let probabilities = [1.0, 0.999_96, 0.999_6, 0.5, 0.0].map(probability);
        assert_eq!(probabilities, [">99.99 %", ">99.99 %", "99.96 %", "50 %", "<0.01 %"]);
        let spans = [0.4, 1.0, 90.0, 7_300.0, 1.9e5, 9.5e10, 1e30].map(span);
        let expected = [
            "0 seconds",
            "1 second",
            "90 seconds",
            "2 hours",
            "2 days",
            "3,000 years",
            "3e22 years",
        ];
        assert_eq!(spans, expected);
        let durations = [0.0004, 0.0123, 1.5, 61.0, 7_260.0].map(duration);
        assert_eq!(durations, ["400 µs", "13 ms", "1.50 s", "1 min 01 s", "2 h 01 min"]);
    }
}
