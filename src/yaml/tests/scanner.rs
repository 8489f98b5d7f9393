//! The scanner against the general parser: where it does not give up, both fill the same tape.

use proptest::prelude::*;

use super::corpus;
use super::generated::hurt;
use super::truth;
use crate::source::Source;
use crate::source::SourceId;
use crate::yaml::Dialect;
use crate::yaml::Text;
use crate::yaml::document;
use crate::yaml::events;
use crate::yaml::scanner;
use crate::yaml::stream::Stream;
use crate::yaml::tape::Tape;

/// Of `text`: how many bytes the scanner reads, every document held to what the general parser makes of it.
pub(super) fn agrees(text: &str) -> usize {
    let source = Source::new("scanner.yaml", text.as_bytes().to_vec());
    let whole = Text::whole(SourceId(0), &source).expect("texts are UTF-8");
    let mut known = 0;
    for range in document::split(text) {
        let mut tape = Tape::default();
        if !scanner::read(text, range.clone(), &mut tape) {
            assert_eq!(tape, Tape::default());
            continue;
        }
        let mut stream = Stream::new(whole.clone(), Dialect::Kubernetes);
        events::read(range.clone(), &mut stream);
        assert_eq!(
            stream.faults,
            [],
            "a wrong acceptance of {:?}",
            &text[range]
        );
        assert_eq!(tape, stream.tape, "of {:?}", &text[range]);
        known += range.len();
    }
    known
}

#[test]
fn real_files_are_read_alike_and_nearly_all_by_the_scanner() {
    let texts = corpus::texts();
    let mut all = 0;
    let mut known = 0;
    for (name, text) in &texts {
        println!("{name}");
        all += text.len();
        known += agrees(text);
    }
    println!("the scanner reads {known} of {all} bytes");
    assert!(known * 100 >= all * 95, "{known} of {all}");
}

/// How many damaged texts are tried; `ROUNDS=500000` tries more.
fn rounds() -> usize {
    std::env::var("ROUNDS")
        .ok()
        .and_then(|rounds| rounds.parse().ok())
        .unwrap_or(20_000)
}

#[test]
fn damaged_real_files_are_read_alike() {
    let texts: Vec<_> = corpus::texts()
        .into_iter()
        .filter(|(_, text)| text.len() < 4000)
        .collect();
    let mut random = super::generated::random(0xD1B5_4A32_D192_ED03);
    let mut known = 0;
    let rounds = if texts.is_empty() { 0 } else { rounds() };
    for _ in 0..rounds {
        let (_, text) = &texts[random() % texts.len()];
        let wounds: Vec<_> = (0..1 + random() % 3)
            .map(|_| (random(), random(), (random() % 3) as u8))
            .collect();
        known += usize::from(agrees(&hurt(text, &wounds)) > 0);
    }
    println!("the scanner reads {known} of {rounds} damaged texts");
}

proptest! {
    #![proptest_config(super::generated::cases(4000))]

    #[test]
    fn soup_is_read_alike(text in super::generated::soup()) {
        println!("{text:?}");
        agrees(&text);
    }

    #[test]
    fn made_texts_are_read_alike(text in super::generated::text(), wounds in super::generated::wounds()) {
        agrees(&text);
        let text = hurt(&text, &wounds);
        println!("{text:?}");
        agrees(&text);
        truth::holds(&text);
    }
}
