//! What the shipped scenarios say of consistency, against what the checkers say of their runs.
//!
//! A scenario of a protocol whose answers may be stale, and any whose run is not linearizable, states
//! the strongest models that its run satisfies and the weakest that it breaks: `expect history …`.
//! Where nobody was told anything but that it is done, there is nothing to state. All other protocols
//! promise one order of all operations, and keep it while their rules hold.

use std::collections::BTreeMap;

use consensus_playground::action::ActionKind;
use consensus_playground::consistency::{
    Answer, Command, History, Limits, MODELS, Model, Object, Verdict, from_run, judge,
};
use consensus_playground::scenario::presets;
use consensus_playground::scenario::{Expectation, Scenario, Step, text};
use consensus_playground::timeline::{BranchId, Timeline};

/// What the clients of a scenario saw up to its end.
struct Seen {
    object: Object,
    history: History,
    /// Of each model that says something about it, whether it holds.
    verdicts: BTreeMap<Model, bool>,
    /// Whether clocks went as they should.
    has_true_clocks: bool,
}

impl Seen {
    fn of(id: &str, scenario: &Scenario) -> Option<Self> {
        let timeline = Timeline::open(scenario.clone()).expect("presets open");
        let main = BranchId(0);
        let end = timeline.world_at(main, timeline.length(main));
        if end.history().records().is_empty() {
            return None;
        }
        let (history, object) = from_run(end.history().records(), &end.past())
            .unwrap_or_else(|why| panic!("{id}: its run cannot be judged: {why}"));
        let verdict = |model: Model| {
            let verdict = judge(&history, object, model, Limits::default());
            assert!(!matches!(verdict, Verdict::GaveUp(_)), "{id}: {model:?} is undecided");
            verdict.holds().map(|holds| (model, holds))
        };
        let verdicts = MODELS.iter().filter_map(|info| verdict(info.model)).collect();
        let is_true = |index: u64| {
            let action = timeline.action(main, index).map(|action| &action.kind);
            !matches!(action, Some(ActionKind::SetClockRate { .. } | ActionKind::JumpClock { .. }))
        };
        let has_true_clocks =
            scenario.config.clocks.is_empty() && (0..timeline.length(main)).all(is_true);
        Some(Seen { object, history, verdicts, has_true_clocks })
    }

    fn is_linearizable(&self) -> bool {
        *self.verdicts.get(&Model::Linearizable).expect("linearizability is always judged")
    }

    /// Whether some answer could have been another. A history of writes alone says nothing: every
    /// model allows it.
    fn tells(&self) -> bool {
        let is_open = |answer: &Answer| matches!(answer, Answer::Unknown | Answer::Aborted);
        self.history.records.iter().any(|record| {
            let may_refuse = matches!(
                record.command,
                Command::Lock | Command::Unlock | Command::Cas(..) | Command::Transaction(_)
            );
            (may_refuse || record.answer != Answer::Done) && !is_open(&record.answer)
        })
    }

    /// The models that a reader wants to know of: those of transactions where there are some, and
    /// whether the copies agree in the end where that does not go without saying.
    fn of_interest(&self, model: Model) -> bool {
        let is_transaction = |command: &Command| matches!(command, Command::Transaction(_));
        let transacts = self.history.records.iter().any(|record| is_transaction(&record.command));
        match model {
            Model::StrictSerializable
            | Model::Serializable
            | Model::SnapshotIsolation
            | Model::ReadCommitted => transacts,
            Model::Eventual => !self.is_linearizable(),
            _ => true,
        }
    }

    /// What is to be said: no other that holds implies a model that is said to hold, and no other
    /// that is broken is implied by one that is said to be broken.
    fn statements(&self) -> Vec<(Model, bool)> {
        let with = |wanted: bool| -> Vec<Model> {
            let of_interest = self.verdicts.iter().filter(|(model, _)| self.of_interest(**model));
            of_interest.filter(|(_, holds)| **holds == wanted).map(|(model, _)| *model).collect()
        };
        let (held, broken) = (with(true), with(false));
        let strongest = held
            .iter()
            .filter(|model| !held.iter().any(|other| other != *model && other.implies(**model)));
        let weakest = broken
            .iter()
            .filter(|model| !broken.iter().any(|other| other != *model && model.implies(*other)));
        let said = |holds: bool| move |model: &Model| (*model, holds);
        strongest.map(said(true)).chain(weakest.map(said(false))).collect()
    }
}

/// The expectations about the whole run: those after its last action.
fn stated(scenario: &Scenario) -> Vec<(Model, bool)> {
    let is_quiet = |step: &&Step| matches!(step, Step::Expect(_) | Step::Note(..));
    let last = scenario.steps.iter().rev().take_while(is_quiet);
    last.filter_map(|step| match step {
        Step::Expect(Expectation::History(model, holds)) => Some((*model, *holds)),
        _ => None,
    })
    .collect()
}

fn line((model, holds): &(Model, bool)) -> String {
    let not = if *holds { "" } else { "not " };
    format!("expect history {not}{}", model.info().id)
}

fn for_every_run(check: impl Fn(&Scenario, &Seen) -> Result<(), String>) -> usize {
    let (mut runs, mut complaints) = (0, Vec::new());
    for preset in presets::all() {
        let scenario = text::parse(preset.text).expect("presets are right");
        if let Some(seen) = Seen::of(preset.id, &scenario) {
            runs += 1;
            complaints
                .extend(check(&scenario, &seen).err().map(|why| format!("{}: {why}", preset.id)));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    runs
}

/// Whether the sheet promises less than one order of all operations, or as much only of a rule.
fn may_be_stale(scenario: &Scenario) -> bool {
    scenario.sheet().guarantee.contains("stale")
}

#[test]
fn weak_runs_state_the_strongest_model_they_satisfy_and_the_weakest_they_break() {
    let runs = for_every_run(|scenario, seen| {
        let is_weak = may_be_stale(scenario) && seen.tells();
        let (wanted, found) = (seen.statements(), stated(scenario));
        let missing = wanted.iter().filter(|one| !found.contains(one));
        let missing: Vec<String> = missing.map(line).collect();
        if (is_weak || !seen.is_linearizable()) && !missing.is_empty() {
            return Err(format!("it does not say\n{}", missing.join("\n")));
        }
        Ok(())
    });
    assert!(runs > 200, "{runs} runs have clients");
}

#[test]
fn what_is_stated_at_the_end_is_the_strongest_and_the_weakest() {
    for_every_run(|scenario, seen| {
        let wanted = if seen.tells() { seen.statements() } else { Vec::new() };
        let found = stated(scenario);
        let idle: Vec<String> =
            found.iter().filter(|one| !wanted.contains(one)).map(line).collect();
        if idle.is_empty() {
            Ok(())
        } else {
            Err(format!("it states what is not the strongest or weakest: {idle:?}"))
        }
    });
}

#[test]
fn strong_protocols_are_linearizable_while_their_rules_and_clocks_hold() {
    let strong = std::cell::Cell::new(0);
    for_every_run(|scenario, seen| {
        let has_all = scenario.config.rules == scenario.sheet().all_rules();
        if !has_all || !seen.has_true_clocks || may_be_stale(scenario) {
            return Ok(());
        }
        strong.set(strong.get() + 1);
        let model = match seen.object {
            Object::Bank => Model::StrictSerializable,
            _ => Model::Linearizable,
        };
        match seen.verdicts.get(&model) {
            Some(true) => Ok(()),
            _ => Err(format!("its run is not {}", model.info().id)),
        }
    });
    assert!(strong.get() > 50, "{} runs of strong protocols", strong.get());
}

#[test]
fn several_types_of_object_and_first_contents_are_among_them() {
    let objects = std::cell::RefCell::new(BTreeMap::new());
    for_every_run(|_, seen| {
        let begins = !seen.history.initial.is_empty();
        *objects.borrow_mut().entry((seen.object, begins)).or_insert(0) += 1;
        Ok(())
    });
    let objects = objects.into_inner();
    for object in [Object::Kv, Object::Bank] {
        assert!(objects.get(&(object, true)).is_some_and(|count| *count > 10), "{objects:?}");
    }
    assert!(objects.contains_key(&(Object::Consensus, false)), "{objects:?}");
}
