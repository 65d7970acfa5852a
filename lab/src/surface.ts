// Grids of numbers as pictures, and points upon them.

import { classColour, css, diverging, mixture } from "./colours";
import { sharpen } from "./dom";
import type { Numbers } from "./protocol";

export function gridPicture(
  data: Float32Array,
  start: number,
  side: number,
  largest = 0,
): HTMLCanvasElement {
  const [canvas, image] = blank(side);
  const paint = diverging();
  let most = largest;
  if (!most) for (let i = 0; i < side * side; i++) most = Math.max(most, Math.abs(data[start + i] ?? 0));
  for (let i = 0; i < side * side; i++) paint((data[start + i] ?? 0) / (most || 1), image.data, 4 * i);
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas;
}

export function classPicture(surface: Numbers): HTMLCanvasElement {
  const [k = 1, side = 1] = surface.shape;
  const [canvas, image] = blank(side);
  const paint = mixture(k);
  const size = side * side;
  for (let i = 0; i < size; i++) {
    paint((c) => surface.data[c * size + i] ?? 0, image.data, 4 * i);
  }
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas;
}

function blank(side: number): [HTMLCanvasElement, ImageData] {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  return [canvas, new ImageData(side, side)];
}

export interface Points {
  train: Numbers;
  test: Numbers;
  labels: boolean;
}

export function drawSurface(
  canvas: HTMLCanvasElement,
  surface: Numbers | null,
  points: Points | null,
  side: number,
  showTest: boolean,
): void {
  const context = sharpen(canvas);
  const { width, height } = canvas.getBoundingClientRect();
  context.clearRect(0, 0, width, height);
  if (surface) {
    const several = (surface.shape[0] ?? 1) > 1;
    const picture = several
      ? classPicture(surface)
      : gridPicture(surface.data, 0, surface.shape[1] ?? 1, 1);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    // grid points lie on the border, so half a cell is cut off on each side
    const n = picture.width;
    context.drawImage(picture, 0.5, 0.5, n - 1, n - 1, 0, 0, width, height);
  }
  if (!points) return;
  const paint = diverging();
  const colour = new Uint8ClampedArray(4);
  const radius = Math.max(2.2, width / 110);
  const sets: [Numbers, boolean][] = [[points.train, false]];
  if (showTest) sets.push([points.test, true]);
  for (const [set, isTest] of sets) {
    const [n = 0, columns = 3] = set.shape;
    for (let i = 0; i < n; i++) {
      const [x = 0, y = 0, t = 0] = set.data.subarray(i * columns, i * columns + 3);
      if (points.labels) context.fillStyle = classColour(t);
      else {
        paint(t, colour, 0);
        context.fillStyle = `rgb(${colour[0]},${colour[1]},${colour[2]})`;
      }
      context.beginPath();
      context.arc(((x + side) / (2 * side)) * width, ((side - y) / (2 * side)) * height, radius, 0, 7);
      context.fill();
      context.lineWidth = isTest ? 1.5 : 1;
      context.strokeStyle = isTest ? css("--ink") : css("--paper");
      context.stroke();
    }
  }
}
