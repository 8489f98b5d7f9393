//! To compare a mapping with an object or a map: its fields, what is unknown, what is missing.

use crate::problem::ProblemKind;
use crate::yaml::Node;

use super::super::placeholder;
use super::super::table::Base;
use super::super::table::Field;
use super::super::table::Type;
use super::super::wording;
use super::Extent;
use super::Step;
use super::Walk;
use super::head;

impl Walk<'_> {
    pub(super) fn mapping(&mut self, of: &Type, node: Node<'_>, key: Option<Node<'_>>) {
        match of.base {
            Base::Map => {
                let mut count = 0;
                for (key, value) in node.entries() {
                    count += 1;
                    let Some(element) = of.element else { continue };
                    self.path.push(Step::Key(key.text().into_owned()));
                    self.value(element, value, Some(key));
                    self.path.pop();
                }
                self.count(of, node, key, count);
            }
            Base::Object => {
                self.fields(of, node);
                if self.extent == Extent::Whole {
                    self.required(of, node, key);
                }
            }
            _ => {}
        }
        if let (Base::Object, Some(element)) = (of.base, of.element) {
            for (key, value) in node
                .entries()
                .filter(|(key, _)| of.field(&key.text()).is_none())
            {
                self.path.push(Step::Key(key.text().into_owned()));
                self.value(element, value, Some(key));
                self.path.pop();
            }
        }
    }

    pub(super) fn fields(&mut self, of: &Type, node: Node<'_>) {
        for (key, value) in node.entries() {
            let name = key.text();
            match of.field(&name) {
                Some(field) if field.withheld.is_none() => {
                    self.path.push(Step::Key(name.into_owned()));
                    self.value(field.of, value, Some(key));
                    self.path.pop();
                }
                _ if name == "$patch" || of.element.is_some() => {}
                _ if self.encrypted && self.path.is_empty() && name == super::SOPS => {}
                Some(field) => self.withheld(field, key),
                None if of.open || name.starts_with("x-") => {}
                None => self.unknown(of, node, key, &name),
            }
        }
    }

    pub(super) fn withheld(&mut self, field: &Field, key: Node<'_>) {
        let Some(withheld) = &field.withheld else {
            return;
        };
        let place = self.place();
        let world = wording::world(self.world);
        let message = format!(
            "`{place}` has no field `{}` in {world}: it is there {}",
            field.name, withheld.place
        );
        let help = match withheld.moved {
            Some(path) => format!("say it in `{path}`; {PRUNED}"),
            None => format!("install the custom resource definitions that have it; {PRUNED}"),
        };
        self.say(ProblemKind::UnknownField, key.span(), message)
            .help = Some(help);
    }

    pub(super) fn unknown(&mut self, of: &Type, node: Node<'_>, key: Node<'_>, name: &str) {
        if let Some(found) = placeholder::find(name) {
            self.unfilled(key, found);
            return;
        }
        let place = self.place();
        let names = of.fields.iter().filter(|field| field.withheld.is_none());
        let near = wording::nearest(name, names.map(|field| field.name.as_ref()));
        let message = format!("`{place}` has no field `{}`", wording::short(name));
        let help = match near {
            Some(near) => format!("did you mean `{near}`? {PRUNED}"),
            None => PRUNED.to_owned(),
        };
        // Written a second time it would be a key too many.
        let meant = near.filter(|near| !node.has(near)).map(str::to_owned);
        let problem = self.say(ProblemKind::UnknownField, key.span(), message);
        problem.help = Some(help);
        problem.meant = meant;
    }

    pub(super) fn required(&mut self, of: &Type, node: Node<'_>, key: Option<Node<'_>>) {
        for field in of
            .fields
            .iter()
            .filter(|field| field.required && !field.default)
        {
            let nullable = self.table.types[field.of.0 as usize].nullable;
            let there = match nullable {
                true => node.has(&field.name),
                false => node.get(&field.name).is_some(),
            };
            if there {
                continue;
            }
            let place = self.place();
            let span = key.map_or_else(|| head(node), Node::span);
            self.refuse(
                span,
                format!("`{place}` has no `{}`, which is required", field.name),
            );
        }
    }
}

/// What happens to a field that the API server does not know.
const PRUNED: &str = "the API server drops the field without a word, so the setting is lost; only a client that asks for strict validation hears of it";
