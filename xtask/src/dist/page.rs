//! The page of a scenario or a lesson: what those see who are sent its address, and what crawlers do.

use serde_json::Value;

/// The picture's name, beside the page.
pub const PICTURE: &str = "picture.png";

/// What a page is about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Scenario,
    /// A lesson or a challenge of the course.
    Lesson,
}

impl Kind {
    /// The folder of the site with the pages of this kind, a folder for each id.
    pub fn folder(self) -> &'static str {
        match self {
            Kind::Scenario => "s",
            Kind::Lesson => "l",
        }
    }

    /// What the playground's address asks for.
    fn parameter(self) -> &'static str {
        match self {
            Kind::Scenario => "scenario",
            Kind::Lesson => "lesson",
        }
    }

    /// What names that to which one belongs: the protocol, the chapter.
    fn group(self) -> &'static str {
        match self {
            Kind::Scenario => "protocolTitle",
            Kind::Lesson => "group",
        }
    }
}

/// The page of one. It goes on to the playground at once; the link is for those who stay. Where the site will
/// stand, crawlers want to know whole addresses.
pub fn page(kind: Kind, entry: &Value, site: Option<&str>, has_picture: bool) -> String {
    let words =
        |key: &str, language: &str| escape(entry[key][language].as_str().unwrap_or_default());
    let (id, group) = (escape_of(entry, "id"), escape_of(entry, kind.group()));
    let folder = kind.folder();
    let (title, about) = (words("title", "en"), words("about", "en"));
    let (title_zh, about_zh) = (words("title", "zh"), words("about", "zh"));
    let up = "../".repeat(2 + id.matches('/').count());
    let address = format!("{up}?{}={id}", kind.parameter());
    let own = format!("{}{folder}/{id}/", site.unwrap_or_default());
    let whole = match site {
        Some(_) => format!(
            "\n  <link rel=\"canonical\" href=\"{own}\">\n  <meta property=\"og:url\" content=\"{own}\">"
        ),
        None => String::new(),
    };
    let picture = if has_picture {
        let beside = if site.is_some() { own.as_str() } else { "" };
        format!(
            r#"
  <meta property="og:image" content="{beside}{PICTURE}">
  <meta property="og:image:width" content="1200">
  <meta property="og:image:height" content="630">
  <meta property="og:image:alt" content="{title}: {about}">
  <meta name="twitter:card" content="summary_large_image">"#
        )
    } else {
        String::new()
    };
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{title} · {group} · Consensus Playground</title>
  <meta name="description" content="{about}">
  <meta property="og:type" content="website">
  <meta property="og:title" content="{title} · {group}">
  <meta property="og:description" content="{about}">{whole}{picture}
  <meta name="color-scheme" content="light dark">
  <meta http-equiv="refresh" content="0; url={address}">
  <link rel="icon" href="data:,">
</head>
<body>
  <h1>{title}</h1>
  <p>{about}</p>
  <p lang="zh-Hans"><b>{title_zh}</b> {about_zh}</p>
  <p><a href="{address}">Open it in the playground</a></p>
</body>
</html>
"#
    )
}

fn escape_of(entry: &Value, key: &str) -> String {
    escape(entry[key].as_str().unwrap_or_default())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_scenario_s_page_says_what_it_is_in_html() {
        let entry = json!({
            "id": "a/b", "protocolTitle": "A & B", "title": { "en": "Who \"won\"?" },
            "about": { "en": "x < y", "zh": "一" },
        });
        let page = page(Kind::Scenario, &entry, None, false);
        assert!(
            page.contains("<title>Who &quot;won&quot;? · A &amp; B · Consensus Playground</title>")
        );
        assert!(page.contains("name=\"description\" content=\"x &lt; y\""));
        assert!(page.contains("url=../../../?scenario=a/b\"") && page.contains(" 一</p>"));
        assert!(!page.contains("og:image") && !page.contains("canonical"));
    }

    #[test]
    fn a_picture_has_a_whole_address_where_the_site_is_known() {
        let entry = json!({ "id": "a/b" });
        let page = |site, has_picture| super::page(Kind::Scenario, &entry, site, has_picture);
        let whole = page(Some("https://example.org/x/"), true);
        assert!(whole.contains(r#"og:image" content="https://example.org/x/s/a/b/picture.png""#));
        assert!(whole.contains(r#"canonical" href="https://example.org/x/s/a/b/""#));
        assert!(page(None, true).contains(r#"og:image" content="picture.png""#));
        assert!(!page(Some("https://example.org/x/"), false).contains("og:image"));
    }

    #[test]
    fn a_lesson_has_a_short_address_of_its_own() {
        let entry = json!({ "id": "log", "group": "Raft", "title": { "en": "The log" } });
        let page = page(Kind::Lesson, &entry, Some("https://example.org/"), true);
        assert!(page.contains("<title>The log · Raft · Consensus Playground</title>"));
        assert!(page.contains(r#"canonical" href="https://example.org/l/log/""#));
        assert!(page.contains(r#"og:image" content="https://example.org/l/log/picture.png""#));
        assert!(page.contains("url=../../?lesson=log\""));
    }
}
