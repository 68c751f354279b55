export { VisualDatabase, Database, SqliteError, VisualDatabase as default } from './index.js';
