// A process that loads a peer, opens the file, and prints its first answer.
import { open } from '../peers/index.mjs';
import { worktreeId } from '../workload.mjs';

const [peer, path] = process.argv.slice(2);
const db = await open(peer, path);
process.stdout.write(db.getWorktree(worktreeId(1)).id);
db.close();
