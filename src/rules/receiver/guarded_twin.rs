use crate::finding::Findings;
use crate::model::collector::receiver::Server;
use crate::model::run::Run;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "guarded-twin",
    severity: Severity::Warning,
    page: page!("receiver/guarded-twin"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    let runs = world.model.runs.iter();
    let receivers = runs.flat_map(|run| {
        let receivers = run.collector.running_receivers();
        receivers.map(move |receiver| (run, receiver))
    });
    for (run, receiver) in receivers {
        let [first, second] = receiver.servers.as_slice() else {
            continue;
        };
        for (guarded, bare) in [(first, second), (second, first)] {
            let Some(auth) = guarded.auth.given() else {
                continue;
            };
            if is_bare(bare) && auth.authenticator.is_some() && !is_own(run, bare) {
                findings
                    .at(
                        bare.span,
                        format!(
                            "`{}` of the receiver `{}` takes telemetry from anybody, `{}` asks for credentials",
                            bare.transport.as_str(),
                            receiver.id.value,
                            guarded.transport.as_str()
                        ),
                    )
                    .also(auth.span, "the guard of the other port")
                    .help("give both ports the same `auth`, or close the one that nobody uses");
            }
        }
    }
}

/// Whether only the own machine reaches the port.
fn is_own(run: &Run, server: &Server) -> bool {
    let listens = match run.collector.is_operated() {
        true => server.listens_in_operator(),
        false => server.listens(run.build.minor),
    };
    listens.is_ok_and(|listen| listen.host.is_loopback() == Some(true))
}

/// Whether anybody may send: neither credentials nor a client certificate are asked for.
fn is_bare(server: &Server) -> bool {
    use crate::model::collector::section::Presence;

    let certificates = server
        .tls
        .given()
        .is_some_and(|tls| tls.client_ca_file.is_some());
    !certificates && matches!(server.auth, Presence::Absent)
}
