//! Prompts, made from a zone's template: `{{ worktree.branchName }}` becomes the worktree's value of that name.
//!
//! A placeholder is a name between two braces and two braces, with white space around it or without. A name is a path of keys
//! and indexes: `github.labels.0` or `github.labels[0]`. Text goes in as it is, null as nothing, every other value as its JSON.
//! What goes in isn't rendered again: a branch that is called `{{ zone.name }}` stays that. A name without a value stays as it is
//! written.

use std::borrow::Cow;

use serde_json::Value;

use super::json;

/// The prompt, and the names without a value, each once, in the order of the template.
///
/// `worktree` and `zone` are objects by the names that JavaScript has for their fields. `variables` has all other names, and what
/// those two don't have.
#[must_use]
pub fn render(template: &str, worktree: &Value, zone: &Value, variables: &Value) -> (String, Vec<String>) {
    let mut prompt = String::with_capacity(template.len());
    let mut missing: Vec<String> = Vec::new();
    let mut rest = template;
    while let Some(start) = rest.find("{{") {
        let inside = &rest[start + 2..];
        let end = inside.find(['{', '}']).filter(|end| inside[*end..].starts_with("}}"));
        let name = end.map_or("", |end| inside[..end].trim());
        let Some(end) = end.filter(|_| !name.is_empty()) else {
            // Only one brace is passed: the next one may be the first of two.
            prompt.push_str(&rest[..=start]);
            rest = &rest[start + 1..];
            continue;
        };
        let after = start + 2 + end + 2;
        if let Some(value) = named(name, worktree, zone, variables) {
            prompt.push_str(&rest[..start]);
            prompt.push_str(&text(value));
        } else {
            prompt.push_str(&rest[..after]);
            if !missing.iter().any(|known| known == name) {
                missing.push(name.to_owned());
            }
        }
        rest = &rest[after..];
    }
    prompt.push_str(rest);
    (prompt, missing)
}

fn named<'a>(name: &str, worktree: &'a Value, zone: &'a Value, variables: &'a Value) -> Option<&'a Value> {
    let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
    let own = match (first, rest) {
        ("worktree", Some("branch")) => at(worktree, Some("branchName")),
        ("worktree", rest) => at(worktree, rest),
        ("zone", rest) => at(zone, rest),
        _ => None,
    };
    own.or_else(|| at(variables, Some(name)))
}

/// The value at a path; without a path the value itself.
fn at<'a>(value: &'a Value, path: Option<&str>) -> Option<&'a Value> {
    path.map_or(Some(value), |path| path.split('.').try_fold(value, step))
}

/// The value under a key, or at an index: `labels`, `0` or `labels[0]`.
fn step<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    let found = match value {
        Value::Object(object) => object.get(key),
        Value::Array(array) => index(key).and_then(|index| array.get(index)),
        _ => None,
    };
    found.or_else(|| {
        let (key, position) = key.strip_suffix(']')?.rsplit_once('[')?;
        step(value, key)?.as_array()?.get(index(position)?)
    })
}

fn index(text: &str) -> Option<usize> {
    let is_one = text.bytes().all(|byte| byte.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    is_one.then(|| text.parse().ok()).flatten()
}

/// A value as a prompt has it.
fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        Value::Null => Cow::Borrowed(""),
        value => Cow::Owned(json::to_text(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::random::Random;
    use serde_json::json;

    fn rendered(template: &str) -> (String, Vec<String>) {
        let worktree = json!({
            "id": "wt-1", "branchName": "feature/login", "port": 3001, "issueUrl": null, "position": { "x": 1.5, "y": 0 },
        });
        let zone = json!({ "id": "zone-1", "name": "{{ worktree.id }}", "agents": ["qa", { "type": "frontend" }] });
        let variables = json!({
            "github": { "title": "Log in", "labels": [{ "name": "bug" }, "ui"], "draft": false, "none": null },
            "worktree": { "ticket": "T-7", "id": "another" }, "a": [[1, 2], [3]], "x[0]": "a key",
        });
        render(template, &worktree, &zone, &variables)
    }

    fn prompt(template: &str) -> String {
        let (prompt, missing) = rendered(template);
        assert_eq!(missing, [] as [&str; 0], "{template}");
        prompt
    }

    #[test]
    fn names_become_what_they_name() {
        for (template, expected) in [
            ("", ""),
            ("no names } { }} {", "no names } { }} {"),
            ("{{worktree.branchName}}", "feature/login"),
            ("{{ worktree.branch }}:{{\tworktree.port\n}}", "feature/login:3001"),
            ("{{ worktree.position.x }}/{{ worktree.position.y }}", "1.5/0"),
            ("{{ worktree.position }}", r#"{"x":1.5,"y":0}"#),
            ("<{{ worktree.issueUrl }}{{ github.none }}>", "<>"),
            ("{{ github.title }} {{ github.draft }}", "Log in false"),
            ("{{ github.labels.0.name }} {{ github.labels[1] }}", "bug ui"),
            ("{{ a[0][1] }}{{ a.1.0 }}{{ x[0] }}", "23a key"),
            ("{{ zone.agents[1].type }} {{ zone.agents.0 }}", "frontend qa"),
            ("{{{ zone.id }}} {{{{zone.id}}}}", "{zone-1} {{zone-1}}"),
            ("{{ worktree.id }} {{ worktree.ticket }}", "wt-1 T-7"),
            ("{{}} {{  }}", "{{}} {{  }}"),
        ] {
            assert_eq!(prompt(template), expected, "{template}");
        }
    }

    #[test]
    fn what_nothing_has_stays_and_is_listed_once() {
        let template =
            "{{ b }} {{a.7}} {{ worktree.nothing }} {{b}} {{ github.title.length }} {{ a.01 }} {{ a[x] }} {{ #if b }}";
        let (prompt, missing) = rendered(template);
        assert_eq!(prompt, template);
        assert_eq!(missing, ["b", "a.7", "worktree.nothing", "github.title.length", "a.01", "a[x]", "#if b"]);
        assert_eq!(rendered("{{ toString }}{{ a.length }}").1, ["toString", "a.length"]);
    }

    #[test]
    fn what_goes_in_is_not_looked_at_again() {
        assert_eq!(prompt("{{ zone.name }}"), "{{ worktree.id }}");
    }

    /// Whatever a template is made of, its prompt is what its pieces become.
    #[test]
    fn a_template_is_the_sum_of_its_pieces() {
        const LITERALS: [&str; 7] = ["", "a", "Fix { it }", " } ", "ü😀", "}}", "\n{ "];
        const SPACES: [&str; 4] = ["", " ", "\t", " \n"];
        const VALUES: [&str; 7] = ["{{ zone.id }}", "{{", "}}", "{", "plain", "", "{{ v1 }}"];
        for seed in 0..2_000 {
            let mut random = Random(seed);
            let values: Vec<&str> = (0..4).map(|_| random.of(&VALUES)).collect();
            let variables = json!({ "v0": values[0], "v1": values[1], "deep": { "v2": [values[2]] } });
            let zone = json!({ "id": values[3] });
            let names = ["v0", "v1", "deep.v2.0", "zone.id"];
            let (mut template, mut expected, mut unknown) = (String::new(), String::new(), Vec::new());
            for _ in 0..random.below(12) {
                let literal = random.of(&LITERALS);
                template.push_str(literal);
                expected.push_str(literal);
                let spaces = [random.of(&SPACES), random.of(&SPACES)];
                let nth = random.below(6) as usize;
                let name = names.get(nth).map_or_else(|| format!("unknown.{}", random.below(3)), ToString::to_string);
                let placeholder = format!("{{{{{}{name}{}}}}}", spaces[0], spaces[1]);
                template.push_str(&placeholder);
                if let Some(value) = values.get(nth) {
                    expected.push_str(value);
                } else {
                    expected.push_str(&placeholder);
                    if !unknown.contains(&name) {
                        unknown.push(name);
                    }
                }
            }
            let (prompt, missing) = render(&template, &json!({}), &zone, &variables);
            assert_eq!((prompt, missing), (expected, unknown), "seed {seed}: {template:?}");
        }
    }

    /// Whatever is between braces: without values nothing of it is lost, and no name is listed twice.
    #[test]
    fn without_values_every_template_stays_as_it_is() {
        for seed in 0..2_000 {
            let mut random = Random(seed);
            let pieces = ["{", "}", "{{", "}}", " ", "a", ".", "[0]", "ü", "worktree.x", "zone.y"];
            let template: String = (0..random.below(30)).map(|_| random.of(&pieces)).collect();
            let (prompt, missing) = render(&template, &Value::Null, &Value::Null, &json!({ "known": "x" }));
            assert_eq!(prompt, template, "seed {seed}");
            let names: std::collections::HashSet<&String> = missing.iter().collect();
            assert_eq!(names.len(), missing.len(), "seed {seed}");
        }
    }
}
