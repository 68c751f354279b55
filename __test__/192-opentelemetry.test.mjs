// `traceCalls`: spans and durations by OpenTelemetry's semantic conventions for databases, made by its own SDK.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { SpanKind, SpanStatusCode, context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, test } from 'vitest';
import { thrown } from './support/failure.mjs';
import { furnish, worktree, zone } from './support/samples.mjs';
import { open, temporaryFile, temporaryFolder } from './support/temporary.mjs';
import { traceCalls } from '../lib/index.mjs';
import { Database } from './support/visual_database.mjs';

const manager = new AsyncLocalStorageContextManager();
beforeAll(() => context.setGlobalContextManager(manager.enable()));
afterAll(() => context.disable());

/** Traces calls while a test runs: the spans that ended. */
function traced(options = {}) {
  const exporter = new InMemorySpanExporter();
  const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  onTestFinished(traceCalls({ tracerProvider, ...options }));
  return { spans: () => exporter.getFinishedSpans(), tracer: tracerProvider.getTracer('test') };
}

describe('a span', () => {
  it('of each method: its name, and the file', () => {
    const db = furnish(open({ dbPath: temporaryFile() }));
    const { spans } = traced();
    db.listWorktrees();
    const [span] = spans();
    expect(span.name).toBe('listWorktrees visual.db');
    expect(span.kind).toBe(SpanKind.CLIENT);
    expect(span.instrumentationScope.name).toBe('@ai-orchestra/visual-db');
    expect(span.attributes).toEqual({
      'db.system.name': 'sqlite',
      'db.namespace': 'visual.db',
      'db.operation.name': 'listWorktrees',
      'db.response.returned_rows': db.listWorktrees().length,
    });
  });

  it('of a bulk call has how many it is about', () => {
    const db = open();
    const { spans } = traced();
    db.createWorktrees([worktree(1), worktree(2)]);
    expect(spans()[0].attributes).toMatchObject({ 'db.operation.batch.size': 2 });
    expect(spans()[0].kind).toBe(SpanKind.INTERNAL);
  });

  it('of each statement: its verb, and its SQL where that has parameters', () => {
    const db = new Database(':memory:');
    const { spans } = traced();
    db.exec("CREATE TABLE secrets AS SELECT 'hunter2' AS text");
    db.prepare('select text FROM secrets WHERE text = ?').all('hunter2');
    db.prepare("SELECT 'hunter2'").get();
    expect(spans().map(({ name, attributes }) => [name, attributes['db.query.text']])).toEqual([
      ['CREATE :memory:', undefined],
      ['SELECT :memory:', 'select text FROM secrets WHERE text = ?'],
      ['SELECT :memory:', undefined],
    ]);
    expect(JSON.stringify(spans().map(({ attributes }) => attributes))).not.toContain('hunter2');
  });

  test.each([
    [true, ['SELECT 1', 'SELECT ?']],
    [false, [undefined, undefined]],
  ])('queryText: %o decides for all statements', (queryText, texts) => {
    const db = new Database(':memory:');
    const { spans } = traced({ queryText });
    db.prepare('SELECT 1').get();
    db.prepare('SELECT ?').get(1);
    expect(spans().map(({ attributes }) => attributes['db.query.text'])).toEqual(texts);
  });

  it('of what failed says how', () => {
    const db = furnish(open());
    const { spans } = traced();
    const error = thrown(() => db.createWorktree(worktree(1)));
    thrown(() => db.deleteZone('nobody'));
    const [taken, missing] = spans();
    expect(taken.status).toEqual({ code: SpanStatusCode.ERROR, message: error.message });
    expect(taken.attributes).toMatchObject({ 'error.type': error.code, 'db.response.status_code': error.code });
    expect(taken.events[0].attributes['exception.message']).toBe(error.message);
    expect(missing.status.code).toBe(SpanStatusCode.ERROR);
    expect(missing.attributes).not.toHaveProperty(['db.response.status_code']);
  });

  it('of a promise ends once it is settled', async () => {
    const db = open({ dbPath: temporaryFile() });
    const { spans } = traced();
    const backup = db.backup();
    expect(spans().map(({ name }) => name)).not.toContain('backup visual.db');
    await backup;
    expect(spans().map(({ name }) => name)).toContain('backup visual.db');
  });
});

describe('its parent', () => {
  const parents = (spans) => {
    const nameOf = new Map(spans.map((span) => [span.spanContext().spanId, span.name.split(' ')[0]]));
    return Object.fromEntries(
      spans.map((span) => [span.name.split(' ')[0], nameOf.get(span.parentSpanContext?.spanId)]),
    );
  };

  it('is the span that is active, and of a call in a transaction that of the transaction', () => {
    const db = open();
    const { spans, tracer } = traced();
    tracer.startActiveSpan('request', (request) => {
      db.transaction(() => {
        db.createZone(zone(1));
        tracer.startActiveSpan('mine', (mine) => {
          db.createWorktree(worktree(1));
          mine.end();
        });
      });
      db.getStats();
      request.end();
    });
    expect(parents(spans())).toEqual({
      request: undefined,
      transaction: 'request',
      createZone: 'transaction',
      mine: 'request',
      createWorktree: 'mine',
      getStats: 'request',
    });
  });

  it('is no call that is still waiting', async () => {
    const db = furnish(open());
    const { spans } = traced();
    const waiting = db.waitForRun({ workerId: 'a' });
    db.enqueueRun({ zoneId: 'zone-1', worktreeId: 'wt-1', agentType: 'qa', prompt: 'Test' });
    await waiting;
    expect(parents(spans())).toMatchObject({ enqueueRun: undefined, waitForRun: undefined });
  });
});

it('how long calls take, as a histogram in seconds', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const meterProvider = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 60_000 })],
  });
  const db = open();
  traced({ meterProvider });
  db.createZone(zone(1));
  thrown(() => db.createZone(zone(1)));
  await meterProvider.forceFlush();
  const [{ descriptor, dataPoints }] = exporter.getMetrics()[0].scopeMetrics[0].metrics;
  expect([descriptor.name, descriptor.unit]).toEqual(['db.client.operation.duration', 's']);
  expect(dataPoints.map(({ value, attributes }) => [value.count, attributes['error.type']])).toEqual([
    [1, undefined],
    [1, 'SQLITE_CONSTRAINT_PRIMARYKEY'],
  ]);
  expect(dataPoints[0].value.buckets.boundaries[0]).toBe(0.001);
  await meterProvider.shutdown();
});

it('without options it goes by the providers that are registered globally', () => {
  const exporter = new InMemorySpanExporter();
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
  onTestFinished(() => trace.disable());
  const stop = traceCalls();
  open().getStats();
  stop();
  open().getStats();
  expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['getStats :memory:']);
});

test.each([
  [{ tracerProvider: {} }, 'ERR_INVALID_ARG_TYPE', 'tracerProvider'],
  [{ meterProvider: 5 }, 'ERR_INVALID_ARG_TYPE', 'meterProvider'],
  [{ queryText: 'yes' }, 'ERR_INVALID_ARG_TYPE', 'queryText'],
  [{ traceProvider: {} }, 'ERR_UNKNOWN_KEY', 'traceProvider'],
  [5, 'ERR_INVALID_ARG_TYPE', 'options'],
])('%o is refused', (options, code, field) => {
  expect(thrown(() => traceCalls(options))).toMatchObject({ name: 'TypeError', code, method: 'traceCalls', field });
});

it('says what to install where @opentelemetry/api is not', () => {
  const folder = temporaryFolder();
  const root = fileURLToPath(new URL('..', import.meta.url));
  for (const part of ['lib', 'package.json', 'prebuilds', 'schema'])
    fs.cpSync(path.join(root, part), path.join(folder, part), { recursive: true });
  const source = `try { require(${JSON.stringify(folder)}).traceCalls() } catch (error) { console.log(error.code, error.message) }`;
  expect(execFileSync(process.execPath, ['-e', source], { cwd: folder, encoding: 'utf8' })).toBe(
    'ERR_NO_OPENTELEMETRY traceCalls: @opentelemetry/api is not installed: npm install @opentelemetry/api\n',
  );
});
