//! What goes wrong on purpose: cuts and partitions, pauses, crashes and disks, clocks that are off,
//! clients that are kept waiting.

mod common;

use common::{act, all_messages, field, go_on, messages, world};
use consensus_playground::action::ActionKind;
use consensus_playground::ids::{ClientId, Endpoint, NodeId, NodeSet, TimerId};
use consensus_playground::operation::Operation;
use consensus_playground::world::World;
use consensus_playground::world::{Refusal, Schedule, Status};

const BY_HAND: &str = "nodes 3\npace by-hand\nwithout pre-vote leader-stickiness\n";

fn by_hand(steps: &str) -> World {
    world(&format!("{BY_HAND}{steps}"))
}

fn refusal(sim: &World, kind: ActionKind) -> Refusal {
    sim.check(&kind).expect_err("it must be impossible")
}

#[test]
fn a_paused_node_keeps_its_memory_and_its_messages() {
    let mut sim =
        world("seed 4\nrun 300\nexpect leader n4\ninvoke A put x 1 to n4\nrun 200\npause n1");
    let before = sim.node_view(NodeId(0));
    assert_eq!(field(&sim, 0, "x"), "1");
    go_on(&mut sim, "invoke A put x 2 to n4");
    go_on(&mut sim, "run 150");
    assert_eq!(sim.node_view(NodeId(0)), before, "it stands still");
    let waiting = all_messages(&sim).iter().filter(|info| info.to.code() == 0).count();
    assert!(waiting > 2, "its messages wait");
    act(&mut sim, ActionKind::Resume(NodeId(0)));
    let now_ms = sim.now_ms();
    go_on(&mut sim, &format!("at {}", now_ms + 1));
    assert_eq!(field(&sim, 0, "x"), "2", "it handles what has waited");
}

#[test]
fn a_crash_forgets_memory_and_keeps_the_disk() {
    let mut sim = world("seed 4\nrun 300\ninvoke A put x 1 to n4\nrun 200\ncrash n4");
    let crashed = sim.node_view(NodeId(3));
    assert!(crashed.volatile.is_empty() && crashed.data.is_empty(), "{crashed:?}");
    assert!(sim.timers(NodeId(3)).is_empty());
    act(&mut sim, ActionKind::Restart(NodeId(3)));
    go_on(
        &mut sim,
        "expect n4 role follower\nexpect n4 term 1\nexpect n4 log 1 1\n\
        expect n4 voted-for n4\nexpect n4 committed 0\nexpect n4 value x absent",
    );
}

#[test]
fn a_lost_disk_is_empty() {
    let sim = world("seed 4\nrun 300\ncrash n4\nlose-disk n4\nrestart n4");
    assert_eq!(
        (sim.node_view(NodeId(3)).period, field(&sim, 3, "voted for")),
        (0, "nobody".into())
    );
    assert!(sim.node_view(NodeId(3)).logs[0].cells.is_empty());
}

#[test]
fn a_held_disk_withholds_what_depends_on_it_until_it_syncs() {
    let mut sim = by_hand(
        "hold-disk n2\ntimeout n1 election\ndeliver n1->n2 RequestVote\n\
        expect no message n2->n1\nexpect n2 voted-for n1",
    );
    assert!(sim.is_disk_held(NodeId(1)));
    go_on(&mut sim, "sync-disk n2\nexpect message n2->n1 RequestVoteReply");
    assert_eq!(refusal(&sim, ActionKind::SyncDisk(NodeId(1))), Refusal::DiskNotHeld(NodeId(1)));
}

#[test]
fn a_crash_while_the_disk_is_held_loses_the_unsynced_writes() {
    let sim = by_hand(
        "hold-disk n2\ntimeout n1 election\ndeliver n1->n2 RequestVote\ncrash n2\n\
        restart n2\nexpect n2 term 0\nexpect n2 voted-for nobody\nexpect no message n2->n1\n\
        expect all hold",
    );
    assert!(!sim.is_disk_held(NodeId(1)), "a restart begins with a disk that writes");
}

#[test]
fn without_durability_nothing_waits_for_the_disk() {
    by_hand(
        "rule durable-term-and-vote off\nhold-disk n2\ntimeout n1 election\n\
        deliver n1->n2 RequestVote\nexpect message n2->n1 RequestVoteReply",
    );
}

#[test]
fn a_clock_moves_when_timers_fire() {
    let due = |rate: &str| by_hand(rate).timers(NodeId(0))[0].due_ms;
    let at_true_rate = due("").unwrap();
    assert_eq!(due("clock n1 rate 500"), Some(2 * at_true_rate));
    assert_eq!(due("clock n1 rate 2000"), Some(at_true_rate.div_ceil(2)));
    assert_eq!(due("clock n1 rate 0"), None);
    assert_eq!(due("clock n1 ahead 100"), Some(at_true_rate - 100));
    let mut still = world("nodes 2\nclients 0\nstart-clock n1 rate 0\nstart-clock n2 rate 0");
    assert!(still.next_action(Schedule::ByTime).is_none(), "nothing happens by itself");
    act(&mut still, ActionKind::SetClockRate { node: NodeId(1), rate_permille: 1000 });
    assert!(still.next_action(Schedule::ByTime).is_some());
}

#[test]
fn a_client_asks_the_next_node_and_gives_up_for_ever() {
    let mut sim =
        world("nodes 3\nwaiting retry 100 give-up 250\ncrash n1 n2 n3\ninvoke A put x 1 to n1");
    let mut seen = Vec::new();
    for _ in 0..6 {
        let Some(next) = sim.next_action(Schedule::ByTime) else { break };
        match &next.kind {
            ActionKind::Retry(_) => seen
                .push(format!("retry after n{}", sim.client(ClientId(0)).unwrap().contact.0 + 1)),
            ActionKind::GiveUp(_) => seen.push("give up".to_owned()),
            _ => {}
        }
        sim.apply(&next).unwrap();
    }
    assert_eq!(seen, ["retry after n1", "retry after n2", "give up"]);
    assert_eq!(sim.now_ms(), 250);
    let first = &sim.history().records()[0];
    assert!(first.completion.is_none() && first.gave_up_step.is_some());
    let session = first.session;
    act(
        &mut sim,
        ActionKind::Invoke {
            client: ClientId(0),
            node: None,
            operation: Operation::parse(&["get", "x"]).unwrap(),
        },
    );
    assert_ne!(sim.history().records()[1].session, session, "a new session follows");
}

#[test]
fn an_answer_after_giving_up_completes_nothing() {
    let sim = by_hand(
        "timeout n1 election\nsettle\ninvoke A put x 1 to n1\ndeliver A->n1 Request\n\
        deliver n1->n2 AppendEntries\ndeliver n2->n1 AppendReply\ngive-up A\ninvoke A get x to n1\n\
        deliver n1->A Reply\nexpect reply A open\nexpect n1 value x 1",
    );
    assert!(sim.history().records().iter().all(|record| record.completion.is_none()));
}

#[test]
fn a_cut_is_one_way_and_healed_alone() {
    let mut sim = by_hand("timeout n1 election\ntimeout n2 election\ncut n1 -> n2");
    let there = messages(&sim, "RequestVote").iter().find(|info| info.from.code() == 0).unwrap().id;
    let link = (Endpoint::Node(NodeId(0)), Endpoint::Node(NodeId(1)));
    assert_eq!(refusal(&sim, ActionKind::Deliver(there)), Refusal::LinkCut(link.0, link.1));
    assert!(sim.message(there).unwrap().lost, "it is shown as lost");
    go_on(&mut sim, "deliver n2->n1 RequestVote\nheal n1 -> n2\ndeliver n1->n2 RequestVote");
}

#[test]
fn a_partition_cuts_both_ways_and_leaves_clients_alone() {
    let mut sim = by_hand("clients 2\npartition n1\ninvoke A get x to n1\ninvoke B get x to n2");
    assert_eq!(sim.cuts()[0], NodeSet::from_bits(0b110));
    assert_eq!(sim.cuts()[1], NodeSet::from_bits(0b001));
    go_on(&mut sim, "deliver A->n1 Request\ndeliver B->n2 Request\ndeliver n1->A Reply\nheal");
    assert!(sim.cuts().iter().all(|cut| cut.is_empty()));
}

#[test]
fn nothing_reaches_a_node_that_does_not_run() {
    let sim = by_hand("timeout n1 election\npause n2\ncrash n3");
    for info in messages(&sim, "RequestVote") {
        let node = info.to.node().unwrap();
        let found = refusal(&sim, ActionKind::Deliver(info.id));
        assert_eq!(found, Refusal::NotUp(node, sim.status(node)));
        assert_eq!(info.lost, sim.status(node) == Status::Down, "only a crash loses it");
    }
    let timer = ActionKind::Fire { node: NodeId(1), timer: TimerId(0) };
    assert_eq!(refusal(&sim, timer), Refusal::NotUp(NodeId(1), Status::Paused));
}
