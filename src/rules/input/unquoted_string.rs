use crate::finding::Edit;
use crate::finding::Findings;
use crate::finding::Fix;
use crate::finding::Safety;
use crate::problem::ProblemKind;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    name: "unquoted-string",
    severity: Severity::Error,
    page: page!("input/unquoted-string"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for problem in world.model.problems_of(ProblemKind::UnquotedString) {
        findings.report(problem).fix(quotes(problem.span));
    }
    for problem in world.model.problems_of(ProblemKind::UnquotedSetting) {
        let finding = findings.report(problem);
        // Read in Istio's code, not run.
        finding.severity(Severity::Warning);
        finding.fix(quotes(problem.span));
    }
}

/// Two insertions instead of a replacement: the value, which may be a password, is not repeated.
fn quotes(span: Span) -> Fix {
    let quote = |at: u32| Edit {
        span: Span::new(span.source, at..at),
        text: "\"".to_owned(),
    };
    Fix {
        title: "put quotes around it".to_owned(),
        safety: Safety::Safe,
        edits: vec![quote(span.start), quote(span.end)],
    }
}
