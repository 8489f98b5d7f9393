use crate::attach::listener::Clients;
use crate::finding::Findings;
use crate::finding::Fix;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "unknown-tls-mode",
    severity: Severity::Error,
    page: page!("gateway/unknown-tls-mode"),
    check,
};

/// Every mode, also those that not every version knows.
const MODES: &[&str] = &["MUTUAL", "OPTIONAL_MUTUAL", "ISTIO_MUTUAL", "ISTIO_SIMPLE"];

fn check(world: &World<'_>, findings: &mut Findings) {
    for facts in &world.attachment.listeners {
        let profile = world.attachment.gateways[facts.gateway].profile;
        let (Clients::Unheeded { said }, Some(key)) = (&facts.clients, profile.terminate_mode)
        else {
            continue;
        };
        let tls = facts.written(world.model).tls.iter();
        let mut options = tls.flat_map(|tls| &tls.options);
        // Whoever writes `SIMPLE` gets what is written.
        let Some(option) = options.find(|option| {
            option.key.value == key && option.value.span == *said && option.value.value != "SIMPLE"
        }) else {
            continue;
        };
        let (name, mode) = (profile.name, &option.value);
        let is_mode = MODES.contains(&mode.as_str());
        let version = (profile.version)(&world.settings.assume).filter(|_| is_mode);
        let who = match version {
            Some(version) => format!("{name} {version}"),
            None => name.to_owned(),
        };
        let message =
            format!("{who} takes `{mode}` for `SIMPLE`: no client certificate is asked for");
        let finding = findings.at(*said, message);
        world.show_class(finding, facts.gateway);
        match version {
            Some(_) => finding.help(
                "newer versions know this mode: update, or demand a certificate with `MUTUAL`",
            ),
            None => finding
                .help("did you mean `MUTUAL`? the modes are written in capitals")
                .fix(Fix::replace(*said, "MUTUAL")),
        };
    }
}
