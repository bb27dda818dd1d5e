//! Histories of every type of object, drawn.

use consensus_playground::consistency::{Answer, Command, Contents, History, Object, Step};
use consensus_playground::operation::Text;
use proptest::prelude::*;

use super::{record, text};

fn any_text() -> impl Strategy<Value = Text> {
    let words = ["1", "2", "x 0 1 y", "\"", "\\", "\n", "é😀", "\u{1}", "nil", "to"];
    prop_oneof![
        prop::sample::select(words.to_vec()).prop_map(Text::from),
        "[a-z]{1,4}".prop_map(Text::from)
    ]
}

fn any_held() -> impl Strategy<Value = Option<Text>> {
    prop::option::of(any_text())
}

fn any_step() -> impl Strategy<Value = Step> {
    let items = prop::collection::vec(any_text(), 0..3);
    prop_oneof![
        (any_text(), prop::option::of(any_held())).prop_map(|(key, found)| Step::Read(key, found)),
        (any_text(), any_held()).prop_map(|(key, value)| Step::Write(key, value)),
        (any_text(), any_text()).prop_map(|(key, item)| Step::Append(key, item)),
        (any_text(), prop::option::of(items)).prop_map(|(key, found)| Step::ReadList(key, found)),
        (any_text(), any_text(), 0..1000_u64)
            .prop_map(|(from, to, amount)| Step::Transfer(from, to, amount)),
    ]
}

/// A command of an object, with an answer that it may have.
fn asked(object: Object) -> BoxedStrategy<(Command, Answer)> {
    let found = || any_held().prop_map(Answer::Found);
    let items = || prop::collection::vec(any_text(), 0..3).prop_map(Answer::Items);
    let told = |answers: &[Answer]| prop::sample::select(answers.to_vec());
    let one_of = |commands: &[Command]| prop::sample::select(commands.to_vec());
    let ends = || told(&[Answer::Done, Answer::Refused, Answer::Aborted, Answer::Unknown]);
    let read = || (Just(Command::Read), prop_oneof![found(), told(&[Answer::Unknown])]);
    let write = || (any_held().prop_map(Command::Write), ends());
    let cas = || ((any_held(), any_held()).prop_map(|(old, new)| Command::Cas(old, new)), ends());
    let append = || (any_text().prop_map(Command::Append), ends());
    match object {
        Object::Register => prop_oneof![read(), write(), cas()].boxed(),
        Object::Kv => prop_oneof![read(), write(), cas(), append()].boxed(),
        Object::Set => prop_oneof![
            (any_text().prop_map(Command::Add), ends()),
            (any_text().prop_map(Command::Remove), ends()),
            (any_text().prop_map(Command::Contains), any::<bool>().prop_map(Answer::Present)),
            (Just(Command::ReadAll), items()),
        ]
        .boxed(),
        Object::Queue => prop_oneof![
            (any_text().prop_map(Command::Enqueue), ends()),
            (Just(Command::Dequeue), found()),
        ]
        .boxed(),
        Object::List => prop_oneof![append(), (Just(Command::ReadAll), items())].boxed(),
        Object::Lock => (one_of(&[Command::Lock, Command::Unlock]), ends()).boxed(),
        Object::Bank => {
            let steps = prop::collection::vec(any_step(), 0..4);
            let transaction = (steps.prop_map(Command::Transaction), ends());
            prop_oneof![transaction, read(), write()].boxed()
        }
        Object::Store => {
            let kinds = [Object::Kv, Object::Queue, Object::Lock, Object::Bank].map(asked);
            prop::strategy::Union::new(kinds).boxed()
        }
        Object::Consensus => (any_text().prop_map(Command::Propose), found()).boxed(),
    }
}

/// Histories of each type of object: the clients of a list of operations take turns at random.
pub fn any_history() -> impl Strategy<Value = (Object, History)> {
    let objects: Vec<Object> =
        consensus_playground::consistency::OBJECTS.iter().map(|(object, _)| *object).collect();
    let initial = prop::collection::vec((any_text(), any_text()), 0..2);
    let items = prop::collection::vec(any_text(), 0..3).prop_map(Contents::Items);
    let contents = prop_oneof![items, (0..4_u32).prop_map(Contents::Holder)];
    let contents = prop::collection::vec((any_text(), contents), 0..2);
    let first = (prop::sample::select(objects), initial, contents);
    first.prop_flat_map(|(object, initial, contents)| {
        let key = if object == Object::Register || object == Object::Bank {
            Just(text("")).boxed()
        } else {
            any_text().boxed()
        };
        let one = (0..4_u32, asked(object), key, any::<bool>(), 0..6_usize);
        prop::collection::vec(one, 1..12).prop_map(move |operations| {
            let mut history = History::default();
            let with = History { initial: initial.clone(), ..History::default() };
            if with.begins_as(object) {
                history = with;
            }
            let with = History { contents: contents.clone(), ..history.clone() };
            if with.begins_as(object) {
                history = with;
            }
            let mut open: Vec<usize> = Vec::new();
            let mut sessions = [0; 4];
            let mut position = 0;
            for (client, (command, answer), key, is_left_open, returning) in operations {
                // Some of the open ones return before the next call.
                while open.len() > returning
                    || open.iter().any(|place| history.records[*place].client == client)
                {
                    history.records[open.remove(0)].returned = Some(position);
                    position += 1;
                }
                let session = sessions[client as usize];
                let mut one = record(client, command, answer, position, 0);
                (one.session, one.key) = (session, key);
                position += 1;
                if is_left_open {
                    one.answer = Answer::Unknown;
                    sessions[client as usize] += 1;
                } else {
                    open.push(history.records.len());
                }
                history.records.push(one);
            }
            for place in open {
                history.records[place].returned = Some(position);
                position += 1;
            }
            (object, history)
        })
    })
}
