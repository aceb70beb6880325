//! The header of a shared segment: whatever the bytes, an error, or arrays that lie within the segment.

#![no_main]

use libfuzzer_sys::fuzz_target;
use sharpest_arrays::{Field, Layout};

fuzz_target!(|bytes: &[u8]| {
    // The first byte says how long the segment claims to be; the mark and the version are given, or nothing would come of it.
    let Some((&length, bytes)) = bytes.split_first() else { return };
    let mut head = b"SHARPEST\x01\0\0\0".to_vec();
    head.extend(bytes);
    let segment = head.len() + usize::from(length) * 64;
    if let Ok((id, layout)) = Layout::decode(&head, segment) {
        assert!(layout.len() <= segment);
        layout.fields().iter().for_each(|field| lies_within(field, segment));
        assert_eq!(Layout::decode(&layout.encode(id), segment).expect("it was one"), (id, layout));
    }
});

/// Every element of an array, by arithmetic that cannot overflow.
fn lies_within(field: &Field, segment: usize) {
    assert_eq!(field.shape.len(), field.strides.len());
    if field.shape.contains(&0) {
        return;
    }
    let (mut low, mut high) = (field.offset as i128, field.offset as i128 + field.itemsize as i128);
    for (length, stride) in field.shape.iter().zip(&field.strides) {
        let reach = *stride as i128 * (*length as i128 - 1);
        low += reach.min(0);
        high += reach.max(0);
    }
    assert!(low >= 0 && high <= segment as i128, "{field:?} reaches out of {segment} bytes");
    assert_eq!(field.span() as i128, high - low);
}
