//! Lines of the notation, taken apart.

use super::super::world::Place;

/// One line of the notation.
#[derive(Clone, Copy)]
pub(super) struct Line {
    pub(super) indent: usize,
    pub(super) text: &'static str,
}

pub(super) fn lines(text: &'static str) -> Vec<Line> {
    text.lines()
        .map(|line| line.split(" # ").next().unwrap_or_default().trim_end())
        .map(|line| (line.len() - line.trim_start().len(), line.trim_start()))
        .filter(|(_, text)| !text.is_empty() && !text.starts_with('#'))
        .map(|(indent, text)| Line { indent, text })
        .collect()
}

/// Where the block of deeper lines behind `at` ends.
pub(super) fn block_end(lines: &[Line], at: usize) -> usize {
    let deeper = |line: &Line| line.indent > lines[at].indent;
    at + 1
        + lines[at + 1..]
            .iter()
            .take_while(|line| deeper(line))
            .count()
}

pub(super) fn field_line(line: &Line) -> bool {
    let named = line.text.contains(':') && !line.text.starts_with("type ");
    line.indent > 0 || named || line.text.starts_with("check ")
}

/// The lines without the blocks that define types.
pub(super) fn outside_types(lines: &[Line]) -> Vec<Line> {
    let mut inside = false;
    let mut kept = Vec::new();
    for line in lines {
        if line.indent == 0 {
            inside = line.text.starts_with("type ");
        }
        if !inside && field_line(line) {
            kept.push(*line);
        }
    }
    kept
}

/// A line taken apart.
pub(super) struct Head {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) place: Place,
    pub(super) body: &'static str,
}

pub(super) fn head(line: Line) -> Option<Head> {
    let (name, rest) = line.text.split_once(':')?;
    let required = name.ends_with('!');
    let name = name.trim_end_matches('!').trim_matches('"');
    let rest = rest.trim();
    let (body, place) = match rest.split_once('[') {
        Some((body, place)) => (
            body,
            Place::read(place.split(']').next().unwrap_or_default()),
        ),
        None => (rest, Place::default()),
    };
    Some(Head {
        name,
        required,
        place,
        body: body.trim(),
    })
}

/// What follows `[..]`: `moved spec.new`.
pub(super) fn moved(line: Line) -> Option<&'static str> {
    line.text
        .split_once("] moved ")
        .map(|(_, path)| path.trim())
}
