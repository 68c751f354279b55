// A board as the page has it: plain maps that changes are applied to, and signals for those who show a part of it. A change costs
// what it changes, not what is there.
import { batch, createSignal } from 'solid-js';

/** What the feed doesn't tell of something new. */
const NEW = {
  worktree: { metadata: {}, openRuns: 0, latestRun: null, costMicros: null },
  zone: { metadata: {}, wipLimit: null },
};

export class Board {
  zones = new Map();
  worktrees = new Map();
  /** Which worktree is in which zone. */
  places = new Map();
  #signals = new Map();
  #shape = createSignal(0);

  /** Everything anew, as `getBoard` gives it. */
  read({ zones, worktrees, assignments }) {
    this.zones = new Map(zones.map((zone) => [zone.id, zone]));
    this.worktrees = new Map(worktrees.map((worktree) => [worktree.id, worktree]));
    this.places = new Map(assignments.map(({ worktreeId, zoneId }) => [worktreeId, zoneId]));
    batch(() => {
      this.#touchShape();
      for (const [, touch] of this.#signals.values()) touch();
    });
    return this;
  }

  /** Whoever asks is told again when anything that stands on the canvas does so elsewhere, comes or goes. */
  shape() {
    return this.#shape[0]();
  }

  /** The worktree, or undefined; whoever asks is told when it changes. */
  worktree(id) {
    this.#heed(`worktree ${id}`);
    return this.worktrees.get(id);
  }

  zone(id) {
    this.#heed(`zone ${id}`);
    return this.zones.get(id);
  }

  applyAll(changes) {
    batch(() => {
      let moved = false;
      for (const change of changes) moved = this.#apply(change) || moved;
      if (moved) this.#touchShape();
    });
  }

  /** What runs come to: `[id, openRuns, latestRun, costMicros]` of each worktree. */
  applyCards(cards) {
    batch(() => {
      for (const [id, openRuns, latestRun, costMicros] of cards) {
        const before = this.worktrees.get(id);
        if (before === undefined) continue;
        const latest = before.latestRun;
        const isSame =
          before.openRuns === openRuns &&
          before.costMicros === costMicros &&
          latest?.id === latestRun?.id &&
          latest?.status === latestRun?.status;
        if (!isSame) this.#put('worktree', id, { ...before, openRuns, latestRun, costMicros });
      }
    });
  }

  /** Whether anything stands elsewhere after it. */
  #apply({ entity, id, op, fields }) {
    if (entity === 'assignment') {
      if (op === 'delete') this.places.delete(id);
      else this.places.set(id, fields.zoneId);
      this.#touch(`worktree ${id}`);
      return true;
    }
    if (entity === 'limit' && 'wipLimit' in fields) {
      const zone = this.zones.get(fields.zoneId);
      if (zone) this.#put('zone', zone.id, { ...zone, wipLimit: fields.wipLimit });
    }
    if (entity === 'metadata' && (fields.entity === 'worktree' || fields.entity === 'zone')) {
      const before = this[`${fields.entity}s`].get(id);
      if (before) this.#put(fields.entity, id, { ...before, metadata: fields.metadata });
    }
    return (entity === 'worktree' || entity === 'zone') && this.#applyRow(entity, id, op, fields);
  }

  #applyRow(entity, id, op, fields) {
    const all = this[`${entity}s`];
    if (op === 'delete' || op === 'archived') {
      all.delete(id);
      this.#forget(`${entity} ${id}`);
      return true;
    }
    const before = all.get(id);
    // Of what isn't there any more there is nothing to change.
    if (op === 'update' && before === undefined) return false;
    const old = op === 'update' ? before : NEW[entity];
    const parts = ['position', 'size'].filter((part) => fields[part]);
    const merged = Object.fromEntries(parts.map((part) => [part, { ...old[part], ...fields[part] }]));
    this.#put(entity, id, { ...old, id, ...fields, ...merged });
    return op !== 'update' || parts.length > 0;
  }

  #put(entity, id, value) {
    this[`${entity}s`].set(id, value);
    this.#touch(`${entity} ${id}`);
  }

  #heed(key) {
    let signal = this.#signals.get(key);
    if (signal === undefined) {
      const [heed, set] = createSignal(undefined, { equals: false });
      this.#signals.set(key, (signal = [heed, () => set(undefined)]));
    }
    signal[0]();
  }

  #touch(key) {
    this.#signals.get(key)?.[1]();
  }

  /** Whoever still asks gets a new signal; of what is gone for good none is kept. */
  #forget(key) {
    const signal = this.#signals.get(key);
    this.#signals.delete(key);
    signal?.[1]();
  }

  #touchShape() {
    this.#shape[1]((count) => count + 1);
  }
}
