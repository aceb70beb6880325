//! Labels: text beside what it names. Each goes to the first of some places where it covers no other text, or nowhere.

use maud::{Markup, html};

/// The height of a line of text, in units of the drawing.
pub(crate) const LINE: f64 = 14.0;
/// Text is set in this size.
const SIZE: f64 = 11.0;
/// What is left free around a text that something lies under.
const FREE: f64 = 2.0;
/// How much wider text of the class "strong" is.
const STRONG: f64 = 1.12;

/// Which end of a text stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A rectangle of the drawing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

/// All text of a drawing.
#[derive(Debug)]
pub(crate) struct Labels {
    whole: Area,
    taken: Vec<Area>,
    set: Vec<Markup>,
}

/// How wide a text is about: as in DejaVu Sans, the widest of the fonts that a system may have for its own.
pub(crate) fn width(class: &str, text: &str) -> f64 {
    let letter = |letter: char| match letter {
        ' ' | '.' | ',' | ':' | 'i' | 'j' | 'l' | 'I' | '\u{a0}' => 0.34,
        'f' | 'r' | 't' | '-' | '(' | ')' => 0.41,
        '0'..='9' | 'a'..='z' if letter != 'm' && letter != 'w' => 0.64,
        '%' | 'm' | 'W' | '@' => 1.0,
        '\u{2212}' | 'w' | 'M' => 0.86,
        'A'..='Z' => 0.76,
        _ => 1.0,
    };
    let strong = if class.contains("strong") { STRONG } else { 1.0 };
    text.chars().map(letter).sum::<f64>() * SIZE * strong
}

impl Area {
    fn of(width: f64, (x, y): (f64, f64), anchor: Anchor) -> Self {
        let left = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2.0,
            Anchor::End => x - width,
        };
        Self { left, right: left + width, top: y - LINE / 2.0, bottom: y + LINE / 2.0 }
    }

    fn meets(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    fn holds(&self, other: &Self) -> bool {
        self.left <= other.left
            && other.right <= self.right
            && self.top <= other.top
            && other.bottom <= self.bottom
    }
}

impl Labels {
    /// No text yet, on a drawing of this size.
    pub(crate) fn new(width: f64, height: f64) -> Self {
        let whole = Area { left: 0.0, top: 0.0, right: width, bottom: height };
        Self { whole, taken: Vec::new(), set: Vec::new() }
    }

    /// Sets `text` with its middle line at the first of `places` that is free; says whether there was one.
    pub(crate) fn set(&mut self, class: &str, text: &str, places: &[(f64, f64, Anchor)]) -> bool {
        let wide = width(class, text);
        let free = |&&(x, y, anchor): &&(f64, f64, Anchor)| {
            let area = Area::of(wide, (x, y), anchor);
            self.whole.holds(&area) && !self.taken.iter().any(|taken| taken.meets(&area))
        };
        let Some(&(x, y, anchor)) = places.iter().find(free) else {
            return false;
        };
        self.taken.push(Area::of(wide, (x, y), anchor));
        let end = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        self.set.push(html! {
            text class=(class) x=(tenth(x)) y=(tenth(y + SIZE * 0.36)) text-anchor=(end) { (text) }
        });
        true
    }

    /// Whether a place lies under text.
    pub(crate) fn cover(&self, (x, y): (f64, f64)) -> bool {
        self.under(y).any(|area| area.left - FREE < x && x < area.right + FREE)
    }

    /// What text leaves of a line at this height.
    pub(crate) fn beside(&self, y: f64, left: f64, right: f64) -> Vec<(f64, f64)> {
        let mut taken: Vec<&Area> = self.under(y).collect();
        taken.sort_by(|a, b| a.left.total_cmp(&b.left));
        let mut free = Vec::new();
        let mut from = left;
        for area in taken {
            free.push((from, area.left - 2.0 * FREE));
            from = from.max(area.right + 2.0 * FREE);
        }
        free.push((from, right));
        free.retain(|(from, to)| from < to);
        free
    }

    fn under(&self, y: f64) -> impl Iterator<Item = &Area> {
        let meets = move |area: &&Area| area.top < y && y < area.bottom;
        self.taken.iter().filter(meets)
    }

    /// All of it.
    pub(crate) fn markup(&self) -> Markup {
        html! { @for text in &self.set { (text) } }
    }
}

/// A place to a tenth of a unit, which is finer than anyone sees.
pub(crate) fn tenth(place: f64) -> String {
    let text = format!("{place:.1}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_goes_where_no_other_is() {
        let mut labels = Labels::new(200.0, 60.0);
        let places = [(10.0, 20.0, Anchor::Start), (10.0, 40.0, Anchor::Start)];
        assert!(labels.set("", "one", &places) && labels.set("", "two", &places));
        assert!(!labels.set("", "three", &places));
        let text = labels.markup().into_string();
        assert!(text.contains("y=\"24\" text-anchor=\"start\">one<"), "{text}");
        assert!(text.contains("y=\"44\" text-anchor=\"start\">two<"), "{text}");
        assert!(!text.contains("three"));
    }

    #[test]
    fn lines_and_dots_leave_room_for_text() {
        let mut labels = Labels::new(200.0, 60.0);
        assert_eq!(labels.beside(20.0, 10.0, 190.0), [(10.0, 190.0)]);
        assert!(labels.set("", "one", &[(100.0, 20.0, Anchor::Start)]));
        let right = 100.0 + width("", "one");
        assert_eq!(labels.beside(20.0, 10.0, 190.0), [(10.0, 96.0), (right + 4.0, 190.0)]);
        assert_eq!(labels.beside(40.0, 10.0, 190.0), [(10.0, 190.0)]);
        assert_eq!(labels.beside(20.0, 98.0, 190.0), [(right + 4.0, 190.0)]);
        assert!(labels.cover((101.0, 20.0)) && labels.cover((99.0, 15.0)));
        assert!(!labels.cover((97.0, 20.0)) && !labels.cover((101.0, 40.0)));
    }

    #[test]
    fn a_label_stays_on_the_drawing() {
        let mut labels = Labels::new(50.0, 60.0);
        let places = [(40.0, 20.0, Anchor::Start), (48.0, 20.0, Anchor::End)];
        assert!(labels.set("", "edge", &places));
        assert!(labels.markup().into_string().contains("x=\"48\""));
        assert!(!labels.set("", "much too long for it", &[(25.0, 40.0, Anchor::Middle)]));
    }
}
