// The cards from afar, as one picture.
import { createEffect, onCleanup } from 'solid-js';
import { theme } from '../shared/theme.jsx';
import { draw } from './draw.js';

export function Far(props) {
  let canvas;
  let frame = 0;
  createEffect(() => {
    const { width, height } = props.view.size();
    const { x, y, k } = props.view.view();
    const [board, placed] = [props.board(), props.placed()];
    props.ticks();
    theme();
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => {
      const ratio = Math.min(devicePixelRatio, 2);
      if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
      if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
      draw(canvas.getContext('2d'), { board, placed, x, y, k, width, height, ratio });
    });
  });
  onCleanup(() => cancelAnimationFrame(frame));
  return <canvas class="far" ref={canvas} aria-hidden="true" />;
}
