use crate::finding::Findings;
use crate::model::collector::credential;
use crate::model::collector::credential::Password;
use crate::model::collector::extension::Authenticator;
use crate::model::collector::extension::Told;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "newline-in-credentials",
    severity: Severity::Error,
    page: page!("exporter/newline-in-credentials"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for collector in world.model.runs.iter().map(|run| &run.collector) {
        for exporter in &collector.exporters {
            for header in exporter.client.iter().flat_map(|client| &client.headers) {
                let Some(value) = header
                    .value
                    .known()
                    .filter(|_| header.name.eq_ignore_ascii_case("authorization"))
                else {
                    continue;
                };
                if credential::basic(value).is_some_and(|basic| basic.password.ends_in_newline()) {
                    findings
                        .at(header.value.span, "the password in this header ends in a line break")
                        .help("`echo` put it there: encode with `printf '%s' 'user:password' | base64`");
                }
            }
        }
        for extension in &collector.extensions {
            let Some(Authenticator::BasicClient {
                password: Some(Told::Text(password)),
                ..
            }) = &extension.authenticator
            else {
                continue;
            };
            if Password::of(password).is_some_and(|known| known.ends_in_newline()) {
                findings
                    .at(password.span, "the password ends in a line break")
                    .help("write it on the line of its key, or with `|-`");
            }
        }
    }
}
