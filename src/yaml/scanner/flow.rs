//! Collections in brackets, and so JSON.

use super::DEPTH;
use super::Scanner;
use crate::yaml::tape::Kind;

impl Scanner<'_> {
    /// The collection that begins here.
    pub(super) fn flow(&mut self, depth: usize) -> Option<()> {
        if depth > DEPTH {
            return None;
        }
        let mapping = self.bytes[self.at] == b'{';
        let (kind, closing) = if mapping {
            (Kind::Mapping, b'}')
        } else {
            (Kind::Sequence, b']')
        };
        let cell = self.push(kind, self.at..self.at);
        self.at += 1;
        self.cursor = self.at;
        let mut next = self.token()?;
        while next != closing {
            if mapping {
                self.flow_entry(depth)?;
            } else {
                self.flow_node(depth)?;
            }
            next = self.token()?;
            if next == b',' {
                self.at += 1;
                next = self.token()?;
            } else if next != closing {
                return None;
            }
        }
        self.at += 1;
        self.cursor = self.at;
        self.tape.close(cell, self.cursor);
        Some(())
    }

    /// The next byte that is no space and no line break; comments and tabs are left to the general parser.
    fn token(&mut self) -> Option<u8> {
        let rest = &self.bytes[self.at..];
        self.at += rest
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\n'))
            .count();
        let next = *self.bytes.get(self.at)?;
        (!matches!(next, b'#' | b'\t')).then_some(next)
    }

    fn flow_entry(&mut self, depth: usize) -> Option<()> {
        let quoted = matches!(self.bytes[self.at], b'"' | b'\'');
        if self.bytes[self.at..].starts_with(b"<<") {
            return None;
        }
        self.flow_scalar()?;
        self.skip_spaces();
        match self.bytes[self.at..] {
            // Right after a quoted key JSON needs no blank; other keys do.
            [b':', next, ..] if quoted || matches!(next, b' ' | b'\n') => {}
            _ => return None,
        }
        self.at += 1;
        self.cursor = self.at;
        match self.token()? {
            b',' | b'}' => {
                self.push(Kind::Plain, self.cursor..self.cursor);
                Some(())
            }
            _ => self.flow_node(depth),
        }
    }

    fn flow_node(&mut self, depth: usize) -> Option<()> {
        match self.bytes[self.at] {
            b'[' | b'{' => self.flow(depth + 1),
            _ => self.flow_scalar(),
        }
    }

    fn flow_scalar(&mut self) -> Option<()> {
        let start = self.at;
        match self.bytes[start] {
            quote @ (b'"' | b'\'') => {
                let kind = if quote == b'"' {
                    Kind::Double
                } else {
                    Kind::Single
                };
                let (end, one_line) = self.quoted(start, None)?;
                if !one_line {
                    return None;
                }
                self.leaf(kind, start..end);
                self.at = end;
            }
            _ => {
                let end = self.flow_plain(start)?;
                let blanks = self.bytes[start..end].iter().rev();
                let blanks = blanks.take_while(|byte| **byte == b' ').count();
                self.leaf(Kind::Plain, start..end - blanks);
                self.at = end;
            }
        }
        Some(())
    }

    /// Where the plain scalar at `start` ends, blanks after it included: at an indicator on the same line.
    fn flow_plain(&self, start: usize) -> Option<usize> {
        let dashed = matches!(
            self.bytes[start..],
            [b'-' | b':', b',' | b'[' | b']' | b'{' | b'}', ..]
        );
        if !self.begins_plain(start) || dashed {
            return None;
        }
        for at in start.. {
            match self.bytes[at..] {
                [b',' | b'[' | b']' | b'{' | b'}', ..] => return Some(at),
                [b':', b' ' | b'\n' | b',' | b'[' | b']' | b'{' | b'}', ..] => return Some(at),
                [b'\n' | b'\t', ..] | [] => return None,
                [b'#', ..] if self.bytes[at - 1] == b' ' => return None,
                _ => {}
            }
        }
        None
    }
}
