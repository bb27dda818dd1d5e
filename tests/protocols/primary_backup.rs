//! Primary-backup and its rules: with all of them nothing ever breaks whatever the synchrony,
//! without one its promised invariant does, dead messages are dead, and servers survive as many
//! crashes as there are backups.

use std::ops::RangeInclusive;

use consensus_playground::protocol::Protocol;
use consensus_playground::protocols::primary_backup::PrimaryBackup;
use consensus_playground::world::World;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::common::subject::{Subject, check_holds, forgets_or_switches, wander};
use crate::common::{any_action, field};

const SUBJECT: Subject = Subject("primary_backup");

fn world(body: &str) -> World {
    SUBJECT.world(body)
}

#[test]
fn with_every_rule_all_seeds_hold_and_make_progress() {
    SUBJECT.holds(1..=60, 600);
}

/// A third of the seeds are synchronous: so many are tried before a rule is said to do nothing.
const SEEDS_TRIED: RangeInclusive<u64> = 1..=1000;

fn breaks(rule: &str) {
    SUBJECT.breaks(rule, SEEDS_TRIED);
}

// Two rules are not here: a sweep stamps no time, and a dead backup comes back in the end.
without! {
    breaks;
    without_waiting_for_the_view_empty_servers_lead "wait-for-acknowledged-view";
    without_initialisation_empty_servers_lead "acknowledge-after-initialisation";
    without_being_backups_empty_servers_lead "promote-only-a-backup";
    without_acknowledgements_writes_are_on_no_backup "await-acknowledgements";
    without_confirmation_reads_are_stale "confirm-reads";
    without_refusal_a_deposed_primary_goes_on "refuse-older-view";
    without_comparing_views_they_go_back "higher-view-only";
    without_order_backups_diverge "in-order";
    without_sessions_retries_are_executed_twice "session-dedup";
    without_disks_servers_forget "durable-state";
    without_its_disk_the_view_service_forgets "durable-view";
}

#[test]
fn with_the_rule_the_same_run_violates_nothing() {
    SUBJECT.is_saved_by_its_rules(&[
        "split-brain",
        "view-not-acknowledged",
        "uninitialised-backup-promoted",
        "idle-server-promoted",
        "deposed-primary-is-acknowledged",
        "duplicate-without-sessions",
        "update-overtakes-another",
        "late-view",
        "time-stamp-executed-by-all",
        "forgotten-state",
        "forgotten-view",
    ]);
}

#[test]
fn every_rule_protects_invariants_that_exist_and_is_off_in_a_scenario() {
    SUBJECT.shows_every_rule();
}

#[test]
fn what_cannot_be_is_refused_with_the_reason() {
    for (nodes, setting, value, why) in [
        (4, "backups", 3, "at most 2 backups"),
        (2, "synchrony", 1, "have none"),
        (4, "ping", 300, "dead-after"),
    ] {
        let sheet = PrimaryBackup::SHEET;
        let mut settings: Vec<u32> = sheet.settings.iter().map(|it| it.default).collect();
        assert_eq!(PrimaryBackup.refuses(nodes, &settings), None);
        settings[usize::from(sheet.setting(setting).unwrap())] = value;
        let words = PrimaryBackup.refuses(nodes, &settings).unwrap_or_default();
        assert!(words.contains(why), "{setting} {value}: {words}");
    }
}

#[test]
fn the_formulas_say_what_each_synchrony_survives() {
    for (synchrony, awaited, holds) in
        [(0, "2 ≥ 2", true), (1, "1 ≥ 2", false), (2, "0 ≥ 2", false)]
    {
        let mut settings: Vec<u32> =
            PrimaryBackup::SHEET.settings.iter().map(|it| it.default).collect();
        settings[0] = synchrony;
        let formulas = PrimaryBackup.formulas(4, &settings);
        assert_eq!((formulas[0].filled.as_str(), formulas[0].holds), ("3 ≥ 2 + 1", true));
        assert_eq!((formulas[1].filled.as_str(), formulas[1].holds), (awaited, holds));
    }
}

#[test]
fn one_server_more_than_crashes_is_enough() {
    // Four servers, three backups: each primary crashes when the next has been made.
    let sim = world(
        "nodes 5\nclients 2\nseed 2\nrun 500\ninvoke A put x 1 to n2\nrun 200\nexpect reply A ok\n\
        crash n2\nrun 700\ninvoke A append x 2 to n3\nrun 200\nexpect reply A ok\ncrash n3\n\
        run 700\ninvoke A append x 3 to n4\nrun 200\nexpect reply A ok\ncrash n4\nrun 700\n\
        expect leader n5\ninvoke B get x to n5\nrun 100\nexpect reply B 123\nexpect all hold",
    );
    assert_eq!(field(&sim, 4, "backups"), "none");
}

#[test]
fn each_synchrony_waits_for_its_number_of_backups() {
    let (one, both) = ("drop n2->n4 Notify\n", "drop n2->n3 Notify\ndrop n2->n4 Notify\n");
    for (synchrony, lost, reply) in [
        ("synchronous", "", "ok"),
        ("synchronous", one, "open"),
        ("semi-synchronous", one, "ok"),
        ("semi-synchronous", both, "open"),
        ("asynchronous", both, "ok"),
    ] {
        world(&format!(
            "nodes 4\nclients 1\npace by-hand\nset synchrony {synchrony}\n\
            disk n1 view 1 n2 n3 n4\ndisk n2 view 1 n2 n3 n4\ndisk n3 view 1 n2 n3 n4\n\
            disk n4 view 1 n2 n3 n4\ninvoke A put x 1 to n2\ndeliver A->n2 Request\n{lost}settle\n\
            expect reply A {reply}\nexpect all hold"
        ));
    }
}

#[test]
fn the_view_service_restarts_with_its_view() {
    world(
        "nodes 4\nclients 1\nseed 2\nrun 500\ncrash n1\nrun 300\ninvoke A put x 1 to n2\nrun 200\n\
        expect reply A ok\nrestart n1\nrun 400\nexpect leader n2\ncrash n2\nrun 700\n\
        expect leader n3\nexpect n3 value x 1\nexpect all hold",
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn delivering_a_dead_message_changes_nothing_and_every_synchrony_keeps_its_promise(
        seed in 1..10_000u32,
        without in proptest::option::of(0..13u8),
        synchrony in 0..3usize,
        kinds in vec((0..6u8, any_action()), 40..200),
    ) {
        let off = SUBJECT.off(without);
        let synchrony = ["synchronous", "semi-synchronous", "asynchronous"][synchrony];
        let mut sim = world(&format!(
            "nodes 5\nclients 3\nnetwork loss 3% duplicate 5%\nset synchrony {synchrony}\n\
            set backup-reads yes\nseed {seed}{off}\nrun 300"
        ));
        // A lost disk forgets views, and then none is over.
        wander(&mut sim, kinds, forgets_or_switches, |sim| match without {
            None => check_holds(sim, synchrony),
            Some(_) => Ok(()),
        })?;
    }
}

#[test]
fn an_ordinary_run_has_dead_messages_and_all_are_dead() {
    SUBJECT.meets_dead_messages(
        "nodes 5\nclients 2\nseed 4\nrun 300\ninvoke A put x 1 to n2",
        200,
        5,
    );
}
