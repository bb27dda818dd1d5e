//! Every checker against its definition on every history of small alphabets: how many there are is
//! part of the test. Alphabets that take longer are behind `--ignored`.

use std::collections::BTreeMap;

use consensus_playground::consistency::{History, Model, Object};

use super::alphabet::{self, Alphabet};
use super::every::{
    Times, by_real_time, by_sessions, clients_of, partitions, shapes, with_another_answer,
};
use super::{compare, compared};

/// The models that depend on real time, and those that do not.
fn models(object: Object, real_time: bool) -> Vec<Model> {
    use Model::{Eventual, Linearizable, StrictSerializable, StrongEventual};
    let by_time = [Linearizable, StrictSerializable, Eventual, StrongEventual];
    let mut models: Vec<Model> =
        compared(object).filter(|model| by_time.contains(model) == real_time).collect();
    // Of anything but transactions these two say the same.
    models.retain(|model| object == Object::Bank || *model != StrictSerializable);
    models
}

#[derive(Default)]
struct Counts {
    histories: u32,
    verdicts: BTreeMap<(Model, bool), u32>,
}

impl Counts {
    fn judge(&mut self, history: &History, object: Object, models: &[Model]) {
        self.histories += 1;
        for model in models {
            if let Some(holds) = compare(history, object, *model) {
                *self.verdicts.entry((*model, holds)).or_default() += 1;
            }
        }
    }

    /// There were so many, and each of these models said both.
    fn expect(&self, histories: u32, models: &[Model]) {
        println!("{} histories, {:?}", self.histories, self.verdicts);
        assert_eq!(self.histories, histories);
        for model in models {
            for holds in [true, false] {
                assert!(self.verdicts.contains_key(&(*model, holds)), "{model:?} {holds}");
            }
        }
    }
}

/// Every history by real time, of one operation up to `most`.
fn real_time(alphabet: &Alphabet, most: usize, open: bool, histories: u32) {
    let object = alphabet.object;
    let models = models(object, true);
    let mut counts = Counts::default();
    for count in 1..=most {
        by_real_time(alphabet, count, open, clients_of(object), &mut |history| {
            counts.judge(history, object, &models);
        });
    }
    counts.expect(histories, &[Model::Linearizable]);
}

/// Every history of up to `sessions` sessions, of one operation up to `most`.
fn sessions(alphabet: &Alphabet, most: usize, sessions: usize, open: bool, histories: u32) {
    let object = alphabet.object;
    let models = models(object, false);
    let mut both = models.clone();
    if alphabet.has_transfers() {
        both.retain(|model| {
            !matches!(model, Model::Causal | Model::WritesFollowReads | Model::ReadCommitted)
        });
    }
    let mut counts = Counts::default();
    for count in 1..=most {
        for lengths in partitions(count, sessions) {
            let times = if lengths.len() % 2 == 0 { Times::Together } else { Times::Apart };
            by_sessions(alphabet, &lengths, open, times, &mut |history| {
                counts.judge(history, object, &models);
            });
        }
    }
    counts.expect(histories, &both);
}

/// Every history of up to `most` operations that one answer makes out of one that satisfies a model:
/// it is caught exactly if the definition says so.
fn changed(alphabet: &Alphabet, most: usize) {
    let object = alphabet.object;
    let mut caught = BTreeMap::new();
    for count in 1..=most {
        for lengths in partitions(count, 2) {
            by_sessions(alphabet, &lengths, false, Times::Together, &mut |history| {
                for model in compared(object) {
                    if compare(history, object, model) != Some(true) {
                        continue;
                    }
                    for other in with_another_answer(alphabet, history) {
                        if compare(&other, object, model) == Some(false) {
                            *caught.entry(model).or_insert(0) += 1;
                        }
                    }
                }
            });
        }
    }
    println!("{caught:?}");
    for model in compared(object).filter(|model| *model != Model::Eventual) {
        assert!(caught.contains_key(&model), "{model:?} caught none");
    }
}

#[test]
fn real_time_has_as_many_shapes_as_there_are_interval_orders() {
    let counts: Vec<usize> = (1..=5).map(|count| shapes(count, false).len()).collect();
    assert_eq!(counts, [1, 2, 5, 15, 53]);
}

macro_rules! exhaustive {
    ($($(#[$attribute:meta])* $name:ident: $check:ident($($argument:expr),*);)*) => {
        $(#[test] $(#[$attribute])* fn $name() { $check($($argument),*); })*
    };
}

exhaustive! {
    registers_by_real_time: real_time(&alphabet::register(2, false), 5, false, 54_060);
    registers_of_three_values_by_real_time: real_time(&alphabet::register(3, false), 4, true, 8_572);
    registers_with_cas_by_real_time: real_time(&alphabet::register(1, true), 4, true, 11_984);
    registers_with_cas_of_two_values_by_real_time:
        real_time(&alphabet::register(2, true), 3, true, 6_965);
    #[ignore = "a minute"]
    registers_with_open_cas_by_real_time: real_time(&alphabet::register(1, true), 5, true, 212_296);
    sets_by_real_time: real_time(&alphabet::set(1, true), 5, false, 260_282);
    sets_with_open_operations_by_real_time: real_time(&alphabet::set(1, true), 4, true, 22_002);
    sets_read_whole_by_real_time: real_time(&alphabet::set(2, false), 5, false, 131_284);
    sets_read_whole_with_open_operations_by_real_time:
        real_time(&alphabet::set(2, false), 4, true, 11_180);
    queues_by_real_time: real_time(&alphabet::queue(2), 5, false, 54_060);
    queues_of_three_items_by_real_time: real_time(&alphabet::queue(3), 4, true, 10_606);
    #[ignore = "a minute"]
    queues_with_open_operations_by_real_time: real_time(&alphabet::queue(3), 5, true, 248_990);
    lists_by_real_time: real_time(&alphabet::list(), 4, true, 45_114);
    #[ignore = "a minute"]
    longer_lists_by_real_time: real_time(&alphabet::list(), 5, true, 1_399_315);
    texts_by_real_time: real_time(&alphabet::texts(), 3, true, 5_304);
    #[ignore = "a quarter of a minute"]
    longer_texts_by_real_time: real_time(&alphabet::texts(), 4, true, 152_594);
    locks_by_real_time: real_time(&alphabet::lock(), 4, true, 32_039);
    transactions_by_real_time: real_time(&alphabet::bank(1, false), 4, false, 6_538);
    #[ignore = "a quarter of a minute"]
    more_transactions_by_real_time: real_time(&alphabet::bank(1, false), 5, false, 130_150);

    registers_by_sessions: sessions(&alphabet::register(2, false), 5, 3, true, 15_140);
    registers_with_cas_by_sessions: sessions(&alphabet::register(1, true), 5, 3, false, 15_155);
    stores_by_sessions: sessions(&alphabet::store(1), 5, 3, false, 18_223);
    sets_by_sessions: sessions(&alphabet::set(1, true), 4, 3, true, 7_820);
    sets_read_whole_by_sessions: sessions(&alphabet::set(2, false), 5, 2, false, 13_631);
    queues_by_sessions: sessions(&alphabet::queue(2), 5, 3, true, 20_238);
    lists_by_sessions: sessions(&alphabet::list(), 4, 3, false, 10_954);
    locks_by_sessions: sessions(&alphabet::lock(), 5, 3, true, 12_071);
    transactions_by_sessions: sessions(&alphabet::bank(1, false), 5, 2, false, 13_551);
    transactions_with_aborted_ones_by_sessions: sessions(&alphabet::bank(1, true), 4, 2, true, 8_195);
    transactions_of_two_steps_by_sessions: sessions(&alphabet::bank(2, false), 2, 2, true, 1_632);
    lists_in_transactions_by_sessions:
        sessions(&alphabet::lists_in_transactions(), 4, 3, true, 6_625);
    transfers_by_sessions: sessions(&alphabet::transfers(), 3, 2, true, 1_813);

    changed_registers: changed(&alphabet::register(2, false), 4);
    changed_stores: changed(&alphabet::store(1), 4);
    changed_sets: changed(&alphabet::set(1, true), 4);
    changed_queues: changed(&alphabet::queue(2), 4);
    changed_lists: changed(&alphabet::list(), 3);
    changed_locks: changed(&alphabet::lock(), 4);
    changed_transactions: changed(&alphabet::bank(1, false), 4);
}
