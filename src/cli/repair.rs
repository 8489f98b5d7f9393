//! Fixes: which of them are applied, to which files, and what that changes.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use similar::TextDiff;

use super::Error;
use crate::finding::Edit;
use crate::finding::Fix;
use crate::finding::Safety;
use crate::report::Report;
use crate::settings::Settings;
use crate::source::Source;
use crate::source::SourceId;
use crate::source::Sources;

/// How often fixes are looked for in what fixes made: edits in each other's way wait for the next round.
const ROUNDS: usize = 10;

/// Texts after their fixes.
pub(super) struct Repaired {
    /// Every source, fixed or not, in the order of the input.
    pub(super) sources: Sources,
    /// How many fixes were applied.
    pub(super) fixes: usize,
    /// Which sources differ from what was read.
    pub(super) changed: Vec<SourceId>,
}

/// Applies what is as safe as `safety` asks, until nothing is left to apply. `judge` says what is wrong with some texts,
/// as far as the run is about it.
pub(super) fn repair(
    sources: &Sources,
    safety: Safety,
    judge: impl for<'s> Fn(&'s Sources, &Settings) -> Result<Report<'s>, Error>,
    settings: &Settings,
) -> Result<Repaired, Error> {
    let mut repaired = Repaired {
        sources: copy(sources, &BTreeMap::new()),
        fixes: 0,
        changed: Vec::new(),
    };
    let mut earlier: Option<(Sources, usize, usize)> = None;
    for round in 0..=ROUNDS {
        let report = judge(&repaired.sources, settings)?;
        let unread = unread(&report);
        if let Some((before, fixes, limit)) = earlier.take()
            && unread > limit
        {
            // What does not parse any more is worse than what was wrong.
            (repaired.sources, repaired.fixes) = (before, fixes);
            break;
        }
        let fixes = chosen(&report, safety);
        if fixes.is_empty() || round == ROUNDS {
            break;
        }
        let fixed = copy(&repaired.sources, &apply(&repaired.sources, &fixes));
        let before = std::mem::replace(&mut repaired.sources, fixed);
        earlier = Some((before, repaired.fixes, unread));
        repaired.fixes += fixes.len();
    }
    let pairs = sources.iter().zip(repaired.sources.iter());
    let changed = pairs.filter(|((_, old), (_, new))| old.bytes() != new.bytes());
    repaired.changed = changed.map(|((id, _), _)| id).collect();
    Ok(repaired)
}

/// How many documents do not parse.
fn unread(report: &Report<'_>) -> usize {
    let counts = report.statistics();
    counts
        .get("unreadable-document")
        .copied()
        .unwrap_or_default()
}

/// The fixes of one round, in the order of the report: none twice, none in the way of an earlier one.
fn chosen(report: &Report<'_>, safety: Safety) -> Vec<Fix> {
    let fixes = report
        .findings
        .iter()
        .filter_map(|reported| reported.finding.fix.as_ref());
    let wanted = fixes.filter(|fix| fix.safety == Safety::Safe || safety == Safety::Unsafe);
    let mut chosen: Vec<Fix> = Vec::new();
    for fix in wanted {
        let taken = || chosen.iter().flat_map(|earlier| &earlier.edits);
        let is_free = fix
            .edits
            .iter()
            .all(|edit| taken().all(|other| are_apart(edit, other)));
        if is_free {
            chosen.push(fix.clone());
        }
    }
    chosen
}

/// Whether both edits can be made: two insertions at one place would stand in an order that nobody chose.
fn are_apart(one: &Edit, other: &Edit) -> bool {
    let (a, b) = (one.span, other.span);
    a.source != b.source
        || a.end < b.start
        || b.end < a.start
        || a.end == b.start && a != b && b.start != b.end && a.start != a.end
}

/// The new text of every source that `fixes` change.
fn apply(sources: &Sources, fixes: &[Fix]) -> BTreeMap<SourceId, String> {
    let mut edits: Vec<&Edit> = fixes.iter().flat_map(|fix| &fix.edits).collect();
    edits.sort_by_key(|edit| std::cmp::Reverse(edit.span));
    let mut texts: BTreeMap<SourceId, String> = BTreeMap::new();
    for edit in edits {
        let source = sources.get(edit.span.source);
        let Some(whole) = source.text() else { continue };
        let text = texts
            .entry(edit.span.source)
            .or_insert_with(|| whole.to_string());
        // From the end to the start, so places before the edit stay what they were.
        text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
    }
    texts
}

fn copy(sources: &Sources, texts: &BTreeMap<SourceId, String>) -> Sources {
    let mut copy = Sources::new();
    for (id, source) in sources.iter() {
        copy.add(match texts.get(&id) {
            Some(text) => Source::new(source.name.clone(), text.clone().into_bytes()),
            None => source.clone(),
        });
    }
    copy
}

impl Repaired {
    /// Writes what changed to the files that it was read from; text from standard input goes to `out`.
    pub(super) fn write(&self, out: &mut dyn Write) -> Result<(), Error> {
        for id in &self.changed {
            let source = self.sources.get(*id);
            match source.name.as_str() {
                "-" => out.write_all(source.bytes())?,
                name => replace(Path::new(name), source.bytes())?,
            }
        }
        Ok(())
    }

    /// Shows what would change, as `diff -u` does.
    pub(super) fn diff(&self, before: &Sources, out: &mut dyn Write) -> Result<(), Error> {
        for id in &self.changed {
            let (old, new) = (before.get(*id), self.sources.get(*id));
            let (Some(old_text), Some(new_text)) = (old.text(), new.text()) else {
                continue;
            };
            let diff = TextDiff::from_lines(&**old_text, &**new_text);
            let mut unified = diff.unified_diff();
            unified.header(&old.name, &new.name);
            write!(out, "{unified}")?;
        }
        Ok(())
    }
}

/// Puts `bytes` in the place of the file at once: whoever reads it sees the old text or the new one.
fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    // A link stays a link.
    let path = path.canonicalize()?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.otel-lint"));
    let result = fs::write(&beside, bytes)
        .and_then(|()| fs::set_permissions(&beside, fs::metadata(&path)?.permissions()))
        .and_then(|()| fs::rename(&beside, &path));
    if result.is_err() {
        // What is left over is of no use.
        let _ = fs::remove_file(&beside);
    }
    Ok(result?)
}
