//! The catalogue: groups in the order in which a telemetry byte meets them, then what is attached to the line.

use crate::rule::Rule;

mod input;
mod exporter;
mod gateway;
mod route;
mod service;
mod receiver;
mod certificate;
mod ingress;
mod mesh;

/// Rules that belong to one stop of the line.
pub struct Group {
    /// The folder of its pages under `rules/`.
    pub name: &'static str,
    /// What its rules are about, in a few words.
    pub title: &'static str,
    /// Its rules, in the order of the catalogue.
    pub rules: &'static [&'static Rule],
}

/// Every group, in order.
pub const GROUPS: &[Group] = &[
    Group {
        name: "input",
        title: "what could not be read, or is not what it seems",
        rules: input::RULES,
    },
    Group {
        name: "exporter",
        title: "the client that sends",
        rules: exporter::RULES,
    },
    Group {
        name: "gateway",
        title: "listeners",
        rules: gateway::RULES,
    },
    Group {
        name: "route",
        title: "routes and grants",
        rules: route::RULES,
    },
    Group {
        name: "service",
        title: "Services and workloads",
        rules: service::RULES,
    },
    Group {
        name: "receiver",
        title: "the collector: receivers and pipelines",
        rules: receiver::RULES,
    },
    Group {
        name: "certificate",
        title: "certificates, keys and Secrets",
        rules: certificate::RULES,
    },
    Group {
        name: "ingress",
        title: "Ingress",
        rules: ingress::RULES,
    },
    Group {
        name: "mesh",
        title: "Istio and the scrape ports 15091 and 15092",
        rules: mesh::RULES,
    },
];

/// Every rule, in the order of the catalogue.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    GROUPS.iter().flat_map(|group| group.rules.iter().copied())
}

/// The rule of that name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.name == name)
}
