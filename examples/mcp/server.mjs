// The board for agents, over standard input and output. The ledger and the feed have an agent's changes under its name.
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { VisualDatabase } from '@ai-orchestra/visual-db';
import { registerTools } from './tools.mjs';

const db = new VisualDatabase({ dbPath: process.env.VISUAL_DB_PATH || 'data/visual.db' });
const server = new McpServer({ name: 'visual-db', version: '1.0.0' });

/** The database for the agent at the other end, by the name in AGENT_ID, or else the one that its program gives. */
function asAgent() {
  const id = process.env.AGENT_ID || server.server.getClientVersion()?.name || 'mcp';
  return db.as({ kind: 'agent', id });
}

registerTools(server, asAgent, { readonly: process.argv.includes('--readonly') });

async function stop() {
  await server.close();
  db.close();
  process.exit(0);
}
// The program that started it closes its input to end it.
process.stdin.on('end', stop);
process.on('SIGTERM', stop);
await server.connect(new StdioServerTransport());
