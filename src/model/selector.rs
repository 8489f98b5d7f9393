//! Which namespaces something is taken from, and labels that choose objects.
//!
//! Source: Gateway API v1.6, `RouteNamespaces` and `ListenerNamespaces`; apimachinery, `labels.Selector`.

use super::gateway::list;
use super::object::Pair;
use super::object::pairs;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;

/// Which namespaces something is taken from.
#[derive(Clone, Debug, Default)]
pub struct Namespaces {
    /// `from`.
    pub from: Option<Spanned<String>>,
    /// `selector`.
    pub selector: Option<Selector>,
}

/// A label selector.
#[derive(Clone, Debug)]
pub struct Selector {
    /// The whole selector.
    pub span: Span,
    /// `matchLabels`.
    pub labels: Vec<Pair>,
    /// `matchExpressions`.
    pub expressions: Vec<Expression>,
}

/// One entry of `matchExpressions`.
#[derive(Clone, Debug)]
pub struct Expression {
    /// `key`.
    pub key: Option<Spanned<String>>,
    /// `operator`: `In`, `NotIn`, `Exists`, `DoesNotExist`.
    pub operator: Option<Spanned<String>>,
    /// `values`.
    pub values: Vec<Spanned<String>>,
}

impl Namespaces {
    pub(super) fn read(node: Node<'_>) -> Self {
        Self {
            from: node.string_at("from"),
            selector: node.get("selector").map(Selector::read),
        }
    }
}

impl Selector {
    pub(super) fn read(node: Node<'_>) -> Self {
        let expression = |node: Node<'_>| Expression {
            key: node.string_at("key"),
            operator: node.string_at("operator"),
            values: node.strings_at("values"),
        };
        Self {
            span: node.span(),
            labels: pairs(node, "matchLabels"),
            expressions: list(node, "matchExpressions", expression),
        }
    }

    /// Whether it can be evaluated: known operators, with values where they need some and without where they take none
    /// (apimachinery, `LabelSelectorAsSelector`).
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.expressions.iter().all(|expression| {
            let operator = expression
                .operator
                .as_ref()
                .map_or("", |word| word.as_str());
            match operator {
                "In" | "NotIn" => !expression.values.is_empty(),
                "Exists" | "DoesNotExist" => expression.values.is_empty(),
                _ => false,
            }
        })
    }

    /// Whether an object with `labels` is selected; an empty selector selects everything (apimachinery, labels.Selector).
    #[must_use]
    pub fn selects(&self, labels: &dyn Fn(&str) -> Option<String>) -> bool {
        let pairs = self
            .labels
            .iter()
            .all(|pair| labels(&pair.key).is_some_and(|value| value == pair.value.value));
        pairs
            && self.expressions.iter().all(|expression| {
                let value = expression.key.as_ref().and_then(|key| labels(key));
                let listed = || {
                    value.as_ref().is_some_and(|value| {
                        expression
                            .values
                            .iter()
                            .any(|listed| listed.value == *value)
                    })
                };
                match expression
                    .operator
                    .as_ref()
                    .map_or("", |operator| operator.as_str())
                {
                    "In" => listed(),
                    "NotIn" => !listed(),
                    "Exists" => value.is_some(),
                    "DoesNotExist" => value.is_none(),
                    _ => false,
                }
            })
    }
}
