//! The object that JavaScript has of a row, as JSON.

use serde_json::{Map, Number, Value};

use super::entity::{Entity, Holds};
use super::json;
use super::rules::Stored;

/// The object of an entity's row, whose cells are in the order of its fields.
#[must_use]
pub fn object(entity: &Entity, cells: impl IntoIterator<Item = Stored<'static>>) -> Value {
    let mut object = Map::new();
    for (field, cell) in entity.fields.iter().zip(cells) {
        let value = value(field.holds, cell);
        match field.name.split_once('.') {
            None => drop(object.insert(field.name.into(), value)),
            Some((group, key)) => {
                if let Value::Object(group) = object.entry(group).or_insert_with(|| Value::Object(Map::new())) {
                    group.insert(key.into(), value);
                }
            }
        }
    }
    Value::Object(object)
}

fn value(holds: Holds, cell: Stored<'static>) -> Value {
    match (holds, cell) {
        (Holds::Json { missing }, Stored::Null) => json::parse(missing).unwrap_or_default(),
        // What somebody stored that is no JSON is text at least.
        (Holds::Json { .. } | Holds::Object, Stored::Text(text)) => {
            json::parse(&text).unwrap_or_else(|| Value::String(text.into_owned()))
        }
        (_, Stored::Null) => Value::Null,
        (_, Stored::Integer(integer)) => Value::from(integer),
        (_, Stored::Real(real)) => Number::from_f64(real).map_or(Value::Null, Value::Number),
        (_, Stored::Text(text)) => Value::String(text.into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ZONE;
    use serde_json::json;

    #[test]
    fn an_object_has_the_names_of_javascript() {
        let text = |text: &'static str| Stored::from(text);
        let cells = [
            text("z"),
            text("Test"),
            Stored::Null,
            text("onDrop"),
            text(r#"["qa",{"b":1}]"#),
            text("{{ x }}"),
            text("not [JSON"),
            Stored::Real(1.5),
            Stored::Integer(2),
            Stored::Real(300.0),
            Stored::Real(200.0),
            text("2026"),
            Stored::Null,
        ];
        assert_eq!(
            object(&ZONE, cells),
            json!({
                "id": "z", "name": "Test", "description": null, "trigger": "onDrop", "agents": ["qa", { "b": 1 }],
                "promptTemplate": "{{ x }}", "actions": "not [JSON", "position": { "x": 1.5, "y": 2 },
                "size": { "width": 300.0, "height": 200.0 }, "createdAt": "2026", "updatedAt": null,
            })
        );
        assert_eq!(object(&ZONE, [Stored::from("z")]), json!({ "id": "z" }));
    }
}
