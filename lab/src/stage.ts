// Where the race is seen: contours, the minima, and each walk up to a step; a click sets the start.

import { classColour, css } from "./colours";
import { drawContours } from "./contours";
import { ticks } from "./curves";
import { h, replace, s } from "./dom";
import { sheet } from "./picture";
import type { Numbers } from "./protocol";

type Point = [number, number];

export interface Race {
  // half the width and half the height of what is seen, around 0
  half: Point;
  minima: Point[];
  start: Point;
  relief: Numbers;
  paths: Numbers[];
}

const FAR = 1e5;

export class Stage {
  readonly root: HTMLElement;
  private readonly canvas = h("canvas", { "aria-hidden": "true" });
  private readonly drawing = s("svg", { "aria-hidden": "true" });
  private race: Race | null = null;

  constructor(label: string, private readonly chosen: (start: Point) => void) {
    this.root = h("div", { class: "stage", tabindex: 0, role: "application", "aria-label": label }, this.canvas, this.drawing);
    this.root.addEventListener("pointerdown", (event) => {
      this.root.setPointerCapture(event.pointerId);
      this.choose(event);
    });
    this.root.addEventListener("pointermove", (event) => {
      if (event.buttons & 1) this.choose(event);
    });
  }

  get aspect(): number {
    const { width, height } = this.root.getBoundingClientRect();
    return Math.min(Math.max(width / height || 1, 0.2), 5);
  }

  show(race: Race, step: number): void {
    this.race = race;
    drawContours(this.canvas, race.relief);
    this.at(step);
  }

  at(step: number): void {
    const { race } = this;
    if (!race) return;
    const { width, height } = this.root.getBoundingClientRect();
    this.drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const place = (x: number, y: number): Point => {
      const far = (value: number) => Math.min(Math.max(value, -FAR), FAR);
      return [far((x / race.half[0] + 1) * (width / 2)), far((1 - y / race.half[1]) * (height / 2))];
    };
    replace(this.drawing, ...this.axes(race, place, height));
    for (const minimum of race.minima) {
      const [x, y] = place(...minimum);
      this.drawing.append(s("path", { d: `M${x - 6},${y}h12M${x},${y - 6}v12`, stroke: css("--ink"), "stroke-width": 1.5 }));
    }
    const heads: Element[] = [];
    race.paths.forEach((path, k) => {
      const colour = classColour(k);
      const last = Math.min(step, (path.shape[0] ?? 1) - 1);
      const points: Point[] = [];
      for (let i = 0; i <= last; i++) points.push(place(path.data[2 * i] ?? 0, path.data[2 * i + 1] ?? 0));
      const text = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
      this.drawing.append(s("polyline", {
        class: "walk", points: text, fill: "none", stroke: colour, "stroke-width": 2, "stroke-linejoin": "round",
      }));
      if (last <= 100) {
        for (const [cx, cy] of points) this.drawing.append(s("circle", { cx, cy, r: 2.4, fill: colour }));
      }
      const [cx, cy] = points[last] ?? [0, 0];
      heads.push(s("circle", { cx, cy, r: 6, fill: colour, stroke: css("--paper"), "stroke-width": 1.5 }));
    });
    const [x, y] = place(...race.start);
    const start = { x: x - 5, y: y - 5, width: 10, height: 10, fill: css("--paper"), stroke: css("--ink"), "stroke-width": 1.5 };
    this.drawing.append(s("rect", { class: "start", ...start }), ...heads);
  }

  private axes(race: Race, place: (x: number, y: number) => Point, height: number): Element[] {
    const [across, up] = race.half;
    const inside = (limit: number) => ticks(-limit, limit).filter((value) => Math.abs(value) < 0.93 * limit);
    const label = { class: "tick", fill: css("--faint"), "font-size": 12 };
    const text = (value: number) => String(value).replace("-", "−");
    return [
      ...inside(across).map((x) =>
        s("text", { ...label, x: place(x, 0)[0], y: height - 6, "text-anchor": "middle" }, text(x))),
      ...inside(up).map((y) => s("text", { ...label, x: 6, y: place(0, y)[1] + 4 }, text(y))),
    ];
  }

  private choose(event: PointerEvent): void {
    const { race } = this;
    if (!race) return;
    const { left, top, width, height } = this.root.getBoundingClientRect();
    const [across, up] = race.half;
    const x = (((event.clientX - left) / width) * 2 - 1) * across;
    const y = (1 - ((event.clientY - top) / height) * 2) * up;
    this.chosen([this.rounded(x), this.rounded(y)]);
  }

  // Move the start by keys; true if the key was one that moves it.
  key(event: KeyboardEvent): boolean {
    const moves: Record<string, Point> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    const move = moves[event.key];
    if (!move || !this.race) return false;
    const by = (this.race.half[1] / 20) * (event.shiftKey ? 4 : 1);
    const [x, y] = this.race.start;
    this.chosen([this.rounded(x + by * move[0]), this.rounded(y + by * move[1])]);
    return true;
  }

  // As many digits as a pixel has.
  private rounded(value: number): number {
    const digits = Math.max(0, Math.ceil(-Math.log10((this.race?.half[1] ?? 1) / 200)));
    return Number(value.toFixed(digits));
  }

  // The picture to keep.
  picture(): SVGSVGElement {
    const { width, height } = this.root.getBoundingClientRect();
    const svg = sheet(width, height);
    svg.append(s("image", { href: this.canvas.toDataURL(), width, height }), ...this.drawing.cloneNode(true).childNodes);
    return svg;
  }
}
