import { board } from '../../../board.js';

export const dynamic = 'force-dynamic';

/** All changes as Server-Sent Events; a browser that reconnects goes on after the last event that it has. */
export function GET(request) {
  const after = request.headers.get('last-event-id') ?? undefined;
  const changes = board().watch({ after, signal: request.signal });
  const encoder = new TextEncoder();
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(': connected\n\n')),
    async pull(controller) {
      try {
        const { value, done } = await changes.next();
        if (done) return controller.close();
        controller.enqueue(encoder.encode(`id: ${changes.position}\ndata: ${JSON.stringify(value)}\n\n`));
      } catch (error) {
        // The browser is gone, or so late that the log no longer has the changes since: then it reads the board again.
        if (request.signal.aborted) return controller.close();
        controller.enqueue(encoder.encode(`event: gap\ndata: ${JSON.stringify({ code: error.code })}\n\n`));
        controller.close();
      }
    },
    cancel: () => changes.return(),
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store' } });
}
