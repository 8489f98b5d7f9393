use crate::certificate::public_root;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "public-client-ca",
    severity: Severity::Error,
    page: page!("certificate/public-client-ca"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for bundle in &world.attachment.credentials.bundles {
        let certificates = bundle.certificates(world.model);
        let mut public = certificates.filter_map(|one| Some((one, public_root(&one.public_key)?)));
        let Some((first, name)) = public.next() else {
            continue;
        };
        let more = public.count();
        let words = match more {
            0 => format!("clients of the public CA `{name}` are admitted"),
            more => format!("clients of the public CA `{name}` and of {more} more are admitted"),
        };
        findings
            .at(first.span, words)
            .also(bundle.said, "clients are admitted by it")
            .help("trust only the CA that issues your clients: anybody can get a certificate from a public one");
    }
}
