// Studio as a part of a server with a login of its own; here it is a password, which the browser asks for.
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { VisualDatabase, createStudioHandler } from '@ai-orchestra/visual-db';

const { PASSWORD, PORT = '8080', VISUAL_DB_PATH = 'data/visual.db' } = process.env;
if (!PASSWORD) throw new Error('PASSWORD has to be set');

const hash = (text) => createHash('sha256').update(text).digest();
const wanted = hash(`Basic ${Buffer.from(`studio:${PASSWORD}`).toString('base64')}`);
const isLoggedIn = ({ headers }) => timingSafeEqual(hash(headers.authorization ?? ''), wanted);

const db = new VisualDatabase({ dbPath: VISUAL_DB_PATH });
const studio = createStudioHandler(db, {
  basePath: '/studio',
  // Asked for every request, even if a check before it has passed: so no request gets round it.
  authorize: isLoggedIn,
  write: true,
  actor: { kind: 'user', id: 'studio' },
});

const server = createServer((request, response) => {
  if (!isLoggedIn(request)) {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="board", charset="UTF-8"' }).end('Log in as studio\n');
  } else if (/^\/studio(?:[/?]|$)/.test(request.url)) void studio(request, response);
  else if (request.url === '/') response.end(`${db.getStats().worktrees} worktrees; see /studio/\n`);
  else response.writeHead(404).end();
});
server.listen(Number(PORT), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/studio/`));

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    server.close(() => db.close());
    // Connections that follow the board never end by themselves.
    server.closeAllConnections();
  });
}
