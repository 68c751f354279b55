export {
  VisualDatabase,
  Database,
  SqliteError,
  createStudioHandler,
  traceCalls,
  VisualDatabase as default,
} from './index.js';
