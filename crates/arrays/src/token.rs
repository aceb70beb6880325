//! What travels in place of an array: where to find it, and how to know it.

use crate::error::{Error, Result};
use crate::layout::Id;
use crate::os::{self, File, Seal};
use crate::pins::Pin;

/// The name of a segment in another process: descriptor `number` of process `pid`. The inode and the identity in the
/// segment's header tell whether that is still the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    pub(crate) kind: Kind,
    pub(crate) pid: u32,
    pub(crate) number: i32,
    pub(crate) inode: u64,
    pub(crate) id: Id,
    pub(crate) pin: Pin,
}

/// What a token opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A frozen segment, for reading.
    Frozen = 1,
    /// A control segment, for reading and writing.
    Control = 2,
}

impl Token {
    /// How long it is in bytes.
    pub const LEN: usize = 1 + 4 + 4 + 8 + 16 + 4 + 8 + 4 + 4;

    /// As bytes, to be sent.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Token::LEN] {
        let mut bytes = [0; Token::LEN];
        let parts: [&[u8]; 9] = [
            &[self.kind as u8],
            &self.pid.to_le_bytes(),
            &self.number.to_le_bytes(),
            &self.inode.to_le_bytes(),
            &self.id.0,
            &self.pin.number.to_le_bytes(),
            &self.pin.inode.to_le_bytes(),
            &self.pin.slot.to_le_bytes(),
            &self.pin.serial.to_le_bytes(),
        ];
        let mut at = 0;
        for part in parts {
            bytes[at..at + part.len()].copy_from_slice(part);
            at += part.len();
        }
        bytes
    }

    /// Reads what [`Token::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`Error::Damaged`] for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Token> {
        let bytes: &[u8; Token::LEN] =
            bytes.try_into().map_err(|_| Error::Damaged("the token is of another length"))?;
        let mut at = 0;
        Ok(Token {
            kind: match take::<1>(bytes, &mut at) {
                [1] => Kind::Frozen,
                [2] => Kind::Control,
                _ => return Err(Error::Damaged("the token is of another kind")),
            },
            pid: u32::from_le_bytes(take(bytes, &mut at)),
            number: i32::from_le_bytes(take(bytes, &mut at)),
            inode: u64::from_le_bytes(take(bytes, &mut at)),
            id: Id(take(bytes, &mut at)),
            pin: Pin {
                number: i32::from_le_bytes(take(bytes, &mut at)),
                inode: u64::from_le_bytes(take(bytes, &mut at)),
                slot: u32::from_le_bytes(take(bytes, &mut at)),
                serial: u32::from_le_bytes(take(bytes, &mut at)),
            },
        })
    }

    /// The process that holds the array.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Opens the file that it names, if that is still the same one and has this seal, to write only what can be written;
    /// and its length, which is told after the seal: before, it could still change.
    pub(crate) fn reopen(&self, seal: Seal) -> Result<(File, usize)> {
        let file = os::reopen(self.pid, self.number, seal == Seal::Length)?;
        let sealed = os::is_sealed(&file, seal);
        match os::identity(&file)? {
            (inode, _) if inode != self.inode => Err(Error::OwnerGone { pid: self.pid }),
            _ if !sealed => Err(Error::NotSealed),
            (_, len) => Ok((file, len)),
        }
    }
}

fn take<const N: usize>(bytes: &[u8; Token::LEN], at: &mut usize) -> [u8; N] {
    let mut taken = [0; N];
    taken.copy_from_slice(&bytes[*at..*at + N]);
    *at += N;
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_as_it_was_written() {
        let pin = Pin { number: 9, inode: 1 << 40, slot: 77, serial: 5 };
        let token = Token {
            kind: Kind::Control,
            pid: 4_000_000,
            number: 3,
            inode: u64::MAX,
            id: Id([3; 16]),
            pin,
        };
        assert_eq!(Token::from_bytes(&token.to_bytes()).unwrap(), token);
    }

    #[test]
    fn anything_else_is_refused() {
        assert!(Token::from_bytes(&[1; Token::LEN - 1]).is_err());
        assert!(Token::from_bytes(&[3; Token::LEN]).is_err());
    }
}
