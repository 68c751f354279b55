// Metrics, and who watches calls.
import { metrics, trace } from '@opentelemetry/api';
import { type CallMessage, type ObservedQuery, VisualDatabase, traceCalls } from '@ai-orchestra/visual-db';
import { exactly, type Same } from './exact.mjs';

const heard: ObservedQuery[] = [];
const db = new VisualDatabase({ dbPath: ':memory:', onQuery: (query) => heard.push(query) });
new VisualDatabase({ dbPath: ':memory:', onQuery: null }).close();

const text = db.metrics();
exactly<Same<typeof text, string>>();
db.metrics({ prefix: 'board_', labels: { host: 'a' } });
// @ts-expect-error: a label is a text
db.metrics({ labels: { host: 1 } });
// @ts-expect-error: there is no such option
db.metrics({ name: 'board' });

exactly<Same<ObservedQuery['sql'], string | null>>();
exactly<Same<ObservedQuery['rows'], number | null>>();
exactly<Same<CallMessage['pending'], boolean>>();

const stop = traceCalls();
exactly<Same<typeof stop, () => void>>();
traceCalls({
  tracerProvider: trace.getTracerProvider(),
  meterProvider: metrics.getMeterProvider(),
  queryText: true,
})();
// @ts-expect-error: a provider makes tracers
traceCalls({ tracerProvider: {} });
db.close();
