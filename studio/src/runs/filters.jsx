// The filters of runs. They are in the address, so that they can be bookmarked, sent and gone back to.
import { For, Show } from 'solid-js';
import { board } from '../shared/boards.js';
import { ask, asked } from '../shared/place.js';
import { STATUSES, statusName } from '../shared/status.jsx';
import { nameOfHour } from './hours.js';

const ORDERS = ['newest', 'oldest', 'longest', 'costliest'];
const KEYS = ['hourOfWeek', 'worktreeId', 'branchName', 'parentRunId', 'finishedSince', 'finishedUntil'];

export function Filters(props) {
  const set = (changes) => ask({ ...asked(), ...changes });
  const zones = () => {
    board.shape();
    return [...board.zones.values()].sort((one, other) => one.name.localeCompare(other.name));
  };
  const statuses = () => [asked().status ?? []].flat();
  const toggle = (status) => {
    const others = statuses().filter((other) => other !== status);
    set({ status: others.length < statuses().length ? others : [...others, status] });
  };
  let timer = 0;
  const soon = (changes) => {
    clearTimeout(timer);
    timer = setTimeout(set, 250, changes);
  };
  return (
    <form class="filters" aria-label="Filters" onSubmit={(event) => event.preventDefault()}>
      <Show when={props.search}>
        <label>
          Words
          <input
            type="search"
            value={asked().text ?? ''}
            placeholder="In prompts, results, output"
            onInput={(event) => soon({ text: event.currentTarget.value })}
          />
        </label>
      </Show>
      <label>
        Zone
        <select value={asked().zoneId ?? ''} onChange={(event) => set({ zoneId: event.currentTarget.value })}>
          <option value="">all</option>
          <For each={zones()}>
            {({ id, name }) => (
              <option value={id} selected={asked().zoneId === id}>
                {name}
              </option>
            )}
          </For>
        </select>
      </label>
      <label>
        Agent
        <input value={asked().agentType ?? ''} onInput={(event) => soon({ agentType: event.currentTarget.value })} />
      </label>
      <label>
        Model
        <input value={asked().model ?? ''} onInput={(event) => soon({ model: event.currentTarget.value })} />
      </label>
      <label>
        Since
        <input
          type="datetime-local"
          value={localOf(asked().since)}
          onChange={(event) => set({ since: isoOf(event.currentTarget.value) })}
        />
      </label>
      <label>
        Until
        <input
          type="datetime-local"
          value={localOf(asked().until)}
          onChange={(event) => set({ until: isoOf(event.currentTarget.value) })}
        />
      </label>
      <label>
        Order
        <select value={asked().orderBy ?? 'newest'} onChange={(event) => set({ orderBy: event.currentTarget.value })}>
          <For each={ORDERS}>{(order) => <option value={order}>{order}</option>}</For>
        </select>
      </label>
      <fieldset>
        <legend>Status</legend>
        <For each={STATUSES}>
          {(status) => (
            <button
              type="button"
              class="chip"
              aria-pressed={statuses().includes(status)}
              onClick={() => toggle(status)}
            >
              {statusName(status)}
            </button>
          )}
        </For>
      </fieldset>
      <For each={KEYS.filter((key) => asked()[key] !== undefined)}>
        {(key) => (
          <button type="button" class="chip" aria-pressed="true" onClick={() => set({ [key]: undefined })}>
            {key === 'hourOfWeek' ? nameOfHour(asked()[key]) : `${key}: ${asked()[key]}`} ×
          </button>
        )}
      </For>
      <Show when={Object.keys(asked()).length > 0}>
        <button type="button" onClick={() => ask({})}>
          Clear
        </button>
      </Show>
    </form>
  );
}

/** A time as the value of a `datetime-local` field. */
function localOf(iso) {
  if (iso === undefined || Number.isNaN(Date.parse(iso))) return '';
  const date = new Date(iso);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

const isoOf = (local) => (local === '' ? undefined : new Date(local).toISOString());
