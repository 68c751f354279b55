//! What JavaScript has to agree with, as JSON: the fields of the entities, the limits of the rules, the layout of packed rows,
//! the steps of transactions. `scripts/generate.js` writes JavaScript from it.

use serde_json::{Map, Value, json};

use crate::engine::Control;
use crate::model::entity::{Declaration, Edit, Holds, New};
use crate::model::{EXECUTION, Entity, RUN, WORKTREE, ZONE, rules};
use crate::rows::{batch, layout};

/// All declarations.
#[must_use]
pub fn declarations() -> Value {
    let entities: Vec<Value> = [WORKTREE, ZONE, EXECUTION, RUN].iter().map(entity).collect();
    let controls: Vec<&str> = Control::ALL.iter().map(|control| control.name()).collect();
    json!({
        "entities": entities,
        "limits": { "bytes": rules::MAX_BYTES },
        "cells": batch::CELLS,
        "bytes": {
            "head": layout::HEAD.length(),
            "ends": layout::ENDS.start(),
            "numbers": layout::NUMBERS.start(),
            "blobs": layout::BLOBS.start(),
        },
        "head": named([
            ("rows", 0),
            ("more", layout::MORE as i32),
            ("recompilations", layout::RECOMPILATIONS as i32),
            ("generation", layout::GENERATION_INDEX as i32),
            ("hasWide", layout::HAS_WIDE_INDEX as i32),
        ]),
        "kinds": named([
            ("null", batch::NULL),
            ("integer", batch::INT),
            ("real", batch::REAL),
            ("bigint", batch::BIG),
            ("blob", batch::BLOB),
            ("long", batch::LONG),
            ("smallBlob", batch::SMALL_BLOB),
            ("wide", batch::WIDE),
        ]),
        "controls": controls,
    })
}

fn named<const N: usize>(values: [(&str, i32); N]) -> Map<String, Value> {
    values.into_iter().map(|(name, value)| (name.to_string(), json!(value))).collect()
}

fn entity(entity: &Entity) -> Value {
    let fields: Vec<Value> = entity.fields.iter().map(field).collect();
    json!({ "name": entity.name, "fields": fields })
}

fn field(field: &Declaration) -> Value {
    let (holds, missing) = match field.holds {
        Holds::Id => ("id", None),
        Holds::Text => ("text", None),
        Holds::Json { missing } => ("json", Some(missing)),
        Holds::Object => ("object", Some("null")),
        Holds::Port => ("port", None),
        Holds::Coordinate => ("coordinate", None),
        Holds::Time => ("time", None),
        Holds::Boolean => ("boolean", None),
        Holds::Integer => ("integer", None),
        Holds::Instant => ("instant", None),
    };
    json!({
        "name": field.name,
        "column": field.column,
        "logged": field.logged(),
        "holds": holds,
        "missing": missing,
        "given": field.is_given(),
        "hasDefault": matches!(field.new, New::Or(_) | New::OrNumber(_) | New::OrNull | New::OrNow),
        "nullable": matches!(field.new, New::OrNull | New::Unset),
        "edit": field.change.map(|(edit, _)| match edit {
            Edit::Update => "update",
            Edit::Relocate => "relocate",
        }),
    })
}
