import { answered } from '../../../../../board.js';

/** A drop: `{ zoneId, position?, reason?, expectedZoneId?, enqueue? }`. */
export async function POST(request, { params }) {
  const { id } = await params;
  return answered(async (db) => {
    const { zoneId, ...options } = await request.json();
    return db.moveWorktree(id, zoneId, options);
  });
}
