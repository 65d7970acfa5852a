// Grids of numbers as pictures, and points upon them.

import { CLASSES, css, diverging, mixture, theme } from "./colours";
import { s, sharpen } from "./dom";
import { sheet } from "./picture";
import type { Numbers } from "./protocol";

// What is seen of the plane: from minus this to this, both ways.
export const SIDE = 3;

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
    const picture = surfacePicture(surface);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    // grid points lie on the border, so half a cell is cut off on each side
    const n = picture.width;
    context.drawImage(picture, 0.5, 0.5, n - 1, n - 1, 0, 0, width, height);
  }
  if (points) paintPoints(context, width, height, points, side, showTest);
}

// Points of classes on top of what is drawn.
export function addPoints(canvas: HTMLCanvasElement, train: Numbers): void {
  const { width, height } = canvas.getBoundingClientRect();
  const test = { shape: [0, 3], data: new Float32Array() };
  paintPoints(sharpen(canvas), width, height, { train, test, labels: true }, SIDE, false);
}

function paintPoints(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  points: Points,
  side: number,
  showTest: boolean,
): void {
  for (const { x, y, fill, stroke, line } of dots(points, side, showTest)) {
    context.fillStyle = fill;
    context.beginPath();
    context.arc(x * width, y * height, radius(width), 0, 7);
    context.fill();
    context.lineWidth = line;
    context.strokeStyle = stroke;
    context.stroke();
  }
}

// The same as a picture to keep: the surface as an image, each point as a circle.
export function surfaceSvg(
  surface: Numbers,
  points: Points | null,
  side: number,
  showTest: boolean,
  size = 480,
): SVGSVGElement {
  const svg = sheet(size, size);
  const picture = surfacePicture(surface);
  const cell = size / (picture.width - 1);
  const [at, whole] = [-cell / 2, size + cell];
  svg.append(s("image", { href: picture.toDataURL(), x: at, y: at, width: whole, height: whole, preserveAspectRatio: "none" }));
  for (const { x, y, fill, stroke, line } of points ? dots(points, side, showTest) : []) {
    svg.append(s("circle", { cx: x * size, cy: y * size, r: radius(size), fill, stroke, "stroke-width": line }));
  }
  return svg;
}

function surfacePicture(surface: Numbers): HTMLCanvasElement {
  const [outputs = 1, side = 1] = surface.shape;
  return outputs > 1 ? classPicture(surface) : gridPicture(surface.data, 0, side, 1);
}

function radius(width: number): number {
  return Math.max(2.2, width / 110);
}

interface Dot {
  // as shares of the square, from its upper left corner
  x: number;
  y: number;
  fill: string;
  stroke: string;
  line: number;
}

function* dots(points: Points, side: number, showTest: boolean): Generator<Dot> {
  const paint = diverging();
  const colour = new Uint8ClampedArray(4);
  const classes = CLASSES[theme()];
  const sets: [Numbers, boolean][] = [[points.train, false]];
  if (showTest) sets.push([points.test, true]);
  for (const [set, isTest] of sets) {
    const [n = 0, columns = 3] = set.shape;
    const stroke = css(isTest ? "--ink" : "--paper");
    for (let i = 0; i < n; i++) {
      const [x = 0, y = 0, t = 0] = set.data.subarray(i * columns, i * columns + 3);
      if (!points.labels) paint(t, colour, 0);
      yield {
        x: (x + side) / (2 * side),
        y: (side - y) / (2 * side),
        fill: points.labels ? (classes[t] ?? "") : `rgb(${colour[0]},${colour[1]},${colour[2]})`,
        stroke,
        line: isTest ? 1.5 : 1,
      };
    }
  }
}
