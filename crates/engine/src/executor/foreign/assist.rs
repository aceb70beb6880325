//! The worker's side: a task comes in, its answer goes out. Questions are kept, so that each comes once to a process.

use super::task::{Answer, Task, Told};
use crate::lines::Columns;
use sharpest_arrays::Frozen;
use sharpest_search::{Best, Line, Search, Sink};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// A process works for so many searches at the same time without being told their questions again.
const KEPT: usize = 4;

/// The questions that this process was told, the latest last.
static DESKS: Mutex<Vec<(u128, Arc<Desk>)>> = Mutex::new(Vec::new());

/// What is needed for any block of a question.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) search: Search,
    columns: Option<Columns>,
    /// What scores of the caller's own are made from.
    pub(super) returns: Option<Arc<Frozen>>,
}

/// Works on a task that [`super::Foreign::submit`] was given, in whatever process it came to: the answer, or none where `stop`
/// said so before it was done.
pub fn assist(task: &[u8], stop: &dyn Fn() -> bool) -> Option<Vec<u8>> {
    let answer = match Task::from_bytes(task) {
        Ok(task) => work(&task, stop)?,
        Err(answer) => answer,
    };
    Some(answer.to_bytes())
}

fn work(task: &Task<'_>, stop: &dyn Fn() -> bool) -> Option<Answer> {
    let begun = Instant::now();
    let desk = match desk(task) {
        Ok(desk) => desk,
        Err(answer) => return Some(answer),
    };
    let blocks = desk.search.blocks();
    let mut best = Best::new(desk.search.sampling().top);
    let mut clerk = Clerk { columns: desk.columns.as_ref(), text: Vec::new(), stop };
    for block in task.blocks.clone() {
        match desk.search.search_block(blocks.get(block), &mut clerk) {
            Ok(found) => best = best.merge(found),
            Err(error) => return Some(Answer::Refused(error.to_string())),
        }
        if stop() {
            return None;
        }
    }
    Some(Answer::Found(best, clerk.text, begun.elapsed()))
}

/// The desk for a task, made if the task brings the question; or what to answer, where there is none.
pub(super) fn desk(task: &Task<'_>) -> Result<Arc<Desk>, Answer> {
    let desk = desk_of(task).map_err(Answer::Refused)?.ok_or(Answer::Unknown)?;
    match task.blocks.end > desk.search.blocks().count() {
        true => Err(Answer::Refused(format!("there is no block {}", task.blocks.end - 1))),
        false => Ok(desk),
    }
}

fn desk_of(task: &Task<'_>) -> Result<Option<Arc<Desk>>, String> {
    let mut desks = DESKS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(at) = desks.iter().position(|(name, _)| *name == task.name) {
        let found = desks.remove(at);
        desks.push(found.clone());
        return Ok(Some(found.1));
    }
    if task.question.is_empty() {
        return Ok(None);
    }
    if !task.is_whole() {
        return Err("the question was damaged on its way".into());
    }
    let Told { search, has_lines, returns } = Told::from_bytes(task.question)?;
    let columns = has_lines.then(|| Columns::new(search.moments().assets()));
    let desk = Arc::new(Desk { search, columns, returns });
    if desks.len() == KEPT {
        desks.remove(0);
    }
    desks.push((task.name, desk.clone()));
    Ok(Some(desk))
}

/// Takes the lines of a task.
struct Clerk<'a> {
    columns: Option<&'a Columns>,
    text: Vec<u8>,
    stop: &'a dyn Fn() -> bool,
}

impl Sink for Clerk<'_> {
    fn line(&mut self, line: &Line<'_>) {
        if let Some(columns) = self.columns {
            columns.push(&mut self.text, line);
        }
    }

    fn wants_lines(&self) -> bool {
        self.columns.is_some()
    }

    fn stop(&self) -> bool {
        (self.stop)()
    }
}
