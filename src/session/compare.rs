//! What a session tells of sizes and costs, and the same scenario made otherwise: with another
//! setting, or for another protocol.

use super::{MetricsView, Session, SessionError, TradeoffView};
use crate::history::{Staleness, staleness};
use crate::protocols;
use crate::scenario::{text, transfer};
use crate::timeline::Timeline;
use crate::tradeoff::{Tradeoff, tradeoff};
use crate::view::{Formula, Meter};

impl Session {
    /// The arithmetic that safety rests on, with the numbers of this cluster.
    pub fn formulas(&self) -> Vec<Formula> {
        self.world().formulas()
    }

    /// What can be measured over the whole cluster now.
    pub fn meters(&self) -> Vec<Meter> {
        self.world().meters()
    }

    /// What the run has cost and given so far.
    pub fn metrics(&self) -> MetricsView {
        let world = self.world();
        let records = world.history().records();
        let answered =
            || records.iter().filter_map(|record| Some((record, record.completion.as_ref()?)));
        let Staleness { reads, stale, behind_most } = staleness(records);
        MetricsView {
            messages: world.messages_sent(),
            called: records.len() as u32,
            answered: answered().count() as u32,
            hops: answered().map(|(_, done)| u64::from(done.hops)).sum(),
            latency_ms: answered().map(|(record, done)| done.return_ms - record.call_ms).sum(),
            reads,
            stale,
            behind_most,
        }
    }

    /// What it would cost to cut the first `cut` nodes off.
    ///
    /// # Errors
    /// The protocol has no register to read and write.
    pub fn tradeoff(&self, cut: u16) -> Result<TradeoffView, SessionError> {
        let Tradeoff { asked, answered, reads, fresh } =
            tradeoff(self.timeline.scenario(), cut).map_err(SessionError::request)?;
        Ok(TradeoffView { asked, answered, reads, fresh })
    }

    /// The scenario's text with one line of its header changed: `nodes 5`, `set write-quorum 2`,
    /// `workload queue every 100..300`; `workload none` takes the workload out. What was done by
    /// hand since it was opened is not in it.
    ///
    /// # Errors
    /// What is wrong with the line, or with the scenario that it makes.
    pub fn changed(&self, line: &str) -> Result<String, SessionError> {
        let mut words = line.split_whitespace();
        let keyword = words.next().unwrap_or_default();
        // A setting's line is known by its name too.
        let start = match keyword {
            "set" => format!("set {} ", words.next().unwrap_or_default()),
            keyword => format!("{keyword} "),
        };
        let old = text::print(self.timeline.scenario());
        let mut lines: Vec<&str> = old.lines().collect();
        let steps = lines.iter().position(|line| line.is_empty()).unwrap_or(lines.len());
        let mut place = 0;
        lines.retain(|line| {
            place += 1;
            place > steps || !format!("{line} ").starts_with(&start)
        });
        if line.trim() != "workload none" {
            lines.insert(1, line);
        }
        let scenario = text::parse(&lines.join("\n"))
            .map_err(|error| SessionError::text(format!("“{line}”: {}", error.message)))?;
        Timeline::open(scenario.clone())
            .map_err(|error| SessionError::text(format!("“{line}”: {error}")))?;
        Ok(text::print(&scenario))
    }

    /// The text of the same scenario for another protocol.
    ///
    /// # Errors
    /// There is no such protocol, or something cannot be carried over.
    pub fn for_protocol(&self, id: &str) -> Result<String, SessionError> {
        let (place, _) = protocols::find(id)
            .ok_or_else(|| SessionError::text(format!("there is no protocol “{id}”")))?;
        let mut old = self.timeline.by_the_clock();
        // Where the other run stands is for whoever plays it to say.
        old.open_at = 0;
        let scenario = transfer(&old, place).map_err(SessionError::text)?;
        Ok(text::print(&scenario))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_protocol_is_told_moments_and_not_numbers_of_actions() {
        let source = "protocol raft\nnodes 3\n\nstep 40\npartition n1\nstep 10\n";
        let raft = Session::from_text(source).unwrap();
        let split = raft.timeline.event(crate::timeline::BranchId(0), 39).unwrap().at_ms;
        let text = raft.for_protocol("abd").unwrap();
        assert!(text.contains(&format!("at {split}\npartition n1\nat ")), "{text}");
        assert!(!text.contains("step"), "{text}");
    }

    #[test]
    fn the_same_protocol_keeps_its_settings() {
        let raft = Session::from_text("protocol raft\nset reads lease\nopen-at 3\n\nat 90\n");
        let text = raft.unwrap().for_protocol("raft").unwrap();
        assert_eq!(text, "protocol raft\nset reads lease\n\nat 90\n");
    }
}
