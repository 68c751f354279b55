// The cumulative flow: how many worktrees are in which zone over time, and how long they take.
import { For, Show, createMemo, createResource } from 'solid-js';
import { get } from '../shared/api.js';
import { board } from '../shared/boards.js';
import { duration, number, timeZone } from '../shared/format.js';
import { to } from '../shared/place.js';
import { Chart } from './chart.jsx';
import { labelOf } from './range.js';
import { TONES } from './rows.js';

export function Flow(props) {
  const wanted = createMemo(() => ({ bucket: props.bucket, since: props.since, timeZone }));
  const [found] = createResource(wanted, (given) => get('flow', given));
  const flow = () => (found.error ? undefined : found.latest);
  const zones = () => [...new Set(flow().buckets.flatMap(({ zones }) => Object.keys(zones)))];
  const nameOf = (id) => board.zone(id)?.name ?? id;
  /** The moves of a bucket. */
  const link = (index) => {
    const [from, next] = [flow().buckets[index], flow().buckets[index + 1]];
    const until = next && new Date(Date.parse(next.start) - 1).toISOString();
    return to('moves', { since: from.start, until });
  };
  const times = () => [
    ['Through it all', flow().leadTimeMs],
    ...Object.entries(flow().timeInZoneMs).map(([id, of]) => [`In ${nameOf(id)}`, of]),
  ];
  return (
    <Show when={flow()?.buckets.length > 0}>
      <Chart
        title="Worktrees by zone"
        stacked
        starts={flow().buckets.map(({ start }) => start)}
        label={labelOf(props.bucket)}
        link={link}
        show={number}
        series={zones().map((id, nth) => ({
          name: nameOf(id),
          tone: TONES[nth % TONES.length],
          values: flow().buckets.map(({ zones }) => zones[id] ?? 0),
        }))}
      />
      <div class="wide-table" tabindex="0" role="region" aria-label="How long worktrees take">
        <table>
          <thead>
            <tr>
              <For each={['Time', 'Half', '85 in 100', '95 in 100']}>{(name) => <th>{name}</th>}</For>
            </tr>
          </thead>
          <tbody>
            <For each={times()}>
              {([name, { p50, p85, p95 }]) => (
                <tr>
                  <td>{name}</td>
                  <td>{duration(p50)}</td>
                  <td>{duration(p85)}</td>
                  <td>{duration(p95)}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
    </Show>
  );
}
