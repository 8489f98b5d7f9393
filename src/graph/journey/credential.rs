//! Whether a receiver that asks for credentials takes those of an exporter.
//!
//! Source: contrib, extension/basicauthextension, bearertokenauthextension, oidcauthextension: without the header, or with the
//! wrong value, every request is answered UNAUTHENTICATED or 401. Measured with the Collector 0.159.0.

use super::FlawKind;
use super::Landed;
use super::changes::Changes;
use super::demand::Demand;
use super::demand::Opinion;
use super::shown::AUTHORIZATION;
use super::shown::Shown;
use super::shown::bearing;
use super::walk::Walk;
use crate::graph::wording::Wording;
use crate::model::collector::credential;
use crate::model::collector::exporter::Exporter;
use crate::model::collector::extension::Authenticator;
use crate::model::collector::extension::Told;
use crate::model::collector::id::Signal;
use crate::model::collector::phrase::Phrase;
use crate::model::collector::receiver::Transport;
use crate::model::collector::section::Presence;
use crate::model::run::Run;
use crate::source::Span;
use crate::source::Spanned;

/// What becomes of credentials.
pub(super) enum Reception {
    /// They are taken, or nobody asks for any.
    Taken,
    /// They are refused: what to change, and why.
    Refused(Span, FlawKind),
    /// That cannot be told; why, in words.
    Open(String),
}

impl Walk<'_> {
    /// What the receiver makes of the credentials that `exporter`, which the collector `run` has, sends with `signal`, after
    /// `changes` by a proxy.
    pub(super) fn received(
        &self,
        run: usize,
        (exporter, signal): (&Exporter, Signal),
        (landed, changes): (Landed, &Changes),
    ) -> Reception {
        let other = &self.model.runs[landed.run];
        let server = landed.server(self.model);
        let auth = match &server.auth {
            Presence::Given(auth) => auth,
            Presence::Open(_) => {
                return Reception::Open("whether the receiver asks for credentials is open".into());
            }
            Presence::Absent | Presence::Null(_) | Presence::Off(_) => return Reception::Taken,
        };
        let guard = auth.authenticator.as_ref();
        let Some(guard) = guard.and_then(|guard| other.collector.extension(guard)) else {
            return Reception::Open("what the receiver asks for was not given".into());
        };
        if auth.reads_parameters {
            return Reception::Open("the receiver looks for credentials in the URL, too".into());
        }
        let demand = guard.authenticator.as_ref();
        let demand = demand.map_or(Demand::Open(UNJUDGED), |own| self.demand(other, own));
        let shown = self.shown(run, exporter, signal, demand.header());
        let shown = changes.apply(demand.header(), shown);
        let mut opinion = demand.judge(&shown, "the receiver");
        if let (Demand::Text { header, .. }, Transport::Http, false) = (
            &demand,
            server.transport,
            matches!(opinion, Opinion::Refused(_)),
        ) && is_overlooked(header, other.build.minor)
        {
            opinion = Opinion::Refused(format!(
                "this version looks for `{header}` in these very letters, in which no header comes over HTTP"
            ));
        }
        self.reception(opinion, &demand, &shown, (exporter, guard.id.span))
    }

    /// `opinion` of `demand`, which stands at `guard`, as what becomes of the journey of `exporter`.
    pub(super) fn reception(
        &self,
        opinion: Opinion,
        demand: &Demand,
        shown: &Shown,
        (exporter, guard): (&Exporter, Span),
    ) -> Reception {
        match opinion {
            Opinion::Taken => Reception::Taken,
            Opinion::Open(why) => Reception::Open(why),
            Opinion::Refused(why) => Reception::Refused(
                shown.at().unwrap_or(exporter.id.span),
                FlawKind::Credentials {
                    why,
                    guard,
                    advice: demand.advice(),
                },
            ),
        }
    }

    /// What `guard` of the collector `run` asks for.
    fn demand(&self, run: &Run, guard: &Authenticator) -> Demand {
        let of = |phrase: &Phrase| Wording::of_phrase(self.model, run, phrase);
        match guard {
            Authenticator::BasicServer { inline, file } => self.basic(run, inline, file),
            Authenticator::Bearer {
                tokens,
                header,
                scheme,
            } => {
                let Some(header) = header
                    .as_ref()
                    .map_or(Some(AUTHORIZATION), |own| own.known())
                else {
                    return Demand::Open("the header that the receiver looks at is open");
                };
                let scheme = scheme.as_ref().map(|own| of(own));
                let values = tokens.iter().map(|token| match token {
                    Told::Text(_) => Wording::of(self.model, run, token),
                    Told::File(_) => first_word(Wording::of(self.model, run, token)),
                });
                let values = values.map(|token| bearing(scheme.clone(), token)).collect();
                let scheme = scheme.unwrap_or_else(|| Wording::text("Bearer"));
                Demand::Text {
                    header: header.to_owned(),
                    scheme: scheme
                        .known()
                        .filter(|own| !own.is_empty())
                        .map(str::to_owned),
                    values,
                }
            }
            Authenticator::Oidc { attribute } => {
                match attribute
                    .as_ref()
                    .map_or(Some(AUTHORIZATION), |own| own.known())
                {
                    Some(header) => Demand::Jwt {
                        header: header.to_owned(),
                        prefix: None,
                    },
                    None => Demand::Open("the header that the receiver looks at is open"),
                }
            }
            _ => Demand::Open(UNJUDGED),
        }
    }

    /// Lines of `file` and `inline`, of which the latter win.
    fn basic(
        &self,
        run: &Run,
        inline: &Option<Spanned<Phrase>>,
        file: &Option<Spanned<Phrase>>,
    ) -> Demand {
        let written = file.clone().map(Told::File);
        let written = written.map(|file| Wording::of(self.model, run, &file));
        let inline = inline
            .as_ref()
            .map(|inline| Wording::of_phrase(self.model, run, inline));
        let is_known = |own: &Option<Wording>| own.as_ref().is_none_or(|own| own.known().is_some());
        let is_whole = is_known(&written) && is_known(&inline);
        // Without the later ones nobody knows the password of a user of the former.
        let texts = match (written, inline) {
            (Some(file), Some(inline)) if inline.known().is_some() => vec![file, inline],
            (Some(file), None) => vec![file],
            (_, Some(inline)) => vec![inline],
            (None, None) => return Demand::Open(UNJUDGED),
        };
        let known: Vec<&str> = texts.iter().filter_map(Wording::known).collect();
        let lines = known
            .iter()
            .flat_map(|text| credential::lines(text))
            .collect();
        Demand::Basic {
            lines: (!known.is_empty()).then_some(lines),
            is_whole,
        }
    }
}

/// Why it is open what a receiver makes of credentials.
const UNJUDGED: &str = "what the receiver asks for is not judged";

/// The token of a file. Versions differ in what they make of further words and lines: then it is open (contrib,
/// extension/bearertokenauthextension: in 0.119 the whole file, in 0.128 each line, in 0.152 the first word of each).
fn first_word(file: Wording) -> Wording {
    match file.known() {
        Some(text) if text.contains(char::is_whitespace) => Wording::open(),
        _ => file,
    }
}

/// Whether a server of version 0.`minor` never finds `header` over HTTP: before 0.147 it was looked up as written and in small
/// letters, and Go keeps headers as `X-Some-Name` (contrib, extension/bearertokenauthextension 0.146.0 and 0.148.0,
/// `Authenticate`). `Authorization` itself was always found.
fn is_overlooked(header: &str, minor: Option<u16>) -> bool {
    const FIXED: u16 = 147;
    let mut starts = true;
    let canonical = header.chars().map(|letter| {
        let own = if starts {
            letter.to_ascii_uppercase()
        } else {
            letter.to_ascii_lowercase()
        };
        starts = letter == '-';
        own
    });
    let canonical: String = canonical.collect();
    minor.is_some_and(|minor| minor < FIXED)
        && canonical != header
        && !header.eq_ignore_ascii_case(AUTHORIZATION)
}
