//! To compare a single value: choices, form, length, range.

use std::borrow::Cow;

use crate::problem::ProblemKind;
use crate::yaml::Node;
use crate::yaml::Scalar;

use super::super::placeholder;
use super::super::table::Base;
use super::super::table::Type;
use super::super::wording;
use super::Walk;

impl Walk<'_> {
    pub(super) fn scalar(&mut self, of: &Type, node: Node<'_>) {
        let text = node.text();
        // A text of several lines is a file of another language.
        let searched = matches!(of.base, Base::Text | Base::IntegerOrText | Base::Quantity)
            && !of.free
            && !text.contains('\n');
        let search = if of.shell {
            placeholder::find_in_script
        } else {
            placeholder::find
        };
        if searched && let Some(found) = search(&text) {
            self.unfilled(node, found);
            return;
        }
        if !of.choices.is_empty() && !of.choices.iter().any(|choice| choice.as_ref() == text) {
            self.no_choice(of, node, &text);
            return;
        }
        match of.base {
            Base::Text | Base::Quantity => self.text(of, node, &text),
            Base::Integer | Base::Number => self.number(of, node, &text),
            _ => {}
        }
    }

    fn no_choice(&mut self, of: &Type, node: Node<'_>, text: &str) {
        let name = self.name();
        let choices = wording::alternatives(&of.choices);
        let shown = wording::short(text);
        let same = of
            .choices
            .iter()
            .find(|choice| choice.eq_ignore_ascii_case(text));
        let near = same
            .map(Cow::as_ref)
            .or_else(|| wording::nearest(text, of.choices.iter().map(Cow::as_ref)));
        let message = format!("`{name}` cannot be `{shown}`: it is {choices}");
        let problem = self.refuse(node.span(), message);
        problem.help = near.map(|near| format!("did you mean `{near}`?"));
        problem.meant = near.map(str::to_owned);
    }

    pub(super) fn text(&mut self, of: &Type, node: Node<'_>, text: &str) {
        if of.low.is_some() || of.high.is_some() {
            let length = text.chars().count() as f64;
            if of.low.is_some_and(|low| length < low) {
                let name = self.name();
                let message = if text.is_empty() {
                    format!("`{name}` is empty text")
                } else {
                    format!(
                        "`{name}` has {length} characters, and needs at least {}",
                        of.low.unwrap_or_default()
                    )
                };
                self.refuse(node.span(), message);
                return;
            }
            if let Some(high) = of.high.filter(|high| length > *high) {
                let name = self.name();
                self.refuse(
                    node.span(),
                    format!("`{name}` has {length} characters, and at most {high} are taken"),
                );
            }
        }
        if let Some(form) = of.form
            && !(form.fits)(text)
        {
            self.misshapen(of, node, text);
        } else if let Some(pattern) = &of.pattern
            && !pattern.fits(text)
        {
            let name = self.name();
            let shown = wording::short(text);
            let source = wording::short(&pattern.source);
            self.refuse(
                node.span(),
                format!("`{name}` cannot be `{shown}`: it does not match `{source}`"),
            );
        }
    }

    pub(super) fn misshapen(&mut self, of: &Type, node: Node<'_>, text: &str) {
        let Some(form) = of.form else { return };
        let shown = if of.secret {
            "…".to_owned()
        } else {
            wording::short(text).into_owned()
        };
        let message = format!("`{shown}` is no valid {}", form.noun);
        let lower = text.to_lowercase();
        let trimmed = text.trim();
        let help = if of.secret {
            format!("{} is {}", wording::an(form.noun), form.words)
        } else if (form.fits)(&lower) && lower != text {
            format!("write it in lower case: `{}`", wording::short(&lower))
        } else if (form.fits)(trimmed) && trimmed != text {
            "take the blanks around it away".to_owned()
        } else if form.noun == "hostname" && text.contains(':') && !text.contains("::") {
            format!(
                "leave the scheme and the port out; a hostname is {}",
                form.words
            )
        } else {
            format!("{} is {}", wording::an(form.noun), form.words)
        };
        self.refuse(node.span(), message).help = Some(help);
    }

    pub(super) fn number(&mut self, of: &Type, node: Node<'_>, text: &str) {
        let value = match node.scalar() {
            Scalar::Int(value) => value as f64,
            Scalar::Float(value) => value,
            _ => return,
        };
        let below = of.low.is_some_and(|low| value < low);
        let above = of.high.is_some_and(|high| value > high);
        if below || above {
            let name = self.name();
            let range = wording::range(of.low, of.high);
            let shown = wording::short(text);
            self.refuse(
                node.span(),
                format!("`{name}` cannot be {shown}: it is {range}"),
            );
        }
    }

    pub(super) fn unfilled(&mut self, node: Node<'_>, found: &str) {
        let name = self.name();
        let message = format!(
            "`{name}` still holds the placeholder `{}`",
            wording::short(found)
        );
        self.say(ProblemKind::UnfilledPlaceholder, node.span(), message)
            .help =
            Some("fill in the value, or run the tool that does so before this check".to_owned());
    }
}
