// Prompts: the zone's template with values put in.

/** The names of a zone's agents, which may be strings, or objects with a type or a name. */
export const agentsOf = ({ agents }) =>
  agents.map((agent) => (typeof agent === 'string' ? agent : (agent.type ?? agent.name)));

/** Fills in `{{ worktree.path }}` and the like. A name without a value stays as it is written. */
export function render(template, values) {
  const { worktree } = values;
  const all = { ...values, worktree: { ...worktree, branch: worktree.branchName } };
  return (template ?? '').replaceAll(/\{\{\s*([\w.]+)\s*\}\}/g, (written, name) => {
    const value = name
      .split('.')
      .reduce((of, key) => (isObject(of) && Object.hasOwn(of, key) ? of[key] : undefined), all);
    return value === undefined || value === null || isObject(value) ? written : String(value);
  });
}

const isObject = (value) => typeof value === 'object' && value !== null;
