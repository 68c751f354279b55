# What company.mjs does, by Python's own module: it prints 'ready', begins at a line, and prints its result as JSON.
import json
import sqlite3
import sys
import time

file, milliseconds = sys.argv[1:]
db = sqlite3.connect(file, timeout=5, isolation_level=None)
db.execute("PRAGMA synchronous = NORMAL")


def commit(n):
    db.execute("BEGIN IMMEDIATE")
    db.execute("UPDATE worktrees SET position_x = position_x + 1 WHERE id = 'counter'")
    db.execute(
        "INSERT INTO zone_executions (id, zone_id, worktree_id, agent_type, prompt, executed_at)"
        " VALUES (?, 'zone-0', 'counter', 'agent', ?, '2026')",
        (f"python-{n}", str(n)),
    )
    db.execute("COMMIT")


print("ready", flush=True)
sys.stdin.readline()
errors = []
commits = 0
longest = 0
now = time.perf_counter()
end = now + int(milliseconds) / 1000
while now < end:
    try:
        commit(commits)
        commits += 1
    except sqlite3.Error as error:
        errors.append(f"{type(error).__name__}: {error}")
        if db.in_transaction:
            db.execute("ROLLBACK")
    begin, now = now, time.perf_counter()
    longest = max(longest, (now - begin) * 1000)
db.close()
print(json.dumps({"commits": commits, "longest": longest, "errors": errors[:100]}), flush=True)
