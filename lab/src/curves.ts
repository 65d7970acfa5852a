// Learning curves: uPlot, with a line where the run stands.

import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { css } from "./colours";
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
  private now = 0;

  constructor(
    private readonly root: HTMLElement,
    private readonly lines: Line[],
    private readonly title: string,
    private readonly bounds?: [number, number],
  ) {}

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
    const { width, height } = this.root.getBoundingClientRect();
    if (this.plot && (this.plot.width !== width || this.plot.height !== height)) {
      this.plot.setSize({ width, height });
    }
    this.plot ??= this.made(width, height);
    this.plot.setData(data as uPlot.AlignedData);
  }

  leave(): void {
    this.plot?.destroy();
    this.plot = null;
  }

  private made(width: number, height: number): uPlot {
    const size = parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.78;
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
        padding: [8, 10, 0, 0],
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
