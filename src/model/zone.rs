//! A zone of the canvas, a stage of the work.

use super::entity::{Change, Declaration, Entity, Holds, New};

/// The fields of a zone.
pub const ZONE: Entity = Entity {
    name: "zone",
    table: "zones",
    fields: &[
        Declaration::new("id", "id", Holds::Id),
        Declaration::new("name", "name", Holds::Text).changed(Change::OrNull),
        Declaration::new("description", "description", Holds::Text).made(New::OrNull).changed(Change::OrNull),
        Declaration::new("trigger", "trigger", Holds::Text).made(New::Or("onDrop")).changed(Change::NotNull),
        Declaration::new("agents", "agents", Holds::Json { missing: "[]" })
            .made(New::Or("[]"))
            .changed(Change::NotNull),
        Declaration::new("prompt_template", "promptTemplate", Holds::Text).made(New::Or("")).changed(Change::NotNull),
        Declaration::new("actions", "actions", Holds::Json { missing: "[]" })
            .made(New::Or("[]"))
            .changed(Change::NotNull),
        Declaration::new("position_x", "position.x", Holds::Coordinate)
            .made(New::OrNumber(0.0))
            .changed(Change::IfGiven),
        Declaration::new("position_y", "position.y", Holds::Coordinate)
            .made(New::OrNumber(0.0))
            .changed(Change::IfGiven),
        Declaration::new("size_width", "size.width", Holds::Coordinate)
            .made(New::OrNumber(300.0))
            .changed(Change::IfGiven),
        Declaration::new("size_height", "size.height", Holds::Coordinate)
            .made(New::OrNumber(200.0))
            .changed(Change::IfGiven),
        Declaration::new("created_at", "createdAt", Holds::Time).made(New::OrNow),
        Declaration::new("updated_at", "updatedAt", Holds::Time).made(New::Unset),
    ],
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Given, Stored};

    #[test]
    fn missing_values_become_the_defaults() {
        let mut given = [Given::Undefined; 12];
        given[0] = Given::Text("z");
        given[1] = Given::Text("Z");
        given[9] = Given::Number(0.0);
        let stored = ZONE.stored("createZone", &given, &[], "now").expect("valid");
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
