//! Pickles: what is named, and what a pool that shares does not pickle.

use super::{MB, begins, healthy};
use crate::findings::{Kind, findings};
use crate::inside::{Part, Pickles, Unpacked};

#[test]
fn a_large_argument_is_named() {
    let mut recording = healthy();
    let way = |part: Pickles| Pickles {
        pid: 1,
        via: "pool task".into(),
        function: "maximize".into(),
        ..part
    };
    recording.inside.pickles.push(way(Pickles {
        messages: 1000,
        bytes: 1200 * MB,
        seconds: 0.9,
        largest: 2 * MB,
        described: (500, 600 * MB),
        ..Pickles::default()
    }));
    recording.inside.parts.push(Part {
        pid: 1,
        via: "pool task".into(),
        function: "maximize".into(),
        path: "argument 3 `data`".into(),
        what: "ndarray, 104×30 float64".into(),
        count: 71_253,
        bytes: 598 * MB,
        shared: 0,
    });
    recording.inside.unpacked.push(Unpacked {
        pid: 2,
        messages: 1000,
        bytes: 600 * MB,
        seconds: 0.2,
        heavy: 0.2,
        receiving: 0.3,
    });
    let found = findings(&recording);
    assert_eq!(found[0].kind, Kind::Pickles);
    begins(
        &found[0],
        "The pool pickled 1.2 GB: argument 3 `data` of `maximize` (ndarray, 104×30 float64), 142,506 times.",
    );
}

#[test]
fn what_sharpests_own_pool_shares_is_no_pickle() {
    let mut recording = healthy();
    let part = |path: &str, bytes, shared| Part {
        pid: 1,
        via: "sharpest.Pool task".into(),
        function: "work".into(),
        path: path.into(),
        what: "ndarray 1000 object".into(),
        count: 1,
        bytes,
        shared,
    };
    recording.inside.parts =
        vec![part("argument 1 `x`", 0, 90 * MB), part("argument 2 `y`", 2 * MB, 0)];
    recording.inside.pickles.push(Pickles {
        pid: 1,
        via: "sharpest.Pool task".into(),
        function: "work".into(),
        messages: 100,
        bytes: 200 * MB,
        seconds: 0.9,
        described: (1, 2 * MB),
        ..Pickles::default()
    });
    let found = findings(&recording).swap_remove(0);
    let sentence =
        "sharpest.Pool pickled 200 MB: argument 2 `y` of `work` (ndarray 1000 object), 100 times.";
    begins(&found, sentence);
    assert!(found.advice.contains("numeric dtype"), "{}", found.advice);
}
