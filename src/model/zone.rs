//! A zone of the canvas, a stage of the work: what a new one and a change of one may hold.

use super::given::{Field, Given};
use super::rules::{self, Stored};
use crate::error::Result;

/// A new zone as it was given. `agents` and `actions` are JSON text already.
#[derive(Debug, Clone, Copy)]
pub struct NewZone<'a> {
    /// Its id.
    pub id: Given<'a>,
    /// Its name.
    pub name: Given<'a>,
    /// What it is for.
    pub description: Given<'a>,
    /// What starts its agents.
    pub trigger: Given<'a>,
    /// The agents, as JSON text.
    pub agents: Given<'a>,
    /// The template of the prompt.
    pub prompt_template: Given<'a>,
    /// The actions, as JSON text.
    pub actions: Given<'a>,
    /// Where it stands on the canvas.
    pub position_x: Given<'a>,
    /// Where it stands on the canvas.
    pub position_y: Given<'a>,
    /// How large it is on the canvas.
    pub size_width: Given<'a>,
    /// How large it is on the canvas.
    pub size_height: Given<'a>,
    /// When it was made.
    pub created_at: Given<'a>,
}

impl<'a> NewZone<'a> {
    /// What is stored, in the order of the twelve columns that a new one has.
    ///
    /// # Errors
    /// The first field that breaks its rule, named with `method`.
    pub fn stored(&self, method: &'static str, now: &'a str) -> Result<[Stored<'a>; 12]> {
        let field = |name| Field::new(method, name);
        Ok([
            rules::id(field("id"), self.id)?.into(),
            rules::text(field("name"), self.name)?.into(),
            rules::text_or(field("description"), self.description, None)?.into(),
            rules::text_or(field("trigger"), self.trigger, Some("onDrop"))?.into(),
            rules::text_or(field("agents"), self.agents, Some("[]"))?.into(),
            rules::text_or(field("promptTemplate"), self.prompt_template, Some(""))?.into(),
            rules::text_or(field("actions"), self.actions, Some("[]"))?.into(),
            Stored::Real(rules::coordinate_or(field("position.x"), self.position_x, 0.0)?),
            Stored::Real(rules::coordinate_or(field("position.y"), self.position_y, 0.0)?),
            Stored::Real(rules::coordinate_or(field("size.width"), self.size_width, 300.0)?),
            Stored::Real(rules::coordinate_or(field("size.height"), self.size_height, 200.0)?),
            rules::time(field("createdAt"), self.created_at, now)?.into(),
        ])
    }
}

/// The changes of a zone as they were given; `undefined` is 'not given'.
#[derive(Debug, Clone, Copy)]
pub struct ZoneChanges<'a> {
    /// Its name; `null` is left to SQLite's NOT NULL.
    pub name: Given<'a>,
    /// What it is for; `null` clears it.
    pub description: Given<'a>,
    /// What starts its agents.
    pub trigger: Given<'a>,
    /// The agents, as JSON text.
    pub agents: Given<'a>,
    /// The template of the prompt.
    pub prompt_template: Given<'a>,
    /// The actions, as JSON text.
    pub actions: Given<'a>,
    /// Where it stands on the canvas.
    pub position_x: Given<'a>,
    /// Where it stands on the canvas.
    pub position_y: Given<'a>,
    /// How large it is on the canvas.
    pub size_width: Given<'a>,
    /// How large it is on the canvas.
    pub size_height: Given<'a>,
}

impl<'a> ZoneChanges<'a> {
    /// The columns that change and what they become.
    ///
    /// # Errors
    /// The first field that breaks its rule, named with `method`.
    pub fn stored(&self, method: &'static str) -> Result<Vec<(&'static str, Stored<'a>)>> {
        let field = |name| Field::new(method, name);
        let mut set = Vec::with_capacity(10);
        for (column, name, given) in [("name", "name", self.name), ("description", "description", self.description)] {
            if given != Given::Undefined {
                set.push((column, rules::text(field(name), given)?.into()));
            }
        }
        for (column, name, given) in [
            ("trigger", "trigger", self.trigger),
            ("agents", "agents", self.agents),
            ("prompt_template", "promptTemplate", self.prompt_template),
            ("actions", "actions", self.actions),
        ] {
            if given != Given::Undefined {
                set.push((column, rules::text_not_null(field(name), given)?.into()));
            }
        }
        for (column, name, given) in [
            ("position_x", "position.x", self.position_x),
            ("position_y", "position.y", self.position_y),
            ("size_width", "size.width", self.size_width),
            ("size_height", "size.height", self.size_height),
        ] {
            if !given.is_missing() {
                set.push((column, Stored::Real(rules::coordinate(field(name), given)?)));
            }
        }
        Ok(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_values_become_the_defaults() {
        let none = Given::Undefined;
        let zone = NewZone {
            id: Given::Text("z"),
            name: Given::Text("Z"),
            description: none,
            trigger: none,
            agents: none,
            prompt_template: none,
            actions: none,
            position_x: none,
            position_y: none,
            size_width: Given::Number(0.0),
            size_height: none,
            created_at: none,
        };
        let stored = zone.stored("createZone", "now").expect("valid");
        assert_eq!(
            stored[2..],
            [
                Stored::Null,
                Stored::from("onDrop"),
                Stored::from("[]"),
                Stored::from(""),
                Stored::from("[]"),
                Stored::Real(0.0),
                Stored::Real(0.0),
                Stored::Real(300.0),
                Stored::Real(200.0),
                Stored::from("now"),
            ]
        );
    }
}
