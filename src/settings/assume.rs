//! Which versions and implementations are taken for given: `--assume KEY=VALUE` and `assume` in settings.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// A release line, `major.minor`; patch levels do not change what we judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// First number.
    pub major: u16,
    /// Second number.
    pub minor: u16,
}

impl Version {
    /// `major.minor`.
    #[must_use]
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl FromStr for Version {
    type Err = String;

    /// Reads `1.6`, `v1.6`, `1.6.2`, `v0.159.0-rc.1`.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a version such as `1.6`");
        let mut numbers = text.strip_prefix('v').unwrap_or(text).splitn(3, '.');
        let major = numbers.next().and_then(number).ok_or_else(wrong)?;
        let minor = numbers.next().and_then(number).ok_or_else(wrong)?;
        let patch = numbers.next();
        if patch.is_some_and(|patch| !patch.starts_with(|first: char| first.is_ascii_digit())) {
            return Err(wrong());
        }
        Ok(Self { major, minor })
    }
}

fn number(text: &str) -> Option<u16> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// Which Gateway API bundle is installed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// The standard channel.
    Standard,
    /// The experimental channel, which serves more kinds and fields.
    Experimental,
}

impl FromStr for Channel {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match word {
            "standard" => Ok(Self::Standard),
            "experimental" => Ok(Self::Experimental),
            _ => Err(format!("`{word}` is neither `standard` nor `experimental`")),
        }
    }
}

/// What to take for given where nothing in the sources says so; `None`: unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assume {
    /// Kubernetes itself.
    pub kubernetes: Option<Version>,
    /// The Gateway API bundle.
    pub gateway_api: Option<Version>,
    /// The channel of that bundle.
    pub channel: Option<Channel>,
    /// Istio.
    pub istio: Option<Version>,
    /// Envoy Gateway.
    pub envoy_gateway: Option<Version>,
    /// NGINX Gateway Fabric.
    pub nginx_gateway_fabric: Option<Version>,
    /// Cilium.
    pub cilium: Option<Version>,
    /// Contour.
    pub contour: Option<Version>,
    /// kgateway.
    pub kgateway: Option<Version>,
    /// Traefik Proxy.
    pub traefik: Option<Version>,
    /// The Kong Operator (formerly Ingress Controller).
    pub kong: Option<Version>,
    /// HAProxy's Kubernetes controller.
    pub haproxy: Option<Version>,
    /// ingress-nginx.
    pub ingress_nginx: Option<Version>,
    /// The OpenTelemetry Collector.
    pub collector: Option<Version>,
    /// The image that runs Collectors, where none of the project's is named: it says which components there are.
    pub collector_image: Option<String>,
    /// The OpenTelemetry operator.
    pub operator: Option<Version>,
    /// cert-manager.
    pub cert_manager: Option<Version>,
    /// The Prometheus operator.
    pub prometheus_operator: Option<Version>,
    /// GatewayClass name to the `controllerName` behind it.
    pub class: BTreeMap<String, String>,
}

/// What the names of the project's images begin with.
const COLLECTOR_IMAGES: &str = "opentelemetry-collector";

impl Assume {
    /// The keys of `assume` that take a version, as users write them.
    pub const VERSIONS: &[&str] = &[
        "kubernetes",
        "gateway-api",
        "istio",
        "envoy-gateway",
        "nginx-gateway-fabric",
        "cilium",
        "contour",
        "kgateway",
        "traefik",
        "kong",
        "haproxy",
        "ingress-nginx",
        "collector",
        "operator",
        "cert-manager",
        "prometheus-operator",
    ];

    /// Takes one `KEY=VALUE` of the command line, over what was there.
    ///
    /// # Errors
    /// In words, when there is no `=`, no such key, or the value does not fit.
    pub fn take(&mut self, assumption: &str) -> Result<(), String> {
        let (key, value) = assumption
            .split_once('=')
            .ok_or_else(|| format!("`{assumption}` is not of the form `KEY=VALUE`"))?;
        self.set(key.trim(), value.trim())
    }

    /// Sets `key` (`gateway-api`, `channel`, `class.NAME`, …) to `value`.
    ///
    /// # Errors
    /// In words, when there is no such key or the value does not fit.
    pub fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        if let Some(class) = key.strip_prefix("class.") {
            if class.is_empty() || value.is_empty() {
                return Err("a class needs a name and a controller".to_owned());
            }
            self.class.insert(class.to_owned(), value.to_owned());
        } else if key == "channel" {
            self.channel = Some(value.parse()?);
        } else if key == "collector" && value.contains(COLLECTOR_IMAGES) {
            let version = value.rsplit_once(':').map(|(_, tag)| tag.parse());
            self.collector = version.and_then(Result::ok);
            self.collector_image = Some(value.to_owned());
        } else if let Some(version) = self.version(key) {
            *version = Some(value.parse()?);
        } else {
            let known = Self::VERSIONS.iter().chain(&["channel", "class"]);
            let near = known.min_by_key(|known| strsim::damerau_levenshtein(known, key));
            let near = near.filter(|near| strsim::damerau_levenshtein(near, key) * 3 <= near.len());
            let near = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            return Err(format!("nothing called `{key}` can be assumed{near}"));
        }
        Ok(())
    }

    fn version(&mut self, key: &str) -> Option<&mut Option<Version>> {
        Some(match key {
            "kubernetes" => &mut self.kubernetes,
            "gateway-api" => &mut self.gateway_api,
            "istio" => &mut self.istio,
            "envoy-gateway" => &mut self.envoy_gateway,
            "nginx-gateway-fabric" => &mut self.nginx_gateway_fabric,
            "cilium" => &mut self.cilium,
            "contour" => &mut self.contour,
            "kgateway" => &mut self.kgateway,
            "traefik" => &mut self.traefik,
            "kong" => &mut self.kong,
            "haproxy" => &mut self.haproxy,
            "ingress-nginx" => &mut self.ingress_nginx,
            "collector" => &mut self.collector,
            "operator" => &mut self.operator,
            "cert-manager" => &mut self.cert_manager,
            "prometheus-operator" => &mut self.prometheus_operator,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_with_and_without_patch_and_compared_as_numbers() {
        assert_eq!("1.6".parse(), Ok(Version::new(1, 6)));
        assert_eq!("v0.159.0-rc.1".parse(), Ok(Version::new(0, 159)));
        assert!(Version::new(1, 9) < Version::new(1, 31));
        for wrong in ["", "1", "1.", "1.x", "one.two", "1.+6", "1.2.", "1.2.x"] {
            assert!(wrong.parse::<Version>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_version_key_sets_its_own_field() {
        for key in Assume::VERSIONS {
            let mut assume = Assume::default();
            assert_eq!(assume.take(&format!("{key}=7.3")), Ok(()), "{key}");
            assert_eq!(*assume.version(key).unwrap(), Some(Version::new(7, 3)));
            assert_ne!(assume, Assume::default());
        }
    }

    #[test]
    fn collectors_are_known_by_version_or_by_image() {
        let mut assume = Assume::default();
        let image = "otel/opentelemetry-collector-contrib:0.150.1";
        assert_eq!(assume.take(&format!("collector={image}")), Ok(()));
        assert_eq!(assume.collector, Some(Version::new(0, 150)));
        assert_eq!(assume.collector_image.as_deref(), Some(image));
        assert_eq!(
            assume.take("collector=otel/opentelemetry-collector-k8s"),
            Ok(())
        );
        assert_eq!(assume.collector, None);
        assert!(assume.take("collector=acme/relay:1.0").is_err());
    }

    #[test]
    fn channel_and_classes_are_words() {
        let mut assume = Assume::default();
        assume.take("channel=experimental").unwrap();
        assume
            .take("class.otel=istio.io/gateway-controller")
            .unwrap();
        assert_eq!(assume.channel, Some(Channel::Experimental));
        assert_eq!(assume.class["otel"], "istio.io/gateway-controller");
    }

    #[test]
    fn what_makes_no_sense_is_refused_in_words() {
        let mut assume = Assume::default();
        for (given, said) in [
            ("istio", "`istio` is not of the form `KEY=VALUE`"),
            ("nonsense=1.2", "nothing called `nonsense` can be assumed"),
            ("istio=new", "`new` is not a version such as `1.6`"),
            (
                "channel=beta",
                "`beta` is neither `standard` nor `experimental`",
            ),
            ("class.=x", "a class needs a name and a controller"),
        ] {
            assert_eq!(assume.take(given), Err(said.to_owned()));
        }
        assert_eq!(assume, Assume::default());
    }
}
