// A network as it is drawn: a picture in every unit, an edge for every weight.

import { css } from "./colours";
import { h, number, replace, s, sharpen } from "./dom";
import { drawn } from "./picture";
import type { Answer, Numbers } from "./protocol";
import { gridPicture } from "./surface";

export interface Entry {
  name: string;
  start: number;
  shape: number[];
}

export interface RunHead {
  step: number;
  epoch: number;
  steps_an_epoch: number;
  lr: number;
  optimizer: string;
  engine: string;
  stopped: string;
  sizes: number[];
  layout: Entry[];
  measures: (number | null)[] | null;
}

interface Edge {
  name: string;
  index: number;
  line: SVGPathElement;
  hit: SVGPathElement;
}

interface Unit {
  x: number;
  y: number;
}

export interface Edits {
  units: (layer: number, change: number) => void;
  layers: (change: number) => void;
}

export class NetworkView {
  readonly root = h("div", { class: "network" });
  private readonly canvas = h("canvas", { "aria-hidden": "true" });
  private readonly drawing = s("svg", { role: "group" });
  private readonly tip = h("div", { class: "tip", role: "status", hidden: true });
  private readonly buttons = h("div", { class: "layer-buttons" });
  private edges: Edge[] = [];
  private units: Unit[][] = [];
  private size = 30;
  private key = "";
  private shown: Edge | null = null;
  private arrays: Record<string, Numbers> = {};

  constructor(
    private readonly inputs: () => string[],
    private readonly words: (name: string) => string,
    private readonly edits: Edits,
  ) {
    this.drawing.setAttribute("aria-label", words("network"));
    this.root.append(this.drawing, this.canvas, this.buttons, this.tip);
  }

  draw(head: RunHead, answer: Answer, which: number): void {
    const { width, height } = this.root.getBoundingClientRect();
    const key = JSON.stringify([head.sizes, width, height, this.inputs()]);
    if (key !== this.key) this.lay(head, width, height);
    this.key = key;
    const take = (name: string) => answer.arrays[`${name}${which}`] as Numbers;
    this.arrays = { theta: take("theta"), gradient: take("gradient"), update: take("update") };
    this.paint(take("units"));
    this.weigh();
    if (this.shown) this.tell(this.shown);
  }

  private lay(head: RunHead, width: number, height: number): void {
    const sizes = head.sizes;
    const most = Math.max(...sizes);
    const top = 46;
    const room = (height - top - 8) / most;
    this.size = Math.max(12, Math.min(38, room * 0.78));
    const left = 62;
    const gap = (width - left - this.size / 2 - 40) / Math.max(sizes.length - 1, 1);
    this.units = sizes.map((n, layer) => {
      const pitch = Math.min(room, this.size * 1.6);
      const first = top + (height - top - 8) / 2 - ((n - 1) * pitch) / 2;
      return Array.from({ length: n }, (_, i) => ({ x: left + gap * layer, y: first + pitch * i }));
    });
    this.drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    replace(this.drawing);
    this.edges = [];
    const lines = s("g");
    const hits = s("g");
    for (let layer = 1; layer < sizes.length; layer++) {
      const entry = head.layout.find((e) => e.name === `W${layer}`);
      if (!entry) continue;
      this.connect(entry, this.units[layer - 1] ?? [], this.units[layer] ?? [], lines, hits);
    }
    const labels = s("g", { class: "labels" });
    this.inputs().forEach((name, i) => {
      const unit = this.units[0]?.[i];
      if (unit) {
        const x = unit.x - this.size / 2 - 6;
        labels.append(s("text", { x, y: unit.y + 4, "text-anchor": "end" }, pretty(name)));
      }
    });
    this.drawing.append(lines, hits, labels);
    this.layButtons(sizes);
  }

  private connect(entry: Entry, from: Unit[], to: Unit[], lines: Element, hits: Element): void {
    const half = this.size / 2;
    from.forEach((a, i) =>
      to.forEach((b, j) => {
        const [x0, x1] = [a.x + half, b.x - half];
        const bend = (x1 - x0) * 0.45;
        const d = `M${x0},${a.y}C${x0 + bend},${a.y} ${x1 - bend},${b.y} ${x1},${b.y}`;
        const line = s("path", { d, class: "edge" });
        const hit = s("path", { d, class: "hit", tabindex: -1, "data-edge": `${entry.name}[${i},${j}]` });
        const index = entry.start + i * (entry.shape[1] ?? 1) + j;
        const edge = { name: `${entry.name}[${i}, ${j}]`, index, line, hit };
        hit.addEventListener("pointerenter", () => this.show(edge));
        hit.addEventListener("pointerdown", () => this.show(edge));
        hit.addEventListener("pointerleave", () => this.show(null));
        lines.append(line);
        hits.append(hit);
        this.edges.push(edge);
      }),
    );
  }

  private layButtons(sizes: number[]): void {
    replace(this.buttons);
    const button = (label: string, name: string, act: () => void) =>
      h("button", { class: "mini", title: this.words(name), "aria-label": this.words(name), onclick: act }, label);
    sizes.slice(1, -1).forEach((n, i) => {
      const x = this.units[i + 1]?.[0]?.x ?? 0;
      const group = h(
        "div",
        { class: "layer" },
        button("−", "fewer_units", () => this.edits.units(i, -1)),
        h("span", {}, n),
        button("+", "more_units", () => this.edits.units(i, 1)),
      );
      group.style.left = `${x}px`;
      this.buttons.append(group);
    });
  }

  private paint(units: Numbers): void {
    const context = sharpen(this.canvas);
    const { width, height } = this.root.getBoundingClientRect();
    context.clearRect(0, 0, width, height);
    const side = units.shape[1] ?? 1;
    context.strokeStyle = css("--line");
    this.units.flat().forEach((unit, k) => {
      const picture = gridPicture(units.data, k * side * side, side);
      const [x, y] = [unit.x - this.size / 2, unit.y - this.size / 2];
      context.save();
      context.beginPath();
      context.roundRect(x, y, this.size, this.size, 4);
      context.clip();
      context.drawImage(picture, x, y, this.size, this.size);
      context.restore();
      context.lineWidth = 1;
      context.stroke();
    });
  }

  private weigh(): void {
    const theta = this.arrays["theta"]?.data;
    if (!theta) return;
    for (const { index, line } of this.edges) {
      const w = theta[index] ?? 0;
      line.setAttribute("stroke-width", (0.4 + 4.2 * Math.min(Math.sqrt(Math.abs(w) / 4), 1.4)).toFixed(2));
      line.setAttribute("stroke-opacity", (0.12 + 0.75 * Math.min(Math.abs(w) / 1.5, 1)).toFixed(2));
      line.classList.toggle("negative", w < 0);
    }
  }

  // Go to the next or the last edge, for those who use the keyboard.
  walk(change: number): void {
    const at = this.shown ? this.edges.indexOf(this.shown) : -1;
    this.show(this.edges[(at + change + this.edges.length) % this.edges.length] ?? null);
  }

  private show(edge: Edge | null): void {
    this.shown?.line.classList.remove("shown");
    this.shown = edge;
    edge?.line.classList.add("shown");
    this.tip.hidden = !edge;
    if (edge) this.tell(edge);
  }

  private tell(edge: Edge): void {
    const value = (name: string) => number(this.arrays[name]?.data[edge.index]);
    const row = (name: string, text: string) => [h("dt", {}, this.words(name)), h("dd", {}, text)];
    replace(
      this.tip,
      h("b", {}, edge.name),
      h(
        "dl",
        {},
        ...row("weight", value("theta")),
        ...row("gradient", value("gradient")),
        ...row("update", value("update")),
      ),
    );
    const box = edge.line.getBBox();
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
    const { width, height } = this.root.getBoundingClientRect();
    this.tip.style.left = `${Math.min(Math.max(x + 12, 0), width - 190)}px`;
    this.tip.style.top = `${Math.min(y + 10, height - 100)}px`;
  }

  // The picture to keep, the units' heat maps within it.
  picture(): SVGSVGElement {
    const { width, height } = this.root.getBoundingClientRect();
    const svg = drawn(this.drawing);
    svg.append(s("image", { href: this.canvas.toDataURL(), width, height }));
    return svg;
  }
}

export function pretty(formula: string): string {
  return formula.replace("**2", "²").replace("*", "");
}
