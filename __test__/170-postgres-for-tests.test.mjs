// What the suites about a server stand on: the servers that they start, and the proxy that counts trips. Asked by npm's `pg`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { createInterface } from 'node:readline';
import { describe, expect, it, vi } from 'vitest';
import { other, ownUrl, server } from './support/postgres/databases.mjs';
import { proxyTo } from './support/postgres/proxy.mjs';
import { PASSWORD } from './support/postgres/server.mjs';

vi.setConfig({ testTimeout: 60_000 });

const isRunning = (pid) => fs.existsSync(`/proc/${pid}`);

describe('a server of the tests', () => {
  const START = `
    import { startServer } from ${JSON.stringify(new URL('./support/postgres/server.mjs', import.meta.url).href)};
    const { pid, folder } = await startServer(${JSON.stringify({ bin: server.bin, cluster: server.cluster })});
    console.log(JSON.stringify({ pid, folder }));
    setInterval(() => {}, 1000);`;

  it.each(['SIGKILL', 'SIGTERM'])(
    'is gone, with its data, when the process that started it is ended by %s',
    async (signal) => {
      const starter = spawn(process.execPath, ['--input-type=module', '-e', START], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = await once(createInterface(starter.stdout), 'line');
      const { pid, folder } = JSON.parse(line);
      expect(isRunning(pid)).toBe(true);
      starter.kill(signal);
      await vi.waitFor(() => expect([isRunning(pid), fs.existsSync(folder)]).toEqual([false, false]), {
        timeout: 10_000,
      });
    },
  );

  it('does not run as root, orders texts as people do, and has a time zone that nobody here has', () => {
    const ask = (text) => Object.values(other().query({ url: server.url() }, text).rows[0])[0];
    expect(fs.statSync(server.folder).uid).not.toBe(0);
    expect(ask("SELECT 'a' < 'B'")).toBe(1);
    expect(ask('SHOW timezone')).toBe('Asia/Kathmandu');
  });
});

describe('the proxy', () => {
  const through = () => {
    const proxy = proxyTo(ownUrl());
    return { proxy, ask: (text, values) => other().query({ url: proxy.url }, text, values).rows };
  };

  it('counts turns, and tells what was sent in each', () => {
    const { proxy, ask } = through();
    ask('SELECT 1');
    expect(proxy.counted()).toEqual({ turns: ['Q'], connections: 1 });
    ask('SELECT $1::int', [5]);
    expect(proxy.counted()).toEqual({ turns: ['PBDES'], connections: 0 });
    ask('BEGIN; SELECT 1; COMMIT');
    ask('SELECT 1');
    expect(proxy.counted().turns).toEqual(['Q', 'Q']);
  });

  it('counts those of a connection with a password as none', () => {
    const proxy = proxyTo(server.url({ tcp: true, password: PASSWORD }));
    other().query({ url: proxy.url }, 'SELECT 1');
    expect(proxy.counted()).toEqual({ turns: ['Q'], connections: 1 });
  });

  it('delays', () => {
    const { proxy, ask } = through();
    ask('SELECT 1');
    proxy.delay(50);
    const start = performance.now();
    ask('SELECT 1');
    expect(performance.now() - start).toBeGreaterThan(49);
  });

  it('passes a statement on and cuts the answer to it off', () => {
    const { proxy, ask } = through();
    ask('CREATE TABLE passed (n int)');
    proxy.cutAfter(/insert into passed/);
    expect(() => ask('INSERT INTO passed VALUES (1)')).toThrow(/terminated/);
    expect(ask('SELECT * FROM passed')).toEqual([{ n: 1 }]);
    proxy.close();
    expect(() => ask('SELECT 1')).toThrow();
  });
});
