// What a network makes of one picture: what it sees, what each layer puts out, its answers.

import { diverging } from "./colours";
import { h, number, rem, replace } from "./dom";
import type { Answer, Numbers } from "./protocol";

const CELLS_HIGH = 20;
// The least and the greatest side of a picture of weights, and what lies between two, in letters of the page.
const [LEAST, MOST, GAP] = [1.1, 6.5, 0.4];

// Numbers (height, width) as a picture, a pixel each; 1 is ink, and −1 the other colour.
export function paintPixels(canvas: HTMLCanvasElement, numbers: Numbers, largest: number, at = 0): void {
  const [height = 1, width = 1] = numbers.shape.slice(-2);
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  const paint = diverging();
  for (let i = 0; i < width * height; i++) {
    paint((numbers.data[at * width * height + i] ?? 0) / (largest || 1), image.data, 4 * i);
  }
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}

export class ReadingView {
  readonly root = h("div", { class: "reading" });
  private readonly seen = h("canvas", { class: "pixels seen", role: "img" });
  private readonly layers = h("div", { class: "layers" });
  private readonly answers = h("ol", { class: "answers", "aria-live": "polite" });

  // `save` stands beside the answers, the last that is seen.
  constructor(private readonly text: (name: string) => string, save: HTMLElement) {
    const step = (name: string, content: HTMLElement, more?: HTMLElement) =>
      h("figure", { class: name }, h("figcaption", {}, h("span", { class: "grow" }, text(name)), more), content);
    this.seen.setAttribute("aria-label", text("network_sees"));
    replace(
      this.root,
      step("network_sees", this.seen),
      step("activations", this.layers),
      step("best_answers", this.answers, save),
    );
  }

  draw(answer: Answer): void {
    const { seen, shares } = answer.arrays;
    this.root.classList.toggle("empty", !seen);
    if (!seen || !shares) {
      this.seen.width = 1;
      replace(this.layers);
      replace(this.answers);
      return;
    }
    paintPixels(this.seen, seen, 1);
    const layers = Object.keys(answer.arrays).filter((name) => /^layer\d+$/.test(name)).sort();
    replace(this.layers, ...layers.map((name) => this.layer(name, answer.arrays[name]!)));
    if (!layers.length) this.layers.append(h("span", {}, this.text("no_hidden")));
    const best = answer["best"] as [number, number][];
    replace(this.answers, ...[...shares.data].map((share, k) => {
      const place = best.findIndex(([digit]) => digit === k);
      const filled = h("span");
      filled.style.width = `${100 * share}%`;
      const bar = h("span", { class: "bar" }, filled);
      return h("li", { class: place < 0 ? "" : `best place${place + 1}` },
        h("b", {}, k), bar, h("span", { class: "share" }, `${(100 * share).toFixed(1)} %`));
    }));
  }

  private layer(name: string, numbers: Numbers): HTMLElement {
    const n = numbers.data.length;
    const high = Math.min(n, CELLS_HIGH);
    const wide = Math.ceil(n / high);
    const cells: Numbers = { shape: [high, wide], data: new Float32Array(high * wide) };
    numbers.data.forEach((value, i) => (cells.data[(i % high) * wide + Math.floor(i / high)] = value));
    const canvas = h("canvas", { class: "pixels cells", role: "img", "aria-label": name });
    canvas.style.setProperty("--wide", String(wide));
    canvas.style.setProperty("--high", String(high));
    paintPixels(canvas, cells, Math.max(...cells.data.map(Math.abs)));
    canvas.addEventListener("pointermove", (event) => {
      const { left, top, width, height } = canvas.getBoundingClientRect();
      const column = Math.floor(((event.clientX - left) / width) * wide);
      const unit = column * high + Math.floor(((event.clientY - top) / height) * high);
      canvas.title = `${unit + 1}: ${number(numbers.data[unit])}`;
    });
    return canvas;
  }
}

// The weights of the first units, a picture each.
export class WeightsView {
  readonly root = h("div", { class: "weights", role: "group" });
  private readonly resized = new ResizeObserver(() => this.fit());
  private pictures: HTMLCanvasElement[] = [];
  private shape = "";

  constructor(private readonly text: (name: string) => string) {
    this.root.setAttribute("aria-label", text("weight_pictures"));
    this.resized.observe(this.root);
  }

  leave(): void {
    this.resized.disconnect();
  }

  draw(weights: Numbers, names: boolean): void {
    const shape = `${weights.shape.join()} ${names}`;
    if (shape !== this.shape) this.lay(weights.shape[0] ?? 0, names);
    this.shape = shape;
    const largest = Math.max(...weights.data.map(Math.abs));
    this.pictures.forEach((canvas, i) => paintPixels(canvas, weights, largest, i));
  }

  private lay(n: number, names: boolean): void {
    this.pictures = Array.from({ length: n }, (_, i) =>
      h("canvas", { class: "pixels", role: "img", "aria-label": `${this.text("unit")} ${i + 1}` }));
    replace(this.root, ...this.pictures.map((canvas, i) =>
      h("figure", {}, canvas, names && h("figcaption", {}, i))));
    this.fit();
  }

  // As large as all of them fit into the room there is, between two sizes.
  private fit(): void {
    const { clientWidth: width, clientHeight: height } = this.root;
    const named = this.root.querySelector("figcaption")?.offsetHeight ?? 0;
    const gap = GAP * rem();
    let side = LEAST * rem();
    for (let columns = 1; columns <= this.pictures.length; columns++) {
      const rows = Math.ceil(this.pictures.length / columns);
      side = Math.max(side, Math.min(width / columns - gap, height / rows - gap - named));
    }
    this.root.style.setProperty("--side", `${Math.floor(Math.min(side, MOST * rem()))}px`);
  }
}
