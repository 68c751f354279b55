// The visible part of the canvas: `x`, `y` is the point in the upper left corner, `k` the number of pixels for a unit.
import { createSignal } from 'solid-js';

const NEAREST = 2;
const FARTHEST = 0.02;
const MARGIN = 40;
/** Screens that are narrower than this, in pixels, have no room for a panel beside the canvas. */
export const SMALL = 700;

export function createView() {
  const [view, place] = createSignal({ x: 0, y: 0, k: 1 });
  let isTouched = false;
  const setView = (next) => {
    isTouched = true;
    place(next);
  };
  const [size, setSize] = createSignal({ width: 0, height: 0 });

  const limited = (k) => Math.min(NEAREST, Math.max(FARTHEST, k));

  return {
    view,
    size,
    setSize,
    /** Sets the first view, unless the user has moved it already. */
    begin: (choose) => {
      if (isTouched) return;
      choose();
      isTouched = false;
    },
    pan: (dx, dy) => setView(({ x, y, k }) => ({ x: x - dx / k, y: y - dy / k, k })),
    /** Zooms; what is under the point stays there. */
    zoom: (factor, px = size().width / 2, py = size().height / 2) =>
      setView(({ x, y, k }) => {
        const next = limited(k * factor);
        return { x: x + px / k - px / next, y: y + py / k - py / next, k: next };
      }),
    /** Shows all of a rectangle, but at no smaller scale than `farthest`: then it begins in the corner. */
    fit: ({ x, y, width, height }, farthest = FARTHEST) => {
      const { width: w, height: h } = size();
      const all = Math.min(1, (w - 2 * MARGIN) / width, (h - 2 * MARGIN) / height);
      const k = limited(Math.max(all, farthest));
      const room = (pixels, of) => (k > all ? MARGIN / k : Math.max(MARGIN / k, (pixels / k - of) / 2));
      place({ x: x - room(w, width), y: y - room(h, height), k });
    },
    /** Shows a point in the middle of the uncovered part, at a scale at which cards can be read. */
    show: ({ x, y }, nearest = 0.8) => {
      const { width, height } = size();
      const k = Math.max(view().k, nearest);
      // On a small screen the panel covers the lower half.
      const middle = height * (width < SMALL ? 0.22 : 0.5);
      setView({ x: x - width / 2 / k, y: y - middle / k, k });
    },
    centre: ({ x, y }) => setView(({ k }) => ({ x: x - size().width / 2 / k, y: y - size().height / 2 / k, k })),
    /** The point of the canvas at a pixel of the stage. */
    at: (px, py) => {
      const { x, y, k } = view();
      return { x: x + px / k, y: y + py / k };
    },
    /** The visible rectangle of the canvas. */
    seen: () => {
      const { x, y, k } = view();
      return { x, y, width: size().width / k, height: size().height / k };
    },
  };
}
