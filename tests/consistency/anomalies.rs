//! Each anomaly that a model is known for, written down by hand: what breaks, what still holds, and
//! what a person is told.

use consensus_playground::consistency::{
    Answer, Command, History, Limits, Model, Object, Record, Step, Verdict, judge,
};

/// An operation: client, key, what, answer, call and return.
fn op(client: u32, key: &str, command: Command, answer: Answer, span: (u64, u64)) -> Record {
    let returned = (span.1 > 0).then_some(span.1);
    Record { client, session: 0, key: key.into(), command, answer, call: span.0, returned }
}

fn write(client: u32, key: &str, value: &str, span: (u64, u64)) -> Record {
    op(client, key, Command::Write(Some(value.into())), Answer::Done, span)
}

fn read(client: u32, key: &str, value: &str, span: (u64, u64)) -> Record {
    let value = (value != "nil").then(|| value.into());
    op(client, key, Command::Read, Answer::Found(value), span)
}

/// A transaction from words such as `r x 1` and `w y 2`.
fn transaction(client: u32, words: &str, answer: Answer, span: (u64, u64)) -> Record {
    let steps = words.split(", ").map(|step| {
        let [verb, key, value] = step.split(' ').collect::<Vec<_>>()[..] else {
            panic!("three words")
        };
        let value = (value != "nil").then(|| value.into());
        match verb {
            "r" => Step::Read(key.into(), Some(value)),
            _ => Step::Write(key.into(), value),
        }
    });
    op(client, "", Command::Transaction(steps.collect()), answer, span)
}

fn committed(client: u32, words: &str, span: (u64, u64)) -> Record {
    transaction(client, words, Answer::Done, span)
}

fn verdict(records: &[Record], object: Object, model: Model) -> Verdict {
    let history = History { records: records.to_vec(), ..History::default() };
    judge(&history, object, model, Limits::default())
}

fn holds(records: &[Record], object: Object, models: &[Model]) {
    for model in models {
        let found = verdict(records, object, *model);
        assert_eq!(found.holds(), Some(true), "{model:?} {found:?}");
    }
}

/// The sentence of a violation.
fn breaks(records: &[Record], object: Object, model: Model) -> String {
    match verdict(records, object, model) {
        Verdict::Violated(violation) => violation.explanation,
        other => panic!("{model:?} {other:?}"),
    }
}

#[test]
fn a_stale_read() {
    let records =
        [write(1, "x", "1", (1, 2)), write(1, "x", "2", (3, 4)), read(2, "x", "1", (5, 6))];
    let why = breaks(&records, Object::Register, Model::Linearizable);
    assert_eq!(why, "client 2 read x=1 after client 1 had already written x=2.");
    holds(&records, Object::Register, &[Model::Sequential, Model::Causal, Model::Pram]);
}

#[test]
fn a_new_old_inversion() {
    let records = [
        write(1, "", "1", (1, 2)),
        write(1, "", "2", (3, 10)),
        read(3, "", "2", (4, 5)),
        read(2, "", "1", (6, 7)),
    ];
    let why = breaks(&records, Object::Register, Model::Linearizable);
    assert_eq!(why, "client 2 read 1 after client 3 had already read 2.");
    holds(&records, Object::Register, &[Model::Sequential]);
}

#[test]
fn two_readers_see_two_writes_in_different_orders() {
    let records = [
        write(1, "x", "1", (1, 2)),
        write(2, "x", "2", (1, 2)),
        read(3, "x", "1", (3, 4)),
        read(3, "x", "2", (5, 6)),
        read(4, "x", "2", (3, 4)),
        read(4, "x", "1", (5, 6)),
    ];
    breaks(&records, Object::Register, Model::Sequential);
    holds(&records, Object::Register, &[Model::Causal, Model::Pram]);
}

#[test]
fn an_answer_before_its_question() {
    let records = [
        write(1, "question", "1", (1, 2)),
        read(2, "question", "1", (3, 4)),
        write(2, "answer", "1", (5, 6)),
        read(3, "answer", "1", (7, 8)),
        read(3, "question", "nil", (9, 10)),
    ];
    let why = breaks(&records, Object::Kv, Model::Causal);
    assert!(why.contains("client 3"), "{why}");
    holds(&records, Object::Kv, &[Model::Pram, Model::WritesFollowReads]);
}

#[test]
fn each_session_guarantee_alone() {
    let own = [write(1, "x", "1", (1, 2)), read(1, "x", "nil", (3, 4))];
    let why = breaks(&own, Object::Kv, Model::ReadYourWrites);
    assert_eq!(why, "client 1 read x=nil after it had already written x=1.");
    holds(&own, Object::Kv, &[Model::MonotonicReads, Model::MonotonicWrites]);

    let back = [write(1, "x", "1", (1, 2)), read(2, "x", "1", (3, 4)), read(2, "x", "nil", (5, 6))];
    let why = breaks(&back, Object::Kv, Model::MonotonicReads);
    assert_eq!(why, "client 2 read x=nil after it had already read x=1.");
    holds(&back, Object::Kv, &[Model::ReadYourWrites, Model::MonotonicWrites]);

    let items = |items: &[&str]| Answer::Items(items.iter().map(|item| (*item).into()).collect());
    let append = |client, item: &str, span| {
        op(client, "l", Command::Append(item.into()), Answer::Done, span)
    };
    let swapped = [
        append(1, "a", (1, 2)),
        append(1, "b", (3, 4)),
        op(2, "l", Command::ReadAll, items(&["b", "a"]), (5, 6)),
    ];
    breaks(&swapped, Object::List, Model::MonotonicWrites);
    holds(&swapped, Object::List, &[Model::MonotonicReads, Model::ReadYourWrites]);

    let reply_first = [
        append(1, "question", (1, 2)),
        op(2, "l", Command::ReadAll, items(&["question"]), (3, 4)),
        append(2, "answer", (5, 6)),
        op(3, "l", Command::ReadAll, items(&["answer", "question"]), (7, 8)),
    ];
    breaks(&reply_first, Object::List, Model::WritesFollowReads);
    holds(&reply_first, Object::List, &[Model::MonotonicReads, Model::MonotonicWrites]);
}

#[test]
fn a_lost_update() {
    let records = [
        committed(0, "w x 100", (1, 2)),
        committed(1, "r x 100, w x 130", (3, 6)),
        committed(2, "r x 100, w x 120", (4, 7)),
    ];
    let why = breaks(&records, Object::Bank, Model::SnapshotIsolation);
    assert!(why.contains("client 1") && why.contains("client 2"), "{why}");
    breaks(&records, Object::Bank, Model::Serializable);
    holds(&records, Object::Bank, &[Model::ReadCommitted]);
}

#[test]
fn a_dirty_read() {
    let records = [transaction(1, "w x 1", Answer::Aborted, (1, 4)), committed(2, "r x 1", (2, 3))];
    let why = breaks(&records, Object::Bank, Model::ReadCommitted);
    assert!(why.contains("aborted"), "{why}");
    breaks(&records, Object::Bank, Model::SnapshotIsolation);
}

#[test]
fn an_intermediate_read() {
    let records = [committed(1, "w x 1, w x 2", (1, 4)), committed(2, "r x 1", (2, 3))];
    let why = breaks(&records, Object::Bank, Model::ReadCommitted);
    assert!(why.contains("middle"), "{why}");
    breaks(&records, Object::Bank, Model::SnapshotIsolation);
}

#[test]
fn a_circular_flow() {
    let records = [committed(1, "w x 1, r y 1", (1, 4)), committed(2, "w y 1, r x 1", (2, 3))];
    let why = breaks(&records, Object::Bank, Model::ReadCommitted);
    assert!(why.contains("circle"), "{why}");
}

#[test]
fn write_skew() {
    let records = [
        committed(0, "w x 1, w y 1", (1, 2)),
        committed(1, "r x 1, r y 1, w x 0", (3, 6)),
        committed(2, "r x 1, r y 1, w y 0", (4, 7)),
    ];
    breaks(&records, Object::Bank, Model::Serializable);
    holds(&records, Object::Bank, &[Model::SnapshotIsolation, Model::ReadCommitted]);
}

#[test]
fn a_long_fork() {
    let records = [
        committed(1, "w x 1", (1, 2)),
        committed(2, "w y 1", (1, 2)),
        committed(3, "r x 1, r y nil", (3, 4)),
        committed(4, "r x nil, r y 1", (3, 4)),
    ];
    breaks(&records, Object::Bank, Model::SnapshotIsolation);
    holds(&records, Object::Bank, &[Model::ReadCommitted]);
}

#[test]
fn a_read_only_transaction_that_sees_too_much() {
    // Fekete, O'Neil and O'Neil, 2004: the withdrawal pays a fee although the deposit, which the
    // report has seen, came before.
    let records = [
        committed(0, "w x 0, w y 0", (1, 2)),
        committed(2, "r x 0, r y 0, w x -11", (3, 10)),
        committed(1, "r y 0, w y 20", (4, 5)),
        committed(3, "r x 0, r y 20", (6, 7)),
    ];
    breaks(&records, Object::Bank, Model::Serializable);
    holds(&records, Object::Bank, &[Model::SnapshotIsolation]);
    holds(&records[..3], Object::Bank, &[Model::Serializable, Model::StrictSerializable]);
}

#[test]
fn a_serializable_history_that_is_not_strict() {
    let records = [committed(1, "w x 1", (1, 2)), committed(2, "r x nil", (3, 4))];
    breaks(&records, Object::Bank, Model::StrictSerializable);
    holds(&records, Object::Bank, &[Model::Serializable, Model::SnapshotIsolation]);
}

#[test]
fn replicas_that_do_not_come_to_agree() {
    let mut records = vec![
        write(1, "x", "1", (1, 4)),
        write(2, "x", "2", (2, 3)),
        read(1, "x", "1", (5, 6)),
        read(2, "x", "2", (7, 8)),
    ];
    let why = breaks(&records, Object::Kv, Model::Eventual);
    assert_eq!(why, "after all writes had ended, client 1 read x=1, but client 2 read x=2.");
    records.push(read(1, "x", "2", (9, 10)));
    holds(&records, Object::Kv, &[Model::Eventual]);
    // A write that may still happen may explain a difference.
    records[1].returned = None;
    records.push(read(1, "x", "1", (11, 12)));
    assert!(matches!(verdict(&records, Object::Kv, Model::Eventual), Verdict::NotApplicable(_)));
}

#[test]
fn queues_and_locks_say_who_took_what_twice() {
    let take =
        |client, span| op(client, "", Command::Dequeue, Answer::Found(Some("a".into())), span);
    let records = [
        op(1, "", Command::Enqueue("a".into()), Answer::Done, (1, 2)),
        take(2, (3, 4)),
        take(3, (5, 6)),
    ];
    let why = breaks(&records, Object::Queue, Model::Linearizable);
    assert!(why.contains("client 2 dequeued a") && why.contains("client 3 dequeued a"), "{why}");
    let locks = [
        op(1, "f", Command::Lock, Answer::Done, (1, 2)),
        op(2, "f", Command::Lock, Answer::Done, (3, 4)),
    ];
    let why = breaks(&locks, Object::Lock, Model::Linearizable);
    assert_eq!(why, "client 2 took the lock of f after client 1 had already taken the lock of f.");
}

#[test]
fn a_check_that_reaches_a_limit_says_which() {
    let mut records = Vec::new();
    for client in 0..12 {
        records.push(write(client, "", &(client % 3).to_string(), (1, 100)));
    }
    records.push(read(12, "", "1", (101, 102)));
    records.push(read(13, "", "2", (103, 104)));
    let history = History { records, ..History::default() };
    let steps = Limits { steps: 50, ..Limits::default() };
    let memory = Limits { memory_bytes: 1_000, ..Limits::default() };
    for (limits, word) in [(steps, "steps"), (memory, "memory")] {
        match judge(&history, Object::Register, Model::Linearizable, limits) {
            Verdict::GaveUp(why) => assert!(why.contains(word), "{why}"),
            other => panic!("{other:?}"),
        }
    }
    assert!(matches!(
        judge(&history, Object::Register, Model::Linearizable, Limits::default()),
        Verdict::Violated(_)
    ));
}
