use crate::certificate::Key;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "encrypted-key",
    severity: Severity::Error,
    page: page!("certificate/encrypted-key"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for pair in &world.attachment.credentials.pairs {
        if let Some(key) = pair
            .key(world.model)
            .filter(|key| key.value == Key::Encrypted)
        {
            findings
                .at(key.span, "the private key is encrypted")
                .help("decrypt it: `openssl pkey -in FILE -out FILE`; the Secret itself is what protects it");
        }
    }
}
