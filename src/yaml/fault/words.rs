//! What a parser's refusal means to whoever wrote the text.
//!
//! A parser says which token it did not expect; these sentences say what stands there, and what is usually meant.

use std::borrow::Cow;

use granit_parser::ErrorKind;

use crate::yaml::DEPTH;

/// A fault in words.
pub(in crate::yaml) struct Words {
    pub(in crate::yaml) message: Cow<'static, str>,
    pub(in crate::yaml) help: Option<&'static str>,
}

impl Words {
    fn new(message: impl Into<Cow<'static, str>>) -> Self {
        let message = message.into();
        Self {
            message,
            help: None,
        }
    }

    const fn help(mut self, help: &'static str) -> Self {
        self.help = Some(help);
        self
    }
}

/// The refusal of that kind in words.
pub(in crate::yaml) fn words(kind: &ErrorKind) -> Words {
    use ErrorKind as Kind;
    match kind {
        Kind::MappingValueNotAllowed => Words::new("a `: ` stands where no mapping can begin").help(
            "put the value in quotes if the `: ` belongs to it; else check the indentation of this line and the one above",
        ),
        Kind::ExpectedBlockMappingKey => {
            Words::new("this line is neither a key of the mapping it stands in nor a part of the value above")
                .help("check its indentation, and that the key ends in `: `")
        }
        Kind::SimpleKeyExpected => Words::new("a key is not followed by `: `")
            .help("write a space after the `:`; put text that is no key in quotes"),
        Kind::ExpectedBlockSequenceEntry => Words::new("this line is no item of the list it stands in")
            .help("begin it with `- `, or check its indentation"),
        Kind::BlockSequenceEntryNotAllowed => Words::new("a `- ` stands where no list can begin or go on")
            .help("begin a list on a line of its own; check the indentation of this line and the one above"),
        Kind::TabInBlockIndentation
        | Kind::TabInIndentation
        | Kind::TabNotAllowed
        | Kind::TabInPlainScalar
        | Kind::TabAtBlockScalarStart => {
            Words::new("a tab stands where YAML takes only spaces").help("indent with spaces")
        }
        Kind::InvalidBlockScalarHeader => {
            Words::new("text stands on the line of the `|` or `>`").help("begin the text on the next line")
        }
        Kind::InvalidBlockScalarIndent => {
            Words::new("a line of this block is indented less than its first, and more than its key")
        }
        Kind::ExpectedDocumentStart => Words::new("text stands after the end of the document")
            .help("write `---` before the next document"),
        Kind::BomInsideDocument => Words::new("a byte order mark stands inside a document")
            .help("remove the three bytes EF BB BF, or put `---` after them"),
        Kind::RecursionLimitExceeded => Words::new(format!("the document nests deeper than {DEPTH} levels")),
        Kind::UnexpectedCharacter { character } => unexpected(*character),
        other => quotes(other)
            .or_else(|| brackets(other))
            .or_else(|| names(other))
            .unwrap_or_else(|| Words::new(other.to_string())),
    }
}

fn unexpected(character: char) -> Words {
    match character {
        '`' => Words::new("no value can begin with a backtick").help("put the value in quotes"),
        '@' | '%' => Words::new(format!("no value can begin with `{character}`"))
            .help("put the value in quotes"),
        _ if character.is_control() => Words::new(format!(
            "the control character U+{:04X} stands here, which YAML does not take",
            u32::from(character)
        )),
        _ => Words::new(format!(
            "the character U+{:04X} cannot stand here",
            u32::from(character)
        )),
    }
}

/// Quoted scalars.
fn quotes(kind: &ErrorKind) -> Option<Words> {
    use ErrorKind as Kind;
    Some(match kind {
        Kind::UnclosedQuotedScalar | Kind::DocumentIndicatorInQuotedScalar => {
            Words::new("a quote is never closed")
        }
        Kind::InvalidQuotedScalarIndent => {
            Words::new("a quoted value goes on here, no deeper than its key")
                .help("close the quote, or indent the line deeper than the key")
        }
        Kind::InvalidTrailingSingleQuotedScalar => {
            Words::new("text stands after the closing quote")
                .help("inside single quotes write `''` for a single quote")
        }
        Kind::InvalidTrailingDoubleQuotedScalar => {
            Words::new("text stands after the closing quote")
                .help("inside double quotes write `\\\"` for a double quote")
        }
        Kind::UnknownQuotedScalarEscape => Words::new("there is no such escape in double quotes")
            .help("write `\\\\` for a backslash, or use single quotes"),
        _ => return None,
    })
}

/// Lists and mappings in brackets.
fn brackets(kind: &ErrorKind) -> Option<Words> {
    use ErrorKind as Kind;
    Some(match kind {
        Kind::UnclosedFlowCollection { open } => {
            Words::new(format!("this `{open}` is never closed"))
        }
        Kind::MismatchedFlowCollectionEnd { open, close } => {
            Words::new(format!("this `{open}` is closed by `{close}`"))
        }
        Kind::MisplacedFlowCollectionEnd => Words::new("this bracket closes nothing")
            .help("put the value in quotes if the bracket belongs to it"),
        Kind::InvalidColonPlacement => Words::new("inside brackets a `:` stands where no key does")
            .help("close the bracket before this line, or put the value in quotes"),
        Kind::ExpectedFlowMappingSeparator => {
            Words::new("a `,` or the closing `}` is missing before this")
        }
        Kind::ExpectedFlowSequenceSeparator => {
            Words::new("a `,` or the closing `]` is missing before this")
        }
        Kind::UnexpectedEofFlowSequence
        | Kind::UnexpectedEofFlowMapping
        | Kind::UnexpectedEofImplicitFlowMapping => {
            Words::new("inside brackets something is missing here")
        }
        _ => return None,
    })
}

/// Anchors, aliases and tags.
fn names(kind: &ErrorKind) -> Option<Words> {
    use ErrorKind as Kind;
    Some(match kind {
        Kind::UnknownAnchor => {
            Words::new("this alias names an anchor that does not stand before it in the document")
                .help("put a value that begins with `*` in quotes")
        }
        Kind::MissingAnchorOrAliasName => Words::new("no name follows this `&` or `*`")
            .help("put a value that begins with `&` or `*` in quotes"),
        Kind::UndeclaredTagHandle => Words::new("no `%TAG` declares the handle of this tag")
            .help("put a value that begins with `!` in quotes"),
        _ => return None,
    })
}
