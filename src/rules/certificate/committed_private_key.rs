use crate::certificate::Key;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "committed-private-key",
    severity: Severity::Warning,
    page: page!("certificate/committed-private-key"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for value in &world.model.pem {
        // What comes over standard input was read from a cluster, not from a repository.
        if world.sources.get(value.span.source).name == "-" {
            continue;
        }
        if let Some(key) = value
            .bundle
            .keys
            .iter()
            .find(|key| matches!(key.value, Key::Public(_)))
        {
            let place = match value.key {
                Some(_) => "manifest",
                None => "file",
            };
            findings
                .at(key.span, format!("a private key stands in this {place}"))
                .help("keep it out of version control: SealedSecret, ExternalSecret, SOPS or cert-manager; and make a new one, as this one is known");
        }
    }
}
