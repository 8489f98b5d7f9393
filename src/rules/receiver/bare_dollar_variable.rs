use crate::finding::Edit;
use crate::finding::Findings;
use crate::finding::Fix;
use crate::finding::Safety;
use crate::model::collector::value::Value;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    name: "bare-dollar-variable",
    severity: Severity::Warning,
    page: page!("receiver/bare-dollar-variable"),
    check,
};

/// The first version in which `$VAR` is literal (collector, CHANGELOG 0.104.0).
const LITERAL_SINCE: u16 = 104;

fn check(world: &World<'_>, findings: &mut Findings) {
    for run in &world.model.runs {
        if run.build.minor.is_none_or(|minor| minor >= LITERAL_SINCE) {
            walk(world, &run.collector.root, findings);
        }
    }
}

fn walk(world: &World<'_>, value: &Value, findings: &mut Findings) {
    if let Some(name) = value.phrase().and_then(|phrase| phrase.bare_variable()) {
        let finding = findings
            .at(
                value.span,
                format!("`${name}` is taken as it is written, no variable is filled in"),
            )
            .help(format!(
                "write `${{env:{name}}}`; for a literal `$` write `$$`"
            ));
        finding.fix = fill_in(world, value.span, name);
    }
    // Hashes of passwords hold dollars and capitals, and replacements of patterns name groups so.
    let entries = value
        .entries()
        .iter()
        .filter(|entry| !matches!(entry.key.as_str(), "inline" | "password" | "replacement"));
    entries.for_each(|entry| walk(world, &entry.value, findings));
    value
        .items()
        .iter()
        .for_each(|item| walk(world, item, findings));
}

/// Has the variable filled in; a brace would end a mapping in braces, so there it is left to people.
fn fill_in(world: &World<'_>, span: Span, name: &str) -> Option<Fix> {
    let line = world
        .sources
        .get(span.source)
        .line(world.sources.start(span).line - 1)?;
    let lead = world
        .sources
        .slice(Span::new(span.source, line.start..span.start));
    if lead.contains(['{', '[']) {
        return None;
    }
    let variable = format!("${{env:{name}}}");
    let edit = Edit::within(world.sources, span, &format!("${name}"), &variable)?;
    Some(Fix::one(
        format!("write `{variable}`"),
        Safety::Unsafe,
        edit,
    ))
}
