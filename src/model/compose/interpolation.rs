//! What Compose fills in before a container sees a value: `$$`, `$NAME`, `${NAME:-default}` (compose-go,
//! template/template.go, measured with v2.16.2).

use std::ops::Range;

use crate::yaml::Text;

/// A value as a container gets it, as far as that is known.
#[derive(Clone, Debug)]
pub(super) struct Interpolated {
    /// The value, with its places. Variables of the shell without a default are left as `${NAME}`, which is open.
    pub(super) text: Text,
    /// What is no variable to Compose, which then refuses the file: as bytes of the value as it is written.
    pub(super) refused: Vec<Range<usize>>,
}

/// Fills in what is certain: of a variable that has a default, the default.
pub(super) fn interpolate(written: &Text) -> Interpolated {
    let mut scan = Scan {
        text: written.as_str(),
        edits: Vec::new(),
        refused: Vec::new(),
        open: Vec::new(),
        at: 0,
    };
    scan.run();
    // Of a brace that is never closed, all is left as it stands.
    let unclosed: Vec<Range<usize>> = std::mem::take(&mut scan.open);
    scan.edits.retain(|(range, _)| !unclosed.contains(range));
    scan.refused.extend(unclosed);
    scan.refused.sort_by_key(|range| range.start);
    Interpolated {
        text: written.with(&scan.edits),
        refused: scan.refused,
    }
}

struct Scan<'t> {
    text: &'t str,
    /// Which bytes are replaced, in order, and by what.
    edits: Vec<(Range<usize>, String)>,
    refused: Vec<Range<usize>>,
    /// The beginnings, up to their default, of what is not yet closed.
    open: Vec<Range<usize>>,
    at: usize,
}

impl Scan<'_> {
    fn run(&mut self) {
        while let Some(found) = self.text[self.at..].find(['$', '}']) {
            self.at += found;
            let rest = &self.text[self.at + 1..];
            if self.text[self.at..].starts_with('}') {
                if self.open.pop().is_some() {
                    self.replace(1, "");
                }
                self.at += 1;
            } else if rest.starts_with('$') {
                self.replace(1, "");
                self.at += 2;
            } else if let Some(inner) = rest.strip_prefix('{') {
                self.braced(inner);
            } else {
                let name = name(rest);
                if !name.is_empty() {
                    self.replace(1 + name.len(), &format!("${{{name}}}"));
                }
                self.at += 1 + name.len();
            }
        }
    }

    /// What stands behind `${`.
    fn braced(&mut self, inner: &str) {
        const BRACE: usize = "${".len();
        let name = name(inner);
        let after = &inner[name.len()..];
        let operator = after.strip_prefix(':').unwrap_or(after).chars().next();
        let colon = usize::from(after.starts_with(':'));
        match operator {
            _ if name.is_empty() => self.refuse(inner),
            Some('}') if colon == 0 => self.at += BRACE + name.len() + 1,
            Some('-') => {
                let length = BRACE + name.len() + colon + 1;
                self.open.push(self.at..self.at + length);
                self.replace(length, "");
                self.at += length;
            }
            // What the shell has to say: the variable, or something instead of it.
            Some('?' | '+') => match closing(inner) {
                Some(end) => {
                    self.replace(BRACE + end + 1, &format!("${{{name}}}"));
                    self.at += BRACE + end + 1;
                }
                None => self.refuse(inner),
            },
            _ => self.refuse(inner),
        }
    }

    /// Leaves a `${…}` as it stands.
    fn refuse(&mut self, inner: &str) {
        let mut bytes = inner
            .bytes()
            .take(LONGEST)
            .take_while(|byte| *byte != b'\n');
        let length = bytes.position(|byte| byte == b'}').map_or(0, |end| end + 1);
        let end = self.at + "${".len() + length;
        self.refused.push(self.at..end);
        self.at = end;
    }

    fn replace(&mut self, length: usize, by: &str) {
        self.edits.push((self.at..self.at + length, by.to_owned()));
    }
}

/// Letters within which a brace is looked for that closes; longer ones are nobody's.
const LONGEST: usize = 1 << 10;

/// The name of a variable at the beginning of `text`; empty when none stands there.
fn name(text: &str) -> &str {
    let is_letter = |letter: char| letter.is_ascii_alphabetic() || letter == '_';
    if !text.starts_with(is_letter) {
        return "";
    }
    let end = text.find(|letter: char| !(is_letter(letter) || letter.is_ascii_digit()));
    &text[..end.unwrap_or(text.len())]
}

/// Where the brace closes that stands before `inner`, on the same line.
fn closing(inner: &str) -> Option<usize> {
    let mut open = 1;
    let mut letters = inner.char_indices().take(LONGEST).peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\n' => return None,
            '}' => open -= 1,
            '$' if letters.peek().is_some_and(|(_, next)| *next == '{') => open += 1,
            _ => {}
        }
        if open == 0 {
            return Some(at);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;
    use crate::source::Sources;

    fn interpolated(text: &str) -> (String, Vec<String>) {
        let mut sources = Sources::new();
        let id = sources.add(Source::new("compose.yaml", text.as_bytes().to_vec()));
        let written = Text::whole(id, sources.get(id)).expect("UTF-8");
        let found = interpolate(&written);
        let refused = found
            .refused
            .into_iter()
            .map(|range| text[range].to_owned());
        (found.text.as_str().to_owned(), refused.collect())
    }

    /// What compose-go v2.16.2 makes of them where no variable is set; what it asks the shell for stays open here.
    #[test]
    fn as_compose_does_it() {
        for (text, expected) in [
            ("a$$b", "a$b"),
            ("$${env:X}", "${env:X}"),
            ("$$$${env:X}", "$${env:X}"),
            ("$$$X", "$${X}"),
            ("${X}", "${X}"),
            ("$X.", "${X}."),
            ("${X:-d}", "d"),
            ("${X-d}", "d"),
            ("${X:-}", ""),
            ("${X:?need}", "${X}"),
            ("a${X:+r}b", "a${X}b"),
            ("${X:-${Y:-z}}q${Z-w}", "zqw"),
            ("a${X:-p}b${Y:-q}c", "apbqc"),
            ("cost $5 and $", "cost $5 and $"),
            ("a }${X:-d}}", "a }d}"),
            ("${X:-a$$b}", "a$b"),
            ("${X:-{a: b}}", "{a: b}"),
            ("${X:-$Y}", "${Y}"),
            ("$ {X}", "$ {X}"),
        ] {
            assert_eq!(
                interpolated(text),
                (expected.to_owned(), Vec::new()),
                "{text}"
            );
        }
        for (text, refused) in [
            ("${env:X}", "${env:X}"),
            ("${file:/x}", "${file:/x}"),
            ("a: ${X:-1}\nb: ${env:Y}", "${env:Y}"),
            ("${1X}", "${1X}"),
            ("${X", "${"),
            ("${X:-a", "${X:-"),
            ("${X:?a", "${"),
        ] {
            assert_eq!(interpolated(text).1, [refused], "{text}");
        }
    }

    #[test]
    fn places_are_those_of_the_file() {
        let mut sources = Sources::new();
        let written = "a: ${X:-one}\nb: $$two\nc: ${env:Y}";
        let id = sources.add(Source::new("compose.yaml", written.as_bytes().to_vec()));
        let text = Text::whole(id, sources.get(id)).expect("UTF-8");
        let inner = interpolate(&text).text;
        for word in ["one", "two", "Y"] {
            let at = inner.as_str().find(word).expect("the word");
            let span = inner.span(at as u32..(at + word.len()) as u32);
            assert_eq!(sources.slice(span), word);
        }
    }
}
