//! A segment that every process with a handle may write: for locks, counters and arrays guarded by locks.

use crate::error::{Error, Result};
use crate::layout::{Id, Layout};
use crate::open::{self, Opened};
use crate::os::{self, File, Map, Seal};
use crate::pins;
use crate::token::{Kind, Token};
use crate::view::View;
use std::sync::Arc;

/// A shared writable segment. Its length is sealed, its content is not: what is read from it may be changing.
#[derive(Debug)]
pub struct Control {
    map: Arc<Map>,
    id: Id,
    layout: Layout,
    file: File,
    inode: u64,
}

impl Control {
    /// A segment of this layout, all zeros.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] and [`Error::OutOfDescriptors`].
    pub fn new(layout: Layout) -> Result<Control> {
        let (file, id) = (os::memory_file()?, os::random_id()?);
        os::allocate(&file, layout.len())?;
        os::write(&file, &layout.encode(id), 0)?;
        os::seal(&file, Seal::Length)?;
        let map = Arc::new(Map::write(&file, layout.len())?);
        let (inode, _) = os::identity(&file)?;
        Ok(Control { map, id, layout, file, inode })
    }

    /// Opens what a token names, and checks that it is that and whole.
    pub(crate) fn open(token: &Token) -> Result<Control> {
        let (file, len) = token.reopen(Seal::Length)?;
        // A copy of the header, since anybody could change the original between the check and the use.
        let head = os::read(&file, len.min(Control::HEAD), 0)?;
        let (id, layout) = Layout::decode(&head, len)?;
        if id != token.id {
            return Err(Error::OwnerGone { pid: token.pid });
        }
        let map = Arc::new(Map::write(&file, len)?);
        Ok(Control { map, id, layout, file, inode: token.inode })
    }

    /// The longest header that a control segment has.
    const HEAD: usize = 1 << 16;

    /// What lies where.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Its identity, the same in every process.
    #[must_use]
    pub fn id(&self) -> Id {
        self.id
    }

    /// A writable view of all of it, at the layout's offsets.
    #[must_use]
    pub fn view(&self) -> View {
        View::of_map(self.map.clone(), true)
    }

    /// What another process of this user opens it with. The segment is pinned until that is done, or for a bounded time.
    ///
    /// # Errors
    /// [`Error::OutOfDescriptors`].
    pub fn token(self: &Arc<Self>) -> Result<Token> {
        let opened = Opened::Control(self.clone());
        let pin = pins::pin(&opened)?;
        open::remember(&opened);
        let (number, inode) = (os::number(&self.file), self.inode);
        Ok(Token { kind: Kind::Control, pid: os::own_pid(), number, inode, id: self.id, pin })
    }
}
