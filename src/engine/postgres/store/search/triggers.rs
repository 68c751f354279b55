//! The triggers that note what is to be indexed. They exist from the first `enableSearch` on: before, writes cost nothing more.

use super::state::State;
use crate::engine::postgres::client::Step;
use crate::engine::postgres::client::value::Value;
use crate::engine::postgres::store::Store;
use crate::error::Result;
use crate::model::search::Mode;

/// The triggers: name, table, when.
const TRIGGERS: [(&str, &str, &str); 5] = [
    ("search_run", "runs", "AFTER INSERT OR DELETE ON {s}.runs FOR EACH ROW EXECUTE FUNCTION {s}.search_run()"),
    (
        "search_run_changed",
        "runs",
        "AFTER UPDATE OF executed, prompt, result, error, question, answer ON {s}.runs FOR EACH ROW \
         WHEN ((OLD.executed, OLD.prompt, OLD.result, OLD.error, OLD.question, OLD.answer) \
         IS DISTINCT FROM (NEW.executed, NEW.prompt, NEW.result, NEW.error, NEW.question, NEW.answer)) EXECUTE FUNCTION {s}.search_run()",
    ),
    (
        "search_execution",
        "zone_executions",
        "AFTER INSERT ON {s}.zone_executions FOR EACH ROW EXECUTE FUNCTION {s}.search_execution()",
    ),
    (
        "search_execution_changed",
        "zone_executions",
        "AFTER UPDATE OF id, prompt, result ON {s}.zone_executions FOR EACH ROW \
         WHEN ((OLD.id, OLD.prompt, OLD.result) IS DISTINCT FROM (NEW.id, NEW.prompt, NEW.result)) EXECUTE FUNCTION {s}.search_execution()",
    ),
    (
        "search_archived_changed",
        "archived_executions",
        "AFTER UPDATE OF prompt, result ON {s}.archived_executions FOR EACH ROW \
         WHEN ((OLD.prompt, OLD.result) IS DISTINCT FROM (NEW.prompt, NEW.result)) EXECUTE FUNCTION {s}.search_execution()",
    ),
];

/// Makes all runs due, in the order of time.
const EVERYTHING_IS_DUE: &str = "INSERT INTO {s}.search_due (run) SELECT key FROM {s}.runs ORDER BY created_at, key";
const ENABLED: &str = "INSERT INTO {s}.search_state (id, modes, upto) VALUES (1, $1, (SELECT coalesce(max(seq), 0) FROM {s}.search_due)) \
     ON CONFLICT (id) DO UPDATE SET modes = search_state.modes | excluded.modes, upto = excluded.upto";
const DISABLED: &str = "DELETE FROM {s}.search_state RETURNING 1";

impl Store {
    /// Makes an index for this mode, beside those that there are.
    pub(super) fn begin_index(&self, mode: Mode) -> Result<()> {
        if self.search_state()?.is_some_and(|state: State| state.has(mode)) {
            return Ok(());
        }
        let triggers: Vec<String> =
            TRIGGERS.iter().map(|(name, _, when)| format!("CREATE OR REPLACE TRIGGER {name} {when}")).collect();
        let modes = [Value::from(mode.bit())];
        let mut statements: Vec<(&str, &[Value<'_>])> = triggers.iter().map(|sql| (sql.as_str(), &[][..])).collect();
        statements.extend([(EVERYTHING_IS_DUE, &[][..]), (ENABLED, &modes[..])]);
        self.write_all(true, &statements)
    }

    /// Drops all that is indexed; `false` where nothing was.
    pub(super) fn end_index(&self) -> Result<bool> {
        let dropped = TRIGGERS.map(|(name, table, _)| format!("DROP TRIGGER IF EXISTS {name} ON {{s}}.{table}"));
        let emptied = "TRUNCATE {s}.search_due, {s}.search_runs".to_owned();
        let texts: Vec<_> = dropped.iter().chain([&emptied]).map(|sql| self.expanded(sql)).collect();
        let disabled = self.expanded(DISABLED);
        let mut steps: Vec<Step<'_>> = texts.iter().map(|sql| Step::Statement(sql, &[])).collect();
        steps.push(Step::Statement(&disabled, &[]));
        self.refuse_to_gather()?;
        Ok(self.change(true, &steps, &[])?.pop().is_some_and(|rows| !rows.is_empty()))
    }
}
