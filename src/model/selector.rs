//! Selectors: the labels by which objects are chosen.
//!
//! Source: apimachinery, `labels.Selector`.

use super::object::Pair;
use super::object::pairs;
use super::object::value;
use crate::source::Span;
use crate::source::Spanned;
use crate::yaml::Node;
use crate::yaml::list;

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

impl Selector {
    pub(super) fn read(node: Node<'_>) -> Self {
        Self {
            span: node.span(),
            labels: pairs(node, "matchLabels"),
            expressions: list(node, "matchExpressions", Expression::read),
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

    /// One that selects everything, at `span`.
    pub(super) const fn everything(span: Span) -> Self {
        Self {
            span,
            labels: Vec::new(),
            expressions: Vec::new(),
        }
    }

    /// Whether it says nothing, and so selects everything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.expressions.is_empty()
    }

    /// Whether something with `labels` is selected: all parts must hold (apimachinery, labels.Selector).
    #[must_use]
    pub fn selects(&self, labels: &[Pair]) -> bool {
        self.holds(&|key| value(labels, key).map(|label| label.value.as_str()))
    }

    /// The same of something whose labels `label` knows.
    #[must_use]
    pub fn holds<'l>(&self, label: &dyn Fn(&str) -> Option<&'l str>) -> bool {
        let mut pairs = self.labels.iter();
        pairs.all(|pair| label(&pair.key) == Some(pair.value.as_str()))
            && self.expressions.iter().all(|one| one.holds(label))
    }
}

impl Expression {
    fn read(node: Node<'_>) -> Self {
        Self {
            key: node.string_at("key"),
            operator: node.string_at("operator"),
            values: node.strings_at("values"),
        }
    }

    /// An operator that does not exist selects nothing.
    fn holds<'l>(&self, label: &dyn Fn(&str) -> Option<&'l str>) -> bool {
        let label = self.key.as_ref().and_then(|key| label(key));
        let listed = || {
            let mut values = self.values.iter();
            label.is_some_and(|label| values.any(|value| value.value == label))
        };
        match self.operator.as_ref().map_or("", |word| word.as_str()) {
            "In" => listed(),
            "NotIn" => !listed(),
            "Exists" => label.is_some(),
            "DoesNotExist" => label.is_none(),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::source::SourceId;
    use crate::yaml;
    use crate::yaml::Dialect;
    use crate::yaml::Text;

    #[test]
    fn selectors_ask_for_all_of_their_parts() {
        for (selector, expected) in [
            ("{}", true),
            ("{matchLabels: {app: otel}}", true),
            ("{matchLabels: {app: otel, tier: x}}", false),
            (
                "{matchExpressions: [{key: app, operator: In, values: [a, otel]}]}",
                true,
            ),
            (
                "{matchExpressions: [{key: app, operator: NotIn, values: [otel]}]}",
                false,
            ),
            (
                "{matchExpressions: [{key: tier, operator: NotIn, values: [otel]}]}",
                true,
            ),
            ("{matchExpressions: [{key: app, operator: Exists}]}", true),
            (
                "{matchExpressions: [{key: app, operator: DoesNotExist}]}",
                false,
            ),
            ("{matchExpressions: [{key: app, operator: Near}]}", false),
            (
                "{matchLabels: {app: otel}, matchExpressions: [{key: app, operator: DoesNotExist}]}",
                false,
            ),
        ] {
            let text = format!("selector: {selector}\nlabels: {{app: otel}}\n");
            let source = Source::new("p.yaml", text.into_bytes());
            let text = Text::whole(SourceId(0), &source).expect("UTF-8");
            let stream = yaml::parse(text, Dialect::Kubernetes);
            let root = stream.documents().next().expect("a document");
            let read = Selector::read(root.get("selector").expect("a selector"));
            assert_eq!(read.selects(&pairs(root, "labels")), expected, "{selector}");
        }
    }
}
