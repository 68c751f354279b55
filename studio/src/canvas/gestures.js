// Pointers on the stage: one on the canvas moves the view, one on a card drags the card, two zoom.

/** A press that moves less than this is a click, in pixels. */
const STILL = 4;

/** `{ down, move, up, wheel }` for the stage. `grab(id)` says whether a card may be dragged. */
export function gestures({ view, grab, drag, drop, select }) {
  const pointers = new Map();
  let pressed = null;

  const pinch = () => {
    const [a, b] = pointers.values();
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, far: Math.hypot(a.x - b.x, a.y - b.y) };
  };

  return {
    down(event) {
      if (event.button !== 0) return;
      const stage = event.currentTarget;
      const { left, top } = stage.getBoundingClientRect();
      const at = { x: event.clientX - left, y: event.clientY - top };
      pointers.set(event.pointerId, at);
      const id = event.target.closest('.card')?.dataset.id ?? null;
      pressed = { id, start: at, moved: false, grabbed: id !== null && pointers.size === 1 && grab(id) };
      if (pressed.grabbed) pressed.from = view.at(at.x, at.y);
    },

    move(event) {
      const before = pointers.get(event.pointerId);
      if (before === undefined || pressed === null) return;
      const { left, top } = event.currentTarget.getBoundingClientRect();
      const at = { x: event.clientX - left, y: event.clientY - top };
      const far = Math.hypot(at.x - pressed.start.x, at.y - pressed.start.y);
      if (!pressed.moved && far < STILL && pointers.size === 1) return;
      if (!pressed.moved) {
        pressed.moved = true;
        // Only once it has moved: after capturing, a click would not reach the card.
        event.currentTarget.setPointerCapture(event.pointerId);
      }
      if (pointers.size === 2) {
        const was = pinch();
        pointers.set(event.pointerId, at);
        const is = pinch();
        view.pan(is.x - was.x, is.y - was.y);
        view.zoom(is.far / Math.max(was.far, 1), is.x, is.y);
        return;
      }
      pointers.set(event.pointerId, at);
      if (pressed.grabbed) {
        const now = view.at(at.x, at.y);
        drag(pressed.id, { x: now.x - pressed.from.x, y: now.y - pressed.from.y }, now);
      } else view.pan(at.x - before.x, at.y - before.y);
    },

    up(event) {
      if (!pointers.delete(event.pointerId) || pressed === null || pointers.size > 0) return;
      const { id, moved, grabbed } = pressed;
      pressed = null;
      if (moved && grabbed) drop(id, event.type === 'pointerup');
      else if (!moved && event.type === 'pointerup') select(id);
    },

    wheel(event) {
      event.preventDefault();
      const { left, top } = event.currentTarget.getBoundingClientRect();
      if (event.shiftKey) view.pan(-event.deltaY - event.deltaX, 0);
      else
        view.zoom(
          Math.exp(-Math.max(-120, Math.min(120, event.deltaY)) / 400),
          event.clientX - left,
          event.clientY - top,
        );
    },
  };
}
