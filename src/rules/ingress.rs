use crate::rule::Rule;

mod ingress_without_grpc;
mod mixed_protocol_ingress;
mod ingress_without_tls;
mod ingress_host_without_tls;
mod deprecated_ingress_class;
mod unroutable_operator_ingress;

pub(super) static RULES: &[&Rule] = &[
    &ingress_without_grpc::RULE,
    &mixed_protocol_ingress::RULE,
    &ingress_without_tls::RULE,
    &ingress_host_without_tls::RULE,
    &deprecated_ingress_class::RULE,
    &unroutable_operator_ingress::RULE,
];
