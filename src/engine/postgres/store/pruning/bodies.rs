//! Runs lose their prompts, results and output. Their rows stay, and say when that was.

use crate::engine::postgres::client::value::{Value, integer};
use crate::engine::postgres::store::work::Work;
use crate::error::Result;

const BODIES: &str = "SELECT count(*) FILTER (WHERE has), coalesce(sum(bytes), 0)::bigint FROM ( \
     SELECT prompt <> '' OR coalesce(result, '') <> '' AS has, octet_length(prompt) + coalesce(octet_length(result), 0) AS bytes \
     FROM {s}.zone_executions WHERE id = ANY($1) \
     UNION ALL SELECT prompt <> '' OR coalesce(result, '') <> '', octet_length(prompt) + coalesce(octet_length(result), 0) \
     FROM {s}.archived_executions WHERE id = ANY($1) \
     UNION ALL SELECT coalesce(prompt, '') <> '' OR result IS NOT NULL, coalesce(octet_length(prompt), 0) + coalesce(octet_length(result), 0) \
     FROM {s}.runs WHERE id = ANY($1)) AS texts";
const OUTPUT: &str = "SELECT coalesce(sum(o.length), 0)::bigint FROM {s}.run_output AS o JOIN {s}.runs AS r ON r.key = o.run WHERE r.id = ANY($1)";
/// The last piece of each stays, empty, and says that there was more.
const DROP_OUTPUT: &str = "DELETE FROM {s}.run_output AS o USING {s}.runs AS r WHERE r.key = o.run AND r.id = ANY($1) \
     AND o.sequence < (SELECT max(l.sequence) FROM {s}.run_output AS l WHERE l.run = o.run)";
const EMPTY_OUTPUT: &str = "UPDATE {s}.run_output AS o SET text = '', truncated = true, bytes = 0, length = 0 FROM {s}.runs AS r \
     WHERE r.key = o.run AND r.id = ANY($1) AND o.text <> ''";
const EMPTY_RUNS: &str = "UPDATE {s}.runs SET prompt = CASE WHEN prompt IS NOT NULL THEN '' END, result = NULL, \
     bodies_pruned_at = coalesce(bodies_pruned_at, $2) WHERE id = ANY($1)";

/// Empties runs that are held: how many had any, and how many bytes that was.
pub(super) fn empty(work: &Work<'_>, ids: &[String], now: i64) -> Result<(i64, i64)> {
    let names = [Value::from_texts(ids)];
    let answers = work.ask(&[(BODIES, &names), (OUTPUT, &names)])?;
    let number =
        |nth: usize, column| answers.get(nth).and_then(|rows| rows.first()).map_or(0, |row| integer(row, column));
    for table in ["zone_executions", "archived_executions"] {
        let sql = format!(
            "UPDATE {{s}}.{table} SET prompt = '', result = '' WHERE id = ANY($1) AND (prompt <> '' OR coalesce(result, '') <> '')"
        );
        work.later(&sql, names.to_vec());
    }
    drop_output(work, &names);
    work.later(EMPTY_RUNS, vec![names[0].clone(), now.into()]);
    Ok((number(0, 0), number(0, 1) + number(1, 0)))
}

/// Removes the output of runs that are held: how many bytes that was.
pub(super) fn output(work: &Work<'_>, ids: &[String]) -> Result<i64> {
    let names = [Value::from_texts(ids)];
    let rows = work.ask(&[(OUTPUT, &names)])?.pop().unwrap_or_default();
    drop_output(work, &names);
    Ok(rows.first().map_or(0, |row| integer(row, 0)))
}

fn drop_output(work: &Work<'_>, names: &[Value<'static>]) {
    work.later(DROP_OUTPUT, names.to_vec());
    work.later(EMPTY_OUTPUT, names.to_vec());
}
