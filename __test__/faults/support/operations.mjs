import { random } from './random.mjs';

const TEXT = ['', 'Fix the login', 'naïve 🚀 ünïcode', "'; DROP TABLE worktrees; --", '{"a": 1}', 'line\nline\ttab'];

/** An endless, mixed workload for one process, from a seed. Names are its own, so that several can share a file. */
export function* operations(seed, name = `p${seed}`, board = { worktrees: [], zones: [] }) {
  const { below, pick, chance } = random(seed);
  const worktrees = [...board.worktrees];
  const zones = [...board.zones];
  let count = 0;
  const token = () => `${name}-${(count += 1)}`;

  const createZone = () => {
    const id = `zone-${token()}`;
    zones.push(id);
    return [
      'createZone',
      {
        id,
        name: pick(TEXT),
        agents: ['frontend', pick(TEXT) || 'qa'],
        position: { x: below(1000), y: -below(1000) },
        size: { width: 300.5, height: 200 },
        createdAt: new Date(1.7e12 + count).toISOString(),
      },
    ];
  };
  const createWorktree = () => {
    const id = `wt-${token()}`;
    worktrees.push(id);
    return [
      'createWorktree',
      {
        id,
        path: `/worktrees/${id}`,
        // Unique without asking the file: seeds and counts are small.
        port: seed * 1_000_000 + count,
        branchName: `feature/${pick(TEXT)}`,
        position: { x: below(1000) / 4, y: below(1000) },
        createdAt: new Date(1.7e12 + count).toISOString(),
      },
    ];
  };
  const recordExecution = () => [
    'recordExecution',
    {
      zoneId: pick(zones),
      worktreeId: pick(worktrees),
      agentType: pick(['frontend', 'backend', 'qa']),
      prompt: `${token()} ${'x'.repeat(chance(0.1) ? 20_000 : below(300))}`,
      result: { text: pick(TEXT), files: [below(9)] },
      success: chance(0.7),
    },
  ];
  const assign = () => ['assignWorktreeToZone', pick(worktrees), pick(zones)];
  const move = () => [
    'moveWorktree',
    pick(worktrees),
    chance(0.8) ? pick(zones) : null,
    { position: { x: below(50) / 4, y: -below(50) }, reason: pick(TEXT), enqueue: chance(0.5) },
  ];
  const update = () => [
    'updateWorktree',
    pick(worktrees),
    { status: pick(['active', 'idle']), taskId: pick(TEXT) || null, position: { x: below(50), y: 0.25 } },
  ];
  const remove = () => {
    const [id] = worktrees.splice(below(worktrees.length), 1);
    return ['deleteWorktree', id];
  };
  const several = () => {
    const create = createWorktree();
    const { id } = create[1];
    return [
      'transaction',
      [create, ['assignWorktreeToZone', id, pick(zones)], recordExecution(), move(), ...nested(), assign()],
    ];
  };
  const nested = () => [
    ['transaction', [recordExecution(), update()]],
    ['failing', [recordExecution(), assign(), move()]],
  ];

  while (zones.length < 2) yield createZone();
  while (worktrees.length < 3) yield createWorktree();
  for (;;) {
    const full = worktrees.length > 8;
    yield pick([recordExecution, recordExecution, assign, move, update, several, full ? remove : createWorktree])();
  }
}
