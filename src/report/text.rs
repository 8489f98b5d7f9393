//! The report for people: what is wrong, every place of it as a line of its file, the way it lies on, what to do.

use std::io;
use std::io::Write;

use super::Report;
use super::Reported;
use super::sarif::encoded;
use crate::settings::Severity;
use crate::source::Source;
use crate::source::Sources;
use crate::source::Span;

/// How many columns of a line are shown around a mark; base64 and minified JSON have lines of any length.
const WINDOW: usize = 100;

/// The narrowest window that still shows something.
const LEAST: usize = 20;

/// How text for people is dressed; plain by default.
#[derive(Clone, Debug, Default)]
pub struct Style {
    /// Whether colours are used.
    pub color: bool,
    /// How many columns the terminal has, if it is one.
    pub width: Option<usize>,
    /// The directory in which relative paths begin, where places may be links of the terminal (OSC 8).
    pub links: Option<String>,
}

pub(super) fn write(report: &Report<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint { style };
    for reported in &report.findings {
        finding(report, reported, &paint, out)?;
        writeln!(out)?;
    }
    writeln!(out, "{}", summary(report))
}

/// How much was found in how many files: `2 errors, 1 note in 3 files`.
pub(super) fn summary(report: &Report<'_>) -> String {
    let counts = [Severity::Error, Severity::Warning, Severity::Note]
        .map(|severity| (report.count(severity), severity));
    let words: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, severity)| {
            format!("{count} {severity}{}", if *count == 1 { "" } else { "s" })
        })
        .collect();
    let files = given(report.sources);
    match words.as_slice() {
        [] if report.had_nothing => {
            format!("nothing to judge in {files}: no resource, no configuration, no certificate")
        }
        [] => format!("nothing found in {files}"),
        words => format!("{} in {files}", words.join(", ")),
    }
}

/// What was judged: `2 files`, `1 file and 12 objects`.
#[must_use]
pub fn given(sources: &Sources) -> String {
    let all = sources.iter();
    let objects = all.filter(|(_, source)| source.is_of_cluster()).count();
    let files = sources.iter().len() - objects;
    let counted =
        |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    match (files, objects) {
        (files, 0) => counted(files, "file"),
        (0, objects) => counted(objects, "object"),
        (files, objects) => format!(
            "{} and {}",
            counted(files, "file"),
            counted(objects, "object")
        ),
    }
}

fn finding(
    report: &Report<'_>,
    reported: &Reported,
    paint: &Paint<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let finding = &reported.finding;
    let head = paint.severity(
        finding.severity,
        &format!("{}[{}]", finding.severity, finding.rule),
    );
    writeln!(
        out,
        "{head}{}",
        paint.bold(&format!(": {}", clean(&finding.message)))
    )?;
    let marks: Vec<Mark<'_>> = std::iter::once(Mark {
        span: finding.at,
        label: "",
        primary: true,
    })
    .chain(finding.also.iter().map(|(span, label)| Mark {
        span: *span,
        label,
        primary: false,
    }))
    .collect();
    let width = marks
        .iter()
        .map(|mark| report.sources.start(mark.span).line.to_string().len())
        .max()
        .unwrap_or_default();
    for mark in &marks {
        excerpt(report, mark, width, finding.severity, paint, out)?;
    }
    let gutter = " ".repeat(width);
    if let Some(trail) = &finding.trail {
        writeln!(
            out,
            "{gutter} {} {}",
            paint.dim("= path:"),
            clean(&trail.to_string())
        )?;
    }
    for help in &finding.help {
        writeln!(out, "{gutter} {} {}", paint.dim("= help:"), clean(help))?;
    }
    Ok(())
}

/// One place that belongs to a finding.
struct Mark<'r> {
    span: Span,
    label: &'r str,
    primary: bool,
}

fn excerpt(
    report: &Report<'_>,
    mark: &Mark<'_>,
    width: usize,
    severity: Severity,
    paint: &Paint<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let source = report.sources.get(mark.span.source);
    let start = report.sources.start(mark.span);
    let gutter = " ".repeat(width);
    let place = format!("{}:{}:{}", clean(&source.name), start.line, start.column);
    let rendered = if source.is_rendered() {
        " (as it was rendered)"
    } else {
        ""
    };
    writeln!(
        out,
        "{gutter}{} {}{rendered}",
        paint.dim("-->"),
        paint.link(source, &place)
    )?;
    let Some(line) = source
        .line(start.line - 1)
        .filter(|_| source.text().is_some())
    else {
        return if mark.label.is_empty() {
            Ok(())
        } else {
            writeln!(out, "{gutter} {} {}", paint.dim("|"), clean(mark.label))
        };
    };
    let line = Span::new(mark.span.source, line);
    let room = paint.style.width.map(|all| all.saturating_sub(width + 3));
    let shown = Shown::of(report, line, mark.span, room);
    let (number, bar) = (format!("{:>width$}", start.line), paint.dim("|"));
    writeln!(out, "{} {bar} {}", paint.dim(&number), shown.text)?;
    let indent = " ".repeat(shown.indent);
    let stroke = mark.stroke(shown.length, severity, paint);
    writeln!(out, "{gutter} {bar} {indent}{stroke}")
}

impl Mark<'_> {
    /// What stands under a mark that is `length` columns long: the line, and why the place matters.
    fn stroke(&self, length: usize, severity: Severity, paint: &Paint<'_>) -> String {
        let stroke = if self.primary { "^" } else { "-" }.repeat(length.max(1));
        let stroke = match self.primary {
            true => paint.severity(severity, &stroke),
            false => paint.blue(&stroke),
        };
        let space = if self.label.is_empty() { "" } else { " " };
        format!("{stroke}{space}{}", clean(self.label))
    }
}

/// The part of a line that is shown: as text for a terminal, with the mark's place in columns.
struct Shown {
    text: String,
    indent: usize,
    length: usize,
}

impl Shown {
    /// As much of `line` as fits into `room` columns; without one, a window around the mark.
    fn of(report: &Report<'_>, line: Span, mark: Span, room: Option<usize>) -> Self {
        let mark = Span {
            end: mark.end.min(line.end).max(mark.start),
            ..mark
        };
        let part = |start: u32, end: u32| visible(report, Span::new(line.source, start..end));
        let before = part(line.start, mark.start);
        let before = before.trim_end_matches('\n');
        let marked = part(mark.start, mark.end);
        let after = part(mark.end, line.end);
        let (before_room, marked_room, after_room) = match room {
            Some(room) => shared(room, columns(before), columns(&marked), columns(&after)),
            None => (
                WINDOW / 2,
                WINDOW,
                WINDOW.saturating_sub(columns(&marked)).max(WINDOW / 5),
            ),
        };
        let before = last_columns(before, before_room);
        let marked = first_columns(&marked, marked_room);
        let after = if marked.ends_with('…') {
            after.trim_start_matches('…')
        } else {
            &after
        };
        let after = first_columns(after, after_room);
        Self {
            indent: columns(&before),
            length: columns(&marked),
            text: format!("{before}{marked}{after}"),
        }
    }
}

/// How many of `room` columns the three parts of a line get: the marked one what it needs, as long as something is left
/// around it; what stands behind a third of the rest, and what the other leaves.
fn shared(room: usize, before: usize, marked: usize, after: usize) -> (usize, usize, usize) {
    let room = room.max(LEAST);
    let marked = marked.min(room * 3 / 4);
    let rest = room - marked;
    let behind = after.min(rest / 3);
    let before = before.min(rest - behind);
    (before, marked, after.min(rest - before))
}

/// The text at `span` as it may be shown: secrets as dots, control characters as `?`, tabs as spaces.
pub(super) fn visible(report: &Report<'_>, span: Span) -> String {
    let sources = report.sources;
    let first = report
        .secrets
        .partition_point(|secret| (secret.source, secret.end) <= (span.source, span.start));
    let mut text = String::new();
    let mut at = span.start;
    let overlapping = report.secrets[first..].iter();
    for secret in
        overlapping.take_while(|secret| secret.source == span.source && secret.start < span.end)
    {
        text.push_str(&clean(sources.slice(Span {
            start: at,
            end: secret.start.max(at),
            ..span
        })));
        text.push('…');
        at = secret.end.min(span.end).max(at);
    }
    text.push_str(&clean(sources.slice(Span { start: at, ..span })));
    text
}

/// `text` without what a terminal would obey: control characters, and marks that turn the direction of writing.
pub(super) fn clean(text: &str) -> String {
    let replace = |letter: char| match letter {
        '\t' => ' ',
        '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => '\u{fffd}',
        letter if letter.is_control() => '?',
        letter => letter,
    };
    text.chars().map(replace).collect()
}

/// How many columns of a terminal `text` takes.
fn columns(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(text)
}

fn first_columns(text: &str, room: usize) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    let mut used = 0;
    let kept = text.chars().take_while(|letter| {
        used += unicode_width::UnicodeWidthChar::width(*letter).unwrap_or_default();
        used < room
    });
    kept.chain(std::iter::once('…')).collect()
}

fn last_columns(text: &str, room: usize) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    let reversed: String = text.chars().rev().collect();
    first_columns(&reversed, room).chars().rev().collect()
}

/// Colours, when they are wanted.
struct Paint<'s> {
    style: &'s Style,
}

impl Paint<'_> {
    /// `place` as a link to the file, for terminals that know them
    /// (<https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda>).
    fn link(&self, source: &Source, place: &str) -> String {
        let is_file = source.name != "-" && !source.is_made();
        let Some(here) = self.style.links.as_ref().filter(|_| is_file) else {
            return place.to_owned();
        };
        let path = match source.name.starts_with('/') {
            true => encoded(&source.name),
            false => encoded(&format!("{here}/{}", source.name)),
        };
        format!("\x1b]8;;file://{path}\x1b\\{place}\x1b]8;;\x1b\\")
    }

    fn with(&self, code: &str, text: &str) -> String {
        if self.style.color {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    fn severity(&self, severity: Severity, text: &str) -> String {
        let code = match severity {
            Severity::Error => "1;31",
            Severity::Warning => "1;33",
            Severity::Note => "1;36",
        };
        self.with(code, text)
    }

    fn bold(&self, text: &str) -> String {
        self.with("1", text)
    }

    fn dim(&self, text: &str) -> String {
        self.with("2", text)
    }

    fn blue(&self, text: &str) -> String {
        self.with("34", text)
    }
}
