// A chart over time, and the same numbers as a table, for people who can't see the chart or want to go to the runs of a bucket.
import { For, Show, createEffect, createSignal, onCleanup, onMount } from 'solid-js';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { colour, theme } from '../shared/theme.jsx';

const HEIGHT = 220;

/**
 * `starts` are the buckets, `series` `[{ name, tone, values }]` with a value or null for each bucket; `stacked` stacks the series. `show`
 * formats a value, `link(index)` gives the address for a bucket, `label(start)` its name.
 */
export function Chart(props) {
  let box;
  const [open, setOpen] = createSignal(false);
  const isEmpty = () => props.series.every(({ values }) => values.every((value) => value === null || value === 0));
  onMount(() => {
    let plot;
    const observer = new ResizeObserver(([{ contentRect }]) =>
      plot?.setSize({ width: contentRect.width, height: HEIGHT }),
    );
    observer.observe(box);
    createEffect(() => {
      theme();
      plot?.destroy();
      plot = isEmpty() ? undefined : new uPlot(optionsOf(props, box.clientWidth), dataOf(props), box);
    });
    onCleanup(() => {
      observer.disconnect();
      plot?.destroy();
    });
  });
  return (
    <section class="chart">
      <h3>{props.title}</h3>
      <div ref={box} role="img" aria-label={`${props.title}: the table below has its numbers`} />
      <Show when={!isEmpty()} fallback={<p class="hint">There is nothing to show.</p>}>
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>Numbers</summary>
          <Show when={open()}>
            <Numbers {...props} />
          </Show>
        </details>
      </Show>
    </section>
  );
}

function Numbers(props) {
  return (
    <div class="wide-table rows" tabindex="0" role="region" aria-label={`${props.title}, numbers`}>
      <table>
        <thead>
          <tr>
            <th>From</th>
            <For each={props.series}>{({ name }) => <th>{name}</th>}</For>
          </tr>
        </thead>
        <tbody>
          <For each={props.starts}>
            {(start, index) => (
              <tr>
                <td>
                  <Show when={props.link} fallback={props.label(start)}>
                    <a href={props.link(index())}>{props.label(start)}</a>
                  </Show>
                </td>
                <For each={props.series}>{({ values }) => <td>{props.show(values[index()])}</td>}</For>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  );
}

function dataOf({ starts, series, stacked }) {
  const lines = series.map(({ values }) => values);
  const drawn = stacked ? sums(lines) : lines;
  return [starts.map((start) => Date.parse(start) / 1000), ...drawn];
}

/** The lines stacked: each is the sum of itself and those before it. */
const sums = (lines) =>
  lines.map((_, nth) =>
    lines[nth].map((_, at) => lines.slice(0, nth + 1).reduce((sum, line) => sum + (line[at] ?? 0), 0)),
  );

/** The steps of an axis of durations, in milliseconds: round numbers of seconds, minutes, hours and days. */
const DURATIONS = [1, 2, 5, 10, 20, 50, 100, 200, 500, ...[1, 2, 5, 10, 20, 30].map((n) => n * 1000)];
for (const n of [1, 2, 5, 10, 15, 30, 60, 120, 240, 480, 1440, 2880]) DURATIONS.push(n * 60_000);

function optionsOf({ series, stacked, show, link, label, isDuration }, width) {
  const line = { stroke: colour('line'), width: 1 };
  const axis = { stroke: colour('muted'), grid: line, ticks: line };
  const nameOf = (seconds) => label(seconds * 1000);
  const drawn = series.map(({ name, tone, values }) => ({
    label: name,
    stroke: colour(tone),
    width: 2,
    fill: stacked ? `color-mix(in srgb, ${colour(tone)} 35%, transparent)` : undefined,
    points: { show: series[0].values.length < 40, size: 5 },
    spanGaps: false,
    // A stacked line is drawn at the sum, but the legend shows its own value.
    value: (_, __, ___, at) => show(at === null ? null : values[at]),
  }));
  return {
    width,
    height: HEIGHT,
    padding: [null, 32, null, null],
    series: [{ label: 'From', value: (_, at) => (at === null ? '–' : nameOf(at)) }, ...drawn],
    bands: stacked ? series.slice(1).map((_, nth) => ({ series: [nth + 2, nth + 1] })) : [],
    axes: [
      { ...axis, space: 110, values: (_, ticks) => ticks.map(nameOf) },
      {
        ...axis,
        size: 72,
        incrs: isDuration ? DURATIONS : undefined,
        values: (_, ticks) => ticks.map((tick) => show(tick).replace(/(min|h) 0 \w+$/, '$1')),
      },
    ],
    scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.05 : 1] } },
    cursor: { drag: { setScale: false, x: false } },
    hooks: {
      ready: [
        (plot) =>
          plot.over.addEventListener('click', () => {
            if (link && plot.cursor.idx !== null && plot.cursor.idx !== undefined)
              location.hash = link(plot.cursor.idx);
          }),
      ],
    },
  };
}
