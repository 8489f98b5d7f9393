use crate::attach::Absent;
use crate::finding::Findings;
use crate::graph::lack::Lack;
use crate::graph::lack::Needer;
use crate::model::workload::mount::Store;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "missing-secret",
    severity: Severity::Error,
    page: page!("certificate/missing-secret"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for lack in &world.graph.lacks {
        match lack.absent {
            Absent::Missing => accuse(lack, findings),
            Absent::Outside => wonder(lack, findings),
        }
    }
}

/// Everything was given, and it is not there.
fn accuse(lack: &Lack, findings: &mut Findings) {
    let (kind, name, namespace) = (lack.store.kind(), &lack.name, &lack.namespace);
    let finding = findings.at(
        lack.said,
        format!(
            "there is no {kind} `{name}` in namespace `{namespace}`: {}",
            outcome(lack.by)
        ),
    );
    for (span, other) in &lack.elsewhere {
        finding.also(*span, format!("one of that name is in namespace `{other}`"));
    }
    finding.help(match lack.by {
        Needer::Volume | Needer::Environment => {
            "create it, or say `optional: true` if the Pod can do without it"
        }
        Needer::Authority | Needer::Backend => {
            "create it, or name the one that holds the authorities"
        }
        Needer::Listener | Needer::Ingress | Needer::Gateway => {
            "create it, or name the one that holds the certificate"
        }
    });
}

/// It need not have been given; but one of that name was, in another namespace.
fn wonder(lack: &Lack, findings: &mut Findings) {
    let Some((span, other)) = lack.elsewhere.first() else {
        return;
    };
    let (kind, name, namespace) = (lack.store.kind(), &lack.name, &lack.namespace);
    let is_reference = matches!(
        lack.by,
        Needer::Listener | Needer::Authority | Needer::Gateway
    );
    findings
        .at(
            lack.said,
            format!("{kind} `{name}` is looked for in namespace `{namespace}`"),
        )
        .severity(Severity::Note)
        .also(*span, format!("the one that was given is in `{other}`"))
        .help(match (is_reference, lack.store) {
            (true, _) => {
                "if it is this one, say `namespace` in the reference and allow it by a ReferenceGrant"
            }
            (false, Store::Secret) => {
                "if it is this one, copy it: nobody reads Secrets of another namespace by this field"
            }
            (false, Store::ConfigMap) => {
                "if it is this one, copy it: nobody reads ConfigMaps of another namespace by this field"
            }
        });
}

/// What becomes of whoever needs it.
const fn outcome(by: Needer) -> &'static str {
    match by {
        Needer::Listener => "the listener is not served",
        Needer::Authority => "clients of this authority are not let in",
        Needer::Gateway => "backends that ask for a certificate refuse the gateway",
        Needer::Backend => "the gateway trusts no backend, and answers with 500",
        Needer::Volume => "the Pod does not start",
        Needer::Environment => "the container does not start",
        Needer::Ingress => "clients are shown the controller's own certificate",
    }
}
