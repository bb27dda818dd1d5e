//! Raft's snapshots and changes of membership: under random faults, commands and compaction nothing
//! ever breaks while every rule holds, and without a rule its promised invariant does.

use consensus_playground::action::ActionKind;
use consensus_playground::history::OperationRecord;
use consensus_playground::ids::{ClientId, NodeId, NodeSet};
use consensus_playground::operation::Operation;
use consensus_playground::scenario::{presets, text, transcript};
use consensus_playground::world::{Schedule, Status};

use crate::common::subject::Subject;
use crate::common::{act, check_dead, field, go_on, play, world};

const SEEDS: std::ops::RangeInclusive<u64> = 1..=600;
const FAULTS_MS: u64 = 6_000;
const PROGRESS_MS: u64 = 15_000;

/// Numbers that look random and depend on the seed alone.
struct Chaos(u64);

impl Chaos {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut word = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (word ^ (word >> 31)) % bound
    }
}

fn header(chaos: &mut Chaos, seed: u64, without: &str) -> String {
    let nodes = 3 + chaos.below(4);
    let members = 2 + chaos.below(nodes - 1);
    let compact = [0, 1, 3, 6][chaos.below(4) as usize];
    let membership = ["one-at-a-time", "joint"][chaos.below(2) as usize];
    let reads = ["log", "read-index", "lease"][chaos.below(3) as usize];
    let (low, loss, copied) = (1 + chaos.below(10), chaos.below(8), chaos.below(5));
    let high = low + chaos.below(40);
    let off = if without.is_empty() { String::new() } else { format!("without {without}\n") };
    format!(
        "nodes {nodes}\nclients 3\nseed {seed}\nset members {members}\nset compact-after {compact}\n\
        set membership {membership}\nset reads {reads}\n\
        waiting retry 150 give-up 4000\n\
        network delay {low}..{high} loss {loss}% duplicate {copied}%\n{off}"
    )
}

fn random_event(chaos: &mut Chaos, nodes: u16) -> ActionKind {
    let node = NodeId(chaos.below(nodes.into()) as u16);
    let other = NodeId((node.0 + 1 + chaos.below(u64::from(nodes) - 1) as u16) % nodes);
    match chaos.below(34) {
        0 => ActionKind::Crash(node),
        1..=3 => ActionKind::Restart(node),
        4 => ActionKind::Pause(node),
        5..=6 => ActionKind::Resume(node),
        7 => ActionKind::Partition(Box::new(
            (0..nodes).map(NodeId).filter(|_| chaos.below(2) == 0).collect(),
        )),
        8 => {
            ActionKind::Cut { from: Box::new(NodeSet::of(node)), to: Box::new(NodeSet::of(other)) }
        }
        9..=10 => ActionKind::HealAll,
        11 => ActionKind::HoldDisk(node),
        12..=13 => ActionKind::SyncDisk(node),
        14 => ActionKind::SetClockRate { node, rate_permille: 950 + chaos.below(101) as u32 },
        15 => ActionKind::Command { node, command: 0, argument: other },
        16..=24 => ActionKind::Command { node, command: 1 + chaos.below(5) as u8, argument: other },
        _ => invoke(chaos, Some(other)),
    }
}

fn invoke(chaos: &mut Chaos, node: Option<NodeId>) -> ActionKind {
    let value = chaos.below(1_000_000).to_string();
    let words: &[&str] = if chaos.below(3) == 0 { &["get", "x"] } else { &["append", "x", &value] };
    let operation = Operation::parse(words).unwrap();
    ActionKind::Invoke { client: ClientId(chaos.below(3) as u8), node, operation }
}

/// One run: faults and commands, then everything heals and every client must be answered. What went
/// wrong, and how many configurations were entered at most.
fn run(seed: u64, without: &str) -> Result<u64, String> {
    let mut chaos = Chaos(seed);
    let mut sim = world(&header(&mut chaos, seed, without));
    let nodes = sim.config().nodes;
    macro_rules! until {
        ($end:expr) => {
            while let Some(next) =
                sim.next_action(Schedule::ByTime).filter(|next| next.at_ms <= $end)
            {
                sim.apply(&next).unwrap();
                if let Some(found) = sim.violations().first() {
                    let id = sim.sheet().invariants[usize::from(found.invariant)].id;
                    return Err(format!("violated {id}: {}", found.why));
                }
            }
        };
    }
    let mut now_ms = 0;
    while now_ms < FAULTS_MS {
        now_ms += 1 + chaos.below(60);
        until!(now_ms);
        let kind = random_event(&mut chaos, nodes);
        if sim.check(&kind).is_ok() {
            sim.apply(&kind.at(now_ms)).unwrap();
        }
    }
    until!(now_ms);
    for kind in repairs(nodes, |node| sim.status(node)) {
        if sim.check(&kind).is_ok() {
            sim.apply(&kind.at(now_ms)).unwrap();
        }
    }
    let asked_from = sim.history().records().len();
    let end_ms = now_ms + PROGRESS_MS;
    while now_ms < end_ms {
        // A client that waits for an outsider in vain may have given up: then it asks again.
        for client in 0..3u8 {
            let operation = Operation::parse(&["append", "y", "1"]).unwrap();
            let kind = ActionKind::Invoke { client: ClientId(client), node: None, operation };
            let is_answered = |record: &OperationRecord| {
                record.client == ClientId(client) && record.completion.is_some()
            };
            let records = &sim.history().records()[asked_from..];
            if !records.iter().any(is_answered) && sim.check(&kind).is_ok() {
                sim.apply(&kind.at(now_ms)).unwrap();
            }
        }
        now_ms += 50;
        until!(now_ms);
        let records = &sim.history().records()[asked_from..];
        if records.iter().filter(|record| record.completion.is_some()).count() == 3 {
            let snapshots =
                (0..nodes).filter(|node| field(&sim, *node, "snapshot up to") != "absent").count();
            return Ok(snapshots as u64);
        }
    }
    let nodes = (0..nodes).map(|node| {
        let configuration = field(&sim, node, "configuration");
        format!("\n{}; configuration {configuration}", sim.summary(NodeId(node)))
    });
    Err(format!("no progress after healing:{}", nodes.collect::<String>()))
}

fn repairs(nodes: u16, status: impl Fn(NodeId) -> Status) -> Vec<ActionKind> {
    let mut repairs = vec![ActionKind::HealAll];
    for node in (0..nodes).map(NodeId) {
        repairs.push(ActionKind::SetClockRate { node, rate_permille: 1000 });
        match status(node) {
            Status::Down => repairs.push(ActionKind::Restart(node)),
            Status::Paused => repairs.push(ActionKind::Resume(node)),
            Status::Up => {}
        }
        repairs.push(ActionKind::SyncDisk(node));
    }
    repairs
}

#[test]
fn with_every_rule_changes_and_snapshots_break_nothing() {
    let mut snapshots = 0;
    for seed in SEEDS {
        snapshots += run(seed, "").unwrap_or_else(|why| panic!("seed {seed}: {why}"));
    }
    assert!(snapshots > 100, "{snapshots} snapshots were left at the end");
}

/// Which invariant a run without the rule violates, if any.
fn violated(seed: u64, without: &str) -> Option<String> {
    let why = run(seed, without).err()?;
    Some(why.strip_prefix("violated ")?.split(':').next()?.to_owned())
}

fn protects(id: &str) -> &'static [&'static str] {
    Subject("raft").rule(id).1.protects
}

#[test]
fn without_a_rule_some_seed_violates_what_it_protects() {
    for id in [
        "snapshot-keeps-newer-entries",
        "durable-snapshot",
        "snapshot-has-sessions",
        "latest-configuration-counts",
        "only-members-count",
    ] {
        let breaks = |seed| {
            violated(seed, id).is_some_and(|invariant| protects(id).contains(&invariant.as_str()))
        };
        assert!((1..=250).any(breaks), "without {id} no seed violates {:?}", protects(id));
    }
}

#[test]
fn rules_of_progress_break_no_invariant() {
    for id in ["catch-up-before-voting", "removed-leader-steps-down"] {
        assert!(protects(id).is_empty());
        for seed in 1..=40 {
            assert_eq!(violated(seed, id), None, "without {id}, seed {seed}");
        }
    }
}

/// The complaints about a shipped scenario without its expectations, as it is and with its rule on.
fn complaints(name: &str, rule: Option<&str>) -> String {
    let source: String = presets::find(&format!("raft/{name}"))
        .unwrap()
        .text
        .lines()
        .filter(|line| !line.starts_with("expect"))
        .map(|line| match rule {
            Some(rule) if line.starts_with("without ") => line.replace(&format!(" {rule}"), ""),
            _ => line.to_owned(),
        })
        .map(|line| line + "\n")
        .collect();
    transcript::report(&text::parse(&source).unwrap()).failures.join("\n")
}

#[test]
fn with_its_rule_the_same_run_violates_nothing() {
    for (name, rule) in [
        ("snapshot-lost-in-a-crash", "durable-snapshot"),
        ("late-snapshot", "snapshot-keeps-newer-entries"),
        ("snapshot-without-sessions", "snapshot-has-sessions"),
        ("snapshot-without-configuration", "snapshot-has-configuration"),
        ("straight-to-the-new-configuration", "old-and-new-together"),
        ("new-majority-alone", "joint-needs-both-majorities"),
        ("configuration-that-is-over", "latest-configuration-counts"),
        ("two-changes-at-once", "one-change-at-a-time"),
        ("single-server-bug", "own-term-before-change"),
        ("strangers-votes", "only-members-count"),
    ] {
        assert!(complaints(name, None).contains("violated"), "{name}");
        let with_rule = complaints(name, Some(rule));
        assert!(!with_rule.contains("violated"), "{name}: {with_rule}");
    }
}

#[test]
fn delivering_a_dead_message_changes_nothing() {
    let mut dead = 0;
    for seed in 1..=20 {
        let mut chaos = Chaos(seed);
        let mut sim = world(&header(&mut chaos, seed, ""));
        let nodes = sim.config().nodes;
        for _ in 0..80 {
            play(&mut sim, 3);
            let kind = random_event(&mut chaos, nodes);
            if sim.check(&kind).is_ok() {
                act(&mut sim, kind);
            }
            check_dead(&sim, &mut dead).unwrap();
        }
    }
    assert!(dead > 100, "{dead} deliveries of dead messages were tried");
}

const BY_HAND: &str = "clients 1\npace by-hand\nwithout pre-vote leader-stickiness\n";

#[test]
fn two_members_are_the_fewest() {
    world(&format!(
        "nodes 3\n{BY_HAND}timeout n1 election\nsettle\ncommand n1 remove-server n3\nsettle\n\
        command n1 remove-server n2\nsettle\nexpect n1 configuration n1 n2\nexpect n1 committed 2"
    ));
}

#[test]
fn only_a_leader_heeds_an_operator() {
    world(&format!(
        "nodes 3\n{BY_HAND}timeout n1 election\nsettle\ncommand n2 remove-server n3\n\
        expect n2 configuration n1 n2 n3\nexpect no message n2->n1\ncommand n1 promote n2\n\
        command n1 add-server n2\nexpect n1 log 1"
    ));
}

#[test]
fn a_change_that_waits_is_replaced_by_the_next() {
    let sim = world(&format!(
        "nodes 5\nset members 3\n{BY_HAND}timeout n1 election\nsettle\ncommand n1 add-server n4\n\
        expect n1 waits-to-change-to n1 n2 n3 n4\ncommand n1 add-server n5\n\
        expect n1 waits-to-change-to n1 n2 n3 n5\nsettle\nexpect n1 configuration n1 n2 n3 n5"
    ));
    assert_eq!(field(&sim, 3, "role"), "outside");
}

#[test]
fn a_new_leader_completes_what_the_old_one_began() {
    let mut sim = world(&format!(
        "nodes 6\nset members 3\nset membership joint\n{BY_HAND}timeout n1 election\nsettle\n\
        command n1 add-server n4\ncommand n1 add-server n5\ncommand n1 remove-server n1\n\
        command n1 change n1\ndeliver n1->* AppendEntries\ndeliver *->n1 AppendReply\n\
        deliver n1->n2 AppendEntries\ndeliver n1->n4 AppendEntries\ncrash n1"
    ));
    go_on(&mut sim, "drop n1->*\ntimeout n2 election\nsettle\nexpect leader n2\n");
    assert_eq!(field(&sim, 1, "configuration"), "n2 n3 n4 n5");
    go_on(&mut sim, "timeout n2 heartbeat\nsettle\nexpect n5 committed 4\nexpect all hold");
}

#[test]
fn a_majority_is_of_the_members_at_the_start() {
    world(&format!(
        "nodes 5\nset members 3\n{BY_HAND}crash n3 n4 n5\ntimeout n1 election\nsettle\n\
        expect leader n1\nexpect n1 committed 1\nexpect all hold"
    ));
}

#[test]
fn who_waits_outside_forgets_a_silent_leader() {
    world(&format!(
        "nodes 4\nset members 3\n{BY_HAND}timeout n1 election\nsettle\ncommand n1 add-learner n4\n\
        settle\nexpect n4 leader n1\ntimeout n4 election\nexpect n4 leader none\n\
        invoke A get x to n4\ndeliver A->n4 Request\ndeliver n4->A Reply\nexpect no message A->n1"
    ));
}
