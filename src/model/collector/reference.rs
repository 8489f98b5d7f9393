//! Extensions that components ask for by name: resolved only when the Collector starts, against those that it has
//! started (collector, config/configauth/configauth.go, exporter/exporterhelper). `otelcol validate` never looks.

use super::Collector;
use super::id::ComponentId;
use super::id::Role;
use super::receiver::Transport;
use super::section::id_at;
use super::value::Value;
use crate::source::Span;
use crate::source::Spanned;

/// One such reference.
#[derive(Clone, Debug, PartialEq)]
pub struct Asking {
    /// What is asked for.
    pub purpose: Purpose,
    /// The component that asks.
    pub role: Role,
    /// Its id.
    pub component: Spanned<ComponentId>,
    /// gRPC or HTTP, where that is known.
    pub transport: Option<Transport>,
    /// The extension.
    pub extension: Spanned<ComponentId>,
}

/// What an extension is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// `auth.authenticator`
    Authenticator,
    /// `additional_auth` of headers_setter
    AdditionalAuthenticator,
    /// `middlewares[].id`
    Middleware,
    /// `sending_queue.storage`
    Storage,
}

impl Purpose {
    /// The word for such an extension.
    #[must_use]
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Authenticator | Self::AdditionalAuthenticator => "authenticator",
            Self::Middleware => "middleware",
            Self::Storage => "storage",
        }
    }
}

impl Collector {
    /// The references to extensions of components that run, or may: the others are never built.
    pub fn live_askings(&self) -> impl Iterator<Item = Asking> {
        let askings = self.askings().into_iter();
        askings.filter(|asking| self.may_run(asking.role, &asking.component.value))
    }

    /// Every reference to an extension, component by component.
    #[must_use]
    pub fn askings(&self) -> Vec<Asking> {
        let asks = |role| matches!(role, Role::Receiver | Role::Exporter | Role::Extension);
        let mut askings = Vec::new();
        for (role, id, body) in self.components().filter(|(role, ..)| asks(*role)) {
            let transport = match (role, id.kind.as_str()) {
                (Role::Exporter, "otlp" | "otlp_grpc" | "loadbalancing" | "load_balancing") => {
                    Some(Transport::Grpc)
                }
                (Role::Exporter, "otlphttp" | "otlp_http") => Some(Transport::Http),
                _ => None,
            };
            Walk {
                role,
                component: id,
                askings: &mut askings,
            }
            .body(body, transport);
        }
        askings
    }

    /// Whether `id` is defined, or may be where we do not see.
    #[must_use]
    pub fn may_define_extension(&self, id: &ComponentId) -> bool {
        self.extension(id).is_some() || self.extensions_open
    }

    /// Every place that names the component: its key, and where pipelines, `service.extensions` and other components
    /// ask for it.
    #[must_use]
    pub fn mentions(&self, role: Role, id: &Spanned<ComponentId>) -> Vec<Span> {
        let pipelines = &self.pipelines;
        let askings = self.askings();
        let names: Vec<&Spanned<ComponentId>> = match role {
            Role::Receiver => pipelines.iter().flat_map(|one| &one.receivers).collect(),
            Role::Processor => pipelines.iter().flat_map(|one| &one.processors).collect(),
            Role::Exporter => pipelines.iter().flat_map(|one| &one.exporters).collect(),
            Role::Connector => pipelines
                .iter()
                .flat_map(|one| one.receivers.iter().chain(&one.exporters))
                .collect(),
            Role::Extension => {
                let asked = askings.iter().map(|asking| &asking.extension);
                self.started.iter().chain(asked).collect()
            }
        };
        let names = names.into_iter().filter(|name| name.value == id.value);
        let mut spans: Vec<Span> = names.map(|name| name.span).collect();
        spans.push(id.span);
        spans.sort_unstable();
        spans.dedup();
        spans
    }

    /// Whether `id` is started, or may be where we do not see.
    #[must_use]
    pub fn may_start(&self, id: &ComponentId) -> bool {
        self.extensions_open || self.started.iter().any(|started| started.value == *id)
    }
}

struct Walk<'c> {
    role: Role,
    component: &'c Spanned<ComponentId>,
    askings: &'c mut Vec<Asking>,
}

impl Walk<'_> {
    fn body(&mut self, body: &Value, transport: Option<Transport>) {
        for entry in body.entries() {
            let value = &entry.value;
            match entry.key.as_str() {
                "auth" => self.push(Purpose::Authenticator, value, "authenticator", transport),
                "sending_queue" => self.push(Purpose::Storage, value, "storage", transport),
                "middlewares" => {
                    for item in value.items() {
                        self.push(Purpose::Middleware, item, "id", transport);
                    }
                }
                "grpc" => self.body(value, Some(Transport::Grpc)),
                "http" => self.body(value, Some(Transport::Http)),
                "protocols" | "protocol" | "otlp" => self.body(value, transport),
                _ => {}
            }
        }
        if self.role == Role::Extension && self.component.kind == "headers_setter" {
            self.push(
                Purpose::AdditionalAuthenticator,
                body,
                "additional_auth",
                transport,
            );
        }
    }

    fn push(&mut self, purpose: Purpose, parent: &Value, key: &str, transport: Option<Transport>) {
        if let Some(extension) = id_at(parent, key) {
            self.askings.push(Asking {
                purpose,
                role: self.role,
                component: self.component.clone(),
                transport,
                extension,
            });
        }
    }
}
