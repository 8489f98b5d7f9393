//! An object to the type that its group and kind name.

use std::sync::Arc;

use super::ENVOY_GATEWAY;
use super::GATEWAY_API;
use super::GATEWAY_API_X;
use super::ISTIO_NETWORKING;
use super::ISTIO_SECURITY;
use super::RBAC;
use super::access::AccessPolicy;
use super::autoscaler::Autoscaler;
use super::cert_manager::CERT_MANAGER;
use super::cert_manager::CertificateOrder;
use super::cert_manager::Issuer;
use super::destination_rule::DestinationRule;
use super::gateway::Gateway;
use super::gateway::GatewayClass;
use super::gateway::ListenerSet;
use super::grant::Grant;
use super::ingress::Ingress;
use super::mesh::MeshGateway;
use super::mesh::PeerAuthentication;
use super::mesh::ProxyConfig;
use super::mesh::ServiceEntry;
use super::mesh::Sidecar;
use super::mesh::VirtualService;
use super::mesh::authorization::AuthorizationPolicy;
use super::mesh::authorization::RequestAuthentication;
use super::network_policy::NetworkPolicy;
use super::object::Object;
use super::policy::BackendTlsPolicy;
use super::policy::ClientTrafficPolicy;
use super::policy::EndpointSlice;
use super::rbac::Role;
use super::rbac::RoleBinding;
use super::rbac::ServiceAccount;
use super::route::Route;
use super::route::RouteKind;
use super::service::Service;
use super::store::ConfigMap;
use super::store::Secret;
use super::workload::Workload;

/// One document, typed by its group and kind.
pub(super) enum Resource {
    GatewayClass(GatewayClass),
    Gateway(Box<Gateway>),
    ListenerSet(ListenerSet),
    BackendTlsPolicy(BackendTlsPolicy),
    ClientTrafficPolicy(ClientTrafficPolicy),
    AccessPolicy(AccessPolicy),
    EndpointSlice(EndpointSlice),
    Route(Route),
    Grant(Grant),
    Namespace(Arc<Object>),
    Service(Service),
    Secret(Secret),
    ConfigMap(ConfigMap),
    Workload(Box<Workload>),
    Ingress(Ingress),
    NetworkPolicy(NetworkPolicy),
    Role(Role),
    RoleBinding(RoleBinding),
    ServiceAccount(ServiceAccount),
    Order(CertificateOrder),
    Issuer(Issuer),
    Autoscaler(Autoscaler),
    DestinationRule(DestinationRule),
    PeerAuthentication(PeerAuthentication),
    AuthorizationPolicy(AuthorizationPolicy),
    RequestAuthentication(RequestAuthentication),
    Sidecar(Sidecar),
    MeshGateway(MeshGateway),
    VirtualService(VirtualService),
    ServiceEntry(ServiceEntry),
    ProxyConfig(ProxyConfig),
}

impl Resource {
    /// What `object` is; `None` for kinds that nobody asks for.
    pub(super) fn read(object: &Arc<Object>) -> Option<Self> {
        Some(match (object.group(), object.kind.as_str()) {
            (GATEWAY_API, "GatewayClass") => Self::GatewayClass(GatewayClass::read(object)),
            (GATEWAY_API, "Gateway") => Self::Gateway(Box::new(Gateway::read(object))),
            (GATEWAY_API, "ListenerSet") | (GATEWAY_API_X, "XListenerSet") => {
                Self::ListenerSet(ListenerSet::read(object))
            }
            (GATEWAY_API, "BackendTLSPolicy") => {
                Self::BackendTlsPolicy(BackendTlsPolicy::read(object))
            }
            (ENVOY_GATEWAY, "ClientTrafficPolicy") => {
                Self::ClientTrafficPolicy(ClientTrafficPolicy::read(object))
            }
            ("discovery.k8s.io", "EndpointSlice") => {
                Self::EndpointSlice(EndpointSlice::read(object))
            }
            (GATEWAY_API, "HTTPRoute") => Self::Route(Route::read(object, RouteKind::Http)),
            (GATEWAY_API, "GRPCRoute") => Self::Route(Route::read(object, RouteKind::Grpc)),
            (GATEWAY_API, "TLSRoute") => Self::Route(Route::read(object, RouteKind::Tls)),
            (GATEWAY_API, "TCPRoute") => Self::Route(Route::read(object, RouteKind::Tcp)),
            (GATEWAY_API, "UDPRoute") => Self::Route(Route::read(object, RouteKind::Udp)),
            (GATEWAY_API, "ReferenceGrant") => Self::Grant(Grant::read(object)),
            ("", "Namespace") => Self::Namespace(Arc::clone(object)),
            ("", "Service") => Self::Service(Service::read(object)),
            ("", "Secret") => Self::Secret(Secret::read(object)),
            ("", "ConfigMap") => Self::ConfigMap(ConfigMap::read(object)),
            ("", "ServiceAccount") => Self::ServiceAccount(ServiceAccount::read(object)),
            ("networking.k8s.io" | "extensions", "Ingress") => Self::Ingress(Ingress::read(object)),
            ("networking.k8s.io", "NetworkPolicy") => {
                Self::NetworkPolicy(NetworkPolicy::read(object))
            }
            ("keda.sh", "ScaledObject") => Self::Autoscaler(Autoscaler::read_scaled(object)),
            ("autoscaling", "HorizontalPodAutoscaler") => {
                Self::Autoscaler(Autoscaler::read(object))
            }
            (ISTIO_NETWORKING, kind) => return Self::read_networking(object, kind),
            (ISTIO_SECURITY, "PeerAuthentication") => {
                Self::PeerAuthentication(PeerAuthentication::read(object))
            }
            (ISTIO_SECURITY, "RequestAuthentication") => {
                Self::RequestAuthentication(RequestAuthentication::read(object))
            }
            (ISTIO_SECURITY, "AuthorizationPolicy") => {
                Self::AuthorizationPolicy(AuthorizationPolicy::read(object))
            }
            (RBAC, "Role" | "ClusterRole") => Self::Role(Role::read(object)),
            (RBAC, "RoleBinding" | "ClusterRoleBinding") => {
                Self::RoleBinding(RoleBinding::read(object))
            }
            ("bitnami.com", "SealedSecret") | ("external-secrets.io", "ExternalSecret") => {
                Self::Secret(Secret::made_by(object))
            }
            (CERT_MANAGER, "Certificate") => Self::Order(CertificateOrder::read(object)),
            (CERT_MANAGER, "Issuer" | "ClusterIssuer") => Self::Issuer(Issuer::read(object)),
            _ => {
                let workload =
                    Workload::read(object).map(|workload| Self::Workload(Box::new(workload)));
                return workload.or_else(|| AccessPolicy::read(object).map(Self::AccessPolicy));
            }
        })
    }

    /// What `object` is among the kinds of `networking.istio.io`.
    fn read_networking(object: &Arc<Object>, kind: &str) -> Option<Self> {
        Some(match kind {
            "DestinationRule" => Self::DestinationRule(DestinationRule::read(object)),
            "Sidecar" => Self::Sidecar(Sidecar::read(object)),
            "Gateway" => Self::MeshGateway(MeshGateway::read(object)),
            "VirtualService" => Self::VirtualService(VirtualService::read(object)),
            "ServiceEntry" => Self::ServiceEntry(ServiceEntry::read(object)),
            "ProxyConfig" => Self::ProxyConfig(ProxyConfig::read(object)),
            _ => return None,
        })
    }
}
