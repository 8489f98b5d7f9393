//! Notation in, types out.

use super::*;
use crate::settings::Channel;
use crate::settings::Version;

const TEXT: &str = "kind Thing of example.com\nserved v1\nserved v1beta1 [exp ..1.3 deprecated, 1.0..1.1]\n\n\
    type Port: int 1..65535\n\
    spec!: object\n  port!: Port\n  many: list 1..3 by name\n    name!: string ~subdomain\n  \
    mode: A|B default A\n  old: bool [exp 1.1..1.3] moved spec.new\n  limit: int ..8 [..1.5]\n  limit: int ..16 [1.6..]\n";

fn world(minor: u16, channel: Option<Channel>) -> World<'static> {
    World {
        family: "Thing API",
        bundle: Version { major: 1, minor },
        channel,
        version: "v1",
    }
}

#[test]
fn a_line_is_a_field_and_the_first_that_holds_counts() {
    let table = read(TEXT, &[], world(6, Some(Channel::Standard)));
    let of = |id: TypeId| &table.types[id.0 as usize];
    let spec = of(of(table.root).field("spec").unwrap().of);
    assert_eq!(of(spec.field("port").unwrap().of).high, Some(65535.0));
    assert_eq!(of(spec.field("limit").unwrap().of).high, Some(16.0));
    assert!(spec.field("mode").unwrap().default);
    let many = of(spec.field("many").unwrap().of);
    assert_eq!(
        (many.base, many.low, many.keys.len()),
        (Base::List, Some(1.0), 1)
    );
    assert!(of(many.element.unwrap()).field("name").unwrap().required);
    let old = spec.field("old").unwrap().withheld.as_ref().unwrap();
    assert_eq!(old.place, "in the experimental channel from 1.1 to 1.3");
    assert_eq!(old.moved, Some("spec.new"));
}

#[test]
fn an_unknown_channel_has_what_any_channel_has() {
    for (minor, channel, there) in [
        (3, None, true),
        (3, Some(Channel::Standard), false),
        (3, Some(Channel::Experimental), true),
        (4, None, false),
    ] {
        let table = read(TEXT, &[], world(minor, channel));
        let root = &table.types[table.root.0 as usize];
        let spec = &table.types[root.field("spec").unwrap().of.0 as usize];
        assert_eq!(
            spec.field("old").unwrap().withheld.is_none(),
            there,
            "1.{minor} {channel:?}"
        );
    }
}

#[test]
fn served_versions_say_where() {
    let versions = served(TEXT);
    assert_eq!(versions.len(), 2);
    assert!(versions[0].place.holds(world(6, None)));
    assert!(!versions[1].place.holds(world(6, None)));
    assert!(
        versions[1]
            .place
            .deprecated(world(2, Some(Channel::Experimental)))
    );
    assert!(
        !versions[1]
            .place
            .deprecated(world(1, Some(Channel::Standard)))
    );
}
