//! JSON: the findings first, then the figures; the recording's slices and states are left out.

use super::Diagnosis;
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use serde_json::json;

impl Serialize for Diagnosis {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let recording = &self.recording;
        let processes: Vec<_> = recording
            .processes
            .iter()
            .map(|one| {
                json!({
                    "pid": one.pid, "parent": one.parent, "command": one.command,
                    "started": one.started, "ended": one.ended, "user": one.user, "system": one.system,
                    "waited": one.waited, "slept": one.slept, "faults": one.faults, "voluntary": one.voluntary,
                    "involuntary": one.involuntary, "read": one.read, "written": one.written,
                    "threads": one.threads, "computing_threads": one.computing(), "resident": one.resident,
                    "private": one.private, "proportional": one.proportional,
                })
            })
            .collect();
        let inside = &recording.inside;
        let inside = json!({
            "interpreters": inside.interpreters.len(), "launches": inside.launches, "tasks": inside.tasks,
            "pickles": inside.pickles, "parts": inside.parts, "pools": inside.pools, "unpacked": inside.unpacked, "locks": inside.locks,
            "attaches": inside.attaches, "segments": inside.segments, "arrays": inside.arrays, "blas": inside.blas,
        });
        let mut object = serializer.serialize_struct("Diagnosis", 13)?;
        object.serialize_field("findings", &self.findings)?;
        object.serialize_field("command", &recording.command)?;
        object.serialize_field("ending", &recording.ending)?;
        object.serialize_field("seconds", &recording.wall)?;
        object.serialize_field("cpu_seconds", &recording.cpu())?;
        object.serialize_field("machine", &recording.machine)?;
        object.serialize_field("processes", &processes)?;
        object.serialize_field("inside", &inside)?;
        object.serialize_field("left", &recording.left)?;
        object.serialize_field("probe", &recording.probe)?;
        object.serialize_field("unprobed", &recording.unprobed)?;
        object.serialize_field("watching", &recording.watching)?;
        object.serialize_field("version", env!("CARGO_PKG_VERSION"))?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recording::Recording;

    #[test]
    fn findings_have_the_keys_that_are_promised() {
        let diagnosis = Diagnosis::new(Recording { wall: 1.0, ..Recording::default() });
        let value = serde_json::to_value(&diagnosis).unwrap();
        let finding = &value["findings"][0];
        assert_eq!(finding["kind"], "healthy");
        for key in ["sentence", "evidence", "cost_seconds", "confidence", "advice"] {
            assert!(!finding[key].is_null(), "{key}");
        }
    }
}
