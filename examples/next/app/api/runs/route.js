import { answered } from '../../../board.js';

/** A page of runs, newest first: `?status=…&zoneId=…&after=…` */
export const GET = (request) => answered((db) => db.listRuns(Object.fromEntries(request.nextUrl.searchParams)));

/** A new run for the queue. */
export const POST = (request) => answered(async (db) => db.enqueueRun(await request.json()), 201);
