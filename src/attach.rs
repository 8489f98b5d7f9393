//! Gateway API as controllers do it: which listener serves what, which route attaches where, which references resolve.
//!
//! Facts are indexes into the [`Model`]: `gateway` into `model.gateways`, `route` into `model.routes`, and so on.
//! Sources: Gateway API v1.6, `apis/v1/*_types.go`; what differs by implementation is in [`profile`].

use crate::model::Model;
use crate::settings::Settings;

pub mod credential;
pub mod grant;
pub mod hostname;
pub mod listener;
pub mod profile;
pub mod route;

use credential::Credentials;
use grant::Grants;
use listener::ListenerFacts;
use profile::Profile;
use route::BackendFacts;
use route::ParentFacts;

/// What each controller makes of its listeners and routes.
#[derive(Debug, Default)]
pub struct Attachment {
    /// One entry a Gateway, in the order of the model.
    pub gateways: Vec<GatewayFacts>,
    /// One entry a listener, Gateway by Gateway.
    pub listeners: Vec<ListenerFacts>,
    /// One entry a parentRef, route by route.
    pub parents: Vec<ParentFacts>,
    /// One entry a backendRef, route by route.
    pub backends: Vec<BackendFacts>,
    /// The certificates that listeners show and trust.
    pub credentials: Credentials,
}

/// A Gateway, and who serves it.
#[derive(Debug)]
pub struct GatewayFacts {
    /// Who serves it.
    pub profile: &'static Profile,
    /// Its listeners, as indexes into [`Attachment::listeners`].
    pub listeners: std::ops::Range<usize>,
}

/// Why something that is named was not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// Everything of its kind was given, and it is not there.
    Missing,
    /// It was not given, but not everything of its kind need have been.
    Outside,
}

impl Absent {
    /// How an absent object of `kind` is to be taken.
    #[must_use]
    pub fn of(kind: &str, settings: &Settings) -> Self {
        if settings.closed.covers(kind) {
            Self::Missing
        } else {
            Self::Outside
        }
    }
}

/// Joins everything that was given.
#[must_use]
pub fn attach(model: &Model, settings: &Settings) -> Attachment {
    let grants = Grants::of(model);
    let mut attachment = Attachment::default();
    for (index, gateway) in model.gateways.iter().enumerate() {
        let profile = profile_of(
            gateway.class.as_ref().map_or("", |class| class.as_str()),
            model,
            settings,
        );
        let first = attachment.listeners.len();
        for listener in 0..gateway.listeners.len() {
            attachment.listeners.push(ListenerFacts::of(
                model, settings, &grants, profile, index, listener,
            ));
        }
        attachment.gateways.push(GatewayFacts {
            profile,
            listeners: first..attachment.listeners.len(),
        });
    }
    attachment.credentials = Credentials::of(model, &attachment.gateways, &attachment.listeners);
    for route in 0..model.routes.len() {
        attachment.parents.extend(ParentFacts::of_route(
            model,
            settings,
            &attachment.gateways,
            route,
        ));
        attachment
            .backends
            .extend(BackendFacts::of_route(model, settings, &grants, route));
    }
    attachment
}

/// Who serves the class of that name: as the GatewayClass says, else as the settings say, else as the name suggests.
fn profile_of(class: &str, model: &Model, settings: &Settings) -> &'static Profile {
    let given = model
        .gateway_classes
        .iter()
        .find(|given| given.object.name() == class);
    let controller = given
        .and_then(|given| given.controller.as_ref())
        .map(|controller| controller.as_str());
    match controller.or_else(|| settings.assume.class.get(class).map(String::as_str)) {
        Some(controller) => Profile::of_controller(controller),
        None => Profile::of_class(class),
    }
}
