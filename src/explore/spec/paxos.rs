//! Paxos: acceptors vote in ballots, and no two values are ever chosen.
//!
//! **Source.** The specification Paxos of Lamport, as in his lecture on the Turing award and in
//! *Paxos Made Simple*: a set of messages from which nothing is ever taken, one leader for each
//! ballot, which is not modelled. For 3 acceptors, 2 values and 2 ballots TLC counts 3,921 states, for 3
//! ballots 185,369.

use super::{Bits, Layout, Model, Packed};

/// The specification for a number of acceptors, ballots and values. A ballot is kept as one more than
/// its number and a vote as one more than its place, so that zero stands for none.
#[derive(Clone, Debug)]
pub struct PaxosModel {
    acceptors: u32,
    ballots: u32,
    values: u32,
    /// For each acceptor the highest ballot it has seen.
    highest: Vec<Bits>,
    /// For each acceptor its last vote: a ballot and a value.
    vote: Vec<Bits>,
    /// The messages sent: 1a for each ballot; 1b for each acceptor and ballot, as one more than the
    /// vote reported; 2a for each ballot, as one more than the value; 2b for each acceptor, ballot
    /// and value.
    asked: Vec<Bits>,
    promise: Vec<Bits>,
    proposed: Vec<Bits>,
    accepted: Vec<Bits>,
}

/// How many bits hold a number.
fn width_of(most: u32) -> u32 {
    u32::BITS - most.leading_zeros()
}

impl PaxosModel {
    /// The model of so many acceptors, ballots and values.
    ///
    /// # Errors
    /// Numbers whose states do not fit.
    pub fn new(acceptors: u32, ballots: u32, values: u32) -> Result<Self, String> {
        let small = 1..=16;
        if ![acceptors, ballots, values].iter().all(|number| small.contains(number)) {
            return Err("1 to 16 acceptors, ballots and values".to_owned());
        }
        let mut layout = Layout::default();
        let vote_width = width_of(ballots * values);
        let model = PaxosModel {
            acceptors,
            ballots,
            values,
            highest: layout.take_many(acceptors, width_of(ballots)),
            vote: layout.take_many(acceptors, vote_width),
            asked: layout.take_many(ballots, 1),
            // Zero: not promised; else one more than the vote reported.
            promise: (0..acceptors * ballots)
                .map(|place| layout.take(width_of(place % ballots * values + 1)))
                .collect(),
            proposed: layout.take_many(ballots, width_of(values)),
            accepted: layout.take_many(acceptors * ballots * values, 1),
        };
        if layout.used > Packed::BITS {
            return Err(format!(
                "fewer acceptors, ballots or values: a state takes {} bits of {}",
                layout.used,
                Packed::BITS
            ));
        }
        Ok(model)
    }

    fn promise_of(&self, acceptor: u32, ballot: u32) -> Bits {
        self.promise[(acceptor * self.ballots + ballot) as usize]
    }

    fn accepted_by(&self, acceptor: u32, ballot: u32, value: u32) -> Bits {
        self.accepted[((acceptor * self.ballots + ballot) * self.values + value) as usize]
    }

    fn quorum(&self) -> u32 {
        self.acceptors / 2 + 1
    }

    /// In how many ways a ballot may propose a value, one for each witness, as TLC counts: a quorum
    /// of which all promised and none has voted, or a quorum of which all promised and a vote for
    /// the value in the highest ballot voted in.
    fn ways_to_propose(&self, state: Packed, ballot: u32, value: u32) -> u32 {
        let mut ways = 0;
        for quorum in 0..1_u32 << self.acceptors {
            if quorum.count_ones() != self.quorum() {
                continue;
            }
            let members = (0..self.acceptors).filter(|acceptor| quorum & 1 << acceptor != 0);
            let reports = members.map(|member| self.promise_of(member, ballot).get(state));
            // Reports are one more than votes: zero for none, then by ballot and value.
            let (mut least, mut highest, mut for_value) = (u32::MAX, 0, 0);
            for report in reports {
                least = least.min(report);
                let vote = report.saturating_sub(1);
                let voted_in = vote.div_ceil(self.values);
                if voted_in > highest {
                    (highest, for_value) = (voted_in, 0);
                }
                let is_for_value = vote > 0 && (vote - 1) % self.values == value;
                for_value += u32::from(voted_in == highest && is_for_value);
            }
            let is_promised = least > 0;
            ways += if !is_promised {
                0
            } else if highest == 0 {
                1
            } else {
                for_value
            };
        }
        ways
    }
}

impl Model for PaxosModel {
    fn initial(&self) -> Packed {
        0
    }

    fn actions(&self, state: Packed, visit: &mut dyn FnMut(String, Packed)) {
        for ballot in 0..self.ballots {
            let asked = self.asked[ballot as usize];
            visit(format!("ballot {ballot} asks for promises"), asked.set(state, 1));
            let proposed = self.proposed[ballot as usize];
            for value in 0..self.values {
                if proposed.get(state) > 0 {
                    continue;
                }
                for _ in 0..self.ways_to_propose(state, ballot, value) {
                    let next = proposed.set(state, value + 1);
                    visit(format!("ballot {ballot} proposes value {value}"), next);
                }
            }
            for acceptor in 0..self.acceptors {
                let (highest, vote) =
                    (self.highest[acceptor as usize], self.vote[acceptor as usize]);
                let name = acceptor + 1;
                if asked.get(state) == 1 && ballot + 1 > highest.get(state) {
                    let report = vote.get(state) + 1;
                    let next = self.promise_of(acceptor, ballot).set(state, report);
                    let next = highest.set(next, ballot + 1);
                    visit(format!("acceptor {name} promises ballot {ballot}"), next);
                }
                let value = proposed.get(state);
                if value > 0 && ballot + 1 >= highest.get(state) {
                    let value = value - 1;
                    let next = self.accepted_by(acceptor, ballot, value).set(state, 1);
                    let next = highest.set(next, ballot + 1);
                    let next = vote.set(next, ballot * self.values + value + 1);
                    visit(format!("acceptor {name} votes for {value} in ballot {ballot}"), next);
                }
            }
        }
    }

    fn violated(&self, state: Packed) -> Option<(&'static str, String)> {
        let chosen = |value: u32| {
            (0..self.ballots).any(|ballot| {
                let votes = (0..self.acceptors)
                    .filter(|acceptor| self.accepted_by(*acceptor, ballot, value).get(state) == 1);
                votes.count() as u32 >= self.quorum()
            })
        };
        let mut values = (0..self.values).filter(|value| chosen(*value));
        let (first, second) = (values.next()?, values.next()?);
        Some(("one-value-chosen", format!("Values {first} and {second} are both chosen.")))
    }
}
