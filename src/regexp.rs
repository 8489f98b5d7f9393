//! Whether Go takes a regular expression, and what it says of one that it refuses.
//!
//! Source: go, regexp/syntax/parse.go with the flags of `regexp.Compile`. Rust's `regex` takes others: it knows set
//! operations in classes and has no limit of repetitions.

use regex::Regex;

mod class;
mod escape;

/// Holds `pattern` to Go's grammar; the error is what `regexp.Compile` says. Names of Unicode classes, of which each
/// version of Go has more, are taken for good, and so is what is merely too large.
///
/// # Errors
///
/// What Go says of the first thing that it does not take.
pub fn check(pattern: &str) -> Result<(), String> {
    Parser::new(pattern)
        .run()
        .map_err(|refusal| format!("error parsing regexp: {}: `{}`", refusal.code, refusal.text))
}

/// `pattern` as something to run; `None` when Go refuses it, or when Rust's `regex` gives it another meaning or none.
#[must_use]
pub fn compiled(pattern: &str) -> Option<Regex> {
    check(pattern).ok()?;
    let is_other = ["\\<", "\\>", "\\b{"]
        .iter()
        .any(|escape| pattern.contains(escape));
    if is_other || class::has_sets(pattern) {
        return None;
    }
    Regex::new(pattern).ok()
}

/// How often anything may be repeated, in repeated groups multiplied.
const REPETITIONS: u64 = 1000;

/// What is refused: Go's words, and the part that they quote.
struct Refusal<'p> {
    code: &'static str,
    text: &'p str,
}

type Read<'p, T> = Result<T, Refusal<'p>>;

const fn refuse<'p, T>(code: &'static str, text: &'p str) -> Read<'p, T> {
    Err(Refusal { code, text })
}

/// What was read of a group so far. What is kept of an expression is the least number that Go's limit of repetitions
/// has to have so that the expression stays under it.
#[derive(Default)]
struct Group {
    last: Option<u64>,
    others: u64,
}

impl Group {
    fn push(&mut self, one: u64) {
        self.others = self.others.max(self.last.unwrap_or(0));
        self.last = Some(one);
    }

    /// A `|`: what follows it has nothing before it that could be repeated.
    fn bar(&mut self) {
        self.others = self.whole();
        self.last = None;
    }

    fn whole(&self) -> u64 {
        self.others.max(self.last.unwrap_or(0))
    }
}

struct Parser<'p> {
    pattern: &'p str,
    rest: &'p str,
    /// The groups that are open, the outermost first.
    outer: Vec<Group>,
    group: Group,
}

impl<'p> Parser<'p> {
    fn new(pattern: &'p str) -> Self {
        Self {
            pattern,
            rest: pattern,
            outer: Vec::new(),
            group: Group::default(),
        }
    }

    fn run(mut self) -> Read<'p, ()> {
        // The repetition that was read last, if nothing followed it.
        let mut repeated = None;
        while let Some(first) = self.rest.chars().next() {
            let before = self.rest;
            let mut repeats = None;
            match first {
                '(' if before.starts_with("(?") => self.flags()?,
                '(' => self.open(1),
                '|' => {
                    self.group.bar();
                    self.skip(1);
                }
                ')' => self.close()?,
                '[' => {
                    self.rest = class::class(before)?;
                    self.group.push(0);
                }
                '*' | '+' | '?' => {
                    self.repeat(None, &before[1..], repeated)?;
                    repeats = Some(before);
                }
                '{' => match bounds(before) {
                    None => self.literal(first),
                    Some((count, after)) => {
                        if !count.is_in_order() {
                            return refuse(REPEAT_SIZE, between(before, after));
                        }
                        self.repeat(Some(count), after, repeated)?;
                        repeats = Some(before);
                    }
                },
                '\\' => self.backslash()?,
                _ => self.literal(first),
            }
            repeated = repeats;
        }
        match self.outer.is_empty() {
            true => Ok(()),
            false => refuse("missing closing )", self.pattern),
        }
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }

    fn literal(&mut self, letter: char) {
        self.group.push(0);
        self.skip(letter.len_utf8());
    }

    fn open(&mut self, bytes: usize) {
        self.outer.push(std::mem::take(&mut self.group));
        self.skip(bytes);
    }

    fn close(&mut self) -> Read<'p, ()> {
        let Some(outer) = self.outer.pop() else {
            return refuse("unexpected )", self.pattern);
        };
        let inner = std::mem::replace(&mut self.group, outer);
        self.group.push(inner.whole());
        self.skip(1);
        Ok(())
    }

    /// A repetition, `count` when it is counted; `after` is what follows it, `last` the one just before.
    fn repeat(
        &mut self,
        count: Option<Count>,
        after: &'p str,
        last: Option<&'p str>,
    ) -> Read<'p, ()> {
        let before = self.rest;
        let after = after.strip_prefix('?').unwrap_or(after);
        if let Some(last) = last {
            return refuse("invalid nested repetition operator", between(last, after));
        }
        let Some(one) = self.group.last else {
            let text = between(before, after);
            return refuse("missing argument to repetition operator", text);
        };
        if let Some(count) = count {
            let times = count.times();
            let many = times.saturating_mul(one.max(1));
            let limit = match count.most {
                Some(0) => 0,
                _ if times == 0 => one,
                _ => many,
            };
            if (count.least >= 2 || count.most.is_some_and(|most| most >= 2)) && limit > REPETITIONS
            {
                return refuse(REPEAT_SIZE, between(before, after));
            }
            self.group.last = Some(limit);
        }
        self.rest = after;
        Ok(())
    }

    /// `(?`: a named group, a group that is not kept, or flags.
    fn flags(&mut self) -> Read<'p, ()> {
        let text = self.rest;
        let named = if text.starts_with("(?P<") && text.len() > 4 {
            Some(4)
        } else {
            (text.starts_with("(?<") && text.len() > 3).then_some(3)
        };
        if let Some(from) = named {
            let Some(end) = text.find('>') else {
                return refuse(CAPTURE, text);
            };
            let name = &text[from..end];
            let is_name =
                !name.is_empty() && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
            if !is_name {
                return refuse(CAPTURE, &text[..=end]);
            }
            self.open(end + 1);
            return Ok(());
        }
        let (mut negated, mut seen) = (false, false);
        let mut letters = text.char_indices().skip(2);
        for (at, letter) in letters.by_ref() {
            match letter {
                'i' | 'm' | 's' | 'U' => seen = true,
                '-' if !negated => (negated, seen) = (true, false),
                ':' if !negated || seen => {
                    self.open(at + 1);
                    return Ok(());
                }
                ')' if !negated || seen => {
                    self.skip(at + 1);
                    return Ok(());
                }
                _ => {
                    let end = at + letter.len_utf8();
                    return refuse("invalid or unsupported Perl syntax", &text[..end]);
                }
            }
        }
        refuse("invalid or unsupported Perl syntax", text)
    }

    /// A backslash outside of a class.
    fn backslash(&mut self) -> Read<'p, ()> {
        let text = self.rest;
        match text.as_bytes().get(1) {
            Some(b'A' | b'b' | b'B' | b'z') => self.skip(2),
            Some(b'C') => return refuse(ESCAPE, &text[..2]),
            Some(b'Q') => {
                let (quoted, rest) = text[2..].split_once("\\E").unwrap_or((&text[2..], ""));
                if !quoted.is_empty() {
                    self.group.push(0);
                }
                self.rest = rest;
                return Ok(());
            }
            _ => {
                self.rest = match escape::group(text)? {
                    Some(rest) => rest,
                    None => escape::letter(text)?.1,
                };
            }
        }
        self.group.push(0);
        Ok(())
    }
}

const REPEAT_SIZE: &str = "invalid repeat count";
const CAPTURE: &str = "invalid named capture";
const ESCAPE: &str = "invalid escape sequence";

/// What stands between two rests of one text.
fn between<'p>(before: &'p str, after: &str) -> &'p str {
    &before[..before.len() - after.len()]
}

/// `{least,most}`; without a most there is none. What is past counting is past every limit.
#[derive(Clone, Copy)]
struct Count {
    least: u64,
    most: Option<u64>,
}

impl Count {
    fn is_in_order(self) -> bool {
        let most = self.most.unwrap_or(self.least);
        self.least <= REPETITIONS && most <= REPETITIONS && self.least <= most
    }

    /// How often it counts against the limit.
    fn times(self) -> u64 {
        self.most.unwrap_or(self.least)
    }
}

/// The bounds that `text` begins with, and what follows them; `None` when the brace stands for itself.
fn bounds(text: &str) -> Option<(Count, &str)> {
    let (least, rest) = number(text.strip_prefix('{')?)?;
    let (most, rest) = match rest.strip_prefix(',') {
        None => (Some(least), rest),
        Some(rest) if rest.starts_with('}') => (None, rest),
        Some(rest) => {
            let (most, rest) = number(rest)?;
            (Some(most), rest)
        }
    };
    Some((Count { least, most }, rest.strip_prefix('}')?))
}

/// A number without leading zeros.
fn number(text: &str) -> Option<(u64, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    let has_zeros = number.len() > 1 && number.starts_with('0');
    (digits > 0 && !has_zeros).then(|| (number.parse().unwrap_or(u64::MAX), rest))
}

#[cfg(test)]
mod tests;
