use crate::attach::profile::Profile;
use crate::attach::profile::UnknownOption;
use crate::finding::Findings;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Assume;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unknown-tls-option",
    severity: Severity::Error,
    page: page!("gateway/unknown-tls-option"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for facts in &world.attachment.listeners {
        let profile = world.attachment.gateways[facts.gateway].profile;
        let Some(tls) = &facts.written(world.model).tls else {
            continue;
        };
        if !profile.is_known() {
            continue;
        }
        for option in tls
            .options
            .iter()
            .filter(|option| !profile.reads_option(&option.key, &world.settings.assume))
        {
            let asks = option.key.ends_with("/tls-terminate-mode");
            let finding = match profile.unknown_option {
                UnknownOption::Refused => findings.at(
                    option.key.span,
                    format!(
                        "{} refuses a listener with the option `{}`",
                        profile.name, option.key
                    ),
                ),
                UnknownOption::Ignored if asks => findings.at(
                    option.key.span,
                    format!(
                        "{} does not read `{}`: no client certificate is asked for",
                        profile.name, option.key
                    ),
                ),
                _ => continue,
            };
            world.show_class(finding, facts.gateway);
            if asks {
                finding.help(profile.mechanism);
            } else {
                finding.help(format!(
                    "{} reads {}",
                    profile.name,
                    quoted(profile, &world.settings.assume)
                ));
            }
        }
    }
}

/// The options that it reads: `a`, `b`.
fn quoted(profile: &Profile, assume: &Assume) -> String {
    let options = profile.options.iter().map(|(key, _)| *key);
    let options = options.filter(|key| profile.reads_option(key, assume));
    let options: Vec<_> = options.map(|key| format!("`{key}`")).collect();
    options.join(", ")
}
