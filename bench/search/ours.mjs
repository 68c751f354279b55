// `ours.mjs FILE MODE`: pages by `searchRuns`.
import { VisualDatabase } from '../../lib/index.mjs';
import { measure } from './searches.mjs';

const [file, mode] = process.argv.slice(2);
const db = new VisualDatabase(file);
measure((text, filter) => db.searchRuns(text, { ...filter, mode }));
