// Drops, undo and redo: each is one call of the class, which refuses it where somebody was faster.
import { post } from '../shared/api.js';
import { notice } from '../shared/notices.jsx';

const REFUSED = {
  ERR_CONFLICT: 'Somebody was faster',
  ERR_WIP_LIMIT: 'That zone is full',
};

/** Moves a worktree. A refusal is shown, and the card stays where it was. */
export async function moveCard(board, worktreeId, zoneId, position) {
  const expectedZoneId = board.places.get(worktreeId) ?? null;
  try {
    await post('move', { worktreeId, zoneId, expectedZoneId, ...(position && { position }) });
    return true;
  } catch (error) {
    const why = REFUSED[error.code];
    notice(why ? `${why}: ${error.message}` : error.message, 'refused');
    return false;
  }
}

export async function step(name) {
  try {
    const changes = await post(name, {});
    if (changes === null) notice(name === 'undo' ? 'There is nothing to undo' : 'There is nothing to do again');
    else notice(name === 'undo' ? 'Undone' : 'Done again');
  } catch (error) {
    notice(error.message, 'refused');
  }
}
