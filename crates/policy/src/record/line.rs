//! Writes a record on one line, within its limit.

use serde_json::{Map, Value};

/// Texts are cut to these lengths in bytes, one after the other, until the line is short enough.
const TEXT_LENGTHS: [usize; 3] = [512, 128, 32];
/// How many entries an array keeps in a line that would be too long.
const ARRAY_ENTRIES: usize = 8;

/// The line.
pub(super) fn encode(members: &Map<String, Value>) -> String {
    let json = serde_json::to_string(members).unwrap_or_default();
    if json.is_ascii() && !json.contains('\u{7f}') {
        return json;
    }
    let mut line = String::with_capacity(json.len());
    for letter in json.chars() {
        if is_deceptive(letter) {
            let mut units = [0; 2];
            for unit in letter.encode_utf16(&mut units) {
                line.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            line.push(letter);
        }
    }
    line
}

/// The line, without the ends of texts that make it too long.
pub(super) fn encode_within(mut members: Map<String, Value>, limit: usize) -> String {
    let mut line = encode(&members);
    for length in TEXT_LENGTHS {
        if line.len() <= limit {
            break;
        }
        members.values_mut().for_each(|value| shorten(value, length));
        line = encode(&members);
    }
    line
}

/// Characters that a terminal or a viewer acts on: controls, line separators, and those that change the direction or are not seen.
/// `serde_json` has escaped the controls below a space.
fn is_deceptive(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

fn shorten(value: &mut Value, length: usize) {
    match value {
        Value::String(text) if text.len() > length => {
            let end = (0..=length).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
            text.truncate(end);
            text.push('…');
        }
        Value::Array(items) => {
            items.truncate(ARRAY_ENTRIES);
            items.iter_mut().for_each(|item| shorten(item, length));
        }
        Value::Object(members) => members.values_mut().for_each(|member| shorten(member, length)),
        _ => {}
    }
}
