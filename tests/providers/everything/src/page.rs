//! Lists in several pages.

use crate::bindings::wasmcp::mcp::model::McpError;

/// The number of items on a page, so small that every list has several pages.
const SIZE: usize = 2;

/// The items of one page, and the cursor of the next one. A cursor is the place of the first item.
pub(crate) fn of<'a, T>(all: &'a [T], cursor: Option<&str>) -> Result<(&'a [T], Option<String>), McpError> {
    let start = match cursor {
        None => 0,
        Some(cursor) => {
            let is_page = |start: &usize| *start > 0 && start.is_multiple_of(SIZE);
            cursor.parse().ok().filter(is_page).ok_or(McpError::InvalidCursor)?
        }
    };
    let rest = all.get(start..).filter(|rest| !rest.is_empty()).ok_or(McpError::InvalidCursor)?;
    let (page, after) = rest.split_at(SIZE.min(rest.len()));
    Ok((page, (!after.is_empty()).then(|| (start + SIZE).to_string())))
}
