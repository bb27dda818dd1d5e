//! The explorer: published numbers of states, what it finds and how short it is.

use consensus_playground::explore::spec::{Model, ModelSpace, PaxosModel, TwoPhaseCommitModel};
use consensus_playground::explore::{Breadth, Limits, Progress};

/// Distinct, generated and depth of a model, all of it.
fn count(model: impl Model + 'static) -> (u64, u64, u32) {
    let mut search = Breadth::new(ModelSpace(Box::new(model)), Limits::default());
    // In slices, as a worker does it.
    while search.advance(1000) == Progress::Running {}
    assert_eq!(search.progress(), Progress::Exhausted);
    let counts = search.counts();
    (counts.distinct, counts.generated, counts.depth)
}

#[test]
fn two_phase_commit_has_the_published_number_of_states() {
    assert_eq!(count(TwoPhaseCommitModel::new(3).unwrap()), (288, 1_146, 11));
    assert_eq!(count(TwoPhaseCommitModel::new(4).unwrap()).0, 1_568);
    assert_eq!(count(TwoPhaseCommitModel::new(5).unwrap()), (8_832, 58_146, 17));
    assert!(TwoPhaseCommitModel::new(0).is_err() && TwoPhaseCommitModel::new(16).is_err());
}

#[test]
fn paxos_has_the_published_number_of_states() {
    assert_eq!(count(PaxosModel::new(3, 2, 2).unwrap()), (3_921, 23_563, 17));
    assert_eq!(count(PaxosModel::new(3, 3, 2).unwrap()), (185_369, 1_361_380, 25));
    assert!(PaxosModel::new(9, 9, 9).is_err());
}
