// The whole canvas in a corner, with the visible part marked; a click goes there.
import { createEffect, onCleanup } from 'solid-js';
import { theme } from '../shared/theme.jsx';
import { draw } from './draw.js';

const WIDTH = 180;
const HEIGHT = 120;

export function Minimap(props) {
  let canvas;
  let timer = 0;
  const scale = () => {
    const { x, y, width, height } = props.placed().bounds;
    const k = Math.min((WIDTH - 8) / width, (HEIGHT - 8) / height);
    return { k, x: x - (WIDTH / k - width) / 2, y: y - (HEIGHT / k - height) / 2 };
  };
  createEffect(() => {
    const { k, x, y } = scale();
    const [board, placed] = [props.board(), props.placed()];
    props.ticks();
    theme();
    clearTimeout(timer);
    // A few pictures a second are enough for a small map.
    timer = setTimeout(() => {
      const ratio = Math.min(devicePixelRatio, 2);
      Object.assign(canvas, { width: WIDTH * ratio, height: HEIGHT * ratio });
      draw(canvas.getContext('2d'), { board, placed, x, y, k, width: WIDTH, height: HEIGHT, ratio, isMap: true });
    }, 100);
  });
  onCleanup(() => clearTimeout(timer));
  const seen = () => {
    const { k, x, y } = scale();
    const rect = props.view.seen();
    return {
      left: `${(rect.x - x) * k}px`,
      top: `${(rect.y - y) * k}px`,
      width: `${rect.width * k}px`,
      height: `${rect.height * k}px`,
    };
  };
  const go = (event) => {
    if (event.buttons !== 1) return;
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const { k, x, y } = scale();
    props.view.centre({ x: x + (event.clientX - left) / k, y: y + (event.clientY - top) / k });
  };
  return (
    <div class="minimap" onPointerDown={go} onPointerMove={go} aria-hidden="true">
      <canvas ref={canvas} />
      <div class="seen" style={seen()} />
    </div>
  );
}
