//! Label selectors as text: `app=cart,tier in (front, back),!canary`.
//!
//! Source: apimachinery, `pkg/labels/selector.go` (`Parse`).

use crate::model::selector::Expression;
use crate::model::selector::Selector;
use crate::source::Spanned;

/// What `text` selects; `None` when it is written in a way that we do not read.
pub(super) fn selector(text: &Spanned<String>) -> Option<Selector> {
    let mut selector = Selector::everything(text.span);
    for part in parts(text) {
        selector.expressions.push(requirement(part.trim(), text)?);
    }
    Some(selector)
}

/// The parts between commas outside of parentheses.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_i32;
    text.split(move |letter| {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        letter == ',' && depth == 0
    })
}

fn requirement(part: &str, whole: &Spanned<String>) -> Option<Expression> {
    let (key, operator, values) = if let Some(key) = part.strip_prefix('!') {
        (key, "DoesNotExist", vec![])
    } else if let Some((key, value)) = part.split_once("!=") {
        (key, "NotIn", vec![value])
    } else if let Some((key, value)) = part.split_once("==").or_else(|| part.split_once('=')) {
        (key, "In", vec![value])
    } else if let Some((head, list)) = part.strip_suffix(')').and_then(|part| part.split_once('('))
    {
        let (key, operator) = match head.trim().rsplit_once(char::is_whitespace)? {
            (key, "in") => (key, "In"),
            (key, "notin") => (key, "NotIn"),
            _ => return None,
        };
        (key, operator, list.split(',').collect())
    } else {
        (part, "Exists", vec![])
    };
    let key = key.trim();
    if key.is_empty() || key.contains(char::is_whitespace) {
        return None;
    }
    let spanned = |text: &str| Spanned::new(text.trim().to_owned(), whole.span);
    Some(Expression {
        key: Some(spanned(key)),
        operator: Some(spanned(operator)),
        values: values.into_iter().map(spanned).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::object::Pair;
    use crate::source::SourceId;
    use crate::source::Span;

    #[test]
    fn selectors_are_read_as_kubernetes_reads_them() {
        let at = Span::new(SourceId(0), 0..0);
        let text = |text: &str| Spanned::new(text.to_owned(), at);
        let labels: Vec<Pair> = [("app", "cart"), ("tier", "front")]
            .map(|(key, value)| Pair {
                key: text(key),
                value: text(value),
            })
            .to_vec();
        for (written, expected) in [
            ("app=cart", Some(true)),
            ("app==cart", Some(true)),
            ("app = till", Some(false)),
            ("app!=till", Some(true)),
            ("app=cart,tier=back", Some(false)),
            ("tier in (front, back)", Some(true)),
            ("tier notin (front,back),app=cart", Some(false)),
            ("app", Some(true)),
            ("!canary", Some(true)),
            ("!app", Some(false)),
            ("tier within (front)", None),
            ("", None),
            ("app cart", None),
        ] {
            let found = selector(&text(written)).map(|selector| selector.selects(&labels));
            assert_eq!(found, expected, "{written}");
        }
    }
}
