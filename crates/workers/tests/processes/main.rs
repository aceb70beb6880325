//! Pools of real processes, and real deaths. This program is the tests, the worker that they start, and the parent that
//! one of them kills: which, the first argument says.

#[cfg(target_os = "linux")]
mod bounds;
#[cfg(target_os = "linux")]
mod deaths;
#[cfg(target_os = "linux")]
mod desk;
#[cfg(target_os = "linux")]
mod endless;
#[cfg(target_os = "linux")]
mod large;
#[cfg(target_os = "linux")]
mod ordinary;
#[cfg(target_os = "linux")]
mod parent;
#[cfg(target_os = "linux")]
mod work;

#[cfg(not(target_os = "linux"))]
fn main() {}

/// The table of contents.
#[cfg(target_os = "linux")]
const TESTS: &[(&str, fn())] = &[
    ("every_result_is_right_and_comes_once", ordinary::every_result_is_right_and_comes_once),
    (
        "nobody_stands_behind_a_long_task_for_long",
        ordinary::nobody_stands_behind_a_long_task_for_long,
    ),
    ("threads_wait_for_their_own", ordinary::threads_wait_for_their_own),
    ("a_thread_that_stands_in_receives", ordinary::a_thread_that_stands_in_receives),
    (
        "who_waits_is_told_when_the_one_that_stands_in_stops",
        ordinary::who_waits_is_told_when_the_one_that_stands_in_stops,
    ),
    ("a_failure_is_an_answer", ordinary::a_failure_is_an_answer),
    ("workers_are_adopted", ordinary::workers_are_adopted),
    ("a_closed_pool_finishes_what_it_took", ordinary::a_closed_pool_finishes_what_it_took),
    ("the_ledger_adds_up", ordinary::the_ledger_adds_up),
    ("large_bodies_cross_in_shared_memory", large::large_bodies_cross_in_shared_memory),
    ("segments_come_back_writable", large::segments_come_back_writable),
    ("what_is_kept_is_not_filled_again", large::what_is_kept_is_not_filled_again),
    ("a_second_try_sees_the_task_as_it_was", large::a_second_try_sees_the_task_as_it_was),
    ("an_answer_without_memory_is_an_error", large::an_answer_without_memory_is_an_error),
    ("a_death_has_a_name", deaths::a_death_has_a_name),
    ("retries_are_bounded", deaths::retries_are_bounded),
    ("only_the_running_task_counts_as_tried", deaths::only_the_running_task_counts_as_tried),
    (
        "a_worker_killed_before_it_read_its_task_is_no_try",
        deaths::a_worker_killed_before_it_read_its_task_is_no_try,
    ),
    ("workers_killed_at_random", deaths::workers_killed_at_random),
    ("a_pool_that_cannot_begin_is_broken", deaths::a_pool_that_cannot_begin_is_broken),
    ("the_parent_is_killed", parent::the_parent_is_killed),
    ("the_parent_is_killed_and_a_socket_held", parent::the_parent_is_killed_and_a_socket_held),
    ("the_thread_that_made_the_pool_ends", parent::the_thread_that_made_the_pool_ends),
    ("a_dropped_pool_leaves_nobody", parent::a_dropped_pool_leaves_nobody),
    ("a_task_that_takes_too_long", bounds::a_task_that_takes_too_long),
    ("a_task_is_taken_back", bounds::a_task_is_taken_back),
    ("who_submits_too_much_waits", bounds::who_submits_too_much_waits),
    ("workers_wear_out", bounds::workers_wear_out),
    ("nothing_grows", endless::nothing_grows),
];

#[cfg(target_os = "linux")]
fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.first().map(String::as_str) {
        Some("--worker") => work::worker(&arguments[1..]),
        Some("--parent") => parent::parent(),
        Some("--adopting-parent") => parent::adopting_parent(),
        _ => run(&arguments),
    }
}

/// Runs the tests whose names contain one of the words, in order.
#[cfg(target_os = "linux")]
fn run(arguments: &[String]) {
    let words: Vec<&String> = arguments.iter().filter(|word| !word.starts_with('-')).collect();
    if arguments.iter().any(|word| word == "--list") {
        TESTS.iter().for_each(|(name, _)| println!("{name}: test"));
        return;
    }
    let wanted = |name: &str| words.is_empty() || words.iter().any(|word| name.contains(*word));
    for (name, test) in TESTS.iter().filter(|(name, _)| wanted(name)) {
        let guard = desk::watchdog(name);
        test();
        drop(guard);
        println!("test {name} ... ok");
    }
}
