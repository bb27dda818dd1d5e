//! Histories made by a seed, as a store that serves one request at a time would leave them.
//!
//! Clients are in an operation nearly nine tenths of the time. Of the key-value operations half append,
//! and few set a key anew: the mix of porcupine's key-value files, whose lines these are, too.

use std::fmt::Write;

/// What a history is to be like.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// How many operations are called; all of them return.
    pub operations: u32,
    /// By so many clients.
    pub clients: u32,
    /// On so many keys.
    pub keys: u32,
    /// Where the draws begin.
    pub seed: u64,
}

/// The size of porcupine's c50-ok.
pub const FIFTY_CLIENTS: Shape = Shape { operations: 1_712, clients: 50, keys: 10, seed: 50 };

/// What a client is doing.
enum Doing {
    Nothing,
    /// It called, and nothing happened yet.
    Called(Call),
    /// It took effect, or it failed; this is what the caller will be told.
    Done(Call, (bool, String)),
}

struct Call {
    function: &'static str,
    key: u32,
    argument: String,
}

/// How nil is written.
const NOTHING: &str = "nil";

/// Numbers that look random (Marsaglia's xorshift).
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        // The upper half has no short period.
        ((self.0 >> 32) % u64::from(bound)) as u32
    }
}

/// The lines of a linearizable history of key-value operations.
pub fn key_value(shape: Shape) -> String {
    let ask = |draws: &mut Draws, client: usize, count: u32| {
        let function = match draws.below(20) {
            0..10 => "append",
            10..19 => "get",
            _ => "put",
        };
        let key = draws.below(shape.keys);
        Call { function, key, argument: format!("\"x {client} {count} y\"") }
    };
    // Texts are kept in their quotes.
    let answer = |store: &mut Vec<String>, call: &Call| {
        let kept = &mut store[call.key as usize];
        match call.function {
            "append" => {
                kept.pop();
                kept.push_str(&call.argument[1..]);
            }
            "put" => kept.clone_from(&call.argument),
            _ => return (true, kept.clone()),
        }
        (true, call.argument.clone())
    };
    history(shape, "\"\"", ask, answer)
}

/// The same of one register with five values, as Jepsen tests it: half of the operations read, the
/// others write or compare.
pub fn register(shape: Shape) -> String {
    let ask = |draws: &mut Draws, _: usize, _: u32| {
        let (function, argument) = match draws.below(4) {
            0 => ("write", draws.below(5).to_string()),
            1 => ("cas", format!("[{} {}]", draws.below(5), draws.below(5))),
            _ => ("read", NOTHING.to_owned()),
        };
        Call { function, key: 0, argument }
    };
    let answer = |store: &mut Vec<String>, call: &Call| match call.function {
        "read" => (true, store[0].clone()),
        "write" => {
            store[0].clone_from(&call.argument);
            (true, call.argument.clone())
        }
        _ => {
            let (expected, new) = call.argument[1..4].split_once(' ').unwrap_or_default();
            let is_swapped = store[0] == expected;
            if is_swapped {
                store[0] = new.to_owned();
            }
            (is_swapped, call.argument.clone())
        }
    };
    history(Shape { keys: 1, ..shape }, NOTHING, ask, answer)
}

/// The same of one queue: as many enqueue an item of their own as dequeue one.
pub fn queue(shape: Shape) -> String {
    let ask = |draws: &mut Draws, client: usize, count: u32| match draws.below(2) {
        0 => Call { function: "enqueue", key: 0, argument: format!("{}", own(client, count)) },
        _ => Call { function: "dequeue", key: 0, argument: NOTHING.to_owned() },
    };
    let answer = |store: &mut Vec<String>, call: &Call| match call.function {
        "enqueue" => {
            store.push(call.argument.clone());
            (true, call.argument.clone())
        }
        _ if store.is_empty() => (true, NOTHING.to_owned()),
        _ => (true, store.remove(0)),
    };
    history(Shape { keys: 0, ..shape }, NOTHING, ask, answer)
}

/// The same of one set: most add an item of their own, one in 64 reads the whole set.
pub fn set(shape: Shape) -> String {
    let ask = |draws: &mut Draws, client: usize, count: u32| match draws.below(64) {
        0 => Call { function: "read", key: 0, argument: NOTHING.to_owned() },
        _ => Call { function: "add", key: 0, argument: format!("{}", own(client, count)) },
    };
    let answer = |store: &mut Vec<String>, call: &Call| match call.function {
        "add" => {
            store.push(call.argument.clone());
            (true, call.argument.clone())
        }
        _ => (true, format!("[{}]", store.join(" "))),
    };
    history(Shape { keys: 0, ..shape }, NOTHING, ask, answer)
}

/// An item that nobody else has.
fn own(client: usize, count: u32) -> u64 {
    client as u64 * 100_000 + u64::from(count)
}

/// Clients take turns at random: each calls, then its operation takes effect, then it returns.
fn history(
    shape: Shape,
    empty: &str,
    ask: impl Fn(&mut Draws, usize, u32) -> Call,
    answer: impl Fn(&mut Vec<String>, &Call) -> (bool, String),
) -> String {
    let mut draws = Draws(shape.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut store = vec![empty.to_owned(); shape.keys as usize];
    let mut clients: Vec<Doing> = (0..shape.clients).map(|_| Doing::Nothing).collect();
    let mut counts = vec![0_u32; shape.clients as usize];
    let (mut called, mut returned, mut text) = (0, 0, String::new());
    while returned < shape.operations {
        let client = draws.below(shape.clients) as usize;
        let is_idle = matches!(clients[client], Doing::Nothing);
        if is_idle && called == shape.operations || !is_idle && draws.below(10) >= 3 {
            continue;
        }
        clients[client] = match std::mem::replace(&mut clients[client], Doing::Nothing) {
            Doing::Nothing => {
                let call = ask(&mut draws, client, counts[client]);
                called += 1;
                counts[client] += 1;
                let is_read = matches!(call.function, "get" | "read");
                let argument = if is_read { NOTHING } else { &call.argument };
                line(&mut text, client, "invoke", &call, shape.keys > 1, argument);
                Doing::Called(call)
            }
            Doing::Called(call) => {
                let told = answer(&mut store, &call);
                Doing::Done(call, told)
            }
            Doing::Done(call, (is_done, told)) => {
                returned += 1;
                let kind = if is_done { "ok" } else { "fail" };
                line(&mut text, client, kind, &call, shape.keys > 1, &told);
                Doing::Nothing
            }
        };
    }
    text
}

fn line(text: &mut String, client: usize, kind: &str, call: &Call, has_key: bool, value: &str) {
    let Call { function, key, .. } = call;
    let _ = write!(text, "{{:process {client}, :type :{kind}, :f :{function}, ");
    if has_key {
        let _ = write!(text, ":key \"{key}\", ");
    }
    let _ = writeln!(text, ":value {value}}}");
}
