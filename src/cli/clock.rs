//! The one place that asks what time it is.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Error;

/// The time of a run: what was typed (a day or an RFC 3339 time), else `SOURCE_DATE_EPOCH`, else the clock.
pub(super) fn now(typed: Option<&str>) -> Result<OffsetDateTime, Error> {
    if let Some(now) = typed {
        let date = format!("{now}T00:00:00Z");
        let parsed = OffsetDateTime::parse(now, &Rfc3339)
            .or_else(|_| OffsetDateTime::parse(&date, &Rfc3339));
        return parsed.map_err(|_| {
            Error::Usage(format!(
                "`{now}` is not a time such as 2026-06-01T00:00:00Z"
            ))
        });
    }
    let epoch = std::env::var("SOURCE_DATE_EPOCH")
        .ok()
        .and_then(|seconds| seconds.parse().ok());
    let fixed = epoch.and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    Ok(fixed.unwrap_or_else(OffsetDateTime::now_utc))
}
