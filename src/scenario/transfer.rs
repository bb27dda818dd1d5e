//! The same workload and the same faults for another protocol, so that two can be compared.

use super::print::print_step;
use super::{Scenario, Step};
use crate::action::ActionKind;
use crate::protocols::REGISTRY;
use crate::workload::WORKLOADS;
use crate::world::{REPLY_KIND, REQUEST_KIND};

/// The scenario for the protocol at `protocol` in the registry. Settings, rules and disks are those
/// of the new protocol; what a scenario tells and expects of the old one is left out.
///
/// # Errors
/// What cannot be carried over: a step about the old protocol's own messages, timers or rules, an
/// operation or workload that the new one does not offer, a number of nodes it does not take.
pub fn transfer(scenario: &Scenario, protocol: u8) -> Result<Scenario, String> {
    if scenario.protocol == protocol {
        return Ok(scenario.clone());
    }
    REGISTRY[usize::from(protocol)].ready().map_err(|missing| missing.to_string())?;
    let (old, mut new) = (scenario.sheet(), Scenario::new(protocol));
    let sheet = new.sheet();
    let (low, high) = sheet.nodes_range;
    let config = &scenario.config;
    if !(low..=high).contains(&config.nodes) {
        let nodes = config.nodes;
        return Err(format!("{} takes {low} to {high} nodes, here are {nodes}", sheet.title));
    }
    if let Some(conditions) = &config.workload {
        let workload = &WORKLOADS[usize::from(conditions.workload)];
        if !workload.is_carried_by(sheet) {
            return Err(format!("{} does not carry the workload “{}”", sheet.title, workload.id));
        }
    }
    new.title.clone_from(&scenario.title);
    new.about.clone_from(&scenario.about);
    new.pace = scenario.pace;
    new.config.nodes = config.nodes;
    new.config.clients = config.clients;
    new.config.seed = config.seed;
    new.config.network = config.network;
    new.config.links.clone_from(&config.links);
    new.config.client = config.client;
    new.config.workload = config.workload;
    new.config.clocks.clone_from(&config.clocks);
    if let Some(reason) =
        REGISTRY[usize::from(protocol)].refuses(config.nodes, &new.config.settings)
    {
        return Err(reason);
    }
    for step in &scenario.steps {
        let is_foreign = match step {
            Step::Expect(_) | Step::Note(..) => continue,
            Step::Message(_, selector) => {
                selector.kind.is_some_and(|kind| ![REQUEST_KIND, REPLY_KIND].contains(&kind))
            }
            Step::Act(kind) => match kind {
                ActionKind::Fire { .. }
                | ActionKind::Command { .. }
                | ActionKind::SetRule { .. } => true,
                ActionKind::Invoke { operation, .. } => {
                    !sheet.operations.contains(&operation.kind())
                }
                _ => false,
            },
            _ => false,
        };
        if is_foreign {
            let step = print_step(old, step);
            return Err(format!("“{step}” speaks of {}, not of {}", old.title, sheet.title));
        }
        new.steps.push(step.clone());
    }
    Ok(new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocols;
    use crate::scenario::text;

    fn to(id: &str, source: &str) -> Result<Scenario, String> {
        transfer(&text::parse(source).unwrap(), protocols::find(id).unwrap().0)
    }

    #[test]
    fn workload_and_faults_go_over_and_what_is_said_of_the_run_stays_behind() {
        let source = "protocol raft\nnodes 3\nclients 2\nseed 9\nworkload register every 50..90\n\
                      without pre-vote\nset reads lease\n\nrun 900\nnote n1 leads.\n\
                      expect leader n1\ncrash n1\nrun 500\n";
        let new = to("abd", source).unwrap();
        let expected = "protocol abd\nnodes 3\nclients 2\nseed 9\nworkload register every 50..90\n\n\
                        run 900\ncrash n1\nrun 500\n";
        assert_eq!(text::parse(expected).unwrap(), new);
    }

    #[test]
    fn what_cannot_go_over_is_named() {
        for (source, part) in [
            ("protocol raft\n\ntimeout n1 election\n", "“timeout n1 election” speaks of Raft"),
            ("protocol raft\n\ninvoke A append x 1\n", "“invoke A append x 1”"),
            ("protocol raft\nworkload queue\n", "does not carry the workload “queue”"),
            ("protocol raft\nnodes 3\n\nrule pre-vote off\n", "“rule pre-vote off”"),
        ] {
            let error = to("abd", source).unwrap_err();
            assert!(error.contains(part), "{source}: {error}");
        }
    }
}
