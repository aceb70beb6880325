//! Arrays in Rust: views of shared segments for `ndarray`.
#![allow(unsafe_code, reason = "turns checked layouts into typed views")]

use crate::element::Element;
use crate::error::{Error, Result};
use crate::frozen::Frozen;
use crate::layout::{Field, Layout};
use crate::open::{Opened, open};
use crate::token::Token;
use crate::working::Working;
use ndarray::{ArrayView, ArrayViewD, ArrayViewMutD, Dimension, IxDyn, ShapeBuilder};
use std::marker::PhantomData;
use std::sync::Arc;

/// Named arrays in one frozen segment, the same for every process that opens it.
///
/// ```
/// use ndarray::array;
/// use sharpest_arrays::Block;
///
/// let (a, b) = (array![[1.0, 2.0], [3.0, 4.0]], array![1u8, 2, 3]);
/// let shared = Block::builder().array("A", &a.view())?.array("B", &b.view())?.share()?;
/// assert_eq!(shared.get::<f64>("A")?, a.into_dyn());
/// assert_eq!(shared.get::<u8>("B")?, b.into_dyn());
/// # Ok::<(), sharpest_arrays::Error>(())
/// ```
///
/// A view cannot outlive its block:
///
/// ```compile_fail,E0505
/// # use sharpest_arrays::Block;
/// let shared = Block::builder().array("A", &ndarray::array![1.0].view())?.share()?;
/// let view = shared.get::<f64>("A")?;
/// drop(shared);
/// assert_eq!(view[0], 1.0);
/// # Ok::<(), sharpest_arrays::Error>(())
/// ```
///
/// and cannot be written:
///
/// ```compile_fail,E0594
/// # use sharpest_arrays::Block;
/// let shared = Block::builder().array("A", &ndarray::array![1.0].view())?.share()?;
/// shared.get::<f64>("A")?[0] = 2.0;
/// # Ok::<(), sharpest_arrays::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Block {
    segment: Arc<Frozen>,
}

/// What is to go into a [`Block`].
#[derive(Debug, Default)]
pub struct Builder<'a> {
    fields: Vec<Field>,
    bytes: Vec<std::borrow::Cow<'a, [u8]>>,
}

impl Block {
    /// An empty list of arrays.
    #[must_use]
    pub fn builder<'a>() -> Builder<'a> {
        Builder::default()
    }

    /// Opens what another process shared.
    ///
    /// # Errors
    /// As [`open`]; [`Error::Damaged`] for the token of a writable segment.
    pub fn open(token: &Token) -> Result<Block> {
        match open(token)? {
            Opened::Frozen(segment) => Ok(Block { segment }),
            Opened::Control(_) => Err(Error::Damaged("it is a writable segment")),
        }
    }

    /// The array of this name. Its shape and strides are as they were shared.
    ///
    /// # Errors
    /// [`Error::Layout`] where there is none, or its elements are of another type.
    pub fn get<T: Element>(&self, name: &str) -> Result<ArrayViewD<'_, T>> {
        view(self.segment.bytes(), field::<T>(self.segment.layout(), name)?)
    }

    /// The names, in the order in which they were given.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.segment.layout().fields().iter().map(|field| field.name.as_str())
    }

    /// The segment below.
    #[must_use]
    pub fn segment(&self) -> &Arc<Frozen> {
        &self.segment
    }

    /// What another process opens it with.
    ///
    /// # Errors
    /// As [`Frozen::token`].
    pub fn token(&self) -> Result<Token> {
        self.segment.token()
    }
}

impl<'a> Builder<'a> {
    /// One more array. One that is contiguous in C order is not copied before it is shared.
    ///
    /// # Errors
    /// [`Error::Layout`] for more than 64 dimensions.
    pub fn array<T: Element, D: Dimension>(
        mut self,
        name: &str,
        array: &ArrayView<'a, T, D>,
    ) -> Result<Builder<'a>> {
        self.fields.push(Field::new(name, T::DTYPE, size_of::<T>(), array.shape())?);
        self.bytes.push(match array.to_slice() {
            Some(slice) => bytes_of(slice).into(),
            None => bytes_of(&array.iter().copied().collect::<Vec<T>>()).to_vec().into(),
        });
        Ok(self)
    }

    /// Copies all of them into one frozen segment.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`], [`Error::OutOfDescriptors`], and [`Error::Layout`] where two have the same name.
    pub fn share(self) -> Result<Block> {
        let layout = Layout::new(self.fields)?;
        let mut bytes = self.bytes.iter();
        let segment = Frozen::from_parts(layout, |_| bytes.next().map_or(&[], AsRef::as_ref))?;
        Ok(Block { segment: Arc::new(segment) })
    }
}

/// One array that this process fills before it shares it.
///
/// ```
/// use sharpest_arrays::WorkingArray;
///
/// let mut array = WorkingArray::<f64>::zeros(&[1000, 100])?;
/// array.view_mut()[[3, 7]] = 1.0;
/// let shared = array.share()?; // no copy: the same pages, sealed
/// assert_eq!(shared.get::<f64>("")?[[3, 7]], 1.0);
/// # Ok::<(), sharpest_arrays::Error>(())
/// ```
#[derive(Debug)]
pub struct WorkingArray<T> {
    segment: Working,
    element: PhantomData<T>,
}

impl<T: Element> WorkingArray<T> {
    /// An array of zeros.
    ///
    /// # Errors
    /// [`Error::OutOfMemory`], [`Error::OutOfDescriptors`], [`Error::Layout`] for a shape beyond memory.
    pub fn zeros(shape: &[usize]) -> Result<WorkingArray<T>> {
        let field = Field::new("", T::DTYPE, size_of::<T>(), shape)?;
        Ok(WorkingArray {
            segment: Working::zeros(Layout::new(vec![field])?)?,
            element: PhantomData,
        })
    }

    /// To be read and written.
    pub fn view_mut(&mut self) -> ArrayViewMutD<'_, T> {
        let view = self.segment.view();
        let field = &self.segment.layout().fields()[0];
        let start = view.start().as_ptr().wrapping_add(field.offset).cast::<T>();
        // SAFETY: the layout was made by `zeros`: C order, of T, aligned to 64 bytes, within the segment. The segment is
        // borrowed mutably and its other views never leave this type, so nobody in this process has another reference, and
        // it stays mapped; a forked child has copies of the references under the same rules.
        unsafe { ArrayViewMutD::from_shape_ptr(IxDyn(&field.shape), start) }
    }

    /// Seals it.
    ///
    /// # Errors
    /// As [`Working::freeze`].
    pub fn share(self) -> Result<Block> {
        Ok(Block { segment: Arc::new(self.segment.freeze()?) })
    }
}

/// The field of a name, if its elements are of the type.
fn field<'a, T: Element>(layout: &'a Layout, name: &str) -> Result<&'a Field> {
    let found = layout.fields().iter().find(|field| field.name == name);
    let field =
        found.ok_or_else(|| Error::Layout(format!("there is no array {name:?} in this block")))?;
    if field.dtype != T::DTYPE || field.itemsize != size_of::<T>() {
        return Err(Error::Layout(format!(
            "array {name:?} holds {}, not {}",
            field.dtype,
            T::DTYPE
        )));
    }
    Ok(field)
}

/// A typed view of a field of a frozen segment.
fn view<'a, T: Element>(segment: &'a [u8], field: &Field) -> Result<ArrayViewD<'a, T>> {
    let size = size_of::<T>();
    let aligned = field.offset.is_multiple_of(align_of::<T>());
    let strides: Option<Vec<usize>> =
        field.strides.iter().map(|stride| steps(*stride, size)).collect();
    let strides = strides.filter(|_| aligned).ok_or_else(|| {
        Error::Layout(format!("array {:?} has strides that a Rust view cannot have", field.name))
    })?;
    let start = segment[field.offset..].as_ptr().cast::<T>();
    let shape = IxDyn(&field.shape).strides(IxDyn(&strides));
    // SAFETY: the layout was checked against this segment: every element that shape and strides reach lies within it, from
    // the offset upwards, since no stride is negative. Offset and strides are multiples of T's size and alignment, a map
    // begins on a page, any bytes are a T, and they do not change (F_SEAL_WRITE). The lifetime is the segment's.
    Ok(unsafe { ArrayView::from_shape_ptr(shape, start) })
}

/// A stride in elements.
fn steps(stride: isize, size: usize) -> Option<usize> {
    let stride = usize::try_from(stride).ok()?;
    stride.is_multiple_of(size).then_some(stride / size)
}

/// The bytes of numbers.
fn bytes_of<T: Element>(slice: &[T]) -> &[u8] {
    // SAFETY: the types that are elements have no padding, and any byte may be read as u8; the range is the slice's own.
    unsafe { std::slice::from_raw_parts(slice.as_ptr().cast(), size_of_val(slice)) }
}
