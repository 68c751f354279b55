import { board } from '../board.js';

// A server component reads the database itself, at each request, without a request in between.
export const dynamic = 'force-dynamic';

export default function Page() {
  const { zones, worktrees, assignments } = board().getBoard({ runs: true });
  const zoneOf = new Map(assignments.map(({ worktreeId, zoneId }) => [worktreeId, zoneId]));
  return (
    <main>
      {zones.map(({ id, name }) => (
        <section key={id}>
          <h2>{name}</h2>
          <ul>
            {worktrees
              .filter((worktree) => zoneOf.get(worktree.id) === id)
              .map((worktree) => (
                <li key={worktree.id}>
                  {worktree.branchName} <small>{worktree.status}</small>
                </li>
              ))}
          </ul>
        </section>
      ))}
    </main>
  );
}
