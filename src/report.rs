//! Findings to a report: suppressions, severities, order, formats.
