//! Lines of a width that every terminal has.

use anstyle::Style;

/// Columns of the answer.
pub(crate) const WIDTH: usize = 80;

/// Sets `text` in lines of at most [`WIDTH`] columns. Its first line is indented by `first` columns, those that follow by
/// `rest`. A word that fills more than a line is broken.
pub(crate) fn wrapped(text: &str, first: usize, rest: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let (mut line, mut width) = (" ".repeat(first), first);
    let mut indent = first;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut letters: Vec<char> = word.chars().collect();
        let space = usize::from(width > indent);
        if width + space + letters.len() > WIDTH && width > indent {
            lines.push(std::mem::replace(&mut line, " ".repeat(rest)));
            (width, indent) = (rest, rest);
        } else {
            line.push_str(&" "[..space]);
            width += space;
        }
        while width + letters.len() > WIDTH {
            let (fits, left) = letters.split_at(WIDTH - width);
            line.extend(fits);
            letters = left.to_vec();
            lines.push(std::mem::replace(&mut line, " ".repeat(rest)));
            (width, indent) = (rest, rest);
        }
        width += letters.len();
        line.extend(letters);
    }
    lines.push(line);
    lines
}

/// The same in this style, as a text that ends with a line break; the style ends with each line.
pub(crate) fn styled(text: &str, style: Style, first: usize, rest: usize) -> String {
    let lines = wrapped(text, first, rest);
    lines.iter().map(|line| format!("{style}{line}{style:#}\n")).collect()
}

/// `name` in at most `most` columns: of a longer one the middle is left out, since names are told apart at their ends.
pub(crate) fn shortened(name: &str, most: usize) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= most {
        return name.to_owned();
    }
    let after = (most - 1) / 2;
    let before = most - 1 - after;
    let (start, end) = (&letters[..before], &letters[letters.len() - after..]);
    start.iter().chain(&['…']).chain(end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_a_terminal_and_no_word_is_lost() {
        let word = "a".repeat(200);
        let texts = [
            "one".to_owned(),
            "a sentence of words ".repeat(20),
            format!("short {word} short"),
            word.clone(),
            format!("{} b", "a".repeat(78)),
            format!("{} b", "a".repeat(76)),
        ];
        for text in texts {
            for (first, rest) in [(0, 0), (2, 4), (60, 60)] {
                let lines = wrapped(&text, first, rest);
                assert!(lines.iter().all(|line| line.chars().count() <= WIDTH), "{lines:?}");
                assert!(lines[0].starts_with(&" ".repeat(first)));
                assert!(lines[1..].iter().all(|line| line.starts_with(&" ".repeat(rest))));
                assert!(lines.iter().all(|line| *line == line.trim_end()), "{lines:?}");
                let letters = |text: &str| text.replace(' ', "");
                assert_eq!(letters(&lines.concat()), letters(&text));
            }
        }
    }

    #[test]
    fn a_line_is_as_full_as_it_can_be() {
        let full = format!("{} {}", "a".repeat(40), "b".repeat(39));
        assert_eq!(wrapped(&full, 0, 2), std::slice::from_ref(&full));
        assert_eq!(
            wrapped(&full, 1, 2),
            [" ".to_owned() + &"a".repeat(40), "  ".to_owned() + &"b".repeat(39)]
        );
    }

    #[test]
    fn a_long_name_keeps_its_ends() {
        assert_eq!(shortened("KO", 5), "KO");
        assert_eq!(shortened("ABCDEFGHIJ", 5), "AB…IJ");
        assert_eq!(shortened("ABCDEFGHIJ", 6), "ABC…IJ");
    }
}
