use crate::attach::usage::Use;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "wide-grant",
    severity: Severity::Warning,
    page: page!("route/wide-grant"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for (grant, facts) in world.model.grants.iter().zip(&world.attachment.grants) {
        let namespace = grant.object.namespace();
        for to in &grant.to {
            if !to.name().is_empty() || to.kind_or("") != "Secret" {
                continue;
            }
            let message =
                format!("this grant opens every Secret of `{namespace}`, private keys included");
            let finding = findings.at(to.kind.as_ref().map_or(to.span, |kind| kind.span), message);
            let names: Vec<_> = facts.names.iter().map(|name| format!("`{name}`")).collect();
            match names.as_slice() {
                [] => finding.help("name the Secret that is needed: `name`"),
                names => finding.help(format!("name what is asked for: {}", names.join(", "))),
            };
        }
        // One without any use is `unused-grant`'s.
        if !facts.from.contains(&Use::Used) {
            continue;
        }
        for (from, used) in grant.from.iter().zip(&facts.from) {
            if *used != Use::Unused {
                continue;
            }
            let message = format!(
                "no {} in `{}` asks for what this grant opens to it",
                from.kind_or(""),
                from.namespace_or("")
            );
            let span = from.namespace.as_ref().map_or(from.span, |own| own.span);
            findings
                .at(span, message)
                .help("take this entry out; another one of the grant is used");
        }
    }
}
