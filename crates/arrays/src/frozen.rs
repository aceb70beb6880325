//! A segment that nobody can change any more.
#![allow(unsafe_code, reason = "gives the bytes of a sealed map")]

use crate::error::{Error, Result};
use crate::layout::{Field, Id, Layout};
use crate::open;
use crate::os::{self, File, Map, Seal};
use crate::pins::{self, Pin};
use crate::token::{Kind, Token};
use crate::view::View;
use std::sync::{Arc, Mutex, PoisonError};

/// As much as the header of a few arrays takes.
const HEAD: usize = 1 << 10;

/// A sealed segment: the kernel refuses every store, map, `pwrite`, hole and change of length, to everybody.
///
/// It is sealed only while nobody has a writable map (`F_SEAL_WRITE`), and it is looked at through a descriptor opened for
/// reading, whose maps cannot be made writable. So even a reader who trusts nobody may take references to its bytes.
#[derive(Debug)]
pub struct Frozen {
    map: Arc<Map>,
    id: Id,
    layout: Layout,
    /// What others open it through. A reader has none until it hands the array on.
    export: Mutex<Option<Export>>,
    /// Whom it was opened from.
    from: Option<Token>,
}

/// The descriptor that tokens name.
#[derive(Debug)]
struct Export {
    file: File,
    inode: u64,
}

impl Frozen {
    /// A segment whose arrays hold the bytes that `bytes` gives for each field, [`Field::span`] of them.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`] and [`Error::OutOfDescriptors`]; [`Error::Layout`] for bytes of another length.
    pub fn from_parts<'a>(
        layout: Layout,
        mut bytes: impl FnMut(&Field) -> &'a [u8],
    ) -> Result<Frozen> {
        let (file, id) = (os::memory_file()?, os::random_id()?);
        os::reserve(&file, layout.len())?;
        os::write(&file, &layout.encode(id), 0)?;
        for field in layout.fields() {
            let bytes = bytes(field);
            if bytes.len() != field.span() {
                let (name, wanted, got) = (&field.name, field.span(), bytes.len());
                return Err(Error::Layout(format!(
                    "array {name:?} takes {wanted} bytes, {got} were given"
                )));
            }
            os::write(&file, bytes, field.offset)?;
        }
        os::seal(&file, Seal::Frozen)?;
        let len = layout.len();
        Frozen::of_sealed(file, len, id, layout)
    }

    /// What has just been sealed.
    pub(crate) fn of_sealed(file: File, len: usize, id: Id, layout: Layout) -> Result<Frozen> {
        let map = Arc::new(Map::read(&os::reopen_own(&file)?, len)?);
        let (inode, _) = os::identity(&file)?;
        Ok(Frozen { map, id, layout, export: Mutex::new(Some(Export { file, inode })), from: None })
    }

    /// Opens what a token names, and checks that it is that, sealed and whole.
    pub(crate) fn open(token: &Token) -> Result<Frozen> {
        let (file, len) = token.reopen(Seal::Frozen)?;
        let map = Arc::new(Map::read(&file, len)?);
        // Read, where that is enough: the first look into a map brings pages in, and a quarter of opening went into that.
        let head = os::read(&file, len.min(HEAD), 0)?;
        let (id, layout) =
            Layout::decode(&head, len).or_else(|_| Layout::decode(bytes(&map), len))?;
        if id != token.id {
            return Err(Error::OwnerGone { pid: token.pid });
        }
        Ok(Frozen { map, id, layout, export: Mutex::new(None), from: Some(*token) })
    }

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

    /// All of its bytes, the header too.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        bytes(&self.map)
    }

    /// A view of all of it, at the layout's offsets. It keeps the memory mapped, whatever becomes of this value.
    #[must_use]
    pub fn view(&self) -> View {
        View::of_map(self.map.clone(), false)
    }

    /// A writable view whose stores nobody else sees: a page is copied when it is first written.
    ///
    /// # Errors
    /// As for opening: the owner must be there still.
    pub fn private(&self) -> Result<View> {
        let file = self.exported(|export| os::reopen_own(&export.file))?;
        Ok(View::of_map(Arc::new(Map::private(&file, self.map.len())?), true))
    }

    /// What another process of this user opens it with. The segment is pinned until that is done, or for a bounded time:
    /// a token may be all that is left of a temporary.
    ///
    /// # Errors
    /// [`Error::OwnerGone`] where this process is a reader and the array's owner is gone; [`Error::OutOfDescriptors`].
    pub fn token(self: &Arc<Self>) -> Result<Token> {
        let pin = pins::pin(&open::Opened::Frozen(self.clone()))?;
        Ok(Token { pin, ..self.lasting_token()? })
    }

    /// A token that pins nothing: for as long as this process keeps the segment itself.
    pub(crate) fn lasting_token(self: &Arc<Self>) -> Result<Token> {
        let (number, inode) =
            self.exported(|export| Ok((os::number(&export.file), export.inode)))?;
        open::remember(&open::Opened::Frozen(self.clone()));
        let pid = os::own_pid();
        Ok(Token { kind: Kind::Frozen, pid, number, inode, id: self.id, pin: Pin::NONE })
    }

    /// How many views of it are alive.
    #[must_use]
    pub fn views(&self) -> usize {
        Arc::strong_count(&self.map) - 1
    }

    /// Works on the descriptor, which a reader opens when it first hands the array on.
    fn exported<T>(&self, work: impl FnOnce(&Export) -> Result<T>) -> Result<T> {
        let mut export = self.export.lock().unwrap_or_else(PoisonError::into_inner);
        if export.is_none() {
            let token = self.from.as_ref().ok_or(Error::Damaged("it has no descriptor"))?;
            let (file, _) = token.reopen(Seal::Frozen)?;
            *export = Some(Export { file, inode: token.inode });
        }
        work(export.as_ref().expect("it was just opened"))
    }
}

/// The bytes of a map of a sealed segment.
fn bytes(map: &Map) -> &[u8] {
    // SAFETY: the map is of a file with F_SEAL_WRITE, F_SEAL_SHRINK and F_SEAL_GROW: its bytes are there and do not change,
    // for as long as the map lives, which the reference borrows.
    unsafe { std::slice::from_raw_parts(map.start().as_ptr(), map.len()) }
}
