/** The four tables and their relations in Drizzle’s words, made with the Drizzle of the project under test. */
export function defineSchema({ sqliteTable, text, integer, real }, { relations }) {
  const worktrees = sqliteTable('worktrees', {
    id: text('id').primaryKey(),
    path: text('path').notNull(),
    port: integer('port').notNull().unique(),
    branchName: text('branch_name').notNull(),
    issueUrl: text('issue_url'),
    taskId: text('task_id'),
    status: text('status').default('active'),
    positionX: real('position_x').default(0),
    positionY: real('position_y').default(0),
    createdAt: text('created_at').notNull(),
    updatedAt: text('updated_at'),
  });
  const zones = sqliteTable('zones', {
    id: text('id').primaryKey(),
    name: text('name').notNull(),
    description: text('description'),
    trigger: text('trigger').default('onDrop'),
    agents: text('agents', { mode: 'json' }),
    promptTemplate: text('prompt_template'),
    actions: text('actions', { mode: 'json' }),
    positionX: real('position_x').default(0),
    positionY: real('position_y').default(0),
    sizeWidth: real('size_width').default(300),
    sizeHeight: real('size_height').default(200),
    createdAt: text('created_at').notNull(),
    updatedAt: text('updated_at'),
  });
  const worktreeZones = sqliteTable('worktree_zones', {
    worktreeId: text('worktree_id')
      .primaryKey()
      .references(() => worktrees.id, { onDelete: 'cascade' }),
    zoneId: text('zone_id')
      .notNull()
      .references(() => zones.id, { onDelete: 'cascade' }),
    assignedAt: text('assigned_at').notNull(),
  });
  const zoneExecutions = sqliteTable('zone_executions', {
    id: text('id').primaryKey(),
    zoneId: text('zone_id')
      .notNull()
      .references(() => zones.id, { onDelete: 'cascade' }),
    worktreeId: text('worktree_id')
      .notNull()
      .references(() => worktrees.id, { onDelete: 'cascade' }),
    agentType: text('agent_type').notNull(),
    prompt: text('prompt').notNull(),
    result: text('result', { mode: 'json' }),
    success: integer('success', { mode: 'boolean' }),
    executedAt: text('executed_at').notNull(),
  });
  return {
    worktrees,
    zones,
    worktreeZones,
    zoneExecutions,
    worktreeRelations: relations(worktrees, ({ one, many }) => ({
      assignment: one(worktreeZones, { fields: [worktrees.id], references: [worktreeZones.worktreeId] }),
      executions: many(zoneExecutions),
    })),
    assignmentRelations: relations(worktreeZones, ({ one }) => ({
      zone: one(zones, { fields: [worktreeZones.zoneId], references: [zones.id] }),
    })),
    executionRelations: relations(zoneExecutions, ({ one }) => ({
      worktree: one(worktrees, { fields: [zoneExecutions.worktreeId], references: [worktrees.id] }),
    })),
  };
}
