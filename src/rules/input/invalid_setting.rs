use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::rules;
use crate::schema;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "invalid-setting",
    severity: Severity::Error,
    page: page!("input/invalid-setting"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for problem in &world.settings.problems {
        findings.report(problem);
    }
    for name in &world.settings.named_rules {
        if rules::named(name).is_some() {
            continue;
        }
        let finding = findings.at(
            name.span,
            format!("there is no rule called `{}`", name.value),
        );
        let all = rules::all().map(|rule| rule.name);
        if let Some(near) = all.min_by_key(|known| strsim::damerau_levenshtein(known, name)) {
            finding.help(format!("did you mean `{near}`?"));
        }
    }
    for kind in &world.settings.named_kinds {
        if let Some(near) = schema::near_kind(kind) {
            findings
                .at(kind.span, format!("no kind is called `{}`", kind.value))
                .help(format!("did you mean `{near}`?"));
        }
    }
}
