// Opens a file once, so that what a peer does at the first opening of a file is done before anything is measured.
import { open } from '../peers/index.mjs';
import { addRunsThatEnded } from '../peers/runs_that_ended.mjs';

const [peer, path, file, ended] = process.argv.slice(2);
const db = await open(peer, path, {}, file);
if (ended === 'ended') addRunsThatEnded(peer, db);
db.getStats();
db.close();
