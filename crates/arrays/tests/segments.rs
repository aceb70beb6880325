//! Segments between real processes: the test program starts itself again as the other side.

#![cfg(target_os = "linux")]

use ndarray::{Array, Array2};
use sharpest_arrays::{
    Block, Control, Error, Field, Layout, Opened, Token, Working, WorkingArray, open,
};
use std::process::{Command, Stdio};

/// Tells this program that it is the other side, and of which token.
const TOKEN: &str = "SHARPEST_TEST_TOKEN";

/// What the other side does: not a test of its own.
#[test]
fn other_side() {
    let Ok(hex) = std::env::var(TOKEN) else { return };
    let bytes: Vec<u8> = (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect();
    match Block::open(&Token::from_bytes(&bytes).unwrap()) {
        Ok(block) => println!("sum {}", block.get::<f64>("A").unwrap().sum()),
        Err(error) => println!("error {error}"),
    }
}

/// What another process says that is given a token.
fn elsewhere(token: &Token) -> String {
    let hex: String = token.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["other_side", "--exact", "--nocapture"])
        .env(TOKEN, hex)
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let said = text.lines().find_map(|line| {
        let at = line.find("sum ").or_else(|| line.find("error "))?;
        Some(line[at..].to_owned())
    });
    said.unwrap_or_else(|| panic!("the other side said nothing: {text}"))
}

fn block() -> Block {
    let a = Array2::from_shape_fn((300, 200), |(row, column)| (row * column) as f64);
    Block::builder().array("A", &a.view()).unwrap().share().unwrap()
}

#[test]
fn another_process_reads_what_this_one_shared() {
    let block = block();
    let sum = block.get::<f64>("A").unwrap().sum();
    assert_eq!(elsewhere(&block.token().unwrap()), format!("sum {sum}"));
}

#[test]
fn a_token_keeps_a_temporary_alive_until_it_is_opened() {
    let token = block().token().unwrap();
    assert!(elsewhere(&token).starts_with("sum "));
    while sharpest_arrays::linger(std::time::Duration::from_secs(60)) > 0 {}
    assert!(elsewhere(&token).contains("is gone, or has closed it"));
}

#[test]
fn every_token_of_a_segment_opens_the_same_one() {
    let block = block();
    let again = Block::open(&block.token().unwrap()).unwrap();
    assert_eq!(again.get::<f64>("A").unwrap().as_ptr(), block.get::<f64>("A").unwrap().as_ptr());
}

#[test]
fn arrays_of_any_order_are_shared_as_they_look() {
    let a = Array::from_shape_vec((2, 3), vec![1u16, 2, 3, 4, 5, 6]).unwrap();
    let none = Array::<f64, _>::zeros(0);
    let block = Block::builder().array("T", &a.t()).unwrap().array("none", &none.view());
    let block = block.unwrap().share().unwrap();
    assert_eq!(block.get::<u16>("T").unwrap(), a.t().into_dyn());
    assert_eq!(block.get::<f64>("none").unwrap().len(), 0);
    assert!(
        matches!(block.get::<i16>("T"), Err(Error::Layout(text)) if text.contains("holds <u2, not <i2"))
    );
    assert!(matches!(block.get::<u16>("U"), Err(Error::Layout(text)) if text.contains("no array")));
}

#[test]
fn what_is_worked_on_is_frozen_without_a_copy_or_copied_where_somebody_looks() {
    for shape in [[3, 4], [300, 400]] {
        let mut array = WorkingArray::<f64>::zeros(&shape).unwrap();
        array.view_mut().fill(2.0);
        let sum = array.share().unwrap().get::<f64>("").unwrap().sum();
        assert_eq!(sum, 2.0 * (shape[0] * shape[1]) as f64);
    }
    let field = Field::new("", "|u1", 1, &[100_000]).unwrap();
    let working = Working::zeros(Layout::new(vec![field]).unwrap()).unwrap();
    let view = working.view();
    let frozen = working.freeze().unwrap();
    assert_ne!(frozen.view().start(), view.start());
    assert!(frozen.bytes()[frozen.layout().fields()[0].offset..].iter().all(|byte| *byte == 0));
}

#[test]
fn memory_of_working_segments_is_used_again_and_zeroed() {
    let mut starts = std::collections::HashSet::new();
    for _ in 0..10 {
        let mut array = WorkingArray::<f64>::zeros(&[77_777]).unwrap();
        let mut view = array.view_mut();
        assert_eq!(view.sum(), 0.0);
        view.fill(1.0);
        starts.insert(view.as_ptr() as usize);
    }
    assert!(starts.len() < 10);
}

#[test]
fn a_control_segment_is_written_by_all_who_open_it() {
    let layout = Layout::new(vec![Field::new("count", "<u8", 8, &[1]).unwrap()]).unwrap();
    let control = std::sync::Arc::new(Control::new(layout).unwrap());
    let Opened::Control(same) = open(&control.token().unwrap()).unwrap() else {
        panic!("it is one")
    };
    assert_eq!(same.id(), control.id());
    assert!(same.view().is_writable());
    assert!(matches!(Block::open(&control.token().unwrap()), Err(Error::Damaged(_))));
}

#[test]
fn more_than_there_is_is_refused_in_words() {
    let error = WorkingArray::<f64>::zeros(&[1 << 50]).unwrap_err();
    assert!(matches!(error, Error::OutOfMemory { .. }));
    assert!(error.to_string().starts_with("8192.0 TiB of shared memory wanted, "), "{error}");
}

#[test]
fn a_descriptor_that_is_by_now_another_file_is_not_opened() {
    let block = block();
    let token = block.token().unwrap();
    assert!(elsewhere(&token).starts_with("sum "));
    let mut bytes = token.to_bytes();
    bytes[9] ^= 1; // the inode
    assert!(elsewhere(&Token::from_bytes(&bytes).unwrap()).contains("is gone"));
}
