// A sparkline on a canvas: the newest point at the right edge, gaps where nothing is known.
import { color, faint } from './colors.js';

export const POINTS = 60;

/** Draws points; the scale goes from 0 to the largest of them, or to least when that is larger. */
export function spark(canvas, points, property, least) {
  const ratio = window.devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (!width || !height) return;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const context = canvas.getContext('2d');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const top = Math.max(least, ...points.filter((point) => point !== null)) * 1.1;
  const step = (width - 2) / (POINTS - 1);
  const first = POINTS - points.length;
  const x = (index) => 1 + (first + index) * step;
  const y = (value) => height - 1 - (value / top) * (height - 3);
  context.lineWidth = 1.3;
  context.lineJoin = 'round';
  context.strokeStyle = color(property);
  context.fillStyle = faint(property, 0.16);
  for (const [from, to] of runs(points)) {
    context.beginPath();
    for (let i = from; i < to; i++) context.lineTo(x(i), y(points[i]));
    if (to - from === 1) context.lineTo(x(from) + 1.5, y(points[from]));
    context.stroke();
    context.lineTo(x(to - 1), height);
    context.lineTo(x(from), height);
    context.fill();
  }
}

function* runs(points) {
  let from = null;
  for (let i = 0; i <= points.length; i++) {
    const isKnown = i < points.length && points[i] !== null;
    if (isKnown && from === null) from = i;
    if (!isKnown && from !== null) {
      yield [from, i];
      from = null;
    }
  }
}
