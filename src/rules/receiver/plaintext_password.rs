use crate::finding::Findings;
use crate::model::collector::Origin;
use crate::model::collector::credential;
use crate::model::collector::credential::Scheme;
use crate::model::collector::endpoint::is_placeholder;
use crate::rule::Rule;
use crate::rule::World;
use crate::rule::page;
use crate::settings::Severity;

pub(super) static RULE: Rule = Rule {
    name: "plaintext-password",
    severity: Severity::Warning,
    page: page!("receiver/plaintext-password"),
    check,
};

fn check(world: &World<'_>, findings: &mut Findings) {
    for collector in &world.model.collectors {
        let place = match &collector.origin {
            Origin::ConfigMap(..) => "a ConfigMap",
            Origin::Operator(_) => "an OpenTelemetryCollector",
            // A Secret is where it belongs.
            Origin::Secret(..) | Origin::Document | Origin::Inline(_) | Origin::Merged => continue,
        };
        for (field, secret) in collector.secrets() {
            // `$${env:TOKEN}` comes out as a reference, which another tool resolves, or nobody, and `$TOKEN` was one once: no
            // secret.
            let no_secret = |known: &str| {
                is_placeholder(known)
                    || known.contains("${")
                    || names_a_variable(known)
                    || is_shouted(known)
            };
            let Some(known) = secret.known().filter(|known| !no_secret(known)) else {
                continue;
            };
            let what = if field == "inline" {
                if !credential::lines(known)
                    .iter()
                    .any(|line| line.scheme == Scheme::Plain && !line.user.starts_with('#'))
                {
                    continue;
                }
                "holds a password in clear text"
            } else {
                "is written in clear text"
            };
            findings
                .at(secret.span, format!("`{field}` {what} in {place}, which everybody may read who may read the namespace"))
                .help("keep it in a Secret, and write `${env:NAME}` or `${file:/path}` here");
        }
    }
}

/// Whether the whole text is `$NAME`, which Collectors before 0.104 took from the environment, as a shell does.
fn names_a_variable(text: &str) -> bool {
    text.strip_prefix('$').is_some_and(|name| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}

/// Whether the last word is of capitals that are joined, as `INSERT-API-KEY-HERE`, `(API_KEY)` and `Bearer TOKEN_PLACEHOLDER`: a
/// name for a secret, and none itself.
fn is_shouted(text: &str) -> bool {
    let word = text.split_whitespace().next_back().unwrap_or_default();
    let word = word.trim_matches(['(', ')', '[', ']']);
    word.contains(['_', '-'])
        && word.starts_with(|c: char| c.is_ascii_uppercase())
        && word
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b == b'_' || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_secrets_are_none() {
        for text in [
            "INSERT-API-KEY-HERE",
            "(API_KEY)",
            "Bearer TOKEN_PLACEHOLDER",
        ] {
            assert!(is_shouted(text), "{text}");
        }
        for text in ["correct-horse", "SECRET", "Bearer ABC_1", "AKIA-9"] {
            assert!(!is_shouted(text), "{text}");
        }
        assert!(names_a_variable("$TOKEN"));
        assert!(!names_a_variable("$2y$10$abc"));
        assert!(!names_a_variable("pa$word"));
    }
}
