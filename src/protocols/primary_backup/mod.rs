//! Primary-backup, or passive replication: one server executes, the others take over its results.
//!
//! **Problem.** A service goes on when servers crash, although messages are lost, copied, delayed
//! and overtaken, and although nobody can tell a crashed server from a slow one.
//!
//! **Roles.** Node n1 is the *view service*: it says who is *primary* and who is *backup*, in
//! numbered *views*. All other nodes are servers. Those in no view are *idle*.
//!
//! **Phases.** In a view the five steps of passive replication: the primary *initialises* each backup
//! with the whole state, *detects* that a client asks for a change, *updates* its state, *notifies*
//! the backups, and answers when they *acknowledge* ([`primary`], [`server`]). How many must is the
//! *synchrony*: all backups, one, or none. Servers ping the view service; when the primary is not
//! heard any more the first backup takes over, a dead backup leaves, an idle server joins
//! ([`service`]). A view is left only when its primary has acknowledged it, which it does when all
//! its backups are initialised; until then only dead backups may leave.
//!
//! **Why it is safe**, in one breath: an answer needs every backup of the primary's view, the next
//! primary is one of them and refuses the old view from then on; so it has all that was answered, and
//! nobody answers after it in the old view's name. Each sentence that this needs is one of
//! [`rules::RULES`]. With fewer acknowledgements the answer comes sooner and promises less: what was
//! answered is lost if the server that takes over does not have it.
//!
//! **Reads.** A primary answers a read when its backups have confirmed its view. Backups may answer
//! reads, where the setting says so, from what they have applied: a prefix of what their primary
//! executed, which may be old, and may hold an update that its client was not told of yet.
//!
//! **What it assumes.** The view service does not fail for good: its view is on its disk. A wrong
//! suspicion costs time, not safety. It is no agreement among equals: with the view service away the
//! view stays as it is; a view whose primary crashes before it has acknowledged it waits for that
//! primary; and a backup that the view service hears but the primary does not is awaited.
//!
//! **Left out.** Histories are kept whole, and a new view sends them whole. A primary serves while it
//! initialises, but is not replaced then.
//!
//! **Source.** Alsberg and Day, *A Principle for Resilient Sharing of Distributed Resources*, ICSE
//! 1976 ("AD"); Budhiraja, Marzullo, Schneider and Toueg, *The Primary-Backup Approach*, in
//! *Distributed Systems*, 2nd edition, 1993 ("BMST"); Guerraoui and Schiper, *Software-Based
//! Replication for Fault Tolerance*, IEEE Computer 30(4), 1997 ("GS"). The view service with its
//! acknowledged views is the one that courses on distributed systems build after them. Disks are of
//! this playground: in the papers a server that crashed does not come back.

mod history;
mod invariants;
mod message;
mod primary;
mod rules;
mod server;
mod service;
mod state;
mod view;

pub use history::{History, Update};
pub use invariants::Ghost;
pub use message::Message;
pub use state::{Disk, Node, Primary, Role, Round, Service, View, Waiting};

use std::sync::Arc;

use crate::ids::{ClientId, NodeId, NodeSet, RuleSet, TimerId};
use crate::operation::{
    APPEND, CAS, DELETE, DEQUEUE, ENQUEUE, GET, LOCK, Operation, PUT, STAMP, TRANSFER, UNLOCK,
};
use crate::past::{Owner, Remembered};
use crate::protocol::{
    Cluster, CommandKind, Context, Protocol, Request, SESSION_BEFORE_THE_RUN, Sheet, TimerKind,
};
use crate::sorted::SortedMap;
use crate::view::{Formula, MessageLabel, Meter, NodeView};

/// A server pings.
pub const PING: TimerId = TimerId(0);
/// The view service looks who is alive.
pub const CHECK: TimerId = TimerId(1);
/// A primary sends again what was not acknowledged.
pub const RESEND: TimerId = TimerId(2);

/// The node that is the view service.
pub const VIEW_SERVICE: NodeId = NodeId(0);

/// The longest time until a server's first ping, in milliseconds.
const FIRST_PING_MS: u32 = 10;

/// The protocol; all that varies is in the scenario's rules and settings.
#[derive(Clone, Copy, Debug, Default)]
pub struct PrimaryBackup;

static SHEET: Sheet = Sheet {
    id: "primary_backup",
    title: "Primary-backup",
    source: "Alsberg & Day 1976; Budhiraja, Marzullo, Schneider & Toueg 1993; Guerraoui & Schiper 1997",
    guarantee: "Synchronous: an answered write survives any crash but the last; asked of the \
                primary, reads are linearizable, of a backup they may be stale.",
    period: "view",
    nodes_default: 4,
    nodes_range: (2, 100),
    messages: message::KINDS,
    timers: &[
        TimerKind { name: "ping", text: "A server tells the view service that it is alive." },
        TimerKind { name: "check", text: "The view service looks who is alive." },
        TimerKind {
            name: "resend",
            text: "A primary sends again what its backups have not acknowledged.",
        },
    ],
    commands: &[CommandKind {
        name: "suspect",
        text: "Tells the view service to take another node for dead until it is heard again.",
    }],
    rules: rules::RULES,
    invariants: invariants::INVARIANTS,
    settings: rules::SETTINGS,
    // The store's, and one more: only the primary executes, so the state alone need not decide.
    operations: &[GET, PUT, APPEND, CAS, DELETE, ENQUEUE, DEQUEUE, LOCK, UNLOCK, TRANSFER, STAMP],
};

impl Protocol for PrimaryBackup {
    type Node = Node;
    type Disk = Disk;
    type Message = Message;
    type Ghost = Ghost;

    const SHEET: &'static Sheet = &SHEET;

    fn boot(&self, context: &mut Context<'_, Self>, mut disk: Disk) -> Node {
        disk.starts += 1;
        let me = context.me;
        disk.serves_views = me == VIEW_SERVICE;
        if disk.serves_views {
            service::arm(context);
            let started_ms = context.now_ms;
            let service =
                Service { started_ms, heard: SortedMap::new(), suspected: NodeSet::default() };
            return Node::starting(disk, Role::Service(service));
        }
        context.arm(PING, 1, FIRST_PING_MS);
        let view = disk.view;
        let role = if view.backups.contains(me) { Role::Backup } else { Role::Idle };
        let mut node = Node::starting(disk, role);
        if view.primary == Some(me) {
            primary::restart(context, &mut node);
        }
        node
    }

    fn on_message(
        &self,
        context: &mut Context<'_, Self>,
        node: &mut Node,
        from: NodeId,
        message: &Message,
    ) {
        match message {
            Message::Ping { view, acknowledged } => {
                service::on_ping(context, node, from, *view, *acknowledged);
            }
            Message::View { view } => server::on_view(context, node, *view),
            Message::Initialise { view, state, round } => {
                server::on_initialise(context, node, from, *view, state, *round);
            }
            Message::Notify { view, after, updates, round } => {
                server::on_notify(context, node, from, *view, (*after, updates), *round);
            }
            Message::Acknowledge { view, place, round } => {
                primary::on_acknowledge(context, node, from, (*view, *place, *round));
            }
        }
    }

    fn on_timer(&self, context: &mut Context<'_, Self>, node: &mut Node, timer: TimerId) {
        match timer {
            PING => server::on_ping_timeout(context, node),
            CHECK => service::on_check(context, node),
            _ => primary::on_resend_timeout(context, node),
        }
    }

    fn on_request(&self, context: &mut Context<'_, Self>, node: &mut Node, request: &Request) {
        server::on_request(context, node, request);
    }

    fn on_command(
        &self,
        context: &mut Context<'_, Self>,
        node: &mut Node,
        _: u8,
        argument: NodeId,
    ) {
        service::on_suspect(context, node, argument);
    }

    fn disk<'a>(&self, node: &'a Node) -> &'a Disk {
        &node.disk
    }

    fn surviving(&self, disk: &Disk, rules: RuleSet) -> Disk {
        let rule = if disk.serves_views { rules::DURABLE_VIEW } else { rules::DURABLE_STATE };
        if rules.contains(rule) {
            disk.clone()
        } else {
            Disk { starts: disk.starts, serves_views: disk.serves_views, ..Disk::default() }
        }
    }

    fn waits_for_disk(&self, message: &Message, rules: RuleSet) -> bool {
        match message {
            Message::View { .. } => rules.contains(rules::DURABLE_VIEW),
            // A ping may acknowledge a view, which must not be forgotten then.
            Message::Ping { .. }
            | Message::Initialise { .. }
            | Message::Notify { .. }
            | Message::Acknowledge { .. } => rules.contains(rules::DURABLE_STATE),
        }
    }

    fn reply_waits_for_disk(&self, rules: RuleSet) -> bool {
        rules.contains(rules::DURABLE_STATE)
    }

    fn is_dead(&self, node: &Node, message: &Message, rules: RuleSet) -> bool {
        // Where a server can forget its view, or go back, no view is ever over.
        if !rules.contains(rules::DURABLE_STATE) || !rules.contains(rules::HIGHER_VIEW_ONLY) {
            return false;
        }
        let own = node.disk.view.number;
        let refuses = rules.contains(rules::REFUSE_OLDER_VIEW);
        match message {
            // A ping is always heard.
            Message::Ping { .. } => false,
            Message::View { view } => view.number <= own,
            Message::Initialise { view, .. } => refuses && view.number < own,
            Message::Notify { view, .. } => refuses && *view < own,
            Message::Acknowledge { view, .. } => *view < own,
        }
    }

    fn observe(
        &self,
        ghost: &mut Ghost,
        cluster: &Cluster<'_, Self>,
        touched: NodeId,
        report: &mut dyn FnMut(u8, String),
    ) {
        invariants::observe(ghost, cluster, touched, report);
    }

    fn view(&self, node: &Node) -> NodeView {
        view::node_view(node)
    }

    fn disk_view(&self, disk: &Disk) -> NodeView {
        view::disk_view(disk)
    }

    fn label(&self, message: &Message) -> MessageLabel {
        message.label()
    }

    fn message_kind(&self, message: &Message) -> u8 {
        message.kind()
    }

    fn refuses(&self, nodes: u16, settings: &[u32]) -> Option<String> {
        let setting = |place: u8| settings[usize::from(place)];
        let most = u32::from(nodes).saturating_sub(2);
        if setting(rules::BACKUPS) > most {
            return Some(format!(
                "at most {most} backups: of {nodes} nodes n1 is the view service and one is primary"
            ));
        }
        if setting(rules::SYNCHRONY) == rules::SEMI_SYNCHRONOUS && most == 0 {
            return Some("semi-synchronous waits for one backup, and 2 nodes have none".to_owned());
        }
        (setting(rules::DEAD_MS) <= setting(rules::PING_MS)).then(|| {
            "`dead-after` must be longer than `ping`, or every server is dead between two pings"
                .to_owned()
        })
    }

    fn formulas(&self, nodes: u16, settings: &[u32]) -> Vec<Formula> {
        let servers = u32::from(nodes).saturating_sub(1);
        let f = match settings[usize::from(rules::BACKUPS)] {
            0 => servers.saturating_sub(1),
            wanted => wanted,
        };
        let awaited = rules::awaited(settings[usize::from(rules::SYNCHRONY)], f);
        let meaning = if awaited >= f {
            format!(
                "what a client was told is on f + 1 = {} servers and survives {f} crashes",
                f + 1
            )
        } else {
            format!(
                "what a client was told may be on {} of the view's {} servers alone: it is lost if \
                 another takes over",
                awaited + 1,
                f + 1
            )
        };
        let serves = format!("with {f} backups some server is left to serve after {f} crashes");
        vec![
            Formula {
                text: "servers ≥ f + 1",
                filled: format!("{servers} ≥ {f} + 1"),
                holds: servers > f,
                meaning: serves,
                quorums: Vec::new(),
            },
            Formula {
                text: "acknowledgements ≥ f",
                filled: format!("{awaited} ≥ {f}"),
                holds: awaited >= f,
                meaning,
                quorums: Vec::new(),
            },
        ]
    }

    fn meters(&self, cluster: &Cluster<'_, Self>) -> Vec<Meter> {
        view::meters(cluster)
    }

    /// `view 2 n2 n3 n4 log 1:x=5 …`: an acknowledged view's number, primary and backups, and the
    /// updates, each `VIEW:KEY=VALUE`; each part optional.
    fn parse_disk(&self, words: &[&str], nodes: u16) -> Result<Disk, String> {
        const FORM: &str = "view NUMBER PRIMARY BACKUP …, and log VIEW:KEY=VALUE …";
        let mut disk = Disk::default();
        let (view, log) = match words.iter().position(|word| *word == "log") {
            Some(place) => (&words[..place], &words[place + 1..]),
            None => (words, &[][..]),
        };
        match view {
            [] => {}
            ["view", number, servers @ ..] => {
                disk.view.number = positive(number).ok_or(FORM)?;
                disk.acknowledged = disk.view.number;
                for name in servers {
                    let server = NodeId::from_name(name, nodes)
                        .filter(|server| *server != VIEW_SERVICE)
                        .ok_or_else(|| format!("a server from n2 to n{nodes}"))?;
                    match disk.view.primary {
                        None => disk.view.primary = Some(server),
                        Some(primary) if primary == server => return Err(FORM.to_owned()),
                        Some(_) => disk.view.backups.insert(server),
                    }
                }
                disk.view.primary.ok_or(FORM)?;
            }
            _ => return Err(FORM.to_owned()),
        }
        for word in log {
            let (number, rest) = word.split_once(':').ok_or(FORM)?;
            let (key, value) = rest.split_once('=').ok_or(FORM)?;
            let view = positive(number).filter(|view| *view <= disk.view.number).ok_or(FORM)?;
            let change = Operation::parse(&["put", key, value])?;
            let request = Request {
                client: ClientId(0),
                session: SESSION_BEFORE_THE_RUN,
                sequence: 0,
                operation: change.clone(),
            };
            disk.history.push(Arc::new(Update { view, request, change }));
        }
        Ok(disk)
    }

    fn remembers(&self, disk: &Disk, owner: &Owner<'_>) -> Option<Vec<Remembered>> {
        let node = owner.node;
        let View { primary, backups, .. } = &disk.view;
        if node == VIEW_SERVICE || (*primary != Some(node) && !backups.contains(node)) {
            return None;
        }
        let updates = disk.history.iter();
        let asked =
            updates.map(|(place, update)| Remembered::asked((place, update.view), &update.change));
        Some(asked.collect())
    }
}

/// A number from one, far from the type's end: views are counted up from here.
fn positive(word: &str) -> Option<u64> {
    word.parse::<u32>().ok().filter(|number| *number > 0).map(u64::from)
}
