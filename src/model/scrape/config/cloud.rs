//! Targets from the interfaces of clouds (prometheus, discovery/).

use super::client::CLIENT;
use super::client::TLS;
use super::discovery::AMAZON;
use super::discovery::FILTER;
use super::discovery::PORT;
use super::discovery::REFRESH;
use super::grammar::Field;
use super::grammar::Struct;
use super::grammar::TEXTS;
use super::grammar::Takes;
use super::grammar::Takes::Int;
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

/// The keys of a job under which they stand.
pub(super) static CLOUDS: Struct = structure(
    "",
    &[
        field("aws_sd_configs", List("[]*aws.SDConfig", &Inner(&AWS))).since(140),
        field(
            "ecs_sd_configs",
            List("[]*aws.ECSSDConfig", &Inner(&CLUSTERS)),
        )
        .since(140),
        field(
            "elasticache_sd_configs",
            List("[]*aws.ElasticacheSDConfig", &Inner(&CLUSTERS)),
        )
        .since(140),
        field(
            "msk_sd_configs",
            List("[]*aws.MSKSDConfig", &Inner(&CLUSTERS)),
        )
        .since(140),
        field("rds_sd_configs", List("[]*aws.RDSSDConfig", &Inner(&RDS))).since(140),
        field(
            "digitalocean_sd_configs",
            List("[]*digitalocean.SDConfig", &Inner(&DIGITALOCEAN)),
        ),
        field(
            "hetzner_sd_configs",
            List("[]*hetzner.SDConfig", &Inner(&HETZNER)),
        ),
        field(
            "ionos_sd_configs",
            List("[]*ionos.SDConfig", &Inner(&IONOS)),
        ),
        field("kuma_sd_configs", List("[]*xds.SDConfig", &Inner(&KUMA))),
        field(
            "linode_sd_configs",
            List("[]*linode.SDConfig", &Inner(&LINODE)),
        ),
        field(
            "outscale_sd_configs",
            List("[]*outscale.SDConfig", &Inner(&OUTSCALE)),
        )
        .since(140),
        field(
            "ovhcloud_sd_configs",
            List("[]*ovhcloud.SDConfig", &Inner(&OVHCLOUD)),
        ),
        field(
            "scaleway_sd_configs",
            List("[]*scaleway.SDConfig", &Inner(&SCALEWAY)),
        ),
        field(
            "stackit_sd_configs",
            List("[]*stackit.SDConfig", &Inner(&STACKIT)),
        )
        .since(117),
        field(
            "triton_sd_configs",
            List("[]*triton.SDConfig", &Inner(&TRITON)),
        ),
        field(
            "uyuni_sd_configs",
            List("[]*uyuni.SDConfig", &Inner(&UYUNI)),
        ),
        field(
            "vultr_sd_configs",
            List("[]*vultr.SDConfig", &Inner(&VULTR)),
        ),
    ],
);

const FILTERS: Field = field("filters", List("[]*aws.Filter", &ONE_FILTER));

static ONE_FILTER: Takes = Inner(&FILTER);

static AWS: Struct = structure(
    "aws.plain",
    &[field("role", AWS_ROLE), field("clusters", TEXTS), FILTERS],
)
.with(&[&AMAZON, &CLIENT])
.checked(|aws, reading| aws.required("role", "unknown AWS SD role \"\"", reading));

const AWS_ROLE: Takes = Parsed("string", |role| {
    let known = &["ec2", "ecs", "elasticache", "lightsail", "msk", "rds"];
    let message = "takes one of `ec2`, `ecs`, `elasticache`, `lightsail`, `msk`, `rds`";
    parse::one_of(role, known, message, |role| {
        format!("unknown AWS SD role \"{role}\"")
    })
});

static CLUSTERS: Struct = structure(
    "aws.plain",
    &[
        field("clusters", TEXTS),
        field("request_concurrency", Int("int")),
    ],
)
.with(&[&AMAZON, &CLIENT]);

static RDS: Struct = structure("aws.plain", &[FILTERS]).with(&[&CLUSTERS]);

static DIGITALOCEAN: Struct = structure(
    "digitalocean.plain",
    &[
        field(
            "role",
            Parsed("string", |role| {
                parse::one_of(
                    role,
                    &["droplets", "databases"],
                    "takes `droplets` or `databases`",
                    |role| format!("unknown DigitalOcean SD role \"{role}\""),
                )
            }),
        )
        .since(140),
        PORT,
        REFRESH,
    ],
)
.with(&[&CLIENT]);

static HETZNER: Struct = structure(
    "hetzner.plain",
    &[
        field(
            "role",
            Parsed("string", |role| {
                parse::one_of(
                    role,
                    &["robot", "hcloud"],
                    "takes `robot` or `hcloud`",
                    |role| format!("unknown role \"{role}\""),
                )
            }),
        ),
        text("label_selector").since(117),
        PORT,
        REFRESH,
    ],
)
.with(&[&CLIENT])
.checked(|hetzner, reading| {
    hetzner.required("role", "role missing (one of: robot, hcloud)", reading)
});

static IONOS: Struct = structure("ionos.plain", &[text("datacenter_id"), PORT, REFRESH])
    .with(&[&CLIENT])
    .checked(|ionos, reading| {
        ionos.required("datacenter_id", "datacenter id can't be empty", reading)
    });

static KUMA: Struct = structure(
    "xds.plainKumaConf",
    &[
        text("server"),
        text("client_id"),
        field("fetch_timeout", DURATION),
        REFRESH,
    ],
)
.with(&[&CLIENT])
.checked(|kuma, reading| {
    kuma.required("server", "kuma SD server must not be empty: ", reading);
    kuma.whole_url(
        "server",
        "kuma SD server must not be empty and have a scheme: ",
        reading,
    );
});

static LINODE: Struct = structure(
    "linode.plain",
    &[text("region"), text("tag_separator"), PORT, REFRESH],
)
.with(&[&CLIENT]);

static OUTSCALE: Struct = structure(
    "outscale.plain",
    &[
        text("endpoint"),
        text("region"),
        text("access_key"),
        secret("secret_key"),
        text("secret_key_file"),
        PORT,
        REFRESH,
    ],
)
.with(&[&CLIENT])
.checked(|outscale, reading| {
    outscale.required(
        "access_key",
        "outscale SD configuration requires access_key",
        reading,
    );
    secret_key(outscale, reading);
});

/// A secret, or a file that holds it.
fn secret_key(view: &View<'_>, reading: &mut Reading<'_>) {
    let keys = ["secret_key", "secret_key_file"];
    view.at_most_one(
        &keys,
        "at most one of secret_key & secret_key_file must be configured",
        reading,
    );
    if keys.iter().all(|key| view.lacks(key)) {
        let said = "one of secret_key & secret_key_file must be configured";
        reading.absent(view.key("secret_key"), "no `secret_key` is given", said);
    }
}

static OVHCLOUD: Struct = structure(
    "ovhcloud.plain",
    &[
        text("endpoint"),
        text("application_key"),
        secret("application_secret"),
        secret("consumer_key"),
        text("service"),
        REFRESH,
    ],
)
.checked(|ovhcloud, reading| {
    for (key, what) in [
        ("application_key", "application key"),
        ("application_secret", "application secret"),
        ("consumer_key", "consumer key"),
    ] {
        ovhcloud.required(key, &format!("{what} can not be empty"), reading);
    }
    let Some(service) = ovhcloud.text_or("service", "") else {
        return;
    };
    if !["dedicated_server", "vps"].contains(&service.as_ref()) {
        let said = format!("unknown service: {service}");
        reading.value(
            ovhcloud.at("service"),
            "`service` takes `dedicated_server` or `vps`",
            said,
        );
    }
});

static SCALEWAY: Struct = structure(
    "scaleway.plain",
    &[
        text("project_id"),
        text("api_url"),
        text("zone"),
        text("access_key"),
        secret("secret_key"),
        text("secret_key_file"),
        text("name_filter"),
        field("tags_filter", TEXTS),
        field(
            "role",
            Parsed("string", |role| {
                parse::one_of(
                    role,
                    &["instance", "baremetal"],
                    "takes `instance` or `baremetal`",
                    |role| format!("unknown role \"{role}\""),
                )
            }),
        ),
        PORT,
        REFRESH,
    ],
)
.with(&[&CLIENT])
.checked(|scaleway, reading| {
    scaleway.required(
        "role",
        "role missing (one of: instance, baremetal)",
        reading,
    );
    scaleway.required("project_id", "project_id is mandatory", reading);
    secret_key(scaleway, reading);
    scaleway.required("access_key", "access_key is mandatory", reading);
});

static STACKIT: Struct = structure(
    "stackit.plain",
    &[
        text("project"),
        text("region"),
        text("endpoint"),
        text("private_key"),
        text("private_key_path"),
        text("service_account_key"),
        text("service_account_key_path"),
        text("credentials_file_path"),
        PORT,
        REFRESH,
    ],
)
.with(&[&CLIENT])
.checked(|stackit, reading| {
    stackit.parsed("endpoint", parse::url, reading);
});

static TRITON: Struct = structure(
    "triton.plain",
    &[
        text("account"),
        text("role"),
        text("dns_suffix"),
        text("endpoint"),
        field("groups", TEXTS),
        field("tls_config", Inner(&TLS)),
        field("version", Int("int")),
        PORT,
        REFRESH,
    ],
)
.checked(|triton, reading| {
    let role = triton.text_or("role", "container");
    if role.is_some_and(|role| !["container", "cn"].contains(&role.as_ref())) {
        let said = "triton SD configuration requires role to be 'container' or 'cn'";
        reading.value(triton.at("role"), "`role` takes `container` or `cn`", said);
    }
    for (key, article) in [("account", "an"), ("dns_suffix", "a"), ("endpoint", "an")] {
        let said = format!("triton SD configuration requires {article} {key}");
        triton.required(key, &said, reading);
    }
});

static UYUNI: Struct = structure(
    "uyuni.plain",
    &[
        text("server"),
        text("username"),
        secret("password"),
        text("entitlement"),
        text("separator"),
        REFRESH,
    ],
)
.with(&[&CLIENT])
.checked(|uyuni, reading| {
    uyuni.required(
        "server",
        "Uyuni SD configuration requires server host",
        reading,
    );
    uyuni.parsed("server", parse::url, reading);
    uyuni.required(
        "username",
        "Uyuni SD configuration requires a username",
        reading,
    );
    uyuni.required(
        "password",
        "Uyuni SD configuration requires a password",
        reading,
    );
});

static VULTR: Struct = structure("vultr.plain", &[PORT, REFRESH]).with(&[&CLIENT]);
