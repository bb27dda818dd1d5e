//! Without which rule a run that breaks is known to be found: from which empty scenario, by which request,
//! what breaks and after how many actions.
//!
//! **Problem.** The figure 8 of Raft takes a rule off, two more that hide it, a setting, a budget, a timer
//! that stays silent and late messages lost: nobody finds all that by trying.
//!
//! **Method.** One table, `hunts.txt`, a rule a line. The tests search for each line, the command line takes
//! one with `--hunt`, and the page opens its scenario and fills its form with it.
//!
//! **Properties and goals.** Most rules protect an invariant, or that clients are answered: what a line looks
//! for is then what breaks. A few protect what no invariant says (a leader from a server that cannot win).
//! There the line's goals describe the harm, a state that the rule keeps from being reached, and the tests
//! exhaust the same search with the rule on.
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
/// What stands in the place of a property where the request's goals are reached.
const GOAL: &str = "goal";

/// A rule, and how a run that breaks without it is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Hunt<'a> {
    /// The protocol's stable name.
    pub protocol: &'a str,
    /// The rule's.
    pub rule: &'a str,
    /// Whether looking for it takes long enough to be left out of the ordinary tests.
    pub is_larger: bool,
    /// The lines of the empty scenario's header behind its protocol.
    #[serde(skip)]
    header: Vec<&'a str>,
    /// The empty scenario from which a run is searched for, with the rule off.
    pub text: String,
    /// The request, as [`super::Request::parse`] reads it.
    pub request: Vec<&'a str>,
    /// The property that breaks; `None` where the request's goals are reached instead.
    pub property: Option<&'a str>,
    /// How many actions the run has; where the search is a walk, how many at most.
    pub length: u32,
}

impl<'a> Hunt<'a> {
    fn parse(line: &'a str, is_larger: bool) -> Result<Self, String> {
        let columns: Vec<&str> = line.split(COLUMN).map(str::trim).collect();
        let [protocol, rule, header, request, found, length] = columns[..] else {
            return Err(format!("expected six columns, found {}", columns.len()));
        };
        let length = length
            .parse()
            .map_err(|_| format!("expected a number of actions, found “{length}”"))?;
        let header: Vec<&str> = header.split(PART).collect();
        let text = scenario(protocol, &header, Some(rule));
        let request = request.split(PART).collect();
        let property = Some(found).filter(|found| *found != GOAL);
        Ok(Hunt { protocol, rule, is_larger, header, text, request, property, length })
    }

    /// The same scenario as its run is searched from, with the rule on.
    pub fn control(&self) -> String {
        scenario(self.protocol, &self.header, None)
    }

    /// The request, one option a line.
    pub fn request(&self) -> String {
        self.request.join("\n")
    }

    /// What is found, as the table says it.
    pub fn found(&self) -> &'a str {
        self.property.unwrap_or(GOAL)
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
    fn a_line_is_a_search_and_what_it_finds() {
        let table = "# a remark\n\npaxos | a | nodes 3; clients 2 | budget timers=1; timely | b | 12\n\
                     == larger\npaxos | d | nodes 5 | goal leader none | goal | 3\n";
        let hunts = read(table).unwrap();
        let known: Vec<_> = (hunts.iter())
            .map(|hunt| (hunt.rule, hunt.is_larger, hunt.property, hunt.found(), hunt.length))
            .collect();
        assert_eq!(known, [("a", false, Some("b"), "b", 12), ("d", true, None, "goal", 3)]);
        assert_eq!(hunts[0].control(), "protocol paxos\nnodes 3\nclients 2\n");
        assert_eq!(hunts[0].text, "protocol paxos\nnodes 3\nclients 2\nwithout a\n");
        assert_eq!(hunts[0].request(), "budget timers=1\ntimely");
    }

    #[test]
    fn an_error_says_which_line_and_what_was_expected() {
        for (table, words) in [
            ("\npaxos | a", "hunts, line 2: expected six columns, found 2"),
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
        assert_eq!(figure_8.length, 18);
        assert_eq!(hunt("raft", "luck"), Ok(None));
    }
}
