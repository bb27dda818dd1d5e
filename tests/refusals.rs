//! A cluster that cannot run is refused with the reason, wherever it is asked for: in a text, with its
//! line; in the readable form of an address, with its parameter; in a link.

use consensus_playground::protocols;
use consensus_playground::scenario::link::{self, Link};
use consensus_playground::scenario::{Scenario, text};
use consensus_playground::session::Session;

/// The protocol, the nodes, a setting and its value, and a part of the reason.
const IMPOSSIBLE: &[(&str, u16, &str, u32, &str)] = &[
    ("raft", 5, "members", 9, "no more members at the start than nodes"),
    ("multi_paxos", 3, "phase-2-quorum", 4, "can never be reached"),
    ("abd", 3, "write-quorum", 4, "can never be reached"),
    ("paxos", 5, "acceptors", 9, "there are only 5 nodes"),
    ("quorum", 3, "write-quorum", 4, "W = 4 is more than the N = 3"),
    ("quorum", 3, "read-quorum", 4, "R = 4 is more than the N = 3"),
    ("quorum", 3, "replicas", 7, "N = 7"),
    ("gossip", 3, "fan-out", 5, "fan-out"),
    ("total_order", 3, "stable-quorum", 5, "the 3 nodes there are"),
    ("primary_backup", 3, "backups", 7, "at most 1 backups: of 3 nodes"),
    ("paxos_commit", 4, "faults", 4, "2F + 1 = 9 acceptors"),
];

fn setting(protocol: &str, id: &str) -> (u8, usize) {
    let (place, entry) = protocols::find(protocol).unwrap();
    (place, usize::from(entry.sheet().setting(id).unwrap()))
}

#[test]
fn an_impossible_setting_is_refused_in_a_text_with_its_line() {
    for (protocol, nodes, id, value, reason) in IMPOSSIBLE {
        let source = format!("protocol {protocol}\nnodes {nodes}\n\nset {id} {value}\n");
        let error = text::parse(&source).unwrap_err();
        assert!(error.message.contains(reason), "{source}{error}");
        assert_eq!(error.line, 4, "{source}{error}");
        let shown = Session::from_text(&source).err().unwrap();
        assert_eq!((shown.kind, shown.line), ("text", Some(4)), "{source}");
    }
}

#[test]
fn the_same_is_refused_in_an_address_with_its_parameter() {
    for (protocol, nodes, id, value, reason) in IMPOSSIBLE {
        let query = format!("?protocol={protocol}&nodes={nodes}&set.{id}={value}");
        let error = link::from_query(&query).unwrap_err().to_string();
        assert!(error.contains(reason) && error.contains("set."), "{query}: {error}");
    }
}

#[test]
fn the_same_is_refused_in_a_link() {
    for (protocol, nodes, id, value, reason) in IMPOSSIBLE {
        let (place, setting) = setting(protocol, id);
        let mut scenario = Scenario::new(place);
        scenario.config.nodes = *nodes;
        scenario.config.settings[setting] = *value;
        let made = link::encode(&Link { scenario, recorded: None });
        let error = link::decode(&made).unwrap_err().to_string();
        assert!(error.contains(reason), "{protocol} {id}: {error}");
    }
}

#[test]
fn what_the_page_changes_is_refused_and_the_session_stays() {
    for (protocol, nodes, id, value, reason) in IMPOSSIBLE {
        let session = Session::from_text(&format!("protocol {protocol}\nnodes {nodes}\n")).unwrap();
        let before = session.text();
        let error = session.changed(&format!("set {id} {value}")).unwrap_err();
        assert!(error.message.contains(reason), "{protocol} {id}: {error}");
        assert_eq!(session.text(), before);
    }
}

#[test]
fn two_changes_that_are_possible_only_together_are_taken_together() {
    let query = "?protocol=quorum&set.replicas=5&set.write-quorum=5&nodes=5";
    let scenario = link::from_query(query).unwrap().unwrap();
    assert_eq!(scenario.config.nodes, 5);
}

#[test]
fn no_protocol_takes_no_nodes_or_runs_with_its_fewest_and_most_refused() {
    for entry in protocols::REGISTRY {
        let sheet = entry.sheet();
        let (low, high) = sheet.nodes_range;
        assert!(low >= 1 && high >= low, "{}", sheet.id);
        let of = |nodes: u16| text::parse(&format!("protocol {}\nnodes {nodes}\n", sheet.id));
        assert!(of(0).unwrap_err().message.contains(&format!("from {low} to {high}")));
        assert!(of(high + 1).unwrap_err().message.contains(&format!("from {low} to {high}")));
        // Between its bounds a protocol may need other settings, and then it says which.
        for nodes in [low, high] {
            if let Err(error) = of(nodes) {
                assert!(error.message.len() > 20, "{} {nodes}: {error}", sheet.id);
            }
        }
        assert!(text::parse(&format!("protocol {}\n", sheet.id)).is_ok(), "{}", sheet.id);
    }
}
