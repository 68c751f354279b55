// A board as the page has it: plain maps, to which changes are applied, and signals for the components that show a part of it. The cost
// of a change depends on the change, not on the size of the board.
import { batch, createSignal } from 'solid-js';

/** The fields of new entities that the feed doesn't tell. */
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

  /** Replaces everything with what `getBoard` gave. */
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

  /** A signal for everything on the canvas: it changes when anything moves, comes or goes. */
  shape() {
    return this.#shape[0]();
  }

  /** The worktree, or undefined, as a signal that changes with it. */
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

  /** Applies the runs' part of cards: `[id, openRuns, latestRun, costMicros]` of each worktree. */
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

  /** Applies a change, and returns whether anything has moved, come or gone. */
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
    // An update of an entity that is gone changes nothing.
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

  /** Drops the signal of an entity that is gone; components that still ask for it get a new one. */
  #forget(key) {
    const signal = this.#signals.get(key);
    this.#signals.delete(key);
    signal?.[1]();
  }

  #touchShape() {
    this.#shape[1]((count) => count + 1);
  }
}
