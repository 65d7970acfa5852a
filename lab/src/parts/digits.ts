// Part 5: draw a digit, see what the network sees of it, what its layers put out, and its answers.

import type { State, Value } from "../address";
import type { Curves } from "../curves";
import { h, replace } from "../dom";
import { Learner } from "../learner";
import { curveFigures, learningCurves, measuresTable } from "../measures";
import type { RunHead } from "../network";
import { Pad } from "../pad";
import { Panel, layerCount } from "../panel";
import { type Lab, type Part, type View, defaultsOf } from "../part";
import { pictureMenu } from "../picture";
import { type Answer, type Numbers } from "../protocol";
import { ReadingView, WeightsView, paintPixels } from "../reading";
import { snapshot } from "../snapshot";
import { takeAway } from "../takeaway";

const NAME = "digits";
const MOST_LAYERS = 3;
const NONE = -1;

export const digits: Part = {
  name: NAME,
  defaults: (controls) => ({ ...defaultsOf(controls), step: 0, speed: 5, drawing: [], sample: 0 }),
  show: (root, lab, state) => new Digits(root, lab, state),
};

class Digits implements View {
  private readonly learner: Learner;
  private readonly panel: Panel;
  private readonly pad: Pad;
  private readonly reading: ReadingView;
  private readonly weights: WeightsView;
  private readonly head = h("div", { class: "head" });
  private readonly sizes = h("div", { class: "sizes" });
  private readonly shown = h("p", { class: "shown", role: "status" });
  private readonly measures = h("div", { class: "measures" });
  private readonly mistakes = h("div", { class: "wrong" });
  private readonly curves: Curves[];
  private readonly resized: ResizeObserver;

  constructor(
    root: HTMLElement,
    private readonly lab: Lab,
    private readonly values: State,
  ) {
    const { text } = lab;
    this.learner = new Learner(lab, NAME, values, {
      besides: () => this.input(),
      built: (answer) => this.draw(answer),
      went: (answer) => this.draw(answer),
    });
    this.panel = new Panel(lab, values, { groups: [
      ["data_group", ["data"]],
      ["network_group", ["activation", "batch_norm", "dropout"]],
      ["learning_group", ["optimizer", "lr", "batch_size", "l2", "seed"]],
    ] }, (name, value) => this.set(name, value));
    const drawing = ((values["drawing"] as Value[] | null) ?? []).map(Number);
    this.pad = new Pad(drawing, text("draw_digit"), (done) => this.drawn(done));
    this.reading = new ReadingView(text, pictureMenu(text, "reading", () => snapshot(flow)));
    this.weights = new WeightsView(text);
    this.curves = learningCurves(text, 1, true);
    const button = (name: string, act: () => void) =>
      h("button", { class: "link", "data-do": name, onclick: act }, text(name));
    const tools = h("div", { class: "pad-tools" },
      button("undo", () => this.change(() => this.pad.undo())),
      button("clear_points", () => this.change(() => this.pad.clear())),
      button("next_sample", () => this.choose(Number(this.values["sample"]) + 1)));
    const flow = h("div", { class: "flow" },
      h("figure", { class: "input" }, h("figcaption", {}, text("draw_digit_here")), this.pad.canvas, tools, this.shown),
      this.reading.root);
    const gallery = h("figure", { class: "gallery" },
      h("figcaption", {}, h("span", { class: "grow" }, text("weight_pictures")),
        pictureMenu(text, "weights", () => snapshot(this.weights.root))),
      this.weights.root);
    const middle = h("section", { class: "middle" }, this.head, h("div", { class: "scene" }, flow, gallery), this.learner.transport.root);
    const mistakes = h("figure", { class: "mistakes" },
      h("figcaption", {}, h("span", { class: "grow" }, text("mistakes")),
        pictureMenu(text, "mistakes", () => snapshot(this.mistakes))),
      this.mistakes);
    const right = h("section", { class: "right" }, this.measures, curveFigures(text, this.curves), mistakes);
    replace(root, this.panel.root, middle, right);
    this.layHead();
    this.resized = new ResizeObserver(() => this.pad.draw());
    this.resized.observe(root);
    void this.learner.build(Number(values["step"] ?? 0));
  }

  state(): State {
    return { ...this.learner.state(), drawing: this.pad.strokes, sample: this.values["sample"] ?? NONE };
  }

  leave(): void {
    this.learner.leave();
    this.resized.disconnect();
    this.weights.leave();
    this.curves.forEach((curve) => curve.leave());
  }

  rebuild(): void {
    this.learner.rebuild();
  }

  key(event: KeyboardEvent): boolean {
    if (event.key === "n") this.choose(Number(this.values["sample"]) + 1);
    else if (event.key === "Delete") this.change(() => this.pad.clear());
    else return this.learner.transport.key(event);
    return true;
  }

  private set(name: string, value: Value): void {
    this.values[name] = value;
    this.panel.lay();
    this.layHead();
    void this.learner.build(0);
  }

  // What is shown to the network: a picture of the test, or the drawing.
  private input(): Record<string, Value> {
    const sample = Number(this.values["sample"]);
    return sample === NONE ? { drawing: this.pad.strokes } : { sample };
  }

  private change(act: () => void): void {
    act();
    this.drawn(true);
  }

  private drawn(done: boolean): void {
    this.values["sample"] = NONE;
    this.ask();
    if (done) this.lab.changed();
  }

  private choose(sample: number): void {
    const tests = (this.learner.last?.["tests"] as number | undefined) ?? 1;
    this.values["sample"] = ((sample % tests) + tests) % tests;
    this.pad.clear();
    this.ask();
    this.lab.changed();
  }

  private ask(): void {
    this.lab.session.latest(NAME, "show", this.input()).then(
      (answer) => this.read(answer),
      (error: unknown) => this.learner.refused(error),
    );
  }

  private read(answer: Answer): void {
    this.reading.draw(answer);
    const [text, label] = [this.lab.text, answer["label"]];
    const known = typeof label === "number";
    this.shown.textContent = known ? `${text("test_digit")} ${this.values["sample"]}: ${text("a_digit")} ${label}` : "";
  }

  private draw(answer: Answer): void {
    const runs = answer["runs"] as RunHead[];
    this.read(answer);
    this.weights.draw(answer.arrays["weights"]!, !(this.values["hidden"] as number[]).length);
    replace(this.measures, measuresTable(this.lab.text, runs, [], true));
    this.curves.forEach((curve) => curve.draw([answer.arrays["curve0"]!], runs[0]?.step ?? 0));
    this.layMistakes(answer["mistakes"] as number[][], answer.arrays["wrong"]!);
  }

  private layMistakes(rows: number[][], pictures: Numbers): void {
    const { text } = this.lab;
    const buttons = rows.map(([sample = 0, label, found], i) => {
      const canvas = h("canvas", { class: "pixels" });
      paintPixels(canvas, pictures, 1, i);
      const name = `${text("a_digit")} ${label}, ${text("read_as")} ${found}`;
      return h("button", { title: name, "aria-label": name, onclick: () => this.choose(sample) },
        canvas, h("span", {}, `${label} → `, h("b", {}, found)));
    });
    replace(this.mistakes, ...buttons);
  }

  private layHead(): void {
    const { text } = this.lab;
    const hidden = this.values["hidden"] as number[];
    const sizes = hidden.map((n, layer) => {
      const box = h("input", { type: "number", min: 1, max: 100, value: n, "aria-label": `${text("units")} ${layer + 1}` });
      box.addEventListener("change", () => {
        if (!box.checkValidity() || box.value === "") box.value = String(n);
        else this.set("hidden", hidden.map((size, i) => (i === layer ? Number(box.value) : size)));
      });
      return box;
    });
    replace(this.sizes, ...sizes);
    replace(
      this.head,
      ...layerCount(text, hidden, MOST_LAYERS, (sizes) => this.set("hidden", sizes)),
      this.sizes,
      h("span", { class: "grow" }),
      ...takeAway(this.lab, NAME, () => this.learner.transport.pause()),
    );
  }
}
