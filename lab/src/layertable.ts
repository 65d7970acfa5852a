// The layers of a network as a table: what each puts out, its units, and what comes back to it.

import { CLASSES, type Rgb, css, rgb, theme } from "./colours";
import { h, number, replace, s, sharpen } from "./dom";
import type { Numbers } from "./protocol";

export interface Block {
  name: string;
  low: number;
  high: number;
  spread: number;
  dead: number;
  gradient: number | null;
  ratio: number | null;
}

export class LayerTable {
  readonly table = h("table");
  readonly root = h("div", { class: "bodies" }, this.table);

  constructor(private readonly text: (name: string) => string) {}

  draw(blocks: Block[], arrays: Record<string, Numbers>): void {
    const { text } = this;
    const units: [HTMLCanvasElement, Numbers][] = [];
    const rows = blocks.map((block, k) => {
      const key = h("span", { class: "key" });
      key.style.background = layerColour(k, blocks.length);
      const canvas = h("canvas", { role: "img", "aria-label": `${text("dead")}: ${percent(block.dead)}` });
      units.push([canvas, arrays[`working${k}`]!]);
      const range = `${number(block.low, 2)} … ${number(block.high, 2)}`;
      return h(
        "tr",
        {},
        h("td", {}, key, block.name),
        h("td", { title: range }, bars(arrays[`histogram${k}`]!, layerColour(k, blocks.length))),
        h("td", {}, number(block.spread, 2)),
        h("td", {}, canvas),
        h("td", { class: block.dead >= 0.5 ? "bad" : "" }, percent(block.dead)),
        h("td", {}, number(block.gradient, 2)),
        h("td", { class: isOff(block.ratio) ? "bad" : "" }, number(block.ratio, 2)),
      );
    });
    const heads = ["layer", "outputs_now", "spread", "units_now", "dead", "gradient_norm", "ratio"];
    replace(
      this.table,
      h("thead", {}, h("tr", {}, ...heads.map((name) => h("th", { scope: "col", title: text(`${name}_help`) }, text(name))))),
      h("tbody", {}, ...rows),
    );
    for (const [canvas, shares] of units) drawUnits(canvas, shares);
  }
}

// The colour of a layer: blue for the first, orange for the last.
export function layerColour(k: number, n: number): string {
  const colours = CLASSES[theme()].map(rgb);
  const [first, last]: [Rgb, Rgb] = [colours[0] ?? [0, 0, 0], colours[1] ?? [0, 0, 0]];
  const part = n > 1 ? k / (n - 1) : 0;
  return mixed(first, last, part);
}

function mixed(a: Rgb, b: Rgb, part: number): string {
  return `rgb(${a.map((value, c) => Math.round(value + ((b[c] ?? 0) - value) * part)).join(",")})`;
}

function bars({ data }: Numbers, colour: string): SVGSVGElement {
  const svg = s("svg", { viewBox: `0 0 ${data.length} 1`, preserveAspectRatio: "none", "aria-hidden": "true" });
  data.forEach((share, i) => {
    svg.append(s("rect", { x: i, y: 1 - share, width: 0.9, height: share, fill: colour }));
  });
  return svg;
}

// A square for each unit: the bluer, the more samples it works for; orange and empty for none.
function drawUnits(canvas: HTMLCanvasElement, { data }: Numbers): void {
  const context = sharpen(canvas);
  const { width, height } = canvas.getBoundingClientRect();
  context.clearRect(0, 0, width, height);
  const rows = data.length > 15 ? 2 : 1;
  const columns = Math.ceil(data.length / rows);
  const cell = Math.min(height / rows, width / columns);
  const top = (height - rows * cell) / 2;
  const [paper, blue] = [rgb(css("--paper")), rgb(css("--blue"))];
  data.forEach((share, i) => {
    const [x, y] = [(i % columns) * cell, top + Math.floor(i / columns) * cell];
    if (share > 0) {
      context.fillStyle = mixed(paper, blue, 0.25 + 0.75 * share);
      context.fillRect(x + 0.5, y + 0.5, cell - 1.5, cell - 1.5);
    } else {
      context.strokeStyle = css("--orange");
      context.strokeRect(x + 1, y + 1, cell - 2.5, cell - 2.5);
    }
  });
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

// As the doctor has it: updates of a thousandth of the weights are usual.
function isOff(ratio: number | null): boolean {
  return ratio !== null && (ratio < 1e-5 || ratio > 0.3);
}
