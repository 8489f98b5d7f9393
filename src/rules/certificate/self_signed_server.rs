use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "self-signed-server",
    severity: Severity::Warning,
    page: page!("certificate/self-signed-server"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let signatures = &world.attachment.credentials.signatures;
    for pair in &world.attachment.credentials.pairs {
        let (Some(service), Some(leaf)) = (pair.served.first(), pair.leaf(world.model)) else {
            continue;
        };
        if leaf.issued(leaf, signatures) {
            findings
                .at(leaf.span, format!("the certificate of `{}` signed itself", leaf.label()))
                .also(service.said, "this listener shows it")
                .help("issue it by a CA: every client has to be given a new file whenever this one is renewed");
        }
    }
}
