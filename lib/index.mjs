export { VisualDatabase, Database, SqliteError, createStudioHandler, VisualDatabase as default } from './index.js';
