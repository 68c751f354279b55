// What is beside the board: what the calls take, and their results to the letter.
import type { RenderedPrompt } from '@ai-orchestra/visual-db';
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
