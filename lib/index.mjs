import exported from './index.js';

export const { VisualDatabase, Database, SqliteError } = exported;
export default VisualDatabase;
