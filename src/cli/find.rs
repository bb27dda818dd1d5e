//! Finds scenarios and links in documents: enough of Markdown and HTML for that, and no more.
//!
//! A document is not parsed as a browser would; what is looked for is looked for in both languages, since
//! Markdown holds HTML. Left out: blocks made by indentation, and scripts that make links. A link that is
//! defined far from where it is used is found where it is defined.

/// Something in a document that can be run.
pub(super) struct Found {
    /// Where it begins, from one.
    pub(super) line: usize,
    pub(super) claim: Claim,
}

/// What stands there.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// A scenario's text; a block has one line in the document for each of its own, after the one it
    /// begins at.
    Text { text: String, is_block: bool },
    /// The name of a shipped scenario.
    Preset(String),
    /// A link, from `v1.` on.
    Link(String),
    /// The readable form.
    Query(String),
}

const NAME: &str = "consensus";
const ELEMENT: &str = "<consensus-playground";

/// Everything in a document that can be run, in its order.
pub(super) fn claims(document: &str) -> Vec<Found> {
    let mut found = Vec::new();
    let rest = take_fences(document, &mut found);
    let rest = take_code(&rest, &mut found);
    let rest = take_elements(&rest, &mut found);
    take_links(&rest, &mut found);
    found.sort_by_key(|one| one.line);
    found
}

fn line_at(document: &str, place: usize) -> usize {
    document[..place].matches('\n').count() + 1
}

/// The text with a range made blank; places and lines stay.
fn blank(document: &mut String, range: std::ops::Range<usize>) {
    let blanks: String = document[range.clone()]
        .bytes()
        .map(|byte| if byte == b'\n' { '\n' } else { ' ' })
        .collect();
    document.replace_range(range, &blanks);
}

/// A line that opens or closes a fence: its indentation, its character, how many of them, and what
/// follows. A block in a list or a quotation stands behind its mark.
fn fence(line: &str) -> Option<(&str, char, usize, &str)> {
    let indent = [' ', '\t', '>'];
    let mut bare = line.trim_start_matches(indent);
    let number = bare.trim_start_matches(|c: char| c.is_ascii_digit());
    let item = ["- ", "* ", "+ "].into_iter().find_map(|mark| bare.strip_prefix(mark));
    if let Some(item) = item.or_else(|| number.strip_prefix(". ").or(number.strip_prefix(") "))) {
        bare = item.trim_start_matches(indent);
    }
    let prefix = &line[..line.len() - bare.len()];
    let mark = bare.chars().next().filter(|mark| ['`', '~'].contains(mark))?;
    let rest = bare.trim_start_matches(mark);
    let count = bare.len() - rest.len();
    (count >= 3 && !(mark == '`' && rest.contains('`'))).then_some((
        prefix,
        mark,
        count,
        rest.trim(),
    ))
}

/// A fence that has been opened.
struct Open<'a> {
    mark: char,
    count: usize,
    prefix: &'a str,
    /// The scenario in it; none in a block of another language.
    block: Option<Block>,
}

/// A scenario in a fence, as far as it has been read.
struct Block {
    line: usize,
    start: usize,
    text: String,
}

fn take_fences(document: &str, found: &mut Vec<Found>) -> String {
    let mut rest = document.to_owned();
    let mut close = |block: Option<Block>, end: usize| {
        let Some(Block { line, start, text }) = block else { return };
        found.push(Found { line, claim: Claim::Text { text, is_block: true } });
        blank(&mut rest, start..end);
    };
    let mut open: Option<Open> = None;
    let mut place = 0;
    for (number, line) in (1..).zip(document.split_inclusive('\n')) {
        let (start, seen) = (place, fence(line));
        place += line.len();
        match (open.take(), seen) {
            (Some(fence), Some((before, mark, count, "")))
                if mark == fence.mark && count >= fence.count && !before.contains(is_item) =>
            {
                close(fence.block, place);
            }
            (Some(mut fence), _) => {
                if let Some(block) = &mut fence.block {
                    block.text.push_str(unprefixed(line, fence.prefix));
                }
                open = Some(fence);
            }
            (None, Some((prefix, mark, count, info))) => {
                let info = info.trim_start_matches(['{', '.', ' ']);
                let language = info.split([' ', ',', '{', '}', '\t']).next().unwrap_or_default();
                let new = || Block { line: number, start, text: String::new() };
                open = Some(Open { mark, count, prefix, block: (language == NAME).then(new) });
            }
            (None, None) => {}
        }
    }
    // A fence that nobody closes ends with the document.
    close(open.and_then(|fence| fence.block), document.len());
    rest
}

/// What no fence has before it that closes a block.
fn is_item(c: char) -> bool {
    !c.is_whitespace() && c != '>'
}

/// A line without as much of the fence's indentation or quotation marks as it has.
fn unprefixed<'a>(line: &'a str, prefix: &str) -> &'a str {
    line.strip_prefix(prefix).unwrap_or_else(|| line.trim_start_matches([' ', '\t', '>']))
}

/// `<code class="language-consensus">…</code>`, as generators write such a block.
fn take_code(document: &str, found: &mut Vec<Found>) -> String {
    let mut rest = document.to_owned();
    let mut from = 0;
    while let Some(start) = rest[from..].find("<code").map(|at| from + at) {
        let Some(inside) = rest[start..].find('>').map(|at| start + at + 1) else { break };
        from = inside;
        let class = attributes(&rest[start + 5..inside - 1]);
        let is_ours = class.iter().any(|(name, value)| {
            *name == "class" && value.split_whitespace().any(|one| one == "language-consensus")
        });
        let Some(end) = rest[inside..].find("</code>").map(|at| inside + at) else { break };
        if !is_ours {
            continue;
        }
        // Its first line stands where the block begins.
        let line = line_at(&rest, inside) - 1;
        let text = unescape(&rest[inside..end]);
        found.push(Found { line, claim: Claim::Text { text, is_block: true } });
        blank(&mut rest, start..end);
    }
    rest
}

/// `<consensus-playground …>`, by what its attributes ask for.
fn take_elements(document: &str, found: &mut Vec<Found>) -> String {
    let mut rest = document.to_owned();
    let mut from = 0;
    while let Some(start) = rest[from..].find(ELEMENT).map(|at| from + at) {
        let inside = start + ELEMENT.len();
        let Some(end) = tag_end(&rest, inside) else { break };
        from = end;
        let attributes = attributes(&rest[inside..end]);
        let get = |name: &str| {
            attributes
                .iter()
                .find(|(one, _)| *one == name)
                .map(|(_, value)| value.trim().to_owned())
        };
        let claim = match (get("scenario"), get("protocol")) {
            (Some(scenario), _) if !scenario.is_empty() => Some(scenario_claim(&scenario)),
            (_, Some(protocol)) => {
                let mut text = format!("protocol {protocol}\n");
                for name in ["nodes", "seed"] {
                    let value = get(name).filter(|value| !value.is_empty());
                    text += &value.map_or(String::new(), |value| format!("{name} {value}\n"));
                }
                Some(Claim::Text { text, is_block: false })
            }
            _ => None,
        };
        let line = line_at(&rest, start);
        found.extend(claim.map(|claim| Found { line, claim }));
        blank(&mut rest, start..end);
    }
    rest
}

/// What an element's `scenario` names: a link, a text, or a shipped scenario.
fn scenario_claim(scenario: &str) -> Claim {
    let fragment = scenario.rsplit_once('#').map_or(scenario, |(_, fragment)| fragment);
    if is_link(fragment) {
        Claim::Link(fragment.to_owned())
    } else if scenario.contains('\n') || scenario.starts_with("protocol ") {
        Claim::Text { text: format!("{scenario}\n"), is_block: false }
    } else {
        Claim::Preset(scenario.to_owned())
    }
}

/// `v`, a number, and a dot.
fn is_link(text: &str) -> bool {
    let Some((version, _)) = text.split_once('.') else { return false };
    version.strip_prefix('v').is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Where a tag ends; a `>` in quotes does not end it.
fn tag_end(text: &str, from: usize) -> Option<usize> {
    let mut quote = None;
    for (place, c) in text[from..].char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '>') => return Some(from + place),
            _ => {}
        }
    }
    None
}

/// The attributes of a tag, from behind its name on.
fn attributes(mut tag: &str) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    loop {
        tag = tag.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        let end = tag.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(tag.len());
        let (name, rest) = tag.split_at(end);
        if name.is_empty() {
            return found;
        }
        let Some(value) = rest.trim_start().strip_prefix('=').map(str::trim_start) else {
            found.push((name, String::new()));
            tag = rest;
            continue;
        };
        let quote = value.chars().next().filter(|c| ['"', '\''].contains(c));
        let (value, rest) = match quote {
            Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        found.push((name, unescape(value)));
        tag = rest;
    }
}

/// Text with the entities that generators write put back.
fn unescape(text: &str) -> String {
    let pairs = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#10;", "\n"),
        ("&#xA;", "\n"),
        ("&amp;", "&"),
    ];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// Links and addresses, wherever they stand.
fn take_links(document: &str, found: &mut Vec<Found>) {
    let ends = |c: char| c.is_whitespace() || "\"'<>`)]}\\|".contains(c);
    for (place, mark) in document.match_indices(['#', '?']) {
        let rest = &document[place + 1..];
        let token = rest[..rest.find(ends).unwrap_or(rest.len())].trim_end_matches(['.', ',', ';']);
        let claim = if mark == "#" {
            let payload = token.split_once('.').map_or("", |(_, payload)| payload);
            // A link that is cut short to talk about it (`#v1.…`) is none.
            let is_whole =
                payload.starts_with(|c: char| c.is_ascii_alphanumeric() || "-_".contains(c));
            (is_link(token) && is_whole && !payload.contains('…'))
                .then(|| Claim::Link(token.to_owned()))
        } else {
            query_claim(token)
        };
        let line = line_at(document, place);
        found.extend(claim.map(|claim| Found { line, claim }));
    }
}

/// What a query asks for, if it asks for a run. What follows `#` wins over it and is found by itself.
fn query_claim(token: &str) -> Option<Claim> {
    let query = unescape(token.split('#').next().unwrap_or_default());
    let fragment = token.split_once('#').map_or("", |(_, fragment)| fragment);
    if is_link(fragment) || query.contains('…') {
        return None;
    }
    let get = |name: &str| {
        query
            .split('&')
            .find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
            .map(str::to_owned)
    };
    if get("protocol").is_some() {
        // An embed's own parameters are not about the run.
        let looks = ["at", "autoplay", "loop", "speed", "controls", "height", "loading", "poster"];
        let is_run = |part: &&str| !looks.contains(&part.split('=').next().unwrap_or_default());
        return Some(Claim::Query(query.split('&').filter(is_run).collect::<Vec<_>>().join("&")));
    }
    let id = get("scenario")?.replace("%2F", "/").replace("%2f", "/");
    let is_name = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c))
    };
    let (protocol, name) = id.split_once('/')?;
    (is_name(protocol) && is_name(name)).then_some(Claim::Preset(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(document: &str) -> Vec<(usize, Claim)> {
        claims(document).into_iter().map(|Found { line, claim }| (line, claim)).collect()
    }

    fn block(text: &str) -> Claim {
        Claim::Text { text: text.to_owned(), is_block: true }
    }

    #[test]
    fn fences_are_found_in_lists_and_quotations_and_others_are_not() {
        let document = "a\n```consensus\nprotocol raft\n```\n> ~~~~ consensus x\n\
                        > protocol abd\n> ~~~\n\
                        > ~~~~\n- ```{consensus}\n  nodes 3\n  ```\n```text\n\
                        ```consensus\n?scenario=a/b\n```\n\
                        ```consensus\nopen";
        assert_eq!(
            of(document),
            [
                (2, block("protocol raft\n")),
                (5, block("protocol abd\n~~~\n")),
                (9, block("nodes 3\n")),
                (14, Claim::Preset("a/b".into())),
                (16, block("open")),
            ]
        );
    }

    #[test]
    fn html_is_read_as_generators_write_it() {
        let document = "<pre><code class=\"hljs language-consensus\">protocol x\nnote a &lt; b &amp;lt;\n\
                        </code></pre>\n<consensus-playground scenario='a/b' at=3 autoplay>\n\
                        <consensus-playground protocol=raft nodes=\"5\" height=300>\n\
                        <consensus-playground scenario=\"v1.AAA\">";
        let text = "protocol raft\nnodes 5\n".to_owned();
        assert_eq!(
            of(document),
            [
                (0, block("protocol x\nnote a < b &lt;\n")),
                (4, Claim::Preset("a/b".into())),
                (5, Claim::Text { text, is_block: false }),
                (6, Claim::Link("v1.AAA".into())),
            ]
        );
    }

    #[test]
    fn links_are_found_and_the_rest_of_an_address_is_not_theirs() {
        let document = "[a](https://x/#v1.AbC-_9).\n`#v1.…` and #v2 and ?protocol=raft&amp;nodes=3&at=4 \n\
                        <a href=\"embed/?lang=zh&amp;scenario=raft%2Fb\">, x/?protocol=raft#v1.Q what? #1";
        assert_eq!(
            of(document),
            [
                (1, Claim::Link("v1.AbC-_9".into())),
                (2, Claim::Query("protocol=raft&nodes=3".into())),
                (3, Claim::Preset("raft/b".into())),
                (3, Claim::Link("v1.Q".into())),
            ]
        );
    }
}
