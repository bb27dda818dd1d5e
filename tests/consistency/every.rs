//! Every history of a small alphabet, up to what no model can tell apart: the names of values and
//! keys, the order of operations of which neither returned before the other was called, and the
//! order of sessions.
//!
//! - By real time: a shape says for each operation in which slot it is called and in which it
//!   returns, or that it is open. Slots that could be merged are not counted twice, so that the
//!   shapes without open operations are the interval orders, 1, 2, 5, 15, 53 of them (Fishburn
//!   1970; Bousquet-Mélou et al., "(2+2)-free posets, ascent sequences and pattern avoiding
//!   permutations", 2010). Each operation has a client of its own, as far as `clients` allows.
//! - By sessions: words of operations, at times that say nothing besides their order.

use consensus_playground::consistency::{Answer, Command, History, Object, Record};

use super::alphabet::{Alphabet, Letter};

/// The slots of an operation's call and return; no return where it is open.
type Span = (u64, Option<u64>);

/// Every way in which so many operations can stand in real time.
pub fn shapes(count: usize, open: bool) -> Vec<Vec<Span>> {
    fn fill(cells: &[Span], left: usize, shape: &mut Vec<Span>, all: &mut Vec<Vec<Span>>) {
        let Some((cell, rest)) = cells.split_first() else {
            if left == 0 {
                all.push(shape.clone());
            }
            return;
        };
        for many in 0..=left {
            shape.extend(std::iter::repeat_n(*cell, many));
            fill(rest, left - many, shape, all);
            shape.truncate(shape.len() - many);
        }
    }
    let mut all = Vec::new();
    for slots in 1..=count as u64 {
        let mut cells: Vec<Span> = Vec::new();
        for call in 0..slots {
            cells.extend((call..slots).map(|back| (call, Some(back))));
            cells.extend(open.then_some((call, None)));
        }
        let mut of_slots = Vec::new();
        fill(&cells, count, &mut Vec::new(), &mut of_slots);
        of_slots.retain(|shape| {
            (0..slots).all(|slot| shape.iter().any(|(call, _)| *call == slot))
                && (1..slots).all(|slot| shape.iter().any(|(_, back)| *back == Some(slot - 1)))
        });
        all.extend(of_slots);
    }
    all
}

/// Calls `each` with every history by real time.
pub fn by_real_time(
    alphabet: &Alphabet,
    count: usize,
    open: bool,
    clients: Clients,
    each: &mut dyn FnMut(&History),
) {
    for shape in shapes(count, open) {
        let assignments = match clients {
            Clients::Own => vec![(0..count as u32).collect()],
            Clients::Few(most) => assignments(&shape, most),
        };
        let mut word = Vec::new();
        words(alphabet, &shape, &mut word, &mut |word| {
            for clients in &assignments {
                each(&history(alphabet, &shape, word, clients));
            }
        });
    }
}

/// Who calls the operations of a history by real time.
#[derive(Clone, Copy)]
pub enum Clients {
    /// Each its own, where clients do not matter.
    Own,
    /// Every way to share them among so many, up to their names.
    Few(u32),
}

/// The clients of operations such that each client has one under way at most, unless it is open.
fn assignments(shape: &[Span], most: u32) -> Vec<Vec<u32>> {
    let mut all: Vec<Vec<u32>> = vec![Vec::new()];
    for (place, (call, _)) in shape.iter().enumerate() {
        let mut longer = Vec::new();
        for clients in &all {
            let used = clients.iter().max().map_or(0, |last| last + 1);
            for client in 0..most.min(used + 1) {
                // Operations stand in the order of their calls; one that is open is given up before
                // the next call of its client.
                let is_busy = (0..place).any(|other| {
                    let (before, back) = shape[other];
                    clients[other] == client && back.map_or(before == *call, |back| back >= *call)
                });
                if !is_busy {
                    longer.push(clients.iter().copied().chain([client]).collect());
                }
            }
        }
        all = longer;
    }
    all
}

/// Every word over a shape, one for all that differ in names or within a cell alone.
fn words(
    alphabet: &Alphabet,
    shape: &[Span],
    word: &mut Vec<usize>,
    each: &mut dyn FnMut(&[usize]),
) {
    let at = word.len();
    if at == shape.len() {
        if is_first(alphabet, word, &|word| {
            let mut pairs: Vec<(Span, usize)> = shape.iter().copied().zip(word).collect();
            pairs.sort_by_key(|((call, back), letter)| {
                (*call, back.map_or(u64::MAX, |back| back), *letter)
            });
            pairs.into_iter().map(|(_, letter)| letter).collect()
        }) {
            each(word);
        }
        return;
    }
    let range = alphabet.range(shape[at].1.is_none());
    let same = at > 0 && shape[at] == shape[at - 1];
    let from = if same { word[at - 1] } else { range.start };
    for letter in from..range.end {
        word.push(letter);
        words(alphabet, shape, word, each);
        word.pop();
    }
}

/// Whether no renaming, put in order by `sorted`, comes before the word.
fn is_first(
    alphabet: &Alphabet,
    word: &[usize],
    sorted: &dyn Fn(Vec<usize>) -> Vec<usize>,
) -> bool {
    alphabet.renamings.iter().all(|renaming| {
        let other = sorted(word.iter().map(|letter| renaming[*letter]).collect());
        other.as_slice() >= word
    })
}

fn record(letter: &Letter, client: u32, session: u32, call: u64, returned: Option<u64>) -> Record {
    let Letter { key, command, answer } = letter.clone();
    let answer = if returned.is_none() { Answer::Unknown } else { answer };
    Record { client, session, key, command, answer, call, returned }
}

fn history(alphabet: &Alphabet, shape: &[Span], word: &[usize], clients: &[u32]) -> History {
    let mut records = Vec::new();
    for (place, (call, back)) in shape.iter().enumerate() {
        let given_up = (0..place)
            .filter(|other| clients[*other] == clients[place] && shape[*other].1.is_none())
            .count();
        records.push(record(
            &alphabet.letters[word[place]],
            clients[place],
            given_up as u32,
            call * 2 + 1,
            back.map(|back| back * 2 + 2),
        ));
    }
    History { records, ..History::default() }
}

/// When the operations of sessions happen.
#[derive(Clone, Copy)]
pub enum Times {
    /// The first of each session at the same time, then the second of each.
    Together,
    /// One session after the other.
    Apart,
}

/// Calls `each` with every history of sessions of these lengths, longest first.
pub fn by_sessions(
    alphabet: &Alphabet,
    lengths: &[usize],
    open: bool,
    times: Times,
    each: &mut dyn FnMut(&History),
) {
    fn go(
        alphabet: &Alphabet,
        ends: &[(usize, bool)],
        open: bool,
        word: &mut Vec<usize>,
        each: &mut dyn FnMut(&[usize]),
    ) {
        let Some((_, is_end)) = ends.get(word.len()) else { return each(word) };
        let closed = alphabet.range(false);
        let end = if open && *is_end { alphabet.letters.len() } else { closed.end };
        for letter in 0..end {
            word.push(letter);
            go(alphabet, ends, open, word, each);
            word.pop();
        }
    }
    let ends: Vec<(usize, bool)> = lengths
        .iter()
        .enumerate()
        .flat_map(|(session, length)| (1..=*length).map(move |at| (session, at == *length)))
        .collect();
    let sorted = |word: Vec<usize>| {
        let mut rest = &word[..];
        let mut sessions: Vec<&[usize]> = Vec::new();
        for length in lengths {
            let (session, others) = rest.split_at(*length);
            sessions.push(session);
            rest = others;
        }
        sessions.sort_by(|one, other| other.len().cmp(&one.len()).then(one.cmp(other)));
        sessions.concat()
    };
    go(alphabet, &ends, open, &mut Vec::new(), &mut |word| {
        if sorted(word.to_vec()) != word || !is_first(alphabet, word, &sorted) {
            return;
        }
        let mut at = vec![0; lengths.len()];
        let records = word.iter().zip(&ends).enumerate().map(|(place, (letter, (session, _)))| {
            at[*session] += 1;
            let moment = match times {
                Times::Together => 2 * at[*session] as u64,
                Times::Apart => 2 * (word.len() - place + 2 * at[*session]) as u64,
            };
            let returned = (*letter < alphabet.range(false).end).then_some(moment + 1);
            record(&alphabet.letters[*letter], *session as u32, 0, moment, returned)
        });
        each(&History { records: records.collect(), ..History::default() });
    });
}

/// Every way to share operations among sessions, longest first.
pub fn partitions(count: usize, most: usize) -> Vec<Vec<usize>> {
    fn go(left: usize, longest: usize, most: usize, parts: &[usize], all: &mut Vec<Vec<usize>>) {
        if left == 0 {
            all.push(parts.to_vec());
        }
        for next in (1..=longest.min(left)).filter(|_| parts.len() < most) {
            go(left - next, next, most, &[parts, &[next]].concat(), all);
        }
    }
    let mut all = Vec::new();
    go(count, count, most, &[], &mut all);
    all
}

/// Every history that differs in one answer, which another letter gives to the same command.
pub fn with_another_answer(alphabet: &Alphabet, history: &History) -> Vec<History> {
    let mut all = Vec::new();
    for (place, record) in history.records.iter().enumerate() {
        for letter in &alphabet.letters[alphabet.range(false)] {
            if letter.key == record.key
                && record.returned.is_some()
                && asks_the_same(&letter.command, &record.command)
                && (&letter.command, &letter.answer) != (&record.command, &record.answer)
            {
                let mut changed = history.clone();
                changed.records[place].command = letter.command.clone();
                changed.records[place].answer = letter.answer.clone();
                all.push(changed);
            }
        }
    }
    all
}

/// Whether two commands are one; the answers of transactions stand in their steps.
fn asks_the_same(one: &Command, other: &Command) -> bool {
    use consensus_playground::consistency::Step;
    match (one, other) {
        (Command::Transaction(one), Command::Transaction(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|pair| match pair {
                    (Step::Read(one, _), Step::Read(other, _))
                    | (Step::ReadList(one, _), Step::ReadList(other, _)) => one == other,
                    (one, other) => one == other,
                })
        }
        (one, other) => one == other,
    }
}

/// Whether clients matter to an object.
pub fn clients_of(object: Object) -> Clients {
    if object == Object::Lock { Clients::Few(3) } else { Clients::Own }
}
