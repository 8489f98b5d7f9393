//! To read the structural schema of a CustomResourceDefinition that was given into a table.
//!
//! Source: Kubernetes `apiextensions` v1: `openAPIV3Schema` and `x-kubernetes-*`. CEL rules (`x-kubernetes-validations`)
//! are not judged.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::yaml::Node;
use crate::yaml::Scalar;
use crate::yaml::Shape;

use super::table::Base;
use super::table::Field;
use super::table::Junctions;
use super::table::Pattern;
use super::table::Table;
use super::table::Type;
use super::table::TypeId;

/// Depth of a schema: the deepest published ones stay under 40.
const MOST_DEPTH: u32 = 100;

/// Types of one schema: the largest published ones have some 20,000.
const MOST_TYPES: usize = 200_000;

/// Tables of the kinds that definitions describe, by group and kind, then by served version.
#[derive(Default)]
pub(crate) struct Definitions(BTreeMap<(String, String), Vec<(String, Table)>>);

impl Definitions {
    /// Takes in `document` if it is a definition.
    pub(crate) fn learn(&mut self, document: Node<'_>) {
        if document
            .get("kind")
            .is_none_or(|kind| kind.text() != "CustomResourceDefinition")
        {
            return;
        }
        let Some(spec) = document.get("spec") else {
            return;
        };
        let group = spec.get("group").map(|group| group.text().into_owned());
        let kind = spec.get("names").and_then(|names| names.string_at("kind"));
        let (Some(group), Some(kind)) = (group, kind) else {
            return;
        };
        let mut tables = Vec::new();
        for version in spec.get("versions").into_iter().flat_map(Node::items) {
            let Some(name) = version.string_at("name") else {
                continue;
            };
            let served = version
                .get("served")
                .is_none_or(|served| served.text() != "false");
            let schema = version
                .get("schema")
                .and_then(|schema| schema.get("openAPIV3Schema"));
            if let Some(schema) = schema.filter(|_| served) {
                tables.push((name.value, read(schema)));
            }
        }
        if !tables.is_empty() {
            self.0.insert((group, kind.value), tables);
        }
    }

    /// The table of that version, if it is served.
    pub(crate) fn table(&self, group: &str, kind: &str, version: &str) -> Option<&Table> {
        let tables = self.0.get(&(group.to_owned(), kind.to_owned()))?;
        tables
            .iter()
            .find(|(name, _)| name == version)
            .map(|(_, table)| table)
    }

    /// Versions that are served; empty when nobody defines the kind.
    pub(crate) fn versions(&self, group: &str, kind: &str) -> Vec<String> {
        let tables = self.0.get(&(group.to_owned(), kind.to_owned()));
        tables.map_or_else(Vec::new, |tables| {
            tables.iter().map(|(name, _)| name.clone()).collect()
        })
    }
}

fn read(schema: Node<'_>) -> Table {
    let mut reader = Reader(Table::default());
    let root = reader.add(schema, false, 0);
    reader.0.root = root;
    let free = reader.push(Type::default());
    let fields = &mut reader.0.types[root.0 as usize].fields;
    // These are there whatever the schema says.
    for name in ["apiVersion", "kind", "metadata", "status"] {
        fields.retain(|field| field.name != name);
        fields.push(Field {
            name: Cow::Borrowed(name),
            of: free,
            required: false,
            default: false,
            withheld: None,
        });
    }
    fields.sort_by(|a, b| a.name.cmp(&b.name));
    reader.0
}

struct Reader(Table);

impl Reader {
    fn push(&mut self, of: Type) -> TypeId {
        self.0.types.push(of);
        TypeId(u32::try_from(self.0.types.len() - 1).unwrap_or_default())
    }

    /// Reads one schema. Inside a junction (`logical`) fields that are not listed are never unknown.
    fn add(&mut self, schema: Node<'_>, logical: bool, depth: u32) -> TypeId {
        if schema.shape() != Shape::Mapping || depth > MOST_DEPTH || self.0.types.len() > MOST_TYPES
        {
            return self.push(Type::default());
        }
        let id = self.push(Type::default());
        let truth = |key: &str| schema.get(key).is_some_and(|value| value.text() == "true");
        let kind = schema.get("type").map(Node::text).unwrap_or_default();
        let mut of = Type {
            nullable: truth("nullable"),
            secret: false,
            free: true,
            ..Type::default()
        };
        of.base = match &*kind {
            _ if truth("x-kubernetes-int-or-string") => Base::IntegerOrText,
            "object" if schema.get("properties").is_some() => Base::Object,
            "object" if schema.get("additionalProperties").is_some() => Base::Map,
            "object" => Base::Object,
            "array" => Base::List,
            "string" => Base::Text,
            "integer" => Base::Integer,
            "number" => Base::Number,
            "boolean" => Base::Boolean,
            _ if logical && schema.get("properties").is_some() => Base::Object,
            _ => Base::Any,
        };
        let properties = schema.get("properties");
        of.open = logical || properties.is_none() || truth("x-kubernetes-preserve-unknown-fields");
        of.fields = self.fields(schema, properties, logical, depth);
        if logical {
            of.fields
                .iter_mut()
                .for_each(|field| field.required = false);
        }
        let element = schema
            .get("items")
            .or_else(|| schema.get("additionalProperties"));
        of.element = element
            .filter(|element| element.shape() == Shape::Mapping)
            .map(|element| self.add(element, logical, depth + 1));
        limits(&mut of, schema);
        of.junctions = self.junctions(schema, logical, depth);
        self.0.types[id.0 as usize] = of;
        id
    }

    fn fields(
        &mut self,
        schema: Node<'_>,
        properties: Option<Node<'_>>,
        logical: bool,
        depth: u32,
    ) -> Vec<Field> {
        let required: Vec<String> = texts(schema, "required");
        let mut fields: BTreeMap<String, Field> = BTreeMap::new();
        for (key, value) in properties.into_iter().flat_map(Node::entries) {
            let name = key.text().into_owned();
            let field = Field {
                name: Cow::Owned(name.clone()),
                of: self.add(value, logical, depth + 1),
                required: required.contains(&name),
                default: value.get("default").is_some(),
                withheld: None,
            };
            fields.insert(name, field);
        }
        fields.into_values().collect()
    }

    fn junctions(&mut self, schema: Node<'_>, logical: bool, depth: u32) -> Option<Box<Junctions>> {
        // A port's `anyOf: [integer, string]` says nothing new.
        let skip_any = schema.get("x-kubernetes-int-or-string").is_some();
        let mut junctions = Junctions::default();
        for (name, list) in [
            ("anyOf", &mut junctions.any),
            ("oneOf", &mut junctions.one),
            ("allOf", &mut junctions.all),
        ] {
            let branches = schema.get(name).filter(|_| !skip_any || name == "allOf");
            for branch in branches.into_iter().flat_map(Node::items) {
                list.push(self.add(branch, true, depth + 1));
            }
        }
        junctions.not = schema
            .get("not")
            .map(|branch| self.add(branch, true, depth + 1));
        if logical {
            junctions.required = texts(schema, "required");
        }
        let says = !junctions.any.is_empty()
            || !junctions.one.is_empty()
            || !junctions.all.is_empty()
            || junctions.not.is_some()
            || !junctions.required.is_empty();
        says.then(|| Box::new(junctions))
    }
}

fn limits(of: &mut Type, schema: Node<'_>) {
    let number = |key: &str| match schema.get(key).map(Node::scalar) {
        Some(Scalar::Int(value)) => Some(value as f64),
        Some(Scalar::Float(value)) => Some(value),
        _ => None,
    };
    (of.low, of.high) = match of.base {
        Base::Text => (number("minLength"), number("maxLength")),
        Base::List => (number("minItems"), number("maxItems")),
        Base::Map => (number("minProperties"), number("maxProperties")),
        _ => (number("minimum"), number("maximum")),
    };
    of.choices = texts(schema, "enum").into_iter().map(Cow::Owned).collect();
    of.pattern = schema
        .string_at("pattern")
        .map(|pattern| Pattern::new(pattern.value));
    of.keys = texts(schema, "x-kubernetes-list-map-keys")
        .into_iter()
        .map(Cow::Owned)
        .collect();
    of.set = schema
        .get("x-kubernetes-list-type")
        .is_some_and(|kind| kind.text() == "set");
}

fn texts(schema: Node<'_>, key: &str) -> Vec<String> {
    let list = schema
        .get(key)
        .filter(|list| list.shape() == Shape::Sequence);
    let items = list.into_iter().flat_map(Node::items);
    items
        .filter(|item| item.shape() == Shape::Scalar)
        .map(|item| item.text().into_owned())
        .collect()
}
