//! The fields of a record's payload, one after the other.

/// A whole record that does not hold what its table is for: what is wrong with it.
pub(crate) type Unreadable = &'static str;

/// The first `N` bytes, which leave `rest`.
pub(crate) fn take<'a, const N: usize>(rest: &mut &'a [u8]) -> Result<&'a [u8; N], Unreadable> {
    let (first, others) = rest.split_first_chunk().ok_or("it is too short")?;
    *rest = others;
    Ok(first)
}

/// The first `length` bytes, which leave `rest`.
pub(crate) fn split<'a>(rest: &mut &'a [u8], length: u32) -> Result<&'a [u8], Unreadable> {
    let parts = rest.split_at_checked(length as usize);
    let (first, others) = parts.ok_or("it is too short")?;
    *rest = others;
    Ok(first)
}
