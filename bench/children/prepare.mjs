// Opens a file once, so that what a peer does to a file that it sees for the first time is done before the measuring.
import { open } from '../peers/index.mjs';

const [peer, path] = process.argv.slice(2);
const db = await open(peer, path);
db.getStats();
db.close();
