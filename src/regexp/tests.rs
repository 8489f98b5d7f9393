use super::check;
use super::compiled;

/// Each as `regexp.Compile` of Go 1.26 has it: what it says, without what is the same in all.
#[test]
fn expressions_are_held_to_the_grammar_of_go() {
    let table = r"
a|b||c
()(a*)(?:b+?)
(?i)x(?-i:y)(?sU)z
(?P<name>a)(?<other_1>b)
[]a-]]
[^]\d\pL[:alpha:][:^digit:]&&b~~c-]
a{,3}{b}{01}
\Q*(\E+
\pN\p{Greek}\P{^Lu}
\x41\x{10FFFF}\07\123\_\-\z
(?:a{10}){100}
(   missing closing ): `(`
a)  unexpected ): `a)`
[a  missing closing ]: `[a`
[]  missing closing ]: `[]`
*   missing argument to repetition operator: `*`
a|+?    missing argument to repetition operator: `+?`
(?i)*   missing argument to repetition operator: `*`
a**     invalid nested repetition operator: `**`
a{2}{3} invalid nested repetition operator: `{2}{3}`
x*+     invalid nested repetition operator: `*+`
a{1001} invalid repeat count: `{1001}`
a{2,1}  invalid repeat count: `{2,1}`
(?:a{10}){101}  invalid repeat count: `{101}`
((a{2,}){30}){30}   invalid repeat count: `{30}`
[z-a]   invalid character class range: `z-a`
[[:nope:]]  invalid character class range: `[:nope:]`
\pX     invalid character class range: `\pX`
\p{L    invalid character class range: `\p{L`
(?=a)   invalid or unsupported Perl syntax: `(?=`
(?<=a)  invalid named capture: `(?<=a)`
(?x)    invalid or unsupported Perl syntax: `(?x`
(?P=n)  invalid or unsupported Perl syntax: `(?P`
(?i-)   invalid or unsupported Perl syntax: `(?i-)`
(?P<>a) invalid named capture: `(?P<>`
(?P<a-b>c)  invalid named capture: `(?P<a-b>`
\C      invalid escape sequence: `\C`
\Z      invalid escape sequence: `\Z`
\1      invalid escape sequence: `\1`
\8      invalid escape sequence: `\8`
\x4g    invalid escape sequence: `\x4g`
\x{110000}  invalid escape sequence: `\x{110000`
[\b]    invalid escape sequence: `\b`
[\A]    invalid escape sequence: `\A`
a\      trailing backslash at end of expression: ``
";
    for row in table.lines().filter(|row| !row.is_empty()) {
        let (pattern, said) = match row.split_once([' ', '\t']) {
            Some((pattern, said)) => (pattern, Some(said.trim())),
            None => (row, None),
        };
        let found = check(pattern).err();
        let expected = said.map(|said| format!("error parsing regexp: {said}"));
        assert_eq!(found, expected, "{pattern}");
    }
}

#[test]
fn expressions_that_rust_reads_otherwise_are_not_run() {
    for pattern in ["(a|b)c+", "[a-z[:digit:]]", r"\[a&&b", "[&a]"] {
        assert!(compiled(pattern).is_some(), "{pattern}");
    }
    for pattern in ["[a&&b]", "[a--]", "[[a]", r"\<a", "(a", r"\Qa\E", "[a~~b]"] {
        assert!(compiled(pattern).is_none(), "{pattern}");
    }
}
