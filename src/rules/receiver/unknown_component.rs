use super::Judged;
use super::standings;
use crate::finding::Finding;
use crate::finding::Findings;
use crate::finding::Safety;
use crate::model::collector::component::LISTED;
use crate::model::collector::component::Standing;
use crate::model::collector::id::Role;
use crate::model::image::Distribution;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unknown-component",
    severity: Severity::Error,
    page: page!("receiver/unknown-component"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for one in standings(world) {
        let (role, id) = (one.role, one.id);
        match (&one.standing, one.build.distribution) {
            (Standing::Elsewhere(others), Some(own)) => {
                let finding = lacking(&one, own, findings);
                finding.help(holders(others));
                if let Some(minor) = one.build.minor.filter(|minor| minor > LISTED.end()) {
                    finding
                        .help(format!(
                            "so it was in 0.{}, 0.{minor} is newer than what otel-lint knows",
                            LISTED.end()
                        ))
                        .severity(Severity::Warning);
                }
            }
            // What an unlisted version had, or will have, is not known: only a slip of the pen is one in any.
            (Standing::Unheard(near), Some(_))
                if !is_listed(one.build.minor)
                    && !near
                        .as_ref()
                        .is_some_and(|near| is_slip(&id.kind, near, role)) => {}
            (Standing::Unheard(near), Some(own)) => {
                let finding = lacking(&one, own, findings);
                finding
                    .help
                    .extend(near.as_ref().map(|near| format!("did you mean `{near}`?")));
                finding.fix = near
                    .as_ref()
                    .and_then(|near| one.rename(world, near, Safety::Unsafe));
                if !is_listed(one.build.minor) {
                    finding.severity(Severity::Warning);
                }
            }
            // A build of one's own may have anything; only what is plainly misspelt is worth a word.
            (Standing::Unheard(Some(near)), None)
                if one.image.is_none() && is_slip(&id.kind, near, role) =>
            {
                let finding = findings
                    .at(
                        id.span,
                        format!("no official distribution has {} `{}`", role.one(), id.kind),
                    )
                    .help(format!("did you mean `{near}`?"))
                    .severity(Severity::Warning);
                finding.fix = one.rename(world, near, Safety::Unsafe);
            }
            _ => {}
        }
    }
}

/// That the distribution `own` has nothing of this type.
fn lacking<'f>(one: &Judged<'_>, own: Distribution, findings: &'f mut Findings) -> &'f mut Finding {
    let (role, id) = (one.role, one.id);
    let message = format!("{} has no {role} `{}`", own.name(), id.kind);
    let finding = findings.at(id.span, message);
    let image = one
        .image
        .map(|image| (image, "the image that runs it".to_owned()));
    finding.also.extend(image);
    finding
}

/// Which distributions have it, in words.
fn holders(others: &[Distribution]) -> String {
    let names = others.iter().map(|other| format!("`{}`", other.name()));
    match names.collect::<Vec<_>>().as_slice() {
        [] => "no official distribution has it".to_owned(),
        names => format!("{} has it", names.join(" or ")),
    }
}

/// Whether the types of a version are all known; one that is not named may be newer.
fn is_listed(minor: Option<u16>) -> bool {
    minor.is_some_and(|minor| LISTED.contains(&minor))
}

/// One letter off, or the role written behind the type: `prometheusreceiver`.
/// Not an underscore more: that is how newer versions call what there is.
fn is_slip(kind: &str, near: &str, role: Role) -> bool {
    if kind.replace('_', "") == near.replace('_', "") {
        return false;
    }
    strsim::osa_distance(kind, near) <= 1
        || kind
            .strip_prefix(near)
            .is_some_and(|rest| rest.ends_with(role.as_str()))
}
