// Learning curves: uPlot, with a line where the run stands.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { css } from "./colours";
import { h, rem, s } from "./dom";
import { pictureMenu, sheet } from "./picture";
import type { Numbers } from "./protocol";

export interface Line {
  label: string;
  colour: string;
  dash?: number[];
  run: number;
  column: number;
}

export class Curves {
  private plot: uPlot | null = null;
  private readonly resized = new ResizeObserver(() => this.fit());
  private now = 0;

  constructor(
    private readonly root: HTMLElement,
    private readonly lines: Line[],
    private readonly title: string,
    private readonly bounds?: [number, number],
  ) {
    this.resized.observe(root);
  }

  // Each curve has a row for each step that was measured: the step, then the columns.
  draw(curves: Numbers[], now: number): void {
    this.now = now;
    const steps = [...new Set(curves.flatMap((curve) => column(curve, 0)))].sort((a, b) => a - b);
    const data: (number | null)[][] = [steps];
    for (const line of this.lines) {
      const curve = curves[line.run];
      const values = new Map<number, number>();
      if (curve) {
        const at = column(curve, 0);
        column(curve, line.column).forEach((value, i) => values.set(at[i] ?? 0, value));
      }
      data.push(
        steps.map((step) => {
          const value = values.get(step);
          return value === undefined || Number.isNaN(value) ? null : value;
        }),
      );
    }
    this.fit();
    this.plot ??= this.made();
    this.plot.setData(data as uPlot.AlignedData);
  }

  private fit(): void {
    const { width, height } = this.root.getBoundingClientRect();
    if (this.plot && (this.plot.width !== width || this.plot.height !== height)) {
      this.plot.setSize({ width, height });
    }
  }

  // The curves with their name, and a button that saves them as a picture.
  figure(text: (name: string) => string, name: string): HTMLElement {
    const menu = pictureMenu(text, name, () => this.picture());
    return h("figure", {}, h("figcaption", {}, h("span", { class: "grow" }, this.title), menu), this.root);
  }

  leave(): void {
    this.resized.disconnect();
    this.plot?.destroy();
    this.plot = null;
  }

  private made(): uPlot {
    const { width, height } = this.root.getBoundingClientRect();
    const size = rem() * 0.78;
    const axis = {
      stroke: css("--faint"),
      grid: { stroke: css("--line"), width: 1 },
      ticks: { show: false },
      font: `${size}px ${css("--font")}`,
      gap: 4,
    };
    return new uPlot(
      {
        width,
        height,
        padding: [8, 18, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: { x: { time: false }, ...(this.bounds ? { y: { range: this.bounds } } : {}) },
        axes: [
          { ...axis, size: size * 2, space: 60 },
          { ...axis, size: size * 3.6, space: 26 },
        ],
        series: [
          {},
          ...this.lines.map((line) => ({
            label: line.label,
            stroke: line.colour,
            width: 1.6,
            points: { show: false },
            spanGaps: true,
            ...(line.dash ? { dash: line.dash } : {}),
          })),
        ],
        hooks: { draw: [(plot) => this.mark(plot)] },
      },
      [[], ...this.lines.map(() => [])] as unknown as uPlot.AlignedData,
      this.root,
    );
  }

  // The curves as they are shown, with their axes.
  picture(): SVGSVGElement {
    const [width, height, left, bottom] = [560, 320, 56, 36];
    const svg = sheet(width, height);
    const { x, y } = this.plot?.scales ?? {};
    const scale = (of: uPlot.Scale | undefined, from: number, to: number) => {
      const [low, high] = [of?.min ?? 0, of?.max ?? 1];
      const place = (value: number) => from + ((value - low) / (high - low || 1)) * (to - from);
      return { place, ticks: ticks(low, high) };
    };
    const across = scale(x, left, width - 14);
    const up = scale(y, height - bottom, 28);
    const label = { fill: css("--faint") };
    for (const at of across.ticks) {
      const text = { ...label, x: across.place(at), y: height - bottom + 18, "text-anchor": "middle" };
      svg.append(s("text", text, at));
    }
    for (const at of up.ticks) {
      const [from, to] = [across.place(x?.min ?? 0), across.place(x?.max ?? 1)];
      svg.append(
        s("path", { d: `M${from},${up.place(at)}H${to}`, stroke: css("--line") }),
        s("text", { ...label, x: left - 8, y: up.place(at) + 4, "text-anchor": "end" }, at),
      );
    }
    const [steps = [], ...columns] = (this.plot?.data ?? []) as (number | null)[][];
    this.lines.forEach((line, k) => {
      const points = steps.flatMap((step, i) => {
        const value = columns[k]?.[i];
        if (step === null || value === null || value === undefined) return [];
        return [`${across.place(step).toFixed(1)},${up.place(value).toFixed(1)}`];
      });
      const dash = line.dash ? { "stroke-dasharray": line.dash.join(" ") } : {};
      svg.append(s("polyline", { points: points.join(" "), fill: "none", stroke: line.colour, "stroke-width": 1.6, ...dash }));
    });
    svg.append(s("text", { fill: css("--ink"), x: left, y: 18 }, this.title));
    return svg;
  }

  private mark(plot: uPlot): void {
    const x = plot.valToPos(this.now, "x", true);
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = css("--faint");
    ctx.lineWidth = window.devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.restore();
    this.root.title = this.title;
  }
}

function column(numbers: Numbers, k: number): number[] {
  const [n = 0, width = 1] = numbers.shape;
  return Array.from({ length: n }, (_, i) => numbers.data[i * width + k] ?? NaN);
}

// Round numbers between two, about five of them.
export function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 5 || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((n) => n * power >= rough) ?? 10) * power;
  const first = Math.ceil(low / step);
  const n = Math.floor(high / step) - first + 1;
  return Array.from({ length: Math.max(n, 0) }, (_, i) => Number(((first + i) * step).toPrecision(6)));
}
