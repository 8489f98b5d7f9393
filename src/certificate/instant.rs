//! The two forms of time in a certificate, read leniently, with a note of what strict readers hold against them.

use time::Date;
use time::Duration;
use time::Month;
use time::OffsetDateTime;
use time::PrimitiveDateTime;
use time::Time;

use super::der::Element;
use super::der::tag;

/// A point in time as a certificate writes it.
pub(super) struct Instant {
    pub(super) time: OffsetDateTime,
    /// Whether it has an offset, or lacks its seconds: BoringSSL and OpenSSL do not compare such times.
    pub(super) is_odd: bool,
    /// The text with which Go refuses the certificate for it.
    pub(super) refused_by_go: Option<&'static str>,
}

/// Reads a UTCTime or GeneralizedTime.
///
/// # Errors
/// The text with which Go refuses what nobody reads (go crypto/x509 parser.go, parseTime).
pub(super) fn read(element: Option<Element<'_>>) -> Result<Instant, &'static str> {
    let element = element.ok_or("x509: malformed validity")?;
    let words = match element.tag {
        tag::UTC_TIME => "x509: malformed UTCTime",
        tag::GENERALIZED_TIME => "x509: malformed GeneralizedTime",
        _ => return Err("x509: unsupported time format"),
    };
    let general = element.tag == tag::GENERALIZED_TIME;
    let length = if general { 15 } else { 13 };
    let is_utc = element.content.ends_with(b"Z");
    Ok(Instant {
        time: read_time(element.content, general).ok_or(words)?,
        is_odd: !is_utc || element.content.len() != length,
        refused_by_go: (!is_utc).then_some(words),
    })
}

fn read_time(text: &[u8], general: bool) -> Option<OffsetDateTime> {
    let (year, rest) = text.split_at_checked(if general { 4 } else { 2 })?;
    let year = i32::try_from(digits(year)?).ok()?;
    // RFC 5280, 4.1.2.5.1: two digits from 50 on are of the last century.
    let year = match general {
        true => year,
        false if year >= 50 => 1900 + year,
        false => 2000 + year,
    };
    let pair = |at: usize| digits(rest.get(at..at + 2)?);
    let part = |at: usize| u8::try_from(pair(at)?).ok();
    let (second, zone) = match rest.get(8) {
        Some(octet) if octet.is_ascii_digit() => (part(8)?, rest.get(10..)?),
        _ if general => return None,
        _ => (0, rest.get(8..)?),
    };
    let month = Month::try_from(part(0)?).ok()?;
    let date = Date::from_calendar_date(year, month, part(2)?).ok()?;
    let time = Time::from_hms(part(4)?, part(6)?, second).ok()?;
    let local = PrimitiveDateTime::new(date, time).assume_utc();
    match zone {
        [b'Z'] => Some(local),
        [sign @ (b'+' | b'-'), hours_minutes @ ..] if hours_minutes.len() == 4 => {
            let (hours, minutes) = hours_minutes.split_at(2);
            let east = Duration::hours(digits(hours)?) + Duration::minutes(digits(minutes)?);
            local.checked_sub(if *sign == b'+' { east } else { -east })
        }
        _ => None,
    }
}

fn digits(text: &[u8]) -> Option<i64> {
    let valid = text.iter().all(u8::is_ascii_digit);
    let text = std::str::from_utf8(text).ok().filter(|_| valid)?;
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn forms() {
        let utc = datetime!(2026-01-02 03:04:05 UTC);
        for (tag, text, time, is_odd) in [
            (tag::UTC_TIME, "260102030405Z", Some(utc), false),
            (tag::UTC_TIME, "260102050405+0200", Some(utc), true),
            (
                tag::UTC_TIME,
                "2601020304Z",
                Some(datetime!(2026-01-02 03:04 UTC)),
                true,
            ),
            (
                tag::UTC_TIME,
                "500101000000Z",
                Some(datetime!(1950-01-01 00:00 UTC)),
                false,
            ),
            (tag::GENERALIZED_TIME, "20260102030405Z", Some(utc), false),
            (tag::GENERALIZED_TIME, "20260102030405.5Z", None, false),
            (tag::UTC_TIME, "261302030405Z", None, false),
        ] {
            let element = Element {
                tag,
                content: text.as_bytes(),
                whole: text.as_bytes(),
            };
            let read = read(Some(element)).ok();
            assert_eq!(read.as_ref().map(|read| read.time), time, "{text}");
            assert!(read.is_none_or(|read| read.is_odd == is_odd), "{text}");
        }
    }
}
