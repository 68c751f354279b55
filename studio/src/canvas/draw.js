// The board as a picture: cards as blocks of colour. From afar nobody can read cards, and one picture of 2,000 is fast.
import { colour } from '../shared/theme.jsx';
import { CARD } from './layout.js';

const TONES = {
  running: 'running',
  waiting: 'waiting',
  failed: 'failed',
  succeeded: 'succeeded',
  timedOut: 'failed',
  lost: 'failed',
};

/** Draws the whole board, with the point `x`, `y` of the canvas in the upper left corner and `k` pixels for a unit. */
export function draw(context, { board, placed, x, y, k, width, height, ratio, isMap }) {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.globalAlpha = 1;
  context.clearRect(0, 0, width, height);
  if (isMap) {
    context.fillStyle = colour('zone');
    context.strokeStyle = colour('line');
    for (const zone of placed.zones.values()) {
      const rect = [(zone.x - x) * k, (zone.y - y) * k, zone.width * k, zone.height * k];
      context.fillRect(...rect);
      context.strokeRect(...rect);
    }
  }
  context.globalAlpha = 0.75;
  const tones = new Map();
  const toneOf = (name) => {
    if (!tones.has(name)) tones.set(name, colour(name));
    return tones.get(name);
  };
  const [w, h] = [Math.max(1, CARD.width * k), Math.max(1, CARD.height * k)];
  for (const [id, at] of placed.cards) {
    const left = (at.x - x) * k;
    const top = (at.y - y) * k;
    if (left + w < 0 || top + h < 0 || left > width || top > height) continue;
    const worktree = board.worktrees.get(id);
    context.fillStyle = toneOf(TONES[worktree?.latestRun?.status] ?? 'card-far');
    context.fillRect(left, top, w, h);
  }
}
