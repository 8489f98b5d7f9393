use crate::attach::credential::Role;
use crate::certificate::Hash;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "weak-signature",
    severity: Severity::Error,
    page: page!("certificate/weak-signature"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for one in world.attachment.credentials.in_use(world.model) {
        let (Role::Shown(pair), certificate) = (one.role, one.certificate) else {
            continue;
        };
        // Nobody checks the signature of a root.
        if pair.served.is_empty() || certificate.is_self_issued() {
            continue;
        }
        let hash = match certificate.algorithm.hash() {
            Some(Hash::Md5) => "MD5",
            Some(Hash::Sha1) => "SHA-1",
            _ => continue,
        };
        findings
            .at(
                certificate.span,
                format!(
                    "the certificate of `{}` is signed with {hash}",
                    certificate.label()
                ),
            )
            .help(format!(
                "clients say `x509: cannot verify signature: insecure algorithm {}`",
                certificate.algorithm.go_name()
            ))
            .help("have it signed with SHA-256");
    }
}
