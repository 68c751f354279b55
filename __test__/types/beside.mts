// What is beside the board: what the calls take, and their results to the letter.
import type { Metadata, RenderedPrompt } from '@ai-orchestra/visual-db';
import { VisualDatabase } from '@ai-orchestra/visual-db';
import { exactly, type Same } from './exact.mjs';

const db = new VisualDatabase();

exactly<Same<RenderedPrompt, { prompt: string; missing: string[] }>>();
exactly<Same<ReturnType<typeof db.renderPrompt>, RenderedPrompt>>();
db.renderPrompt('z', 'w');
db.renderPrompt('z', 'w', { github: { title: 'x', labels: ['a'] } });
db.renderPrompt('z', 'w', null);
// @ts-expect-error Variables are an object.
db.renderPrompt('z', 'w', 'x');

exactly<Same<ReturnType<typeof db.setMetadata>, Metadata>>();
exactly<Same<ReturnType<typeof db.getMetadata>, Metadata>>();
db.setMetadata('worktree', 'w', { a: null });
db.setMetadata('run', 'r', null);
void db.getMetadata('zone', 'z').anything;
// @ts-expect-error A patch is an object or null.
db.setMetadata('zone', 'z', 'x');
// @ts-expect-error Executions are runs.
db.getMetadata('execution', 'e');

exactly<Same<ReturnType<typeof db.setWipLimit>, void>>();
db.setWipLimit('z', 3);
db.setWipLimit('z', null);
// @ts-expect-error A limit is a number or null.
db.setWipLimit('z', undefined);

exactly<Same<ReturnType<typeof db.allocatePort>, number>>();
db.allocatePort();
db.allocatePort({ from: 1, to: 2, isFree: (port) => port > 1 });
// @ts-expect-error isFree answers at once.
db.allocatePort({ isFree: async () => true });
db.createWorktree({ id: 'w', path: '/w', port: 'auto', branchName: 'b' });
