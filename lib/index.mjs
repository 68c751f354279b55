export {
  VisualDatabase,
  AsyncVisualDatabase,
  Database,
  SqliteError,
  createStudioHandler,
  traceCalls,
  VisualDatabase as default,
} from './index.js';
