//! Workers that draw the same random numbers, and those that never drew.

use super::{healthy, kinds};
use crate::findings::Kind;
use crate::inside::Random;

fn generator(pid: i32, when: &str, state: &str, stream: &str) -> Random {
    Random {
        pid,
        when: when.into(),
        generator: "rng".into(),
        state: state.into(),
        stream: stream.into(),
        position: None,
    }
}

#[test]
fn one_state_in_two_workers_is_the_same_random_numbers_if_they_drew() {
    let mut recording = healthy();
    let begin = [generator(2, "before", "a", "s"), generator(3, "before", "a", "s")];
    recording.inside.random = begin.to_vec();
    assert_eq!(kinds(&recording), [Kind::Healthy], "nobody drew");
    recording
        .inside
        .random
        .extend([generator(2, "after", "b", "s"), generator(3, "after", "c", "s")]);
    assert_eq!(kinds(&recording), [Kind::SameRandom]);
    recording.inside.random[3] = generator(3, "after", "c", "other");
    assert_eq!(kinds(&recording), [Kind::Healthy], "one seeded itself anew before it drew");
}
