//! What every opening goes through.

use super::found::Found;
use super::migrate::migrate;
use super::migrations::LATEST;
use super::refusal::{check_not_newer, older};
use super::status::look;
use crate::engine::postgres::client::Client;
use crate::engine::postgres::client::error_codes::unavailable;
use crate::engine::postgres::options::Options;
use crate::error::Result;

/// Sees to it that the tables are of the version that the code needs.
///
/// # Errors
/// `ERR_SCHEMA_NEWER`, `ERR_SCHEMA_OLDER`; `ERR_DATABASE_UNAVAILABLE` where there is no board and none may be made; the server's
/// error. Nothing has changed then.
pub fn prepare(client: &Client, options: &Options<'_>) -> Result<()> {
    let schema = options.schema;
    let found = look(client, schema)?;
    if !matches!(found, Found::Board { .. }) && (options.readonly || options.must_exist) {
        return Err(unavailable(&client.host(), &format!("there is no board in its schema '{schema}'")));
    }
    let needs = |(version, pinned): (u32, bool)| {
        check_not_newer(client, schema, version)?;
        if version < LATEST && (pinned || options.readonly || !options.migrate) {
            return Err(older(client, schema, version, pinned));
        }
        Ok(LATEST.max(version))
    };
    let (version, pinned) = found.version();
    if needs((version, pinned))? == version {
        return Ok(());
    }
    migrate(client, schema, options.package_version, &|version, pinned| needs((version, pinned))).map(drop)
}
