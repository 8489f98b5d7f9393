//! Which proxy exporters take, case by case. Each case without a version was measured with the exporters of the Collector
//! 0.159.0, in that environment, in a network where every name leads to one server that wrote down what came.

use super::*;
use crate::model::collector::dial::dial;
use crate::model::collector::id::Signal;
use crate::model::collector::tests::read;
use crate::source::SourceId;

/// What the environment `text`, `NAME=value` with blanks between, says.
fn environment(text: &str) -> Proxies {
    let span = Span::new(SourceId(0), 0..0);
    let given: Vec<(&str, &str)> = text
        .split_whitespace()
        .filter_map(|entry| entry.split_once('='))
        .collect();
    Proxies::of(|name| {
        let (_, value) = given
            .iter()
            .find(|(own, value)| *own == name && !value.is_empty())?;
        let value = (*value != "?").then(|| (*value).to_owned());
        Some(Variable { name, value, span })
    })
}

/// Holds each line of `table`, `endpoint => way # source`, of an exporter in that environment.
fn hold(environment_text: &str, minor: Option<u16>, table: &str) {
    let proxies = environment(environment_text);
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (endpoint, expected) = line.split_once(" => ").expect("two sides");
        let (endpoint, proxy) = endpoint.split_once(" by ").unwrap_or((endpoint, ""));
        let kind = if endpoint.starts_with("http") {
            "otlp_http"
        } else {
            "otlp_grpc"
        };
        let text = format!(
            "receivers:\n  nop:\nexporters:\n  {kind}: {{endpoint: '{endpoint}', proxy_url: '{proxy}'}}\nservice:\n  \
             pipelines:\n    traces:\n      receivers: [nop]\n      exporters: [{kind}]\n"
        );
        let collector = read(&text).expect("a configuration");
        let dialled = dial(&collector, &collector.exporters[0], Signal::Traces).expect("a dial");
        let said = match proxies.way(&dialled, minor) {
            Way::Direct => "direct".to_owned(),
            Way::Open(why) => format!("open: {why}"),
            Way::Through(proxy) if proxy.is_tunnel => format!("tunnel {}", proxy.address),
            Way::Through(proxy) => format!("request {}", proxy.address),
        };
        assert_eq!(said, expected, "{environment_text}: {endpoint}");
    }
}

#[test]
fn all_of_grpc_takes_the_proxy_for_https() {
    hold(
        "HTTPS_PROXY=http://proxy.corp:3128 HTTP_PROXY=http://plain.corp:3128",
        None,
        "
gw.example.com:4317 => tunnel http://proxy.corp:3128
dns:///gw.example.com:4317 => tunnel http://proxy.corp:3128
passthrough:///gw.example.com:4317 => tunnel http://proxy.corp:3128
unix:///run/otel.sock => direct
10.9.8.7:4317 => tunnel http://proxy.corp:3128
collector.telemetry.svc:4317 => tunnel http://proxy.corp:3128
localhost:4317 => direct
127.0.0.1:4317 => direct
:4317 => direct
[::1]:4317 => direct
foo.localhost:4317 => tunnel http://proxy.corp:3128
https://gw.example.com => tunnel http://proxy.corp:3128
https://10.9.8.7:4318 => tunnel http://proxy.corp:3128
http://gw.example.com:4318 => request http://plain.corp:3128
http://collector.telemetry.svc:4318 => request http://plain.corp:3128
http://localhost:4318 => direct
http://localhost:4318 by http://own:3128 => request http://own:3128
https://gw.example.com by socks5://own:1080 => tunnel socks5://own:1080
${env:GW}:4317 => open: the host comes from the environment
",
    );
    hold(
        "HTTP_PROXY=http://plain.corp:3128",
        None,
        "
gw.example.com:4317 => direct
https://gw.example.com => direct
",
    );
}

#[test]
fn what_the_variables_hold() {
    let to = "gw:4317";
    for (text, expected) in [
        ("HTTPS_PROXY=proxy.corp", "tunnel http://proxy.corp"),
        (
            "HTTPS_PROXY=proxy.corp:3128",
            "tunnel http://proxy.corp:3128",
        ),
        ("HTTPS_PROXY=https://sec:3128/", "tunnel https://sec:3128"),
        (
            "HTTPS_PROXY=http://u:p@proxy:3128",
            "tunnel http://…@proxy:3128",
        ),
        (
            "HTTPS_PROXY=http://up:1 https_proxy=http://low:1",
            "tunnel http://up:1",
        ),
        (
            "HTTPS_PROXY= https_proxy=http://low:1",
            "tunnel http://low:1",
        ),
        ("HTTPS_PROXY=http://[::1", "tunnel http://http:"),
        ("HTTPS_PROXY=http://a%b", "direct"),
        ("ALL_PROXY=http://proxy:3128", "direct"),
        (
            "HTTPS_PROXY=?",
            "open: what `HTTPS_PROXY` says was not given",
        ),
        (
            "HTTPS_PROXY=a no_proxy=?",
            "open: what `no_proxy` says was not given",
        ),
        ("HTTPS_PROXY=? NO_PROXY=gw", "direct"),
    ] {
        hold(text, None, &format!("{to} => {expected}"));
    }
}

#[test]
fn what_no_proxy_excepts() {
    hold(
        "HTTPS_PROXY=http://up:1 HTTP_PROXY=x NO_PROXY=.svc,example.com:4317,10.0.0.0/8",
        None,
        "
gw.example.com:4317 => direct
GW.Example.COM:4317 => direct
10.9.8.7:4317 => direct
11.9.8.7:4317 => tunnel http://up:1
collector:4317 => tunnel http://up:1
collector.telemetry.svc:4317 => direct
collector.telemetry.svc.cluster.local:4317 => tunnel http://up:1
https://gw.example.com => tunnel http://up:1
http://gw.example.com:4318 => request http://x
http://collector.telemetry.svc:4318 => direct
",
    );
    let excepts = |list: &str, host: &str, port: u16| {
        Exceptions::read(list).name(&Host::read(host), Some(port))
    };
    for (list, host, port, expected) in [
        ("*.svc.cluster.local", "c.t.svc.cluster.local", 4317, true),
        ("*.svc.cluster.local", "svc.cluster.local", 4317, false),
        ("foo.com", "foo.com", 1, true),
        ("foo.com", "bar.foo.com", 1, true),
        ("foo.com", "barfoo.com", 1, false),
        (".foo.com", "foo.com", 1, false),
        ("svc", "c.t.svc", 1, true),
        (" a , collector ", "collector", 1, true),
        ("a collector", "collector", 1, false),
        ("a;collector", "collector", 1, false),
        ("x,*", "anything", 1, true),
        ("*", "10.0.0.1", 1, true),
        ("10.*", "10.0.0.1", 1, false),
        ("10.0.0.1", "10.0.0.1", 1, true),
        ("10.0.0.1:4317", "10.0.0.1", 4317, true),
        ("10.0.0.1:4317", "10.0.0.1", 4318, false),
        ("10.0.0.0/8", "10.1.2.3", 1, true),
        ("10.0.0.0/33", "10.1.2.3", 1, false),
        ("0.0.0.0/0", "10.1.2.3", 1, true),
        ("fd00::/8", "fd00::1", 1, true),
        ("[fd00::1]:1", "fd00::1", 1, true),
        ("10.0.0.0/8", "ten.example.com", 1, false),
        ("gw:4317", "gw", 4317, true),
        ("gw:4318", "gw", 4317, false),
        (":4317,,", "gw", 4317, false),
    ] {
        assert_eq!(excepts(list, host, port), expected, "{list} {host}:{port}");
    }
}

/// grpc-go issue 7779: names are looked up before `NO_PROXY` is asked.
#[test]
fn older_versions_compare_addresses() {
    let open = "open: gRPC of this version compares addresses with `NO_PROXY`, not names";
    for (minor, expected) in [(98, "direct"), (99, open), (112, open), (113, "direct")] {
        let text = "HTTPS_PROXY=http://up:1 NO_PROXY=gw,10.0.0.1";
        hold(text, Some(minor), &format!("gw:4317 => {expected}"));
        hold(
            text,
            Some(minor),
            "10.0.0.1:4317 => direct\nhttps://gw => direct",
        );
    }
}
