// examples/live-board: copied, started, and followed by a real client, which loses its connection.
import { describe, expect, test } from 'vitest';
import { bash } from './support/backups.mjs';
import { copied, started } from './support/examples.mjs';
import { boardOf, Replica } from './support/replica.mjs';
import { board, pause } from './support/runs.mjs';
import { worktree, zone } from './support/samples.mjs';
import { elsewhere } from './support/schema.mjs';
import { temporaryFile } from './support/temporary.mjs';

async function prepared() {
  const dbPath = temporaryFile();
  const db = board({ dbPath });
  const folder = copied('live-board');
  const start = async (port = '0') => {
    const server = started(folder, 'live-board.mjs', [], { VISUAL_DB_PATH: dbPath, PORT: port });
    return { server, url: new URL(await server.line()).origin };
  };
  return { db, dbPath, start, ...(await start()) };
}

/** A client as browsers are: it has what the events said, and comes back with the id of the last one. */
class Client {
  last = undefined;
  replica = undefined;
  seen = [];
  boards = 0;

  async connect(url) {
    this.stop = new AbortController();
    const headers = this.last === undefined ? {} : { 'last-event-id': this.last };
    const { body } = await fetch(`${url}/events`, { headers, signal: this.stop.signal });
    this.reading = this.#read(body).catch(() => {});
  }

  async #read(body) {
    let text = '';
    for await (const part of body.pipeThrough(new TextDecoderStream())) {
      text += part;
      const events = text.split('\n\n');
      text = events.pop();
      for (const event of events)
        this.#take(Object.fromEntries(event.split('\n').map((line) => line.split(/: (.*)/s))));
    }
  }

  #take({ event, id, data }) {
    this.last = id;
    const value = JSON.parse(data);
    if (event === 'board') {
      this.replica = new Replica(value);
      this.boards += 1;
    } else {
      this.seen.push(value.seq);
      this.replica.apply(value);
    }
  }

  async disconnect() {
    this.stop.abort();
    await this.reading;
  }

  /** Until it has what the board says. */
  async until(db) {
    const expected = boardOf(db.getBoard());
    for (let n = 0; n < 300; n += 1) {
      if (this.replica && JSON.stringify(this.replica.board) === JSON.stringify(expected)) break;
      await pause(10);
    }
    expect(this.replica.board).toEqual(expected);
  }
}

describe('the live board of examples/live-board', () => {
  test('sends the board, and then what anybody changes', async () => {
    const { db, dbPath, url } = await prepared();
    const client = new Client();
    await client.connect(url);
    await client.until(db);
    db.assignWorktreeToZone('wt-1', 'zone-2');
    elsewhere(
      dbPath,
      "UPDATE worktrees SET status = 'réview\n\n' WHERE id = 'wt-2'; DELETE FROM worktrees WHERE id = 'wt-3'",
    );
    await client.until(db);
    expect([client.boards, client.seen.length]).toEqual([1, 3]);
    await client.disconnect();
  });

  test('goes on where a client was that lost its connection: nothing lost, nothing twice', async () => {
    const { db, url } = await prepared();
    const client = new Client();
    const { next } = db.getBoard();
    for (let n = 10; n < 60; n += 1) {
      await client.connect(url);
      db.createWorktree(worktree(n));
      db.assignWorktreeToZone(`wt-${n}`, 'zone-1');
      if (n % 3 > 0) await pause(n % 7);
      await client.disconnect();
      db.updateWorktree(`wt-${n}`, { position: { x: n } });
    }
    await client.connect(url);
    await client.until(db);
    const from = client.seen[0];
    const expected = db.getChanges({ after: next, limit: 1000 }).items.map(({ seq }) => seq);
    expect(client.seen).toEqual(expected.filter((seq) => seq >= from));
    expect(client.seen.length).toBeGreaterThan(100);
    await client.disconnect();
  });

  test('goes on where the server was killed and started again', async () => {
    const { db, server, url, start } = await prepared();
    const client = new Client();
    await client.connect(url);
    await client.until(db);
    server.child.kill('SIGKILL');
    await client.reading;
    db.createZone(zone(7));
    const again = await start(new URL(url).port);
    await client.connect(again.url);
    await client.until(db);
    expect(client.boards).toBe(1);
    await client.disconnect();
  });

  test('sends the board again where a place is no longer known, or is none', async () => {
    const { db, url } = await prepared();
    for (const last of [board().getBoard().next, 'nonsense']) {
      const client = new Client();
      client.last = last;
      await client.connect(url);
      await client.until(db);
      expect(client.boards).toBe(1);
      db.updateZone('zone-1', { name: last.slice(0, 5) });
      await client.until(db);
      await client.disconnect();
    }
  });

  test('has a page that follows it', async () => {
    const { url } = await prepared();
    const page = await (await fetch(url)).text();
    expect(page).toContain("new EventSource('/events')");
  });

  test('answers nobody that came by another name', async () => {
    const { url } = await prepared();
    const status = bash('curl -sS -o /dev/null -w "%{http_code}" -H "Host: elsewhere.example" "$1"', `${url}/events`);
    expect(status.stdout).toBe('403');
  });

  test('ends with 0 when it is told to, also while somebody follows', async () => {
    const { db, server, url } = await prepared();
    const client = new Client();
    await client.connect(url);
    await client.until(db);
    server.child.kill('SIGTERM');
    expect([await server.end, server.told.stderr]).toEqual([0, '']);
    await client.reading;
  });
});
