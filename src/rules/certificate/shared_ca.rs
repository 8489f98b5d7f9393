use std::sync::Arc;

use crate::certificate::Question;
use crate::certificate::Trust;
use crate::certificate::Verdict;
use crate::certificate::Verifier;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "shared-ca",
    severity: Severity::Warning,
    page: page!("certificate/shared-ca"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let credentials = &world.attachment.credentials;
    for bundle in &credentials.bundles {
        let trusted: Vec<_> = bundle
            .certificates(world.model)
            .map(|one| Arc::clone(&one.value))
            .collect();
        let verifier = bundle.verifier.unwrap_or(Verifier::EnvoyVerifiesClient);
        for pair in &credentials.pairs {
            let Some(service) = pair
                .served
                .iter()
                .find(|service| service.listener == bundle.listener)
            else {
                continue;
            };
            let chain: Vec<_> = pair
                .certificates(world.model)
                .iter()
                .map(|one| Arc::clone(&one.value))
                .collect();
            let question = Question {
                chain: &chain,
                trust: Trust::Given(&trusted),
                name: None,
                now: world.settings.now,
            };
            if verifier.handshake(&question, &credentials.signatures) != Verdict::Pass {
                continue;
            }
            // One that may only be a client's is a matter of `wrong-usage`.
            if let Some(leaf) = pair
                .leaf(world.model)
                .filter(|leaf| leaf.extensions.allows_serving())
            {
                findings
                    .at(leaf.span, format!("the server's certificate of `{}` would be admitted as a client's", leaf.label()))
                    .also(service.said, "this listener shows it")
                    .also(bundle.said, "and admits clients of the same CA")
                    .help("issue it with `extendedKeyUsage=serverAuth`, or let another CA issue the clients");
            }
        }
    }
}
