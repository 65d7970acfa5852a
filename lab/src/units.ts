// A small network with a value and a gradient in every unit, and a weight on every edge.

import { h, number, rem, replace, s } from "./dom";
import { drawn } from "./picture";

export interface Quantity {
  name: string;
  value: number;
  gradient: number;
}

export interface WeightEdge extends Quantity {
  layer: number;
  from: number;
  to: number;
}

// For each column its units; for each unit its sum and its output.
export type Units = Quantity[][][];

export interface Known {
  values: Set<string>;
  gradients: Set<string>;
  // what the last operation has shown
  fresh: Set<string>;
}

const CELL = 76;
const HIGH = 56;
const LABELLED = 9;
// The letters of the page at which a unit is drawn in its own size, and the room between two columns.
const [LETTERS, GAP] = [14, 64];

export class UnitsView {
  readonly root = h("div", { class: "units" });
  private readonly drawing = s("svg", { role: "group" });
  private chosen = "";

  constructor(
    text: (name: string) => string,
    private readonly choose: (edge: string) => void,
  ) {
    this.drawing.setAttribute("aria-label", text("network"));
    this.root.append(this.drawing);
  }

  draw(units: Units, edges: WeightEdge[], loss: Quantity, titles: string[], known: Known, chosen: string): void {
    this.chosen = chosen;
    const focused = this.root.contains(document.activeElement) ? document.activeElement?.getAttribute("data-edge") : null;
    const columns = [...units, [[loss]]];
    const widths = columns.map((column) => CELL * Math.max(...column.map((unit) => unit.length)));
    const rows = Math.max(...columns.map((column) => column.length)) + 1;
    const box = this.root.getBoundingClientRect();
    const taken = widths.reduce((a, b) => a + b, 0);
    const zoom = rem() / LETTERS;
    const width = Math.max(box.width / zoom, taken + 24 + GAP * units.length);
    const height = Math.max(box.height / zoom, 34 + rows * (HIGH + 12));
    const gap = (width - taken - 24) / units.length;
    const pitch = (height - 34) / rows;
    const left = widths.map((_, k) => 12 + k * gap + widths.slice(0, k).reduce((a, b) => a + b, 0));
    const y = (k: number, i: number) => {
      const n = columns[k]?.length ?? 1;
      return 34 + (height - 34 - pitch) / 2 + (i - (n - 1) / 2) * pitch;
    };
    const bottom = height - pitch / 2 + 6;
    const [lines, hits, labels, cells] = [s("g"), s("g"), s("g", { class: "labels" }), s("g")];
    this.drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    for (const edge of edges) {
      const isBias = edge.from < 0;
      const from = isBias
        ? { x: (left[edge.layer] ?? 0) + (widths[edge.layer] ?? 0) - 12 + 11, y: bottom }
        : { x: (left[edge.layer] ?? 0) + (widths[edge.layer] ?? 0), y: y(edge.layer, edge.from) };
      const to = { x: left[edge.layer + 1] ?? 0, y: y(edge.layer + 1, edge.to) };
      const many = (units[edge.layer]?.length ?? 0) * (units[edge.layer + 1]?.length ?? 0) > LABELLED;
      const hasFresh = edges.some(({ layer, name }) => layer === edge.layer && known.fresh.has(name));
      this.edge(edge, from, to, { many, hasFresh }, known, lines, hits, labels);
    }
    for (let k = 0; k < units.length - 1; k++) {
      const x = (left[k] ?? 0) + (widths[k] ?? 0) - 12;
      lines.append(s("circle", { cx: x, cy: bottom, r: 11, class: "one" }), s("text", { x, y: bottom + 4, "text-anchor": "middle" }, "1"));
    }
    const last = units.length - 1;
    units[last]?.forEach((_, i) => {
      const [x0, x1] = [(left[last] ?? 0) + (widths[last] ?? 0), left[last + 1] ?? 0];
      lines.append(s("path", { d: `M${x0},${y(last, i)}L${x1},${y(last + 1, 0)}`, class: "plain" }));
    });
    columns.forEach((column, k) => {
      cells.append(s("text", { x: (left[k] ?? 0) + (widths[k] ?? 0) / 2, y: 18, "text-anchor": "middle", class: "title" }, titles[k] ?? ""));
      column.forEach((unit, i) => cells.append(...unitBox(unit, left[k] ?? 0, y(k, i) - HIGH / 2, known)));
    });
    replace(this.drawing, lines, labels, hits, cells);
    if (focused) this.drawing.querySelector<SVGElement>(`[data-edge="${focused}"]`)?.focus();
  }

  // The picture to keep.
  picture(): SVGSVGElement {
    return drawn(this.drawing);
  }

  private edge(
    edge: WeightEdge, from: { x: number; y: number }, to: { x: number; y: number }, layer: { many: boolean; hasFresh: boolean },
    known: Known, lines: Element, hits: Element, labels: Element,
  ): void {
    const { many, hasFresh } = layer;
    const d = `M${from.x},${from.y}L${to.x},${to.y}`;
    const isChosen = edge.name === this.chosen;
    const isFresh = known.fresh.has(edge.name);
    const kind = ["edge", edge.value < 0 && "negative", edge.from < 0 && "bias", (isChosen || isFresh) && "shown"];
    const thick = isChosen || isFresh ? 3 : 0.8 + 1.6 * Math.min(Math.abs(edge.value), 1);
    lines.append(s("path", { d, class: kind.filter(Boolean).join(" "), "stroke-width": thick }));
    const act = () => this.choose(edge.name);
    const label = `${edge.name} = ${number(edge.value)}`;
    hits.append(s("path", {
      d, class: "hit", tabindex: 0, role: "button", "aria-label": label, "aria-pressed": String(isChosen),
      "data-edge": edge.name, onclick: act,
      onkeydown: (event: KeyboardEvent) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        act();
      },
    }, s("title", {}, label)));
    if (!isFresh && (hasFresh || ((many || edge.from < 0) && !isChosen))) return;
    const part = isFresh ? 0.5 : edge.from < 0 ? 0.35 : 0.74;
    const [x, y] = [from.x + part * (to.x - from.x), from.y + part * (to.y - from.y)];
    const at = { x, y: y - 3, "text-anchor": "middle", class: "weight" };
    labels.append(s("text", at, number(edge.value, 3)));
    if (isFresh && known.gradients.has(edge.name)) {
      labels.append(s("text", { ...at, y: y + 10, class: "gradient" }, number(edge.gradient, 3)));
    }
  }
}

function unitBox(unit: Quantity[], left: number, top: number, known: Known): SVGElement[] {
  const found: SVGElement[] = [s("rect", { x: left, y: top, width: CELL * unit.length, height: HIGH, rx: 7, class: "unit" })];
  unit.forEach((quantity, c) => {
    const { name } = quantity;
    const x = left + CELL * c;
    const isGiven = name.startsWith("x");
    if (known.fresh.has(name)) found.push(s("rect", { x: x + 1, y: top + 1, width: CELL - 2, height: HIGH - 2, rx: 6, class: "fresh" }));
    const middle = { x: x + CELL / 2, "text-anchor": "middle" };
    found.push(s("text", { ...middle, y: top + 14, class: "name" }, name));
    if (isGiven || known.values.has(name)) found.push(s("text", { ...middle, y: top + 32, class: "number" }, number(quantity.value, isGiven ? 3 : 5)));
    if (known.gradients.has(name)) found.push(s("text", { ...middle, y: top + 48, class: "gradient" }, number(quantity.gradient, 4)));
  });
  return found;
}
