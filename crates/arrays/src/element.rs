//! The types that an array's elements may have in Rust.

/// A number that any bytes are a value of, and that NumPy knows by the same layout.
///
/// Sealed: a type whose bytes can be wrong (a `bool`, a reference) must not be read from memory that another program wrote.
pub trait Element: sealed::Element {
    /// NumPy's name of the type.
    const DTYPE: &'static str;
}

mod sealed {
    pub trait Element: Copy + Send + Sync + 'static {}
}

macro_rules! elements {
    ($($type:ty => $little:literal, $big:literal;)*) => {$(
        impl sealed::Element for $type {}
        impl Element for $type {
            const DTYPE: &'static str = if cfg!(target_endian = "little") { $little } else { $big };
        }
    )*};
}

elements! {
    f32 => "<f4", ">f4";
    f64 => "<f8", ">f8";
    i8 => "|i1", "|i1";
    i16 => "<i2", ">i2";
    i32 => "<i4", ">i4";
    i64 => "<i8", ">i8";
    u8 => "|u1", "|u1";
    u16 => "<u2", ">u2";
    u32 => "<u4", ">u4";
    u64 => "<u8", ">u8";
}
