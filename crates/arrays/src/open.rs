//! Opening tokens: once a process, however often one arrives.

use crate::control::Control;
use crate::error::Result;
use crate::frozen::Frozen;
use crate::layout::Id;
use crate::pins;
use crate::process::PerProcess;
use crate::token::{Kind, Token};
use std::collections::HashMap;
use std::sync::{Arc, Weak};

static OPEN: PerProcess<HashMap<Id, Known>> = PerProcess::new();

/// What a token opens.
#[derive(Debug, Clone)]
pub enum Opened {
    /// A segment to read.
    Frozen(Arc<Frozen>),
    /// A segment to read and write.
    Control(Arc<Control>),
}

/// What is open, as long as somebody has it.
#[derive(Debug)]
enum Known {
    Frozen(Weak<Frozen>),
    Control(Weak<Control>),
}

/// Opens what a token names. While a process has a segment open, every token of it gives the same one.
///
/// # Errors
/// [`crate::Error::OwnerGone`] where the process that made the token ended or closed the array;
/// [`crate::Error::Damaged`] and [`crate::Error::NotSealed`] for a segment that is not what the token says.
pub fn open(token: &Token) -> Result<Opened> {
    let known = OPEN.lock().get(&token.id).and_then(Known::upgrade);
    let opened = match (known, token.kind) {
        (Some(known), _) => known,
        (None, Kind::Frozen) => Opened::Frozen(Arc::new(Frozen::open(token)?)),
        (None, Kind::Control) => Opened::Control(Arc::new(Control::open(token)?)),
    };
    remember(&opened);
    pins::opened(token.pid, token.pin);
    Ok(opened)
}

/// Lets later tokens of a segment give this one.
pub(crate) fn remember(opened: &Opened) {
    let (id, known) = match opened {
        Opened::Frozen(segment) => (segment.id(), Known::Frozen(Arc::downgrade(segment))),
        Opened::Control(segment) => (segment.id(), Known::Control(Arc::downgrade(segment))),
    };
    let mut open = OPEN.lock();
    if open.len() == open.capacity() {
        open.retain(|_, known| known.upgrade().is_some());
    }
    open.insert(id, known);
}

impl Known {
    fn upgrade(&self) -> Option<Opened> {
        match self {
            Known::Frozen(segment) => segment.upgrade().map(Opened::Frozen),
            Known::Control(segment) => segment.upgrade().map(Opened::Control),
        }
    }
}
