//! Targets from other services that keep lists of them (prometheus, discovery/).

use super::client::CLIENT;
use super::client::TLS;
use super::discovery::PORT;
use super::discovery::REFRESH;
use super::discovery::http_url;
use super::grammar::Field;
use super::grammar::Struct;
use super::grammar::TEXTS;
use super::grammar::Takes::Bool;
use super::grammar::Takes::List;
use super::grammar::Takes::Parsed;
use super::grammar::Takes::Struct as Inner;
use super::grammar::field;
use super::grammar::secret;
use super::grammar::structure;
use super::grammar::text;
use super::table::DURATION;
use super::text as parse;
use super::view::Reading;
use super::view::View;
use super::view::scalar;
use crate::model::collector::value::Value;

/// The keys of a job under which they stand.
pub(super) static SERVICES: Struct = structure(
    "",
    &[
        field(
            "docker_sd_configs",
            List("[]*moby.DockerSDConfig", &Inner(&DOCKER)),
        ),
        field(
            "dockerswarm_sd_configs",
            List("[]*moby.DockerSwarmSDConfig", &Inner(&SWARM)),
        ),
        field(
            "eureka_sd_configs",
            List("[]*eureka.SDConfig", &Inner(&EUREKA)),
        ),
        field(
            "marathon_sd_configs",
            List("[]*marathon.SDConfig", &Inner(&MARATHON)),
        ),
        field(
            "nomad_sd_configs",
            List("[]*nomad.SDConfig", &Inner(&NOMAD)),
        ),
        field(
            "openstack_sd_configs",
            List("[]*openstack.SDConfig", &Inner(&OPENSTACK)),
        ),
        field(
            "puppetdb_sd_configs",
            List("[]*puppetdb.SDConfig", &Inner(&PUPPETDB)),
        ),
        field(
            "nerve_sd_configs",
            List("[]*zookeeper.NerveSDConfig", &Inner(&NERVE)),
        ),
        field(
            "serverset_sd_configs",
            List("[]*zookeeper.ServersetSDConfig", &Inner(&SERVERSET)),
        ),
    ],
);

static DOCKER_FILTER: Struct = structure("moby.Filter", &[text("name"), field("values", TEXTS)]);

static DOCKER: Struct = structure(
    "moby.plain",
    &[
        text("host"),
        PORT,
        field("filters", List("[]moby.Filter", &Inner(&DOCKER_FILTER))),
        text("host_networking_host"),
        field("match_first_network", Bool),
        REFRESH,
    ],
)
.with(&[&CLIENT])
.checked(host);

static SWARM: Struct = structure(
    "moby.plain",
    &[
        text("host"),
        text("role"),
        PORT,
        field("filters", List("[]moby.Filter", &Inner(&DOCKER_FILTER))),
        REFRESH,
    ],
)
.with(&[&CLIENT])
.checked(|swarm, reading| {
    host(swarm, reading);
    swarm.required(
        "role",
        "role missing (one of: tasks, services, nodes)",
        reading,
    );
    let role = swarm.text_or("role", "").unwrap_or_default();
    if !["", "tasks", "services", "nodes"].contains(&role.as_ref()) {
        let said = format!("invalid role {role}, expected tasks, services, or nodes");
        reading.value(
            swarm.at("role"),
            "`role` takes `tasks`, `services` or `nodes`",
            said,
        );
    }
});

fn host(docker: &View<'_>, reading: &mut Reading<'_>) {
    docker.required("host", "host missing", reading);
    docker.parsed("host", parse::url, reading);
}

static EUREKA: Struct = structure("eureka.plain", &[text("server"), REFRESH])
    .with(&[&CLIENT])
    .checked(|eureka, reading| {
        eureka.required("server", "eureka_sd: empty or null eureka server", reading);
        eureka.whole_url("server", "eureka_sd: invalid eureka server URL", reading);
    });

static MARATHON: Struct = structure(
    "marathon.plain",
    &[
        field("servers", TEXTS),
        secret("auth_token"),
        text("auth_token_file"),
        REFRESH,
    ],
)
.with(&[&CLIENT])
.checked(|marathon, reading| {
    if marathon.is_empty("servers") {
        let said = "marathon_sd: must contain at least one Marathon server";
        reading.absent(marathon.key("servers"), "no `servers` are given", said);
    }
    let said = "marathon_sd: at most one of auth_token & auth_token_file must be configured";
    marathon.at_most_one(&["auth_token", "auth_token_file"], said, reading);
});

static NOMAD: Struct = structure(
    "nomad.plain",
    &[
        field("allow_stale", Bool),
        text("namespace"),
        text("region"),
        text("server"),
        text("tag_separator"),
        REFRESH,
    ],
)
.with(&[&CLIENT]);

static OPENSTACK: Struct = structure(
    "openstack.plain",
    &[
        text("identity_endpoint"),
        text("username"),
        text("userid"),
        secret("password"),
        text("project_name"),
        text("project_id"),
        text("domain_name"),
        text("domain_id"),
        text("application_credential_name"),
        text("application_credential_id"),
        secret("application_credential_secret"),
        field(
            "role",
            Parsed("string", |role| {
                let message = "takes `instance`, `hypervisor` or `loadbalancer`";
                parse::one_of(
                    role,
                    &["instance", "hypervisor", "loadbalancer"],
                    message,
                    |role| format!("unknown OpenStack SD role \"{role}\""),
                )
            }),
        ),
        text("region"),
        PORT,
        field("all_tenants", Bool),
        field("tls_config", Inner(&TLS)),
        text("availability"),
        REFRESH,
    ],
)
.checked(|openstack, reading| {
    let said = "role missing (one of: instance, hypervisor, loadbalancer)";
    openstack.required("role", said, reading);
    let availability = openstack
        .text_or("availability", "public")
        .unwrap_or("public".into());
    if !["public", "internal", "admin"].contains(&availability.as_ref()) {
        let said = format!(
            "unknown availability {availability}, must be one of admin, internal or public"
        );
        let message = "`availability` takes `public`, `internal` or `admin`";
        reading.value(openstack.at("availability"), message, said);
    }
    openstack.required(
        "region",
        "openstack SD configuration requires a region",
        reading,
    );
});

static PUPPETDB: Struct = structure(
    "puppetdb.plain",
    &[
        text("url"),
        text("query"),
        field("include_parameters", Bool),
        PORT,
        REFRESH,
    ],
)
.with(&[&CLIENT])
.checked(|puppetdb, reading| {
    http_url(puppetdb, reading);
    puppetdb.required("query", "query missing", reading);
});

static NERVE: Struct = structure("zookeeper.plain", ZOOKEEPER).checked(|nerve, reading| {
    zookeeper("nerve", nerve, reading);
});

static SERVERSET: Struct = structure("zookeeper.plain", ZOOKEEPER).checked(|serverset, reading| {
    zookeeper("serverset", serverset, reading);
});

const ZOOKEEPER: &[Field] = &[
    field("servers", TEXTS),
    field("paths", TEXTS),
    field("timeout", DURATION),
];

fn zookeeper(kind: &str, view: &View<'_>, reading: &mut Reading<'_>) {
    for (key, what) in [("servers", "Zookeeper server"), ("paths", "path")] {
        if view.is_empty(key) {
            let said = format!("{kind} SD config must contain at least one {what}");
            reading.absent(view.key(key), format!("no `{key}` are given"), said);
        }
    }
    for path in view.get("paths").map(Value::items).unwrap_or_default() {
        if let Some(text) = scalar(path).filter(|text| !text.starts_with('/')) {
            let said = format!("{kind} SD config paths must begin with '/': {text}");
            reading.value(path.span, "a path begins with `/`", said);
        }
    }
}
