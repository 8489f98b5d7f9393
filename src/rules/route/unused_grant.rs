use crate::attach::usage::Use;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unused-grant",
    severity: Severity::Note,
    page: page!("route/unused-grant"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for (grant, facts) in world.model.grants.iter().zip(&world.attachment.grants) {
        let is_unused = facts.from.iter().all(|used| *used == Use::Unused);
        if is_unused && !facts.from.is_empty() {
            findings
                .at(
                    grant.object.name_span(),
                    "nothing asks for what this grant allows",
                )
                .help("take it out, so that nobody uses it later without a second look");
        }
    }
}
