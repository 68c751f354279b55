// Studio as a part of somebody's server.
import { createServer, type IncomingMessage } from 'node:http';
import { VisualDatabase, createStudioHandler, type StudioOptions } from '@ai-orchestra/visual-db';

const db = new VisualDatabase<{ Status: 'active' }>();

createServer(createStudioHandler(db, { token: 'x'.repeat(32), write: true, actor: { kind: 'user', id: 'anna' } }));
const options: StudioOptions<IncomingMessage> = {
  basePath: '/studio',
  authorize: async ({ headers }) => headers.cookie === 'in',
};
const answered: Promise<void> = createStudioHandler(db, options)({} as IncomingMessage, undefined);
void answered;

// @ts-expect-error Something has to say who may come in.
createStudioHandler(db);
// @ts-expect-error There is no such option.
createStudioHandler(db, { authorise: () => true });
// @ts-expect-error Only a boolean lets in.
createStudioHandler(db, { authorize: () => 'yes' });
