// How runs went: over time, by zone, agent and so on, by the hours of the week, and how worktrees flow through the zones.
import { For, Show, createMemo, createResource } from 'solid-js';
import { get } from '../shared/api.js';
import { board } from '../shared/boards.js';
import { cost, duration, number, percent, timeZone } from '../shared/format.js';
import { ask, asked, to } from '../shared/place.js';
import { Chart } from './chart.jsx';
import { Flow } from './flow.jsx';
import { RANGES, USUAL, labelOf, sinceOf } from './range.js';
import { TONES, seriesOf } from './rows.js';
import { Totals } from './totals.jsx';
import { Week } from './week.jsx';

const BY = ['zone', 'agent', 'model', 'worktree', 'branch'];
/** The key in a filter of runs for each `by` of a trend. */
const FILTERS = { zone: 'zoneId', agent: 'agentType', model: 'model', worktree: 'worktreeId', branch: 'branchName' };
const MOST = TONES.length;

export function Trends() {
  const range = () => (Object.hasOwn(RANGES, asked().range) ? asked().range : USUAL);
  const by = () => (BY.includes(asked().by) ? asked().by : undefined);
  const bucket = () => RANGES[range()][1];
  const filter = () => (asked().zoneId ? { zoneId: asked().zoneId } : {});
  const wanted = createMemo(() => ({ ...filter(), bucket: bucket(), by: by(), since: sinceOf(range()), timeZone }));
  const [rows] = createResource(wanted, (given) => get('trend', given));
  const found = createMemo(() => seriesOf(rows.error ? [] : (rows.latest ?? [])));
  const set = (changes) => ask({ ...asked(), ...changes });
  const nameOf = (key) =>
    (by() === 'zone' && board.zone(key)?.name) ||
    (by() === 'worktree' && board.worktree(key)?.branchName) ||
    key ||
    'all';
  /** The runs of a bucket: those that ended in it. */
  const link = (index, key) => {
    const { starts } = found();
    const until = index + 1 < starts.length ? new Date(Date.parse(starts[index + 1]) - 1).toISOString() : undefined;
    return to('runs', { ...filter(), ...keyed(key), finishedSince: starts[index], finishedUntil: until });
  };
  const keyed = (key) => (by() && key ? { [FILTERS[by()]]: key } : {});
  /** A line for each key, with the number that `of` reads from a row. */
  const lines = (of) =>
    found()
      .series.slice(0, MOST)
      .map(({ key, rows }, nth) => ({ name: nameOf(key), tone: TONES[nth], values: rows.map(of) }));
  const one = (name, tone, of) => ({ name, tone, values: found().series[0]?.rows.map(of) ?? [] });
  const common = () => ({ starts: found().starts, label: labelOf(bucket()), link });

  return (
    <div class="view trends" aria-busy={rows.loading}>
      <h2>Trends</h2>
      <form class="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
        <Choice name="Range" value={range()} options={Object.keys(RANGES)} set={(range) => set({ range })} />
        <Choice name="By" value={by() ?? ''} options={['', ...BY]} set={(by) => set({ by })} none="all together" />
        <label>
          Zone
          <select value={asked().zoneId ?? ''} onChange={(event) => set({ zoneId: event.currentTarget.value })}>
            <option value="">all</option>
            <For each={(board.shape(), [...board.zones.values()])}>
              {({ id, name }) => (
                <option value={id} selected={asked().zoneId === id}>
                  {name}
                </option>
              )}
            </For>
          </select>
        </label>
      </form>
      <Show when={rows.error}>
        <p class="fatal" role="alert">
          {rows.error.message}
        </p>
      </Show>
      <Show when={found().starts.length > 0}>
        <Totals
          series={found().series}
          nameOf={nameOf}
          href={(key, more) => to('runs', { ...filter(), ...keyed(key), finishedSince: wanted().since, ...more })}
        />
        <div class="charts">
          <Chart
            {...common()}
            title="Runs"
            stacked
            show={number}
            series={
              by()
                ? lines((row) => row.runs)
                : [
                    one('succeeded', 'succeeded', (row) => row.succeeded),
                    one('failed', 'failed', (row) => row.failed),
                    one('others', 'queued', (row) => row.runs - row.succeeded - row.failed),
                  ]
            }
          />
          <Chart
            {...common()}
            title="Success"
            show={percent}
            series={by() ? lines((row) => row.successRate) : [one('succeeded', 'succeeded', (row) => row.successRate)]}
          />
          <Chart
            {...common()}
            title={by() ? 'Duration of nine in ten' : 'Duration'}
            show={duration}
            isDuration
            series={
              by()
                ? lines((row) => row.durationMs.p90)
                : [
                    one('half are done in', 'series-1', (row) => row.durationMs.p50),
                    one('nine in ten', 'series-2', (row) => row.durationMs.p90),
                    one('99 in 100', 'series-4', (row) => row.durationMs.p99),
                  ]
            }
          />
          <Chart
            {...common()}
            title="Cost"
            stacked
            show={cost}
            series={by() ? lines((row) => row.costMicros) : [one('cost', 'series-1', (row) => row.costMicros)]}
          />
        </div>
      </Show>
      <Week filter={filter()} since={wanted().since} />
      <Flow bucket={bucket()} since={wanted().since} />
    </div>
  );
}

const Choice = (props) => (
  <label>
    {props.name}
    <select value={props.value} onChange={(event) => props.set(event.currentTarget.value)}>
      <For each={props.options}>{(option) => <option value={option}>{option || props.none}</option>}</For>
    </select>
  </label>
);
