use crate::finding::Findings;
use crate::model::collector::value::Value;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

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
            walk(&run.collector.root, findings);
        }
    }
}

fn walk(value: &Value, findings: &mut Findings) {
    if let Some(name) = value.phrase().and_then(|phrase| phrase.bare_variable()) {
        findings
            .at(
                value.span,
                format!("`${name}` is taken as it is written, no variable is filled in"),
            )
            .help(format!(
                "write `${{env:{name}}}`; for a literal `$` write `$$`"
            ));
    }
    // Hashes of passwords hold dollars and capitals.
    let entries = value
        .entries()
        .iter()
        .filter(|entry| !matches!(entry.key.as_str(), "inline" | "password"));
    entries.for_each(|entry| walk(&entry.value, findings));
    value.items().iter().for_each(|item| walk(item, findings));
}
