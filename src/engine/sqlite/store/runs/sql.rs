//! The statements of runs. Tables are named with `main.`, since a TEMP table of the same name would come first.
//!
//! `+?1` is a value by which SQLite is not to choose a plan: where it may (an ORDER BY beside an equality, a LIMIT), it compiles
//! the statement again whenever a value is bound, which takes as long as ten of these statements.

use super::super::queries::queries;

/// The columns of a run, in the order in which `Record` reads them.
macro_rules! stored {
    () => {
        "key, id, zone_id, worktree_id, agent_type, priority, available_at, created_at, worker_id, idempotency_key, \
         parent_run_id, retry_of, status, answered, started_at, finished_at, duration_ms, worked_ms, attempt, max_attempts, \
         token, timeout_ms, cancel_requested_at, finished_token, executed, exit_code, commit_before, commit_after, \
         files_changed, insertions, deletions, bodies_pruned_at, \"by\", error, question, answer, metadata, result, prompt, \
         (SELECT 1 FROM main.run_models WHERE run = key LIMIT 1)"
    };
}

queries! {
    /// A statement of runs.
    Sql;

    /// Whether a zone and a worktree are there.
    Places = "SELECT (SELECT 1 FROM main.zones WHERE id = ?1), (SELECT 1 FROM main.worktrees WHERE id = ?2)";
    /// Whether there is a run, or an execution, with this id.
    Known =
        "SELECT EXISTS (SELECT 1 FROM main.runs WHERE id = ?1) OR EXISTS (SELECT 1 FROM main.zone_executions WHERE id = ?1) \
         /*archive*/OR EXISTS (SELECT 1 FROM main.archived_executions WHERE id = ?1)/*end*/";
    /// The open run that has this idempotency key.
    SameKey = "SELECT id FROM main.runs WHERE idempotency_key = ?1 AND finished_at IS NULL";
    /// Inserts a run, which a trigger queues where it may be claimed at once. Where its zone or its worktree isn't there, a NOT
    /// NULL refuses it. Its key is above 0 also where there are only those of notes, which SQLite would continue.
    Insert =
        "INSERT INTO main.runs (key, id, status, zone_id, worktree_id, agent_type, priority, available_at, created_at, max_attempts, \
         timeout_ms, idempotency_key, parent_run_id, retry_of, metadata, \"by\", prompt) \
         VALUES (max(coalesce((SELECT max(key) FROM main.runs), 0), 0) + 1, ?1, 'queued', (SELECT id FROM main.zones WHERE id = ?2), (SELECT id FROM main.worktrees WHERE id = ?3), \
         ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
    /// Writes what a run has become, when it goes back to the queue, waits or ends.
    Update =
        "UPDATE main.runs SET status = ?2, answered = ?3, available_at = ?4, started_at = ?5, finished_at = ?6, duration_ms = ?7, \
         worked_ms = ?8, attempt = ?9, token = ?10, finished_token = ?11, executed = ?12, worker_id = ?13, \
         cancel_requested_at = ?14, exit_code = ?15, commit_before = ?16, commit_after = ?17, files_changed = ?18, \
         insertions = ?19, deletions = ?20, input_tokens = ?21, cached_input_tokens = ?22, output_tokens = ?23, \
         reasoning_tokens = ?24, cost_micros = ?25, error = ?26, question = ?27, answer = ?28, result = ?29, \
         prompt = iif(?12, NULL, prompt) WHERE key = ?1";
    /// A run by its id.
    ById = concat!("SELECT ", stored!(), " FROM main.runs WHERE id = ?1");
    /// A run by its key.
    ByKey = concat!("SELECT ", stored!(), " FROM main.runs WHERE key = ?1");
    /// What an execution has of a run.
    Bodies =
        "SELECT prompt, result FROM main.zone_executions WHERE id = ?1 /*archive*/UNION ALL SELECT prompt, result FROM \
         (SELECT * FROM main.archived_executions WHERE id = +?1 ORDER BY key DESC LIMIT 1)/*end*/";
    /// What a run used of each model.
    Models =
        "SELECT model, provider, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros, cost_computed \
         FROM main.run_models WHERE run = +?1 ORDER BY model";
    /// Whether a token has finished an attempt after which the run went on.
    Settled = "SELECT 1 FROM main.run_attempts WHERE run = ?1 AND token = ?2 AND status = 'failed'";
    /// Inserts an attempt that ended while the run goes on.
    InsertAttempt =
        "INSERT OR IGNORE INTO main.run_attempts (run, token, attempt, worker_id, started_at, ended_at, status, error) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

    /// Queues a run: as the first of its lane, or behind it.
    Enqueue =
        "INSERT INTO main.run_queue (behind, zone_id, agent_type, urgency, run, worktree_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    /// The first of a lane.
    FirstOfLane = "SELECT urgency, run FROM main.run_queue WHERE behind = 0 AND zone_id = ?1 AND agent_type = ?2";
    /// The one behind it.
    SecondOfLane =
        "SELECT urgency, run FROM main.run_queue WHERE behind = 1 AND zone_id = +?1 AND agent_type = +?2 ORDER BY urgency, run LIMIT 1";
    /// All behind it.
    AlongLane =
        "SELECT urgency, run, worktree_id FROM main.run_queue WHERE behind = 1 AND zone_id = +?1 AND agent_type = +?2 ORDER BY urgency, run";
    /// Puts a run at the front of its lane, or behind the first.
    Reorder =
        "UPDATE main.run_queue SET behind = ?1 WHERE behind = 1 - ?1 AND zone_id = ?2 AND agent_type = ?3 AND urgency = ?4 AND run = ?5";
    /// Takes a run out of the queue, from the front of its lane or from behind the first.
    Dequeue =
        "DELETE FROM main.run_queue WHERE behind = ?1 AND zone_id = ?2 AND agent_type = ?3 AND urgency = ?4 AND run = ?5";
    /// The next runs of lanes that have no first, from lane to lane: every urgency is below the one by which a lane is left. The
    /// `+` is for the index: without it SQLite would compare with the zone alone, and read all of each lane.
    LanesWithoutFirst =
        "WITH RECURSIVE lane (zone_id, agent_type, urgency, run) AS (SELECT * FROM (SELECT zone_id, agent_type, urgency, run \
         FROM main.run_queue WHERE behind = 1 ORDER BY zone_id, agent_type, urgency, run LIMIT 1) \
         UNION ALL SELECT q.zone_id, q.agent_type, q.urgency, q.run FROM lane AS l CROSS JOIN main.run_queue AS q \
         ON q.behind = 1 AND (q.zone_id, q.agent_type, q.urgency, q.run) = (SELECT n.zone_id, n.agent_type, n.urgency, n.run \
         FROM main.run_queue AS n WHERE n.behind = 1 AND (n.zone_id, n.agent_type, n.urgency) > (+l.zone_id, +l.agent_type, 9223372036854775807) \
         ORDER BY n.zone_id, n.agent_type, n.urgency, n.run LIMIT 1)) \
         SELECT zone_id, agent_type, urgency, run FROM lane WHERE NOT EXISTS (SELECT 1 FROM main.run_queue AS f \
         WHERE f.behind = 0 AND f.zone_id = lane.zone_id AND f.agent_type = lane.agent_type)";
    /// The worktree of a run.
    WorktreeOf = "SELECT worktree_id FROM main.runs WHERE key = ?1";
    /// The first of all lanes, by zone, and their worktrees.
    Lanes = "SELECT zone_id, agent_type, urgency, run, worktree_id FROM main.run_queue WHERE behind = 0 ORDER BY zone_id";
    /// Delays a run, which may be claimed from a time on.
    Delay = "INSERT INTO main.run_delayed (due, run, zone_id, worktree_id) VALUES (?1, ?2, ?3, ?4)";
    /// Ends that.
    EndDelay = "DELETE FROM main.run_delayed WHERE due = ?1 AND run = ?2";
    /// Delayed runs that are due.
    Due =
        "SELECT d.due, d.run, r.zone_id, r.agent_type, r.priority, r.worktree_id FROM main.run_delayed AS d \
         LEFT JOIN main.runs AS r ON r.key = d.run AND r.status = 'queued' WHERE d.due <= ?1 ORDER BY d.due, d.run LIMIT 1000";
    /// When the next one is due.
    NextDue = "SELECT due FROM main.run_delayed ORDER BY due LIMIT 1";

    /// What a claim has to know first: when the next run is due, whether there are limits, and budgets.
    Ahead =
        "SELECT (SELECT due FROM main.run_delayed ORDER BY due LIMIT 1), (SELECT 1 FROM main.run_limits LIMIT 1), \
         (SELECT 1 FROM main.budgets LIMIT 1)";

    /// Inserts a lease: a worker holds a run.
    Lend =
        "INSERT INTO main.leases (run_id, run, token, zone_id, worktree_id, agent_type, boot, deadline, expires_at, length_ms, \
         claimed, claimed_at, left_ms, attempt, answered, started_at, worked_ms, worker_id, sound_to) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)";
    /// The lease of a run.
    Lease =
        "SELECT run, token, boot, deadline, expires_at, length_ms, claimed, claimed_at, attempt, answered, started_at, \
         worked_ms, cancel_requested_at, cancel_reason, worker_id FROM main.leases WHERE run_id = ?1";
    /// What a run at work counts for.
    HeldFor = "SELECT zone_id, worktree_id, agent_type FROM main.leases WHERE run_id = ?1";
    /// Lengthens a lease.
    Lengthen =
        "UPDATE main.leases SET boot = ?2, deadline = ?3, expires_at = ?4, length_ms = ?5, claimed = ?6, \
         sound_to = min(?3, iif(left_ms IS NULL, ?3, ?6 + left_ms + 1)) WHERE run_id = ?1";
    /// Notes for a run's worker that somebody wants it to stop.
    AskToStop = "UPDATE main.leases SET cancel_requested_at = ?2, cancel_reason = ?3 WHERE run_id = ?1";
    /// Deletes the lease of a run.
    GiveBack = "DELETE FROM main.leases WHERE run_id = ?1";
    /// The runs at work, with their ids where at ?2 of the boot ?1 the lease or the time may have run out.
    AtWork = "SELECT zone_id, agent_type, iif(boot = ?1 AND sound_to > ?2, NULL, run_id) FROM main.leases";
    /// All leases.
    Leases =
        "SELECT zone_id, agent_type, boot, deadline, expires_at, length_ms, claimed, claimed_at, left_ms, run_id, token \
         FROM main.leases";

    /// How many runs may be at work at once, those of all first.
    Limits = "SELECT zone_id, agent_type, at_once FROM main.run_limits ORDER BY zone_id, agent_type";
    /// Sets a limit.
    SetLimit = "INSERT OR REPLACE INTO main.run_limits (zone_id, agent_type, at_once) VALUES (?1, ?2, ?3)";
    /// Removes a limit.
    LiftLimit = "DELETE FROM main.run_limits WHERE zone_id = ?1 AND agent_type = ?2";

    /// All budgets.
    Budgets = "SELECT scope, id, period, time_zone, limit_micros, spent_micros, resets_at FROM main.budgets ORDER BY scope, id, period";
    /// Sets a budget.
    SetBudget =
        "INSERT OR REPLACE INTO main.budgets (scope, id, period, time_zone, limit_micros, spent_micros, resets_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    /// Removes a budget.
    LiftBudget = "DELETE FROM main.budgets WHERE scope = ?1 AND id = ?2 AND period = ?3";
    /// Begins another period of a budget.
    RenewBudget =
        "UPDATE main.budgets SET spent_micros = ?4, resets_at = ?5 WHERE scope = ?1 AND id = ?2 AND period = ?3";
    /// Adds to what was spent, up to the largest integer that JavaScript counts exactly.
    Spend =
        "UPDATE main.budgets SET spent_micros = min(spent_micros + ?1, 9007199254740991) WHERE scope = 'all' \
         OR (scope = 'zone' AND id = ?2) OR (scope = 'worktree' AND id = ?3) OR (scope = 'agent' AND id = ?4)";
    /// Adds to what was spent in a quarter of an hour.
    AddSpent =
        "INSERT INTO main.spent (quarter, zone_id, worktree_id, agent_type, cost_micros) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT DO UPDATE SET cost_micros = min(cost_micros + excluded.cost_micros, 9007199254740991)";
    /// Adds to what the runs of a worktree that is there cost in all.
    AddCost =
        "INSERT INTO main.worktree_costs (worktree_id, cost_micros) \
         SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM main.worktrees WHERE id = ?1) \
         ON CONFLICT DO UPDATE SET cost_micros = min(cost_micros + excluded.cost_micros, 9007199254740991)";
    /// What was spent from a quarter of an hour on.
    SpentSince =
        "SELECT coalesce(sum(cost_micros), 0) FROM main.spent WHERE quarter >= ?1 AND (?2 = 'all' \
         OR (?2 = 'zone' AND zone_id = ?3) OR (?2 = 'worktree' AND worktree_id = ?3) OR (?2 = 'agent' AND agent_type = ?3))";

    /// A run's key, and what its usage is counted for.
    UsageOf = "SELECT key, zone_id, worktree_id, agent_type, finished_at IS NOT NULL FROM main.runs WHERE id = ?1";
    /// Gives an execution that was only recorded a row among the runs, too, for its usage or its metadata: by a key below 0.
    NoteExecution =
        "INSERT INTO main.runs (key, id, status, zone_id, worktree_id, agent_type, priority, available_at, created_at, finished_at, \
         attempt, executed) SELECT min(coalesce((SELECT min(key) FROM main.runs), 0), 0) - 1, id, iif(success, 'succeeded', 'failed'), \
         zone_id, worktree_id, agent_type, 0, ?2, ?2, ?2, 1, 1 FROM (SELECT id, success, zone_id, worktree_id, agent_type \
         FROM main.zone_executions WHERE id = ?1 /*archive*/UNION ALL SELECT id, success, zone_id, worktree_id, agent_type \
         FROM main.archived_executions WHERE id = ?1/*end*/ LIMIT 1)";
    /// Inserts an event; changes no row where it was reported before.
    CountEvent = "INSERT OR IGNORE INTO main.usage_events (run, event_id) VALUES (?1, ?2)";
    /// Sets what a run used of a model.
    SetModel =
        "INSERT INTO main.run_models (run, model, provider, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, \
         cost_micros, cost_computed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
         ON CONFLICT DO UPDATE SET provider = coalesce(excluded.provider, provider), input_tokens = excluded.input_tokens, \
         cached_input_tokens = excluded.cached_input_tokens, output_tokens = excluded.output_tokens, \
         reasoning_tokens = excluded.reasoning_tokens, cost_micros = excluded.cost_micros, \
         cost_computed = max(cost_computed, excluded.cost_computed)";
    /// Sets the sums of a run that has ended.
    SetSums =
        "UPDATE main.runs SET input_tokens = ?2, cached_input_tokens = ?3, output_tokens = ?4, reasoning_tokens = ?5, \
         cost_micros = ?6 WHERE key = ?1";

    /// The metadata of a run that is not gone.
    Metadata =
        "SELECT metadata FROM main.runs AS r WHERE id = ?1 \
         AND (NOT executed OR EXISTS (SELECT 1 FROM main.zone_executions AS e WHERE e.id = r.id) \
         /*archive*/OR EXISTS (SELECT 1 FROM main.archived_executions AS a WHERE a.id = r.id)/*end*/)";
    /// The same by its key.
    MetadataAt = "SELECT metadata FROM main.runs WHERE key = ?1";
    /// Keeps keys of runs above 0, also where there are only notes, whose keys are below: this row stands for nothing.
    Floor =
        "INSERT INTO main.runs (key, id, status, zone_id, worktree_id, agent_type, priority, available_at, created_at, finished_at, executed) \
         SELECT 0, '', 'lost', '', '', '', 0, 0, 0, 0, 1 WHERE NOT EXISTS (SELECT 1 FROM main.runs WHERE key >= 0)";
    /// When a run's bodies were pruned.
    PrunedAt = "SELECT bodies_pruned_at FROM main.runs WHERE key = ?1";
    /// Sets the metadata of a run.
    SetMetadata = "UPDATE main.runs SET metadata = ?2 WHERE id = ?1";

    /// A run's key, where it is not gone.
    OutputOf =
        "SELECT key FROM main.runs AS r WHERE id = ?1 \
         AND (NOT executed OR EXISTS (SELECT 1 FROM main.zone_executions AS e WHERE e.id = r.id) \
         /*archive*/OR EXISTS (SELECT 1 FROM main.archived_executions AS a WHERE a.id = r.id)/*end*/)";
    /// The last piece of a run's output.
    LastOutput =
        "SELECT id, bytes, truncated FROM main.run_output WHERE id BETWEEN ?1 << 32 AND (?1 << 32) + 4294967295 \
         ORDER BY id DESC LIMIT 1";
    /// Appends a piece of output.
    AppendOutput =
        "INSERT INTO main.run_output (id, at, stream, truncated, bytes, text) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    /// The first piece of a run's output from a number on.
    OutputFrom = "SELECT id, bytes FROM main.run_output WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT 1";
    /// How long the pieces of a run's output are from a number on.
    OutputLengths = "SELECT id, octet_length(text) FROM main.run_output WHERE id BETWEEN ?1 AND ?2 ORDER BY id";
    /// Drops pieces of output.
    DropOutput = "DELETE FROM main.run_output WHERE id BETWEEN ?1 AND ?2";
    /// A run's output from a number on.
    Output =
        "SELECT id & 4294967295, stream, text, at FROM main.run_output WHERE id BETWEEN ?1 AND ?2 ORDER BY id LIMIT +?3";

    /// Where the log ends, and whether there is anything of runs, limits or budgets after a row of it.
    News =
        "SELECT coalesce((SELECT seq FROM main.changes ORDER BY seq DESC LIMIT 1), 0), \
         EXISTS (SELECT 1 FROM main.changes WHERE seq > ?1 AND entity IN (5, 7))";
    /// Logs that a limit or a budget was changed.
    LogLimit =
        "INSERT INTO main.changes (at, entity, op, id, zone_id, worktree_id, agent_type, data, \"by\") \
         VALUES (max(?1, coalesce((SELECT at FROM main.changes ORDER BY seq DESC LIMIT 1), 0)), 7, 2, ?2, ?3, ?4, ?5, ?6, ?7)";
    /// Logs a run. FAIL: whatever fails here ends all of the call, so SQLite needs no statement journal.
    Log =
        "INSERT OR FAIL INTO main.changes (at, entity, op, id, zone_id, worktree_id, agent_type, data, \"by\") \
         VALUES (max(?1, coalesce((SELECT at FROM main.changes ORDER BY seq DESC LIMIT 1), 0)), 5, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

    /// An execution by its id.
    Execution =
        "SELECT {execution}, rowid FROM main.zone_executions WHERE id = ?1 /*archive*/UNION ALL SELECT {execution}, key FROM \
         (SELECT * FROM main.archived_executions WHERE id = +?1 ORDER BY key DESC LIMIT 1)/*end*/";
    /// The key of the notes on an execution that is no run of ours.
    NoteOf = "SELECT key FROM main.runs WHERE id = ?1 AND key < 0";
    /// Whether there are any such notes.
    AnyNote = "SELECT 1 FROM main.runs WHERE key < 0 LIMIT 1";
}
