use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "ca-as-leaf",
    severity: Severity::Warning,
    page: page!("certificate/ca-as-leaf"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for pair in &world.attachment.credentials.pairs {
        let Some(service) = pair.served.first() else {
            continue;
        };
        if let Some(leaf) = pair.leaf(world.model).filter(|leaf| leaf.is_ca()) {
            findings
                .at(leaf.span, format!("the certificate of `{}` is a CA and serves a listener", leaf.label()))
                .also(service.said, "this listener shows it")
                .help("issue a certificate with `CA:FALSE` for the server; who takes this key may issue any other");
        }
    }
}
