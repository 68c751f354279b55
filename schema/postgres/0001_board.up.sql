-- The board. Text is compared byte by byte, as SQLite compares it. `seq` is the order in which rows came, for rows that are otherwise
-- equal; a worktree that is assigned again gets a new one.
-- Constraints are named after what their errors have to say (src/engine/postgres/client/error_codes.rs). Of two that a row violates, the
-- server reports the one whose index was made first: the port's, as SQLite does.
CREATE TABLE {s}.worktrees (
  id text COLLATE "C" NOT NULL,
  path text COLLATE "C" NOT NULL,
  port bigint NOT NULL,
  branch_name text COLLATE "C" NOT NULL,
  issue_url text COLLATE "C",
  task_id text COLLATE "C",
  status text COLLATE "C" DEFAULT 'active',
  position_x double precision DEFAULT 0,
  position_y double precision DEFAULT 0,
  created_at text COLLATE "C" NOT NULL,
  updated_at text COLLATE "C",
  seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY
);
ALTER TABLE {s}.worktrees ADD CONSTRAINT "worktrees.port" UNIQUE (port);
ALTER TABLE {s}.worktrees ADD CONSTRAINT "primary key worktrees.id" PRIMARY KEY (id);
CREATE INDEX worktrees_in_order ON {s}.worktrees (created_at DESC, seq);
CREATE INDEX worktrees_by_status ON {s}.worktrees (status);

CREATE TABLE {s}.zones (
  id text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  description text COLLATE "C",
  trigger text COLLATE "C" DEFAULT 'onDrop',
  agents text COLLATE "C",
  prompt_template text COLLATE "C",
  actions text COLLATE "C",
  position_x double precision DEFAULT 0,
  position_y double precision DEFAULT 0,
  size_width double precision DEFAULT 300,
  size_height double precision DEFAULT 200,
  created_at text COLLATE "C" NOT NULL,
  updated_at text COLLATE "C",
  seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  CONSTRAINT "primary key zones.id" PRIMARY KEY (id)
);
CREATE INDEX zones_in_order ON {s}.zones (created_at DESC, seq);

CREATE TABLE {s}.worktree_zones (
  worktree_id text COLLATE "C" NOT NULL,
  zone_id text COLLATE "C" NOT NULL,
  assigned_at text COLLATE "C" NOT NULL,
  seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  CONSTRAINT "primary key worktree_zones.worktree_id" PRIMARY KEY (worktree_id),
  CONSTRAINT worktree_zones_worktree FOREIGN KEY (worktree_id) REFERENCES {s}.worktrees (id) ON DELETE CASCADE,
  CONSTRAINT worktree_zones_zone FOREIGN KEY (zone_id) REFERENCES {s}.zones (id) ON DELETE CASCADE
);
CREATE INDEX worktree_zones_in_order ON {s}.worktree_zones (zone_id, assigned_at, seq);

CREATE TABLE {s}.zone_executions (
  id text COLLATE "C" NOT NULL,
  zone_id text COLLATE "C" NOT NULL,
  worktree_id text COLLATE "C" NOT NULL,
  agent_type text COLLATE "C" NOT NULL,
  prompt text COLLATE "C" NOT NULL,
  result text COLLATE "C",
  success bigint DEFAULT 1,
  executed_at text COLLATE "C" NOT NULL,
  seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  CONSTRAINT "primary key zone_executions.id" PRIMARY KEY (id),
  CONSTRAINT zone_executions_zone FOREIGN KEY (zone_id) REFERENCES {s}.zones (id) ON DELETE CASCADE,
  CONSTRAINT zone_executions_worktree FOREIGN KEY (worktree_id) REFERENCES {s}.worktrees (id) ON DELETE CASCADE
);
CREATE INDEX zone_executions_of_zone ON {s}.zone_executions (zone_id, executed_at, seq);
CREATE INDEX zone_executions_of_worktree ON {s}.zone_executions (worktree_id, executed_at, seq);
