// examples/mcp: copied, and started by the SDK's own client, as an agent's program starts it.
import path from 'node:path';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { copied, packagesOfExamples } from './support/examples.mjs';
import { board } from './support/runs.mjs';
import { temporaryFile } from './support/temporary.mjs';

let Client;
let StdioClientTransport;
beforeAll(async () => {
  const require = createRequire(packagesOfExamples());
  ({ Client } = require('@modelcontextprotocol/sdk/client/index.js'));
  ({ StdioClientTransport } = require('@modelcontextprotocol/sdk/client/stdio.js'));
}, 300_000);

async function connected({ args = [], env = {}, name = 'reviewer-program' } = {}) {
  const dbPath = temporaryFile();
  const db = board({ dbPath });
  const folder = copied('mcp');
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [path.join(folder, 'server.mjs'), ...args],
    cwd: folder,
    env: { ...process.env, VISUAL_DB_PATH: dbPath, ...env },
    stderr: 'pipe',
  });
  const client = new Client({ name, version: '1.0.0' });
  await client.connect(transport);
  onTestFinished(() => client.close());
  const call = async (tool, given = {}) => {
    const { isError = false, content } = await client.callTool({ name: tool, arguments: given });
    const [{ text }] = content;
    return { isError, answer: isError && !text.startsWith('{') ? text : JSON.parse(text) };
  };
  return { db, client, transport, call };
}

const READS = ['list_board', 'list_runs', 'get_run', 'search_runs'];
const wanted = { zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'qa', prompt: 'Test the login form' };

describe('an agent', () => {
  test('finds tools that say what they take, and which of them only read', async () => {
    const { client } = await connected();
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([...READS, 'move_worktree', 'enqueue_run']);
    for (const { name, description, inputSchema, annotations } of tools) {
      expect(description.length).toBeGreaterThan(20);
      expect(inputSchema.type).toBe('object');
      expect(annotations.readOnlyHint).toBe(READS.includes(name));
    }
  });

  test('sees the board', async () => {
    const { db, call } = await connected();
    db.assignWorktreeToZone('wt-1', 'zone-1');
    db.enqueueRun(wanted);
    const { answer } = await call('list_board');
    const zone = answer.zones.find(({ id }) => id === 'zone-1');
    expect(zone.worktrees).toEqual([expect.objectContaining({ id: 'wt-1', openRuns: 1 })]);
    expect(answer.unassigned.map(({ id }) => id).toSorted()).toEqual(['wt-2', 'wt-3']);
  });

  test('moves a worktree under its own name, and has the zone’s agents run', async () => {
    const { db, call } = await connected({ env: { AGENT_ID: 'reviewer' } });
    db.updateZone('zone-2', { trigger: 'onDrop', agents: ['qa'], promptTemplate: 'Test {{ worktree.branchName }}' });
    const { answer } = await call('move_worktree', {
      worktreeId: 'wt-1',
      zoneId: 'zone-2',
      reason: 'It is ready',
      enqueue: true,
    });
    expect(answer.runs.map(({ agentType }) => agentType)).toEqual(['qa']);
    expect(db.getMoves().items[0]).toMatchObject({
      to: 'zone-2',
      reason: 'It is ready',
      by: { kind: 'agent', id: 'reviewer' },
    });
    expect(db.getRun(answer.runs[0].id).by).toEqual({ kind: 'agent', id: 'reviewer' });
  });

  test('without AGENT_ID is known by the name of its program', async () => {
    const { db, call } = await connected();
    await call('move_worktree', { worktreeId: 'wt-1', zoneId: 'zone-1' });
    expect(db.getMoves().items[0].by).toEqual({ kind: 'agent', id: 'reviewer-program' });
  });

  test('enqueues a run, once for a key, and reads it with its output', async () => {
    const { db, call } = await connected();
    const first = await call('enqueue_run', { ...wanted, idempotencyKey: 'login' });
    const again = await call('enqueue_run', { ...wanted, idempotencyKey: 'login' });
    expect(again.answer.id).toBe(first.answer.id);
    const { run, token } = db.claimRun({ workerId: 'worker' });
    db.appendOutput(run.id, token, [{ stream: 'stdout', text: '12 passed\n' }]);
    db.finishRun(run.id, token, { status: 'succeeded', result: { passed: 12 } });
    const { answer } = await call('get_run', { id: run.id });
    expect([answer.run.status, answer.run.result, answer.output]).toEqual(['succeeded', { passed: 12 }, '12 passed\n']);
    expect((await call('list_runs', { status: 'succeeded' })).answer.items.map(({ id }) => id)).toContain(run.id);
  });

  test('searches what runs said, once somebody has turned that on', async () => {
    const { db, call } = await connected();
    db.enqueueRun(wanted);
    const off = await call('search_runs', { text: 'login' });
    expect([off.isError, off.answer.code]).toEqual([true, 'ERR_SEARCH_OFF']);
    db.enableSearch({ mode: 'words' });
    expect((await call('search_runs', { text: 'login' })).answer.items).toHaveLength(1);
  });
});

describe('what is refused', () => {
  test('comes with its code, and with what is there instead', async () => {
    const { db, call } = await connected();
    db.assignWorktreeToZone('wt-1', 'zone-2');
    const { isError, answer } = await call('move_worktree', {
      worktreeId: 'wt-1',
      zoneId: 'zone-1',
      expectedZoneId: null,
    });
    expect([isError, answer.code, answer.current]).toEqual([true, 'ERR_CONFLICT', 'zone-2']);
    expect(db.getWorktreeZone('wt-1')).toBe('zone-2');
    expect((await call('get_run', { id: 'none' })).answer.code).toBe('ERR_NOT_FOUND');
    expect((await call('enqueue_run', { ...wanted, zoneId: 'none' })).isError).toBe(true);
    expect((await call('enqueue_run', { zoneId: 'zone-1' })).isError).toBe(true);
  });

  test('--readonly: an agent that only looks', async () => {
    const { db, client, call } = await connected({ args: ['--readonly'] });
    expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(READS);
    expect((await call('move_worktree', { worktreeId: 'wt-1', zoneId: 'zone-1' })).isError).toBe(true);
    expect(db.getWorktreeZone('wt-1')).toBeNull();
  });
});

test('ends when its client does', async () => {
  const { client, transport } = await connected();
  const { pid } = transport;
  await client.close();
  await expect.poll(() => isRunning(pid)).toBe(false);
});

function isRunning(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
