//! Histories made by a seed, as a store that serves one request at a time would leave them.
//!
//! Clients are in an operation nearly nine tenths of the time, half of the operations append, and few
//! keys are set anew: the mix of porcupine's key-value files, whose lines these are, too.

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
    /// It took effect; this is what the caller will be told.
    Done(Call, String),
}

struct Call {
    function: &'static str,
    key: u32,
    value: String,
}

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
    let mut draws = Draws(shape.seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let mut store = vec![String::new(); shape.keys as usize];
    let mut clients: Vec<Doing> = (0..shape.clients).map(|_| Doing::Nothing).collect();
    let mut counts = vec![0_u32; shape.clients as usize];
    let (mut called, mut returned, mut text) = (0, 0, String::new());
    while returned < shape.operations {
        let client = draws.below(shape.clients) as usize;
        // A third of the chances to go on, so that most clients are in an operation.
        let is_idle = matches!(clients[client], Doing::Nothing);
        if !is_idle && draws.below(10) >= 3 {
            continue;
        }
        clients[client] = match std::mem::replace(&mut clients[client], Doing::Nothing) {
            Doing::Nothing if called == shape.operations => Doing::Nothing,
            Doing::Nothing => {
                called += 1;
                let function = match draws.below(20) {
                    0..10 => "append",
                    10..19 => "get",
                    _ => "put",
                };
                let call = Call {
                    function,
                    key: draws.below(shape.keys),
                    value: format!("x {client} {} y", counts[client]),
                };
                counts[client] += 1;
                let argument = if function == "get" { None } else { Some(&*call.value) };
                line(&mut text, client, "invoke", &call, argument);
                Doing::Called(call)
            }
            Doing::Called(call) => {
                let kept = &mut store[call.key as usize];
                match call.function {
                    "append" => kept.push_str(&call.value),
                    "put" => kept.clone_from(&call.value),
                    _ => {}
                }
                let told = if call.function == "get" { kept.clone() } else { call.value.clone() };
                Doing::Done(call, told)
            }
            Doing::Done(call, told) => {
                returned += 1;
                line(&mut text, client, "ok", &call, Some(&told));
                Doing::Nothing
            }
        };
    }
    text
}

fn line(text: &mut String, client: usize, kind: &str, call: &Call, value: Option<&str>) {
    let Call { function, key, .. } = call;
    let value = value.map_or("nil".to_owned(), |value| format!("\"{value}\""));
    let _ = writeln!(
        text,
        "{{:process {client}, :type :{kind}, :f :{function}, :key \"{key}\", :value {value}}}"
    );
}
