// `visual-db show`: everything about a run, and its output as it comes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, onTestFinished, test } from 'vitest';
import { COMMAND, visualDb, visualDbOnTerminal } from './support/backups.mjs';
import { board, ended, queued, running, waiting } from './support/runs.mjs';
import { execution } from './support/samples.mjs';
import { temporaryFile } from './support/temporary.mjs';

function prepared(config) {
  const dbPath = temporaryFile();
  const db = board({ dbPath, ...config });
  return { db, dbPath, command: (...args) => visualDb(...args, '--db', dbPath) };
}

const out = (text, stream = 'stdout') => ({ stream, text });

/** `show --follow` in a process of its own, and what it has printed so far. */
function following(dbPath, id, ...args) {
  const child = spawn(process.execPath, [COMMAND, 'show', id, '--follow', '--db', dbPath, ...args]);
  onTestFinished(() => child.kill());
  const told = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'])
    child[stream].setEncoding('utf8').on('data', (text) => (told[stream] += text));
  return {
    told,
    until: async (stream, text) => {
      while (!told[stream].includes(text)) await once(child[stream], 'data');
    },
    end: once(child, 'close').then(([status]) => status),
  };
}

describe('show', () => {
  test('has everything about a run that has ended', () => {
    const { db, command } = prepared();
    const parent = queued(db);
    const { run, token } = running(
      db,
      { prompt: 'Build it\n\tall of it', maxAttempts: 3, priority: 7, parentRunId: parent.id, metadata: { issue: 7 } },
      { workerId: 'worker-7' },
    );
    db.appendOutput(run.id, token, [
      out('one\ntw'),
      out('o\n'),
      out('careful\n', 'stderr'),
      out('{"tool":"edit"}', 'event'),
    ]);
    db.recordUsage(run.id, { model: 'large', inputTokens: 1200, cachedInputTokens: 1000, outputTokens: 80 });
    db.recordUsage(run.id, { model: 'small', provider: 'anyone', costMicros: 4_500, costSource: 'computed' });
    const { createdAt, startedAt, finishedAt, durationMs } = db.finishRun(run.id, token, {
      status: 'cancelled',
      exitCode: 3,
      error: 'It did not\ncompile',
      result: { files: ['login.js'] },
      commitBefore: 'abc',
      commitAfter: 'def',
      filesChanged: 1,
      insertions: 20,
      deletions: 0,
    });
    const { status, stdout } = command('show', run.id);
    expect(status).toBe(0);
    expect(stdout.replaceAll(/ {2,}/g, '  ')).toBe(`${run.id}  cancelled
  zone  Zone 1 (zone-1)
  worktree  feature/1 (wt-1)
  agent  frontend
  priority  7
  part of  ${parent.id}
  metadata  {"issue":7}
  created  ${createdAt}
  attempt  1 of 3
  worker  worker-7
  started  ${startedAt}
  finished  ${finishedAt}
  took  ${durationMs} ms
  exit code  3
  error  It did not
  compile
  commits  abc to def
  changed  1 file, 20 insertions, 0 deletions
  used  1,200 tokens in (1,000 cached), 80 out, cost 0.0045
  large: 1,200 tokens in (1,000 cached), 80 out
  small (anyone): cost 0.0045, computed

Prompt
Build it
\tall of it

Output
one
two
careful
{"tool":"edit"}

Result
{
  "files": [
  "login.js"
  ]
}
`);
  });

  test('has what a run waits with, and what was answered', () => {
    const { db, command } = prepared();
    const { id } = waiting(db);
    expect(command('show', id).stdout).toMatch(/waiting\n[\s\S]*\n {2}question +May I\?\n/);
    db.answerRun(id, { answer: 'Yes' });
    expect(command('show', id).stdout).toMatch(/queued\n[\s\S]*\n {2}question +May I\?\n {2}answer +Yes\n/);
  });

  test('has what was only recorded', () => {
    const { db, command } = prepared();
    const id = db.recordExecution(execution({ prompt: 'Recorded', result: 'ok', success: true }));
    expect(command('show', id).stdout).toMatch(/succeeded\n[\s\S]*\n\nPrompt\nRecorded\n\nResult\nok\n$/);
  });

  test('as JSON is the run, all of its output, and whether that is all of it', () => {
    const { db, command } = prepared();
    const { run, token } = running(db);
    db.appendOutput(
      run.id,
      token,
      Array.from({ length: 2500 }, (_, n) => out(`${n}\n`)),
    );
    const { output, ...rest } = command('show', run.id, '--json').json();
    expect(output.map(({ text }) => text).join('')).toBe(Array.from({ length: 2500 }, (_, n) => `${n}\n`).join(''));
    expect(rest).toEqual({ run: db.getRun(run.id), truncated: false });
  });

  test('says that output was dropped', () => {
    const { db, command } = prepared({ maxOutputBytes: 100 });
    const { run, token } = running(db);
    for (let n = 0; n < 20; n += 1) db.appendOutput(run.id, token, [out(`line ${n}\n`.padStart(20))]);
    expect(command('show', run.id).stdout).toMatch(
      /line 0\n[\s\S]*line 19\n.*some was dropped, since it was too much\.\)\n$/,
    );
    expect(command('show', run.id, '--json').json().truncated).toBe(true);
  });

  test('has colours on a terminal only', async () => {
    const { db, dbPath } = prepared();
    const { run, token } = running(db);
    db.appendOutput(run.id, token, [out('careful\n', 'stderr')]);
    const args = ['show', run.id, '--db', dbPath];
    expect(visualDb(...args).stdout).not.toContain('\u001b');
    expect((await visualDbOnTerminal(args, '', { NO_COLOR: '' })).output).toContain('\u001b[33mcareful\u001b[39m');
  });
});

describe('show --follow', () => {
  test('shows output as it comes, and ends when the run does: 0 where it has succeeded', async () => {
    const { db, dbPath } = prepared();
    const { run, token } = running(db);
    db.appendOutput(run.id, token, [out('before\n')]);
    const { told, until, end } = following(dbPath, run.id);
    await until('stdout', 'before\n');
    db.appendOutput(run.id, token, [out('mean')]);
    await until('stdout', 'mean');
    db.appendOutput(run.id, token, [out('while\n')]);
    db.finishRun(run.id, token, { status: 'succeeded', exitCode: 0 });
    expect(await end).toBe(0);
    expect(told.stdout).toMatch(/\n\nOutput\nbefore\nmeanwhile\n\nexec-\S+ {2}succeeded\n[\s\S]* exit code +0\n/);
    expect(told.stderr).toBe('running: attempt 1, worker-1\n');
  });

  test('ends with 1 where the run does not succeed', async () => {
    const { db, dbPath } = prepared();
    const { run, token } = running(db);
    const { told, until, end } = following(dbPath, run.id);
    await until('stderr', 'running');
    db.finishRun(run.id, token, { status: 'failed', error: 'No' });
    expect(await end).toBe(1);
    expect(told.stdout).toMatch(/ {2}failed\n[\s\S]* error +No\n/);
    expect(visualDb('show', run.id, '--follow', '--db', dbPath).status).toBe(1);
    expect(visualDb('show', ended(db).id, '--follow', '--db', dbPath).status).toBe(0);
  });

  test('stays with a run that waits for a worker, for a person, and for another attempt', async () => {
    const { db, dbPath } = prepared();
    const { id } = queued(db, { maxAttempts: 2 });
    const { told, until, end } = following(dbPath, id);
    await until('stderr', 'queued: waiting for a worker\n');
    const first = db.claimRun({ workerId: 'worker-1' });
    await until('stderr', 'running: attempt 1, worker-1\n');
    db.appendOutput(id, first.token, [out('Hm')]);
    db.waitRun(id, first.token, { question: 'May I?' });
    await until('stderr', 'waiting for a person: May I?\n');
    db.answerRun(id, { answer: 'Yes' });
    const second = db.claimRun({ workerId: 'worker-2' });
    await until('stderr', 'running: attempt 1, worker-2\n');
    db.appendOutput(id, second.token, [out('Done\n')]);
    db.finishRun(id, second.token, { status: 'succeeded' });
    expect(await end).toBe(0);
    expect(told.stdout).toContain('\nOutput\nHm\nDone\n');
  });

  test('as JSON is a line for each piece of output, and one for the run', async () => {
    const { db, dbPath } = prepared();
    const { run, token } = running(db);
    const { told, until, end } = following(dbPath, run.id, '--json');
    db.appendOutput(run.id, token, [out('one\n'), out('two\n', 'stderr')]);
    await until('stdout', 'two');
    db.finishRun(run.id, token, { status: 'succeeded' });
    expect(await end).toBe(0);
    const lines = told.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([...db.getOutput(run.id).items.map((chunk) => ({ chunk })), { run: db.getRun(run.id) }]);
    expect(told.stderr).toBe('');
  });

  test('ends with its reader: 0, though the run goes on', async () => {
    const { db, dbPath } = prepared();
    const { run, token } = running(db);
    const follow = [process.execPath, COMMAND, 'show', run.id, '--follow', '--db', dbPath];
    const shell = spawn('bash', ['-c', '"$@" | head -1; echo "${PIPESTATUS[0]}"', 'bash', ...follow]);
    let told = '';
    shell.stdout.on('data', (text) => (told += text));
    // A pipe tells of its reader's end whoever writes into it.
    const printing = setInterval(() => db.appendOutput(run.id, token, [out('more\n')]), 50);
    await once(shell, 'close');
    clearInterval(printing);
    expect(told).toBe(`${run.id}  running\n0\n`);
  });

  test('ends with 1 where the run is deleted meanwhile', async () => {
    const { db, dbPath } = prepared();
    const { run, token } = running(db);
    const { told, until, end } = following(dbPath, run.id);
    await until('stderr', 'running');
    db.transaction(() => {
      db.finishRun(run.id, token, { status: 'succeeded' });
      db.db.prepare('DELETE FROM zone_executions WHERE id = ?').run(run.id);
    });
    expect(await end).toBe(1);
    expect(told.stderr).toContain(`Run not found: ${run.id}`);
  });
});
