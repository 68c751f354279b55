// A zone: its frame, its name, its agents, and its limit of worktrees.
import { Show } from 'solid-js';

export function Zone(props) {
  const zone = () => props.board().zone(props.id);
  const rect = () => props.placed().zones.get(props.id);
  const count = () => props.counts().get(props.id) ?? 0;
  const agents = () => (Array.isArray(zone().agents) ? zone().agents.map(nameOf).join(', ') : '');
  const limit = () => zone().wipLimit ?? null;
  return (
    <Show when={zone() && rect()}>
      <section
        class="zone"
        classList={{ over: props.over() === props.id }}
        aria-label={`Zone ${zone().name}`}
        style={{
          transform: `translate(${rect().x}px, ${rect().y}px)`,
          width: `${rect().width}px`,
          height: `${rect().height}px`,
        }}
      >
        <h2>
          <span class="title">{zone().name}</span>
          <span class="count" classList={{ full: limit() !== null && count() >= limit() }}>
            {limit() === null ? count() : `${count()} / ${limit()}`}
          </span>
        </h2>
        <p class="agents">{agents()}</p>
      </section>
    </Show>
  );
}

const nameOf = (agent) => (typeof agent === 'string' ? agent : (agent?.type ?? agent?.name ?? ''));
