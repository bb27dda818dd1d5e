//! Without which rule a run that breaks is known to be found: from which empty scenario, by which request,
//! what breaks and after how many actions; or why nothing is searched for.
//!
//! **Problem.** The figure 8 of Raft takes a rule off, two more that hide it, a setting, a budget, a timer
//! that stays silent and late messages lost: nobody finds all that by trying.
//!
//! **Method.** One table, `hunts.txt`, a rule a line. The tests search for each line, the command line takes
//! one with `--hunt`, and the page opens its scenario and fills its form with it.
//!
//! **Left out.** What is known is what this explorer has found; a line says of no rule that nothing shorter
//! breaks without it, unless its search goes level by level.

use serde::Serialize;

/// The table, as the page and the command line know it.
const TABLE: &str = include_str!("hunts.txt");
/// The line from which on the searches are larger ones.
const LARGER: &str = "==";
const COLUMN: &str = " | ";
const PART: &str = "; ";

/// A rule, and what is known of the runs without it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Hunt<'a> {
    /// The protocol's stable name.
    pub protocol: &'a str,
    /// The rule's.
    pub rule: &'a str,
    /// Whether looking for it takes long enough to be left out of the ordinary tests.
    pub is_larger: bool,
    /// What is known.
    pub known: Known<'a>,
}

/// What is known of the runs without a rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Known<'a> {
    /// How a run that breaks is found.
    Run {
        /// The lines of the empty scenario's header behind its protocol.
        #[serde(skip)]
        header: Vec<&'a str>,
        /// The empty scenario from which a run is searched for, with the rule off.
        text: String,
        /// The request, as [`super::Request::parse`] reads it.
        request: Vec<&'a str>,
        /// The property that breaks.
        property: &'a str,
        /// How many actions the run has; where the search is a walk, how many at most.
        length: u32,
    },
    /// Why nothing is searched for.
    Nothing(&'a str),
}

impl<'a> Hunt<'a> {
    fn parse(line: &'a str, is_larger: bool) -> Result<Self, String> {
        let columns: Vec<&str> = line.split(COLUMN).map(str::trim).collect();
        let (protocol, rule, known) = match columns[..] {
            [protocol, rule, why] => (protocol, rule, Known::Nothing(why)),
            [protocol, rule, header, request, property, length] => {
                let length = length
                    .parse()
                    .map_err(|_| format!("expected a number of actions, found “{length}”"))?;
                let header: Vec<&str> = header.split(PART).collect();
                let text = scenario(protocol, &header, Some(rule));
                let request = request.split(PART).collect();
                (protocol, rule, Known::Run { header, text, request, property, length })
            }
            _ => return Err(format!("expected three columns or six, found {}", columns.len())),
        };
        Ok(Hunt { protocol, rule, is_larger, known })
    }

    /// The same scenario as its run is searched from, with the rule on; `None` where nothing is searched for.
    pub fn control(&self) -> Option<String> {
        match &self.known {
            Known::Run { header, .. } => Some(scenario(self.protocol, header, None)),
            Known::Nothing(_) => None,
        }
    }

    /// The request, one option a line; nothing where nothing is searched for.
    pub fn request(&self) -> String {
        match &self.known {
            Known::Run { request, .. } => request.join("\n"),
            Known::Nothing(_) => String::new(),
        }
    }
}

fn scenario(protocol: &str, header: &[&str], without: Option<&str>) -> String {
    let mut text = ["protocol ", protocol, "\n", &header.join("\n"), "\n"].concat();
    if let Some(rule) = without {
        text.push_str(&["without ", rule, "\n"].concat());
    }
    text
}

/// All that is known, in the table's order.
///
/// # Errors
/// Which line is wrong, what was expected and what was found.
pub fn hunts() -> Result<Vec<Hunt<'static>>, String> {
    read(TABLE)
}

/// What is known of a rule; `None` where the table says nothing.
///
/// # Errors
/// Which line is wrong, what was expected and what was found.
pub fn hunt(protocol: &str, rule: &str) -> Result<Option<Hunt<'static>>, String> {
    Ok(hunts()?.into_iter().find(|hunt| hunt.protocol == protocol && hunt.rule == rule))
}

fn read(table: &str) -> Result<Vec<Hunt<'_>>, String> {
    let mut is_larger = false;
    let mut hunts = Vec::new();
    for (number, line) in (1..).zip(table.lines()) {
        is_larger |= line.starts_with(LARGER);
        if line.trim().is_empty() || line.starts_with('#') || line.starts_with(LARGER) {
            continue;
        }
        let hunt = Hunt::parse(line, is_larger);
        hunts.push(hunt.map_err(|expected| format!("hunts, line {number}: {expected}"))?);
    }
    Ok(hunts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_run_or_a_reason() {
        let table = "# a remark\n\npaxos | a | nodes 3; clients 2 | budget timers=1; timely | b | 12\n\
                     paxos | c | nobody knows\n== larger\npaxos | d | nodes 5 | timely | e | 3\n";
        let hunts = read(table).unwrap();
        let known: Vec<_> = hunts.iter().map(|hunt| (hunt.rule, hunt.is_larger)).collect();
        assert_eq!(known, [("a", false), ("c", false), ("d", true)]);
        assert_eq!(hunts[0].control().unwrap(), "protocol paxos\nnodes 3\nclients 2\n");
        let Known::Run { text, .. } = &hunts[0].known else { panic!("a reason: {:?}", hunts[0]) };
        assert_eq!(text, "protocol paxos\nnodes 3\nclients 2\nwithout a\n");
        assert_eq!(hunts[0].request(), "budget timers=1\ntimely");
        assert_eq!(hunts[1].known, Known::Nothing("nobody knows"));
        assert_eq!((hunts[1].control(), hunts[1].request()), (None, String::new()));
    }

    #[test]
    fn an_error_says_which_line_and_what_was_expected() {
        for (table, words) in [
            ("\npaxos | a", "hunts, line 2: expected three columns or six, found 2"),
            (
                "paxos | a | nodes 3 | timely | b | many",
                "hunts, line 1: expected a number of actions, found “many”",
            ),
        ] {
            assert_eq!(read(table).unwrap_err(), words);
        }
    }

    #[test]
    fn what_is_known_of_a_rule_is_found_by_its_name() {
        let figure_8 = hunt("raft", "commit-only-own-term").unwrap().unwrap();
        assert!(figure_8.is_larger);
        assert!(matches!(figure_8.known, Known::Run { length: 18, .. }));
        assert_eq!(hunt("raft", "luck"), Ok(None));
    }
}
