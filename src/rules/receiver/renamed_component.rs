use super::standings;
use crate::finding::Findings;
use crate::finding::Safety;
use crate::model::collector::component::Standing;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "renamed-component",
    severity: Severity::Warning,
    page: page!("receiver/renamed-component"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for one in standings(world) {
        let (role, id) = (one.role, one.id);
        let image = one
            .image
            .map(|image| (image, "the image that runs it".to_owned()));
        match one.standing {
            Standing::Renamed { current, since } => {
                let finding = findings.at(
                    id.span,
                    format!(
                        "the {role} `{}` is called `{current}` since 0.{since}",
                        id.kind
                    ),
                );
                finding.also.extend(image);
                finding.help("the old name still works, and will go");
                finding.fix = one.rename(world, current, Safety::Safe);
            }
            Standing::TooNew { former, since } => {
                let minor = one.build.minor.unwrap_or_default();
                let finding = findings.at(
                    id.span,
                    format!(
                        "0.{minor} does not know the {role} `{}`: it has that name since 0.{since}",
                        id.kind
                    ),
                );
                finding.also.extend(image);
                finding
                    .help(format!("call it `{former}`, or take a newer image"))
                    .severity(Severity::Error);
                finding.fix = one.rename(world, former, Safety::Unsafe);
            }
            _ => {}
        }
    }
}
