//! To find what somebody meant to fill in: `<GATEWAY_ADDRESS>`, `${domain_name}`, `your-host`, `REPLACE_ME`.
//!
//! A false alarm costs more than a missed one, so each form is narrow; free text is never searched.

/// Names that people write for a value of the reader's own, after `your-` or `your_`.
const YOURS: &[&str] = &[
    "access",
    "account",
    "address",
    "api",
    "bucket",
    "cluster",
    "collector",
    "company",
    "domain",
    "email",
    "endpoint",
    "gateway",
    "host",
    "hostname",
    "ip",
    "key",
    "namespace",
    "org",
    "organization",
    "password",
    "project",
    "region",
    "registry",
    "secret",
    "server",
    "subdomain",
    "tenant",
    "token",
    "user",
    "username",
];

/// Words that mean "not yet".
const MARKS: &[&str] = &[
    "REPLACE_ME",
    "REPLACEME",
    "REPLACE-ME",
    "CHANGE_ME",
    "CHANGEME",
    "CHANGE-ME",
    "FILL_ME_IN",
    "FILLME",
    "FILL_IN",
    "INSERT_HERE",
    "TO_BE_REPLACED",
    "TO_BE_FILLED",
];

/// Words with which several others in angle brackets begin when they ask for a value.
const ASKING: &[&str] = &[
    "any", "domain", "enter", "host", "insert", "ip", "my", "name", "path", "put", "the", "your",
];

/// What stands in angle brackets without being a placeholder.
const SPOKEN: &[&str] = &[
    "none", "nil", "null", "unset", "unknown", "no value", "EOF", "br", "p", "b", "i", "a",
];

/// The first placeholder in `text`, as it stands there.
pub fn find(text: &str) -> Option<&str> {
    find_in_script(text)
        .or_else(|| variable(text))
        .or_else(|| template(text))
}

/// The same for a text in which `${NAME}` has a meaning of its own: a shell line, a variable's value, a collector's
/// configuration.
pub fn find_in_script(text: &str) -> Option<&str> {
    // Most texts hold none of the signs; one pass settles them.
    if !text
        .bytes()
        .any(|b| matches!(b, b'<' | b'_' | b'-' | b'E' | b'e' | b'y' | b'Y'))
    {
        return None;
    }
    angle(text).or_else(|| mark(text)).or_else(|| yours(text))
}

/// Whether `text` holds a placeholder of another form than `${NAME}`.
pub fn is_more_than_a_variable(text: &str) -> bool {
    find_in_script(text).or_else(|| template(text)).is_some()
}

/// `<GATEWAY_EXTERNAL_IP>`, `<REPLACE: base64>`, `<pod-ip>`.
fn angle(text: &str) -> Option<&str> {
    // Markup closes what it opens.
    if text.contains("</") {
        return None;
    }
    let mut rest = 0;
    while let Some(open) = text[rest..].find('<').map(|at| at + rest) {
        let close = text[open..].find('>').map(|at| at + open)?;
        let inner = &text[open + 1..close];
        // `(?P<name>…)` names a group of a pattern.
        let group = text[..open].ends_with("(?P") || text[..open].ends_with("(?");
        if !group && is_angle_placeholder(inner) {
            return Some(&text[open..=close]);
        }
        rest = open + 1;
    }
    None
}

fn is_angle_placeholder(inner: &str) -> bool {
    let asks = ["REPLACE", "INSERT", "CHANGE", "FILL"];
    if asks.iter().any(|word| inner.starts_with(word)) && inner.len() <= 200 {
        return true;
    }
    let begins = inner.starts_with(|c: char| c.is_ascii_alphabetic());
    let characters = inner
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b" _-.:,'".contains(&b));
    let first = inner.split([' ', '_', '-']).next().unwrap_or_default();
    let spaced = inner.contains(' ');
    let loud = !inner.bytes().any(|b| b.is_ascii_lowercase());
    // `a < b and c > d` is no placeholder, `<your host>` is.
    if spaced && !loud && !ASKING.contains(&first.to_ascii_lowercase().as_str()) {
        return false;
    }
    let joined = inner.contains(['_', '-', ' ', ':']);
    let shouted = inner.len() >= 2
        && inner
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let plain = inner.len() >= 3 && inner.bytes().all(|b| b.is_ascii_alphanumeric());
    begins
        && characters
        && inner.len() <= 80
        && (joined || shouted || plain)
        && !SPOKEN.contains(&inner)
}

fn mark(text: &str) -> Option<&str> {
    let found = MARKS
        .iter()
        .find_map(|mark| Some((text.find(mark)?, mark.len())));
    let (at, length) = found.or_else(|| {
        let lower = ["changeme", "change-me", "replace-me", "replaceme"];
        lower
            .iter()
            .find(|word| **word == text)
            .map(|word| (0, word.len()))
    })?;
    let word = |c: char| c.is_ascii_alphanumeric();
    let bounded = !text[..at].ends_with(word) && !text[at + length..].starts_with(word);
    bounded.then(|| &text[at..at + length])
}

/// `your-host`, `your-domain.example`, `YOUR_TOKEN`.
fn yours(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    let mut rest = 0;
    while let Some(at) = lower[rest..].find("your").map(|at| at + rest) {
        rest = at + 4;
        let bounded = !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
        let Some(tail) = lower[rest..].strip_prefix(['-', '_']) else {
            continue;
        };
        let length = tail
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || b"-_".contains(b))
            .count();
        let noun = tail
            .split(|c: char| !c.is_ascii_alphanumeric())
            .next()
            .unwrap_or_default();
        if bounded && YOURS.contains(&noun) {
            return text.get(at..rest + 1 + length);
        }
    }
    None
}

/// `${domain_name}`: nothing in a manifest is replaced by the API server.
fn variable(text: &str) -> Option<&str> {
    let open = text.find("${")?;
    let close = text[open..].find('}').map(|at| at + open)?;
    let inner = &text[open + 2..close];
    let name = inner.split([':', '=']).next().unwrap_or(inner);
    // `${env:NAME}` is no variable of a shell, `${NAME:-x}` and `${NAME:=x}` are, with what stands for nothing.
    let tail = &inner[name.len()..];
    let spelled = ["", ":-", ":=", "=", ":+"];
    if !spelled
        .iter()
        .any(|sign| tail.starts_with(sign) && (sign.is_empty() == tail.is_empty()))
    {
        return None;
    }
    let named = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'.');
    named.then(|| &text[open..=close])
}

/// `{{ .Values.host }}`: a template that was not rendered.
fn template(text: &str) -> Option<&str> {
    let open = text.find("{{")?;
    let close = text[open..].find("}}").map(|at| at + open + 2)?;
    Some(&text[open..close])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_filled_in_is_found() {
        for (text, found) in [
            (
                "<GATEWAY_EXTERNAL_IP_OR_HOSTNAME>",
                "<GATEWAY_EXTERNAL_IP_OR_HOSTNAME>",
            ),
            ("https://<GATEWAY_IP>:4317", "<GATEWAY_IP>"),
            ("<REPLACE: your host>", "<REPLACE: your host>"),
            ("<pod-ip>", "<pod-ip>"),
            ("<your domain here>", "<your domain here>"),
            (
                "<REPLACE: yours, e.g.: \"a:443\">",
                "<REPLACE: yours, e.g.: \"a:443\">",
            ),
            ("otel.${domain_name}", "${domain_name}"),
            ("${NLB_DOMAIN:-x}", "${NLB_DOMAIN:-x}"),
            ("${REPLICAS:=2}", "${REPLICAS:=2}"),
            ("your-host", "your-host"),
            ("otel.your-domain.com", "your-domain"),
            ("YOUR_TOKEN", "YOUR_TOKEN"),
            ("REPLACE_ME", "REPLACE_ME"),
            ("changeme", "changeme"),
            ("{{ .Values.host }}", "{{ .Values.host }}"),
        ] {
            assert_eq!(find(text), Some(found), "{text}");
        }
    }

    #[test]
    fn what_means_itself_is_left_alone() {
        for text in [
            "otel.example.com",
            "a < b > c",
            "a<b and c>d",
            "<none>",
            "<br>",
            "^(?P<timestamp>[^ ]+)$",
            "<name>x</name>",
            "Somebody <somebody@example.com>",
            "$(POD_IP)",
            "$1",
            "${1}",
            "${env:HOME}",
            "%REQ(:AUTHORITY)%",
            "yours-truly",
            "behave-your-self",
            "unchangeme",
            "example",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    #[test]
    fn a_script_has_its_own_variables() {
        assert_eq!(find_in_script("${env:POD_IP}:4317"), None);
        assert_eq!(find_in_script("${POD_IP}:4317"), None);
        assert_eq!(find_in_script("<POD_IP>:4317"), Some("<POD_IP>"));
    }
}
