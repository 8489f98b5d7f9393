use crate::certificate::Key;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unsupported-key",
    severity: Severity::Error,
    page: page!("certificate/unsupported-key"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for pair in &world.attachment.credentials.pairs {
        let key = pair.key(world.model);
        if let Some((key, Key::Unsupported(why))) = key.map(|key| (key, &key.value)) {
            findings
                .at(key.span, format!("the private key cannot be used: {why}"))
                .help("make one that all peers take: `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`");
        }
    }
}
