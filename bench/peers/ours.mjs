// The package as an orchestrator opens it, from this checkout or the folder that VISUAL_DB_OURS names.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const checkout = resolve(import.meta.dirname, '../..');
const { VisualDatabase } = await import(
  pathToFileURL(resolve(process.env.VISUAL_DB_OURS ?? checkout, 'lib/index.mjs'))
);

export const open = (dbPath, options) => new VisualDatabase({ dbPath, ...options });
