// The package as an orchestrator opens it.
import { VisualDatabase } from '../../lib/index.mjs';

export const open = (dbPath, options) => new VisualDatabase({ dbPath, ...options });
