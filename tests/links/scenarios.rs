//! Scenarios to make links of: generated ones with everything a scenario can have, and two by hand.

use std::sync::Arc;

use consensus_playground::action::ActionKind;
use consensus_playground::budget::Budget;
use consensus_playground::ids::{ClientId, Endpoint, NodeId, NodeSet, RuleId, RuleSet, TimerId};
use consensus_playground::operation::{AMOUNT_MAX, Operation};
use consensus_playground::protocol::SettingRange;
use consensus_playground::protocols::REGISTRY;
use consensus_playground::scenario::link::{Link, Recorded};
use consensus_playground::scenario::{
    Expectation, Language, MessageVerb, Pace, Scenario, Selector, Step, Words, text,
};
use consensus_playground::store::STORE_OPERATIONS;
use consensus_playground::world::bounds::{CLOCK_MS_MAX, RATE_PERMILLE_MAX, SPAN_MS_MAX};
use consensus_playground::world::{
    ClientConditions, ClockConditions, Config, LinkConditions, Status, WorkloadConditions,
};
use consensus_playground::world::{REPLY_KIND, REQUEST_KIND};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// Raft, whose sheet has something in every list.
const PROTOCOL: u8 = 0;

/// Forty actions of a typical afternoon with the mouse, with a title.
pub fn forty_faults() -> Scenario {
    let text = "protocol raft\ntitle A leader is cut off and comes back\nseed 2024\nrun 400\n\
        invoke A put x 5 to n1\ndeliver A->n1 Request\ndeliver n1->n2 AppendEntries\n\
        deliver n1->n3 AppendEntries\ndrop n1->n4 AppendEntries\ndrop n1->n5 AppendEntries\n\
        deliver n2->n1 AppendReply\ncrash n1\ntimeout n2 election\ndeliver n2->n3 RequestVote\n\
        deliver n2->n4 RequestVote\nduplicate n2->n5 RequestVote\ndeliver n3->n2 RequestVoteReply\n\
        deliver n4->n2 RequestVoteReply\nat 1240\nrestart n1\npartition n1 n2\n\
        deliver n2->n1 AppendEntries #2\ntimeout n3 election\ndeliver n3->n4 RequestVote\n\
        deliver n3->n5 RequestVote\ndeliver n4->n3 RequestVoteReply\n\
        deliver n5->n3 RequestVoteReply\ninvoke A put x 7 to n3\ndeliver A->n3 Request\n\
        deliver n3->n4 AppendEntries\ndeliver n4->n3 AppendReply\ndelay n3->n5 AppendEntries by 250\n\
        at 1985\nheal\ncrash n5\nrestart n5\npause n4\nresume n4\ncut n3->n1\n\
        deliver n3->n2 AppendEntries\ndeliver n2->n3 AppendReply\nheal n3->n1\n\
        invoke A get x to n2\ndeliver A->n2 Request\nsettle";
    text::parse(text).unwrap()
}

/// A recorded run of forty actions.
pub fn run() -> Recorded {
    let digests = (0..40u8).map(|place| place.wrapping_mul(7) & 15).collect();
    Recorded { fingerprint: 0x9E37_79B9_7F4A_7C15, actions: 40, digests }
}

/// Any link.
pub fn link() -> impl Strategy<Value = Link> {
    (scenario(), option::of(recorded()))
        .prop_map(|(scenario, recorded)| Link { scenario, recorded })
}

/// A scenario that a query can say.
pub fn without_steps() -> impl Strategy<Value = Scenario> {
    (config(), pace(), budget()).prop_map(|(config, pace, budget)| {
        let (links, clocks, disks) = Default::default();
        Scenario { config: Config { links, clocks, disks, ..config }, pace, budget, ..empty() }
    })
}

fn empty() -> Scenario {
    Scenario::new(PROTOCOL)
}

fn recorded() -> impl Strategy<Value = Recorded> {
    let digests = vec(0u8..16, 0..70);
    (any::<u64>(), digests, 0u64..1000).prop_map(|(fingerprint, digests, more)| Recorded {
        fingerprint,
        actions: digests.len() as u64 + more,
        digests,
    })
}

fn scenario() -> impl Strategy<Value = Scenario> {
    (config(), words(), words(), (pace(), budget()), 0u64..=1_000_000).prop_flat_map(
        |(config, title, about, (pace, budget), open_at)| {
            let bounds = (config.nodes, config.clients);
            vec(step(bounds), 0..30).prop_map(move |steps| Scenario {
                title: title.clone(),
                about: about.clone(),
                config: config.clone(),
                pace,
                budget,
                open_at,
                steps,
                ..empty()
            })
        },
    )
}

fn pace() -> impl Strategy<Value = Pace> {
    select(vec![Pace::ByTime, Pace::ByHand])
}

/// A budget that says something.
fn budget() -> impl Strategy<Value = Option<Budget>> {
    let numbers = vec(select(vec![0, 0, 1, 7, 99]), Budget::words().count());
    let budget = numbers.prop_map(|numbers| Budget::of_numbers(&numbers));
    option::of(budget.prop_filter("nothing", |budget| !budget.is_empty()))
}

fn sentence() -> impl Strategy<Value = String> {
    "\\PC{1,40}".prop_map(|text| text.trim().to_owned()).prop_filter("no words", |t| !t.is_empty())
}

fn words() -> impl Strategy<Value = Words> {
    btree_map(select(Language::ALL.to_vec()), sentence(), 0..3).prop_map(Words::from_iter)
}

/// A word that means nothing, in `expect` or `invoke`, but itself.
fn word() -> impl Strategy<Value = Arc<str>> {
    "[j-m][a-z0-9é中-]{0,6}".prop_map(Arc::from)
}

fn conditions() -> impl Strategy<Value = LinkConditions> {
    (0..=SPAN_MS_MAX, 0..=SPAN_MS_MAX, 0u32..=1000, 0u32..=1000, any::<bool>()).prop_map(
        |(one, other, loss_permille, duplicate_permille, ordered)| LinkConditions {
            delay_min_ms: one.min(other),
            delay_max_ms: one.max(other),
            loss_permille,
            duplicate_permille,
            ordered,
        },
    )
}

fn settings() -> impl Strategy<Value = Vec<u32>> {
    let setting = |range: &SettingRange| match range {
        SettingRange::Number(low, high) => *low..=*high,
        SettingRange::Choice(words) => 0..=words.len() as u32 - 1,
    };
    let sheet = empty().sheet();
    let settings: Vec<_> = sheet.settings.iter().map(|each| setting(&each.range)).collect();
    let defaults = empty().config.settings;
    (settings, vec(any::<bool>(), defaults.len())).prop_map(move |(values, changed)| {
        let choose = |place: usize| if changed[place] { values[place] } else { defaults[place] };
        (0..defaults.len()).map(choose).collect()
    })
}

fn rules() -> impl Strategy<Value = RuleSet> {
    let all = empty().sheet().all_rules().0;
    prop_oneof![Just(all), any::<u64>().prop_map(move |off| all & !off)].prop_map(RuleSet)
}

fn config() -> impl Strategy<Value = Config> {
    (2u16..=9, 1u8..=26)
        .prop_flat_map(|(nodes, clients)| {
            let seed = prop_oneof![Just(1), any::<u64>()];
            let network = prop_oneof![Just(LinkConditions::default()), conditions()];
            let waiting = (1..=SPAN_MS_MAX, 1..=SPAN_MS_MAX)
                .prop_map(|(retry_ms, patience_ms)| ClientConditions { retry_ms, patience_ms });
            let workload = (select(vec![0u8, 1, 2, 3, 4, 5]), 0..5000u32, 5000..=SPAN_MS_MAX)
                .prop_map(|(workload, rest_min_ms, rest_max_ms)| WorkloadConditions {
                    workload,
                    rest_min_ms,
                    rest_max_ms,
                });
            let clock = (0..=RATE_PERMILLE_MAX, 0..=SPAN_MS_MAX)
                .prop_map(|(rate_permille, ahead_ms)| ClockConditions { rate_permille, ahead_ms });
            let disk = select(vec!["term 6 vote n2 log 1 1 4:x=5", "term 1 log 1", "term 9", ""]);
            let maps = (
                btree_map((node(nodes), node(nodes)), conditions(), 0..4),
                btree_map(node(nodes), clock, 0..3),
                btree_map(node(nodes), disk.prop_map(str::to_owned), 0..3),
            );
            (seed, network, (waiting, option::of(workload)), rules(), settings(), maps).prop_map(
                move |(
                    seed,
                    network,
                    (client, workload),
                    rules,
                    settings,
                    (links, clocks, disks),
                )| {
                    Config {
                        nodes,
                        clients,
                        seed,
                        network,
                        links: links.into_iter().collect(),
                        client,
                        workload,
                        clocks: clocks.into_iter().collect(),
                        rules,
                        settings,
                        disks: disks.into_iter().collect(),
                    }
                },
            )
        })
        .prop_filter("what the protocol refuses makes no scenario", |config: &Config| {
            let entry = REGISTRY[usize::from(PROTOCOL)];
            entry.refuses(config.nodes, &config.settings).is_none()
        })
}

fn node(nodes: u16) -> impl Strategy<Value = NodeId> + Clone {
    (0..nodes).prop_map(NodeId)
}

fn client(clients: u8) -> impl Strategy<Value = ClientId> + Clone {
    (0..clients).prop_map(ClientId)
}

fn node_set(nodes: u16) -> impl Strategy<Value = Box<NodeSet>> {
    (1..=NodeSet::all(nodes).bits()).prop_map(|bits| Box::new(NodeSet::from_bits(bits)))
}

fn selector((nodes, clients): (u16, u8)) -> impl Strategy<Value = Selector> {
    let end = move || {
        let node = node(nodes).prop_map(Endpoint::Node);
        option::of(prop_oneof![node, client(clients).prop_map(Endpoint::Client)])
    };
    let mut kinds: Vec<u8> = (0..empty().sheet().messages.len() as u8).collect();
    kinds.extend([REQUEST_KIND, REPLY_KIND]);
    let nth = prop_oneof![Just(0), Just(1), 0..u32::MAX];
    (end(), end(), option::of(select(kinds)), nth).prop_map(|(from, to, kind, nth)| {
        let any_nth = Selector { from, to, kind, nth };
        Selector { nth: if any_nth.is_single() { nth } else { 0 }, ..any_nth }
    })
}

fn step(bounds: (u16, u8)) -> impl Strategy<Value = Step> {
    let verb = prop_oneof![
        Just(MessageVerb::Deliver),
        Just(MessageVerb::Drop),
        Just(MessageVerb::Duplicate),
        (1..=SPAN_MS_MAX).prop_map(MessageVerb::Delay),
    ];
    prop_oneof![
        2 => (select(Language::ALL.to_vec()), sentence()).prop_map(|(l, text)| Step::Note(l, text)),
        8 => expectation(bounds).prop_map(Step::Expect),
        1 => (1..=SPAN_MS_MAX).prop_map(Step::Run),
        1 => (0u64..2000).prop_map(Step::At),
        1 => (0..=CLOCK_MS_MAX).prop_map(Step::At),
        1 => (1u32..=100_000).prop_map(Step::Steps),
        1 => Just(Step::Settle),
        1 => (1..=SPAN_MS_MAX).prop_map(Step::Wait),
        8 => (verb, selector(bounds)).prop_map(|(verb, which)| Step::Message(verb, which)),
        16 => action(bounds).prop_map(Step::Act),
    ]
}

fn expectation((nodes, clients): (u16, u8)) -> impl Strategy<Value = Expectation> {
    let sheet = empty().sheet();
    let status = select(vec![Status::Up, Status::Paused, Status::Down]);
    let fact = prop_oneof![
        select(vec!["role", "term", "log", "committed", "voted-for"]).prop_map(str::to_owned),
        word().prop_map(|key| format!("value {key}")),
    ];
    let value = "[a-z0-9]{1,4}( [0-9]{1,3}){0,2}";
    let (rules, invariants) = (sheet.rules.len() as u8, sheet.invariants.len() as u8);
    prop_oneof![
        option::of(node(nodes)).prop_map(Expectation::Leader),
        (node(nodes), status).prop_map(|(node, status)| Expectation::Status(node, status)),
        (node(nodes), fact, value).prop_map(|(node, fact, value)| Expectation::Fact {
            node,
            fact,
            value
        }),
        (client(clients), value).prop_map(|(client, value)| Expectation::Reply(client, value)),
        (0..invariants, any::<bool>()).prop_map(|(place, is)| Expectation::Invariant(place, is)),
        Just(Expectation::AllHold),
        (selector((nodes, clients)), any::<bool>())
            .prop_map(|(which, is)| Expectation::InFlight(which, is)),
        (0..rules, any::<bool>()).prop_map(|(rule, is)| Expectation::Rule(RuleId(rule), is)),
    ]
}

fn operation() -> impl Strategy<Value = Operation> {
    let kinds = select(STORE_OPERATIONS.to_vec());
    (kinds, vec(word(), 3), 0..=AMOUNT_MAX).prop_map(|(kind, texts, amount)| {
        let amount = amount.to_string();
        let parts = (kind.parts.iter().zip(&texts))
            .map(|(part, text)| if *part == "amount" { &*amount } else { &**text });
        let words: Vec<&str> = std::iter::once(kind.name).chain(parts).collect();
        Operation::parse(&words).unwrap()
    })
}

fn action((nodes, clients): (u16, u8)) -> impl Strategy<Value = ActionKind> {
    let sheet = empty().sheet();
    let (timers, commands) = (sheet.timers.len() as u8, sheet.commands.len() as u8);
    let on_node = select(vec![
        ActionKind::Crash,
        ActionKind::Restart,
        ActionKind::Pause,
        ActionKind::Resume,
        ActionKind::LoseDisk,
        ActionKind::HoldDisk,
        ActionKind::SyncDisk,
    ]);
    let sides = || (node_set(nodes), node_set(nodes));
    prop_oneof![
        4 => (on_node, node(nodes)).prop_map(|(kind, node)| kind(node)),
        1 => (node(nodes), 0..timers)
            .prop_map(|(node, timer)| ActionKind::Fire { node, timer: TimerId(timer) }),
        1 => sides().prop_map(|(from, to)| ActionKind::Cut { from, to }),
        1 => sides().prop_map(|(from, to)| ActionKind::Heal { from, to }),
        1 => node_set(nodes).prop_map(ActionKind::Partition),
        1 => Just(ActionKind::HealAll),
        1 => (node(nodes), 0..=RATE_PERMILLE_MAX)
            .prop_map(|(node, rate_permille)| ActionKind::SetClockRate { node, rate_permille }),
        1 => (node(nodes), 1..=SPAN_MS_MAX)
            .prop_map(|(node, ahead_ms)| ActionKind::JumpClock { node, ahead_ms }),
        1 => (0..sheet.rules.len() as u8, any::<bool>())
            .prop_map(|(rule, on)| ActionKind::SetRule { rule: RuleId(rule), on }),
        4 => (client(clients), option::of(node(nodes)), operation()).prop_map(
            |(client, node, operation)| ActionKind::Invoke { client, node, operation }
        ),
        1 => client(clients).prop_map(ActionKind::Retry),
        1 => client(clients).prop_map(ActionKind::GiveUp),
        1 => (node(nodes), 0..commands, node(nodes)).prop_map(
            |(node, command, argument)| ActionKind::Command { node, command, argument }
        ),
    ]
}
