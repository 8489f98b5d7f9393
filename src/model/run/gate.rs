//! The gate without which no pipeline carries profiles (collector, service/config.go; measured with the Collectors 0.124 to
//! 0.164).

use crate::model::collector::Collector;
use crate::model::collector::fault::Fault;
use crate::model::collector::fault::FaultKind;
use crate::model::collector::id::Signal;

/// Its name.
pub(super) const PROFILES: &str = "service.profilesSupport";

/// Whether it is closed by default in version 0.`minor`.
pub(super) fn is_closed(minor: u16) -> bool {
    (112..165).contains(&minor)
}

/// Says of pipelines of profiles that nothing turns them on.
pub(super) fn refuse(collector: &mut Collector) {
    let pipelines = collector.pipelines.iter();
    let profiles = pipelines.filter(|pipeline| pipeline.signal() == Signal::Profiles);
    let faults: Vec<Fault> = profiles
        .map(|pipeline| {
            let (id, gate) = (&pipeline.id.value, PROFILES);
            let message = format!("the pipeline `{id}` needs the gate `{gate}`, which no argument opens");
            let said = format!(
                "service::pipelines: pipeline \"{id}\": profiling signal support is at alpha level, gated under the \"{gate}\" \
                 feature gate"
            );
            let path = "service::pipelines".to_owned();
            Fault::new(FaultKind::Pipeline, pipeline.id.span, path, message, said)
        })
        .collect();
    collector.faults.extend(faults);
}
