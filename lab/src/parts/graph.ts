// Part 3: an expression as a graph; its inputs are dragged, values and gradients move.

import type { State } from "../address";
import { h, number, replace, s } from "../dom";
import { type Lab, type Part, type View, defaultsOf } from "../part";
import { drawn, pictureMenu } from "../picture";
import { type Answer, Refused } from "../protocol";
import { fraction, sentence } from "../sentences";
import "./step.css";
import "./graph.css";

const NAME = "graph";
const RANGE = 10;
const [WIDE, HIGH, COLUMN, ROW] = [112, 62, 160, 84];

interface GraphNode {
  name: string;
  formula: string;
  value: number;
  gradient: number;
  place: [number, number];
}

export const graph: Part = {
  name: NAME,
  defaults: (controls) => defaultsOf(controls),
  show: (root, lab, state) => new ExpressionGraph(root, lab, state),
};

class ExpressionGraph implements View {
  private readonly inputs = h("div", { class: "inputs" });
  private readonly drawing = s("svg", { role: "img" });
  private readonly sentences = h("div", { class: "sentences", role: "status" });
  private names: string[] = [];

  constructor(
    root: HTMLElement,
    private readonly lab: Lab,
    private readonly values: State,
  ) {
    const { text } = lab;
    const box = h("input", { type: "text", name: "function", class: "expression", value: String(values["function"]), maxlength: 200, spellcheck: "false", "aria-label": text("expression") });
    box.addEventListener("input", () => {
      values["function"] = box.value;
      void this.build();
    });
    this.drawing.setAttribute("aria-label", text("graph"));
    const panel = h("aside", { class: "panel" },
      h("label", { class: "written" }, text("expression"), box),
      h("p", { class: "hint" }, text("expression_help")), this.inputs);
    const head = h("div", { class: "head" },
      h("span", {}, text("node_value")), h("span", { class: "slope" }, text("gradient")), h("span", { class: "grow" }),
      pictureMenu(text, "graph", () => drawn(this.drawing)));
    const middle = h("section", { class: "middle" }, head, h("div", { class: "units" }, this.drawing));
    replace(root, panel, middle, h("section", { class: "right" }, h("h3", {}, text("sentences")), this.sentences));
    void this.build();
  }

  state(): State {
    return this.values;
  }

  leave(): void {
    this.names = [];
  }

  rebuild(): void {
    void this.build();
  }

  private async build(): Promise<void> {
    const settings = { function: this.values["function"], values: this.values["values"] };
    try {
      const answer = await this.lab.session.latest(NAME, "build", { settings });
      this.lab.say("");
      this.draw(answer);
      this.lab.changed();
    } catch (error) {
      if (error instanceof Refused) this.lab.say(error.message);
    }
  }

  private draw(answer: Answer): void {
    const names = answer["names"] as string[];
    this.values["values"] = answer["values"] as number[];
    if (names.join() !== this.names.join() || !this.inputs.childElementCount) this.layInputs(names);
    const nodes = answer["nodes"] as GraphNode[];
    const numeric = answer["numeric"] as (number | null)[];
    const ways = answer["ways"] as [number, number][][];
    const [xs, ys] = [nodes.map(({ place }) => place[0]), ways.flat().concat(nodes.map(({ place }) => place)).map(([, y]) => y)];
    const top = Math.max(...ys);
    const x = (column: number) => 12 + WIDE / 2 + column * COLUMN;
    const y = (height: number) => 12 + HIGH / 2 + (top - height) * ROW;
    const [width, height] = [x(Math.max(...xs)) + WIDE / 2 + 12, y(Math.min(...ys)) + HIGH / 2 + 12];
    this.drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.drawing.style.maxWidth = `${1.5 * width}px`;
    const lines = ways.map((way) => s("polyline", { class: "plain", points: way.map(([a, b]) => `${x(a)},${y(b)}`).join(" ") }));
    const boxes = nodes.map(({ name, formula, value, gradient, place }) => {
      const [cx, cy] = [x(place[0]), y(place[1])];
      const at = (down: number) => ({ x: cx, y: cy + down, "text-anchor": "middle" });
      return s("g", { "data-node": name },
        s("rect", { x: cx - WIDE / 2, y: cy - HIGH / 2, width: WIDE, height: HIGH, rx: 7, class: "unit" }),
        s("text", { ...at(-15), class: "name" }, formula ? `${name} = ${formula}` : name),
        s("text", { ...at(5), class: "number" }, number(value, 5)),
        s("text", { ...at(23), class: "gradient" }, number(gradient, 5)));
    });
    replace(this.drawing, ...lines, ...boxes);
    names.forEach((name, i) => {
      const shown = this.inputs.querySelector(`[data-numeric="${name}"]`);
      const node = nodes.find((each) => each.name === name);
      if (shown) replace(shown as HTMLElement, fraction([`∂${nodes.at(-1)?.name}`], [`∂${name}`]), h("span", {},
        h("b", {}, number(node?.gradient, 6)), h("br"), `${number(numeric[i], 6)} `, h("small", {}, this.lab.text("measured"))));
    });
    replace(this.sentences, ...(answer["sentences"] as string[]).map((line) => sentence(line, false)));
  }

  private layInputs(names: string[]): void {
    this.names = names;
    replace(this.inputs, ...names.map((name, i) => {
      const value = (this.values["values"] as number[])[i] ?? 1;
      const range = h("input", { type: "range", name, min: -RANGE, max: RANGE, step: 0.1, "aria-label": name });
      range.value = String(value);
      const box = h("input", { type: "number", min: -RANGE, max: RANGE, step: "any", value, "aria-label": name });
      const set = (now: string) => {
        range.value = box.value = now;
        this.values["values"] = (this.values["values"] as number[]).map((old, k) => (k === i ? Number(now) : old));
        void this.build();
      };
      range.addEventListener("input", () => set(range.value));
      box.addEventListener("change", () => {
        if (box.value !== "" && box.checkValidity()) set(box.value);
      });
      return h("div", { class: "input" },
        h("div", { class: "range" }, h("span", {}, name), range, box),
        h("div", { class: "slopes", "data-numeric": name }));
    }));
  }
}
