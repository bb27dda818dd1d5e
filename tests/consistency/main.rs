//! The checkers of consistency against their definitions, the map of models, and the anomalies that
//! each model is known for.

mod anomalies;
mod brute;
mod generate;

use consensus_playground::consistency::{
    Answer, History, IMPLICATIONS, Limits, MODELS, Model, Object, Verdict, judge,
};
use generate::{Shape, begun, history, mutated, with_transactions};

fn check(history: &History, object: Object, model: Model) -> Verdict {
    judge(history, object, model, Limits::default())
}

/// Models that can be compared with their definitions.
fn compared(object: Object) -> impl Iterator<Item = Model> {
    let is_compared = move |model: &Model| match model {
        Model::Eventual | Model::StrongEventual => false,
        Model::SnapshotIsolation | Model::ReadCommitted => object == Object::Bank,
        // With transactions the other definitions are not compared.
        Model::Causal | Model::WritesFollowReads => {
            !matches!(object, Object::Bank | Object::Lock | Object::Consensus)
        }
        Model::Pram | Model::ReadYourWrites | Model::MonotonicReads | Model::MonotonicWrites => {
            object != Object::Bank
        }
        _ => true,
    };
    MODELS.iter().map(|info| info.model).filter(is_compared)
}

/// Compares verdict and definition, and a violation's culprits with the definition too; returns how
/// many hold and how many do not.
fn compare(history: &History, object: Object, model: Model) -> Option<bool> {
    let verdict = check(history, object, model);
    let Some(holds) = verdict.holds() else {
        assert!(!matches!(verdict, Verdict::GaveUp(_)), "{model:?} gave up on {history:?}");
        return None;
    };
    let expected = brute::satisfies(history, object, model);
    assert_eq!(holds, expected, "{object:?} {model:?}\n{history:#?}\n{verdict:?}");
    if let Verdict::Violated(violation) = &verdict {
        assert!(violation.explanation.ends_with('.'), "{verdict:?}");
        let is_cut = matches!(model, Model::Linearizable | Model::StrictSerializable);
        let part = History {
            records: violation
                .culprits
                .iter()
                .map(|place| {
                    let mut record = history.records[*place as usize].clone();
                    if is_cut && record.returned.is_some_and(|moment| moment > violation.at) {
                        record.returned = None;
                        record.answer = Answer::Unknown;
                    }
                    record
                })
                .collect(),
            ..history.clone()
        };
        if model != Model::ReadCommitted {
            let still = brute::satisfies(&part, object, model);
            assert!(
                !still,
                "{object:?} {model:?}: culprits can be ordered\n{history:#?}\n{verdict:?}"
            );
        }
    }
    Some(holds)
}

const OBJECTS: [Object; 9] = [
    Object::Register,
    Object::Kv,
    Object::Set,
    Object::Queue,
    Object::List,
    Object::Lock,
    Object::Bank,
    Object::Store,
    Object::Consensus,
];

fn shapes(object: Object) -> Vec<Shape> {
    let mut shapes = Vec::new();
    for records in 1..=5 {
        for clients in [2, 3] {
            for (values, open) in [(0, false), (0, true), (2, false), (2, true)] {
                let keys = if object == Object::Register || object == Object::Bank { 1 } else { 2 };
                shapes.push(Shape { object, records, clients, keys, values, open });
                shapes.push(Shape { object, records, clients, keys: 1, values, open });
            }
        }
    }
    shapes
}

fn against_brute_force(object: Object) {
    let mut counts = std::collections::BTreeMap::new();
    for (number, shape) in (0..).zip(shapes(object)) {
        for seed in 0..60 {
            let plain = history(shape, seed * 1_000 + number);
            let changed = mutated(&plain, seed);
            let begun = (seed % 3 == 0).then(|| begun(&plain, object, seed));
            for history in [plain, changed].into_iter().chain(begun) {
                for model in compared(object) {
                    if let Some(holds) = compare(&history, object, model) {
                        *counts.entry((model, holds)).or_insert(0) += 1;
                    }
                }
            }
        }
    }
    // Both answers occur, so the comparison says something.
    for model in compared(object) {
        let count = |holds| counts.get(&(model, holds)).copied().unwrap_or(0);
        assert!(count(true) >= 20 && count(false) >= 20, "{object:?} {model:?}: {counts:?}");
    }
}

macro_rules! objects_against_brute_force {
    ($($name:ident $object:ident;)*) => {
        $(#[test]
        fn $name() {
            against_brute_force(Object::$object);
        })*
    };
}

objects_against_brute_force! {
    registers_are_judged_as_defined Register;
    stores_are_judged_as_defined Kv;
    sets_are_judged_as_defined Set;
    queues_are_judged_as_defined Queue;
    lists_are_judged_as_defined List;
    locks_are_judged_as_defined Lock;
    transactions_are_judged_as_defined Bank;
    mixed_operations_are_judged_as_defined Store;
    proposals_are_judged_as_defined Consensus;
}

#[test]
fn transactions_among_other_operations_are_judged_as_defined() {
    const COMPARED: [Model; 4] =
        [Model::Linearizable, Model::StrictSerializable, Model::Sequential, Model::Serializable];
    let mut counts = [0, 0];
    for (number, shape) in (0..).zip(shapes(Object::Store)) {
        for seed in 0..60 {
            let plain = begun(&history(shape, seed * 1_000 + number), Object::Store, seed);
            let history = with_transactions(&plain, seed);
            for model in COMPARED {
                let holds = compare(&history, Object::Store, model).expect("orders are searched");
                counts[usize::from(holds)] += 1;
            }
        }
    }
    assert!(counts.iter().all(|count| *count > 1000), "{counts:?}");
}

#[test]
fn what_satisfies_a_model_satisfies_those_it_implies() {
    for object in OBJECTS {
        for (number, shape) in (0..).zip(shapes(object)) {
            let shape = Shape { records: shape.records + 2, ..shape };
            for seed in 0..40 {
                let history = history(shape, seed * 7_000 + number);
                for (from, to) in IMPLICATIONS {
                    let holds = |model| check(&history, object, model).holds();
                    if holds(*from) == Some(true) {
                        assert_ne!(holds(*to), Some(false), "{from:?} {to:?}\n{history:#?}");
                    }
                }
            }
        }
    }
}
