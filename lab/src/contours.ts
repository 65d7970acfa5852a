// A surface from above: shades and contours of a grid of numbers from 0 to 1.

import { css, rgb, theme } from "./colours";
import { sharpen } from "./dom";
import type { Numbers } from "./protocol";

const LEVELS = 16;

export function drawContours(canvas: HTMLCanvasElement, relief: Numbers): void {
  const context = sharpen(canvas);
  const { width, height } = canvas.getBoundingClientRect();
  context.clearRect(0, 0, width, height);
  context.imageSmoothingEnabled = true;
  const picture = shades(relief);
  // grid points lie on the border, so half a cell is cut off on each side
  context.drawImage(picture, 0.5, 0.5, picture.width - 1, picture.height - 1, 0, 0, width, height);
  context.strokeStyle = css("--faint");
  context.globalAlpha = 0.55;
  context.lineWidth = 0.8;
  context.beginPath();
  const [rows = 1, columns = 1] = relief.shape;
  const [dx, dy] = [width / (columns - 1), height / (rows - 1)];
  for (let level = 0.5; level < LEVELS; level++) {
    for (const [x0, y0, x1, y1] of segments(relief, level / LEVELS)) {
      context.moveTo(x0 * dx, y0 * dy);
      context.lineTo(x1 * dx, y1 * dy);
    }
  }
  context.stroke();
  context.globalAlpha = 1;
}

// Low is dark, in the light and in the dark.
function shades({ data, shape }: Numbers): HTMLCanvasElement {
  const [rows = 1, columns = 1] = shape;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [columns, rows];
  const image = new ImageData(columns, rows);
  const [paper, ink] = [rgb(css("--paper")), rgb(css("--ink"))];
  const dark = theme() === "dark";
  for (let i = 0; i < rows * columns; i++) {
    const height = data[i] ?? NaN;
    if (Number.isNaN(height)) continue;
    const share = dark ? 0.24 * height : 0.2 * (1 - height);
    for (let c = 0; c < 3; c++) {
      image.data[4 * i + c] = (paper[c] ?? 0) + ((ink[c] ?? 0) - (paper[c] ?? 0)) * share;
    }
    image.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d")?.putImageData(image, 0, 0);
  return canvas;
}

// The pieces of a contour, one or two in each cell that it crosses, in units of cells.
function* segments({ data, shape }: Numbers, level: number): Generator<[number, number, number, number]> {
  const [rows = 1, columns = 1] = shape;
  const at = (i: number, j: number) => (data[i * columns + j] ?? NaN) - level;
  for (let i = 0; i < rows - 1; i++) {
    for (let j = 0; j < columns - 1; j++) {
      const [a, b, c, d] = [at(i, j), at(i, j + 1), at(i + 1, j + 1), at(i + 1, j)];
      if (Number.isNaN(a + b + c + d)) continue;
      const crossings: [number, number][] = [];
      if (a < 0 !== b < 0) crossings.push([j + a / (a - b), i]);
      if (b < 0 !== c < 0) crossings.push([j + 1, i + b / (b - c)]);
      if (c < 0 !== d < 0) crossings.push([j + 1 - c / (c - d), i + 1]);
      if (d < 0 !== a < 0) crossings.push([j, i + 1 - d / (d - a)]);
      for (let k = 0; k + 1 < crossings.length; k += 2) {
        yield [...crossings[k]!, ...crossings[k + 1]!] as [number, number, number, number];
      }
    }
  }
}
