//! The thread that starts workers. It lives as long as the pool, because a worker dies with the thread that started it.

use super::drive::Shared;
use crate::error::{Error, Result};
use crate::launch::Launch;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;

/// An order to start one worker.
#[derive(Debug)]
pub(crate) struct Order;

/// Starts workers as they are ordered, until nobody can order any more.
pub(super) fn begin(
    launch: Launch,
    shared: &Arc<Shared>,
) -> Result<(Sender<Order>, JoinHandle<()>)> {
    let (orders, taken) = channel();
    let shared = shared.clone();
    let thread = std::thread::Builder::new()
        .name("sharpest-workers".into())
        .spawn(move || {
            for Order in taken {
                let hired = if shared.lock().wants() { Some(launch.start()) } else { None };
                let mut state = shared.lock();
                state.hiring -= 1;
                match hired {
                    Some(Ok(hired)) => drop(state.admit(hired)), // who died meanwhile is missed, and ordered again
                    Some(Err(error)) => state.break_down(&error.to_string()),
                    None => {}
                }
                state.settle();
                drop(state);
                shared.ring();
                shared.turn.notify_all();
            }
        })
        .map_err(|source| Error::System { what: "starting a thread", source })?;
    Ok((orders, thread))
}
