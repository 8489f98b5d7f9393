//! What a container's command line says to a Collector: which configurations it loads.

use std::collections::BTreeMap;

use crate::model::workload::container::Container;
use crate::model::workload::container::EnvironmentValue;
use crate::source::Span;
use crate::source::Spanned;

/// How a container starts its program.
#[derive(Clone, Debug)]
pub enum CommandLine {
    /// Neither `command` nor `args`: the image's own arguments are in force.
    Image,
    /// The arguments are given.
    Given(Arguments),
    /// Nobody can say without running it: a shell, or a command line that hangs on values not given. Where it stands.
    Opaque(Span),
}

/// The arguments that concern a Collector's configuration.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    /// `command[0]`; `None` means the image's entrypoint.
    pub program: Option<Spanned<String>>,
    /// Every `--config`, in the order in which they are merged.
    pub configs: Vec<Spanned<ConfigUri>>,
    /// Every `--set`: merged after the configurations.
    pub sets: Vec<Spanned<String>>,
    /// Every `--feature-gates`, by its commas.
    pub gates: Vec<Spanned<String>>,
    /// The first argument that is no flag: a subcommand such as `validate`.
    pub subcommand: Option<Spanned<String>>,
}

/// What one `--config` names.
///
/// Source: core `confmap/resolver.go`: `scheme:opaque`, and a file when there is no scheme or only a drive letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigUri {
    /// `file:PATH`, or a bare path.
    File(String),
    /// `yaml:TEXT`.
    Yaml(String),
    /// `env:NAME`: the configuration is the value of that variable.
    Environment(String),
    /// Any other scheme, and what follows its `:`.
    Other(String, String),
    /// It hangs on a variable whose value was not given.
    Unknown,
}

impl ConfigUri {
    /// What `text` names, variables already replaced.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let Some((scheme, rest)) = text.split_once(':') else {
            return Self::File(text.to_owned());
        };
        let is_scheme = scheme.len() > 1
            && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
        match scheme {
            _ if !is_scheme => Self::File(text.to_owned()),
            "file" => Self::File(rest.to_owned()),
            "yaml" => Self::Yaml(rest.to_owned()),
            "env" => Self::Environment(rest.to_owned()),
            _ => Self::Other(scheme.to_owned(), rest.to_owned()),
        }
    }
}

impl CommandLine {
    /// What `container` starts its program with.
    #[must_use]
    pub fn of(container: &Container) -> Self {
        if container.command.is_none() && container.args.is_none() {
            return Self::Image;
        }
        let mut words = container
            .command
            .iter()
            .flatten()
            .chain(container.args.iter().flatten());
        let program = container
            .command
            .as_ref()
            .and_then(|_| words.next())
            .cloned();
        if let Some(program) = program.as_ref().filter(|program| is_shell(&program.value)) {
            return Self::Opaque(program.span);
        }
        let environment = Environment::of(container);
        let mut arguments = Arguments {
            program,
            ..Arguments::default()
        };
        while let Some(word) = words.next() {
            if word.value == "--" {
                break;
            }
            let Some(flag) = word.value.strip_prefix("--") else {
                if arguments.subcommand.is_none() && !word.value.starts_with('-') {
                    arguments.subcommand = Some(word.clone());
                }
                continue;
            };
            let (flag, value) = match flag.split_once('=') {
                Some((flag, value)) => (flag, Some(Spanned::new(value.to_owned(), word.span))),
                None if matches!(flag, "config" | "set" | "feature-gates") => {
                    (flag, words.next().cloned())
                }
                None => continue,
            };
            if let Some(value) = value {
                arguments.take(flag, value, &environment);
            }
        }
        Self::Given(arguments)
    }
}

impl Arguments {
    fn take(&mut self, flag: &str, value: Spanned<String>, environment: &Environment<'_>) {
        let text = environment.expand(&value.value);
        match flag {
            "config" => {
                let uri = text.map_or(ConfigUri::Unknown, |text| ConfigUri::parse(&text));
                self.configs.push(Spanned::new(uri, value.span));
            }
            "set" => self.sets.push(value),
            "feature-gates" => {
                let gates = value
                    .value
                    .split(',')
                    .map(|gate| Spanned::new(gate.trim().to_owned(), value.span));
                self.gates.extend(gates);
            }
            _ => {}
        }
    }
}

/// The environment of a container, as its program and its arguments see it.
#[derive(Clone, Debug)]
pub struct Environment<'w> {
    values: BTreeMap<&'w str, Variable>,
    /// Whether `envFrom` may bring more.
    is_open: bool,
}

/// What a variable of a container is when the program starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Variable {
    /// Its value.
    Is(String),
    /// Nothing sets it.
    Undefined,
    /// Something sets it, or may, that was not given.
    Unknown,
}

impl<'w> Environment<'w> {
    /// The environment of `container`: entries in order, each using those above it.
    #[must_use]
    pub fn of(container: &'w Container) -> Self {
        let mut environment = Self {
            values: BTreeMap::new(),
            is_open: !container.env_from.is_empty(),
        };
        for entry in &container.env {
            let value = match &entry.value {
                EnvironmentValue::Literal(value) => environment
                    .expand(&value.value)
                    .map_or(Variable::Unknown, Variable::Is),
                EnvironmentValue::Empty => Variable::Is(String::new()),
                _ => Variable::Unknown,
            };
            environment.values.insert(&entry.name.value, value);
        }
        environment
    }

    /// The variable of that name.
    #[must_use]
    pub fn variable(&self, name: &str) -> Variable {
        match self.values.get(name) {
            Some(value) => value.clone(),
            None if self.is_open => Variable::Unknown,
            None => Variable::Undefined,
        }
    }

    /// `text` with each `$(NAME)` replaced as the kubelet does in `command`, `args` and `subPathExpr`: a name that is
    /// not defined stays as it is, `$$` is one `$`. `None` when a value was not given: it comes from a field or an
    /// object.
    ///
    /// Source: core/v1 Container, `args`; k8s.io/kubernetes third_party/forked/golang/expansion.
    #[must_use]
    pub fn expand(&self, text: &str) -> Option<String> {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix('$') {
                out.push('$');
                rest = after;
            } else if let Some((name, after)) = rest
                .strip_prefix('(')
                .and_then(|inner| inner.split_once(')'))
            {
                match self.variable(name) {
                    Variable::Is(value) => out.push_str(&value),
                    Variable::Undefined => {
                        out.push_str("$(");
                        out.push_str(name);
                        out.push(')');
                    }
                    Variable::Unknown => return None,
                }
                rest = after;
            } else {
                out.push('$');
            }
            if out.len() > LONGEST_VALUE {
                return None;
            }
        }
        out.push_str(rest);
        Some(out)
    }
}

/// Bytes. Variables that name each other may double in size at every step; the kernel takes 128 KiB for one.
const LONGEST_VALUE: usize = 1 << 17;

fn is_shell(program: &str) -> bool {
    let name = program.rsplit('/').next().unwrap_or(program);
    matches!(
        name,
        "sh" | "bash"
            | "ash"
            | "dash"
            | "busybox"
            | "env"
            | "cmd"
            | "cmd.exe"
            | "powershell"
            | "tini"
    )
}
