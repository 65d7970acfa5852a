// Part 1: build, train, stop and rewind a network that learns points in the plane.

import type { State, Value } from "../address";
import type { Curves } from "../curves";
import { h, replace } from "../dom";
import { Learner } from "../learner";
import { curveFigures, learningCurves, measuresTable } from "../measures";
import { NetworkView, type RunHead } from "../network";
import { type Groups, Panel, layerCount } from "../panel";
import { type Lab, type Part, type View, defaultsOf } from "../part";
import { pictureMenu } from "../picture";
import { type Own, ownPoints } from "../points";
import type { Answer, Numbers } from "../protocol";
import { type Points, SIDE, addPoints, drawSurface, surfaceSvg } from "../surface";
import { takeAway } from "../takeaway";

const NAME = "playground";
// Points of one's own without which nothing can be learned.
const FEWEST = 2;
const GROUPS: Groups = [
  ["data_group", ["noise", "samples", "classes", "test", "inputs"]],
  [
    "network_group",
    ["activation", "initializer", "batch_norm", "dropout"],
  ],
  [
    "learning_group",
    ["loss", "optimizer", "lr", "schedule", "horizon", "batch_size", "l1", "l2", "seed", "versus", "versus_lr"],
  ],
];
const SHOWN_IF: Record<string, (state: State) => boolean> = {
  horizon: (state) => state["schedule"] !== "constant",
  versus_lr: (state) => state["versus"] !== "none",
  loss: (state) => !isRegression(state),
  classes: (state) => !isRegression(state),
  noise: (state) => state["data"] !== "own",
  samples: (state) => state["data"] !== "own",
};

function isRegression(state: State): boolean {
  return state["data"] === "plane" || state["data"] === "hills";
}

export const playground: Part = {
  name: NAME,
  defaults: (controls) => ({ ...defaultsOf(controls), step: 0, speed: 5 }),
  show: (root, lab, state) => new Playground(root, lab, state),
};

class Playground implements View {
  private readonly learner: Learner;
  private readonly panel: Panel;
  private readonly network: NetworkView;
  private readonly middle = h("section", { class: "middle" });
  private readonly right = h("section", { class: "right" });
  private readonly canvases: HTMLCanvasElement[] = [];
  private readonly measures = h("div", { class: "measures" });
  private readonly resized: ResizeObserver;
  private readonly own: Own = {
    chosen: 0,
    mine: () => this.values["data"] === "own",
    classes: () => Number(this.values["classes"]),
    points: () => (this.values["own"] as number[] | null) ?? [],
    all: () => this.points,
    set: (points, classes) => {
      this.values["own"] = points;
      if (classes) this.values["classes"] = classes;
      this.set("data", "own");
    },
  };
  private curves: Curves[] = [];
  private points: Points | null = null;
  // Points of one's own are all shown: those that are kept for the test must not seem lost.
  private showTest: boolean;

  constructor(
    private readonly root: HTMLElement,
    private readonly lab: Lab,
    private readonly values: State,
  ) {
    this.showTest = this.own.mine();
    this.learner = new Learner(lab, NAME, values, {
      built: (answer) => this.built(answer),
      went: () => this.redraw(),
    });
    this.network = new NetworkView(() => this.values["inputs"] as string[], lab.text, {
      units: (layer, change) => this.resize(layer, change),
      layers: () => undefined,
    });
    this.panel = new Panel(
      lab,
      values,
      { groups: GROUPS, when: SHOWN_IF, first: { data_group: () => this.sets() } },
      (name, value) => this.set(name, value),
    );
    replace(root, this.panel.root, this.middle, this.right);
    this.network.root.append(h("p", { class: "waits", role: "status" }, lab.text("need_points")));
    replace(this.middle, h("div", { class: "head" }), this.network.root, this.learner.transport.root);
    this.layHead();
    this.layRight();
    this.resized = new ResizeObserver(() => this.redraw());
    this.resized.observe(root);
    this.build(Number(values["step"] ?? 0));
  }

  state(): State {
    return { ...this.learner.state(), ...(this.isWaiting && { step: 0 }) };
  }

  leave(): void {
    this.learner.leave();
    this.resized.disconnect();
    this.curves.forEach((curve) => curve.leave());
  }

  rebuild(): void {
    this.build(Number(this.state()["step"]));
  }

  key(event: KeyboardEvent): boolean {
    if (this.isWaiting) return false;
    if (event.key === "e" || event.key === "E") {
      this.network.walk(event.key === "e" ? 1 : -1);
      return true;
    }
    return this.learner.transport.key(event);
  }

  private set(name: string, value: Value): void {
    if (name === "data" && value !== this.values["data"]) this.showTest = value === "own";
    this.values[name] = value;
    this.panel.lay();
    if (name === "versus" || name === "data" || name === "classes") this.layRight();
    this.layHead();
    this.build(0);
  }

  // Ask for the runs; points of one's own that are too few wait for more.
  private build(step: number): void {
    this.root.classList.toggle("few", this.isWaiting);
    if (!this.isWaiting) {
      void this.learner.build(step);
      return;
    }
    this.learner.transport.pause();
    this.lab.say("");
    this.lab.changed();
    this.redraw();
  }

  private get isWaiting(): boolean {
    return this.own.mine() && this.own.points().length < 3 * FEWEST;
  }

  private built(answer: Answer): void {
    this.points = {
      train: answer.arrays["train"]!,
      test: answer.arrays["test"]!,
      labels: answer["labels"] === true,
    };
    this.redraw();
  }

  private redraw(): void {
    const { last } = this.learner;
    if (this.isWaiting) {
      const points = this.own.points();
      const set = { shape: [points.length / 3, 3], data: new Float32Array(points) };
      this.canvases.forEach((canvas) => {
        drawSurface(canvas, null, null, SIDE, false);
        addPoints(canvas, set);
      });
      return;
    }
    if (!last) return;
    const runs = last["runs"] as RunHead[];
    const [run] = runs;
    if (!run) return;
    this.network.draw(run, last, 0);
    const side = Number(last["side"]);
    this.canvases.forEach((canvas, i) => {
      const surface = last.arrays[`surface${i}`] ?? null;
      drawSurface(canvas, surface, this.points, side, this.showTest);
    });
    const curves = runs.map((_, i) => last.arrays[`curve${i}`] as Numbers);
    this.curves.forEach((curve) => curve.draw(curves, run.step));
    const names = runs.map((_, i) => this.runName(i));
    replace(this.measures, measuresTable(this.lab.text, runs, names, this.points?.labels ?? true));
  }

  private runName(i: number): string {
    return String(this.values[i ? "versus" : "optimizer"]);
  }

  private sets(): HTMLElement {
    const { text, controls } = this.lab;
    const box = h("div", { class: "sets", role: "radiogroup", "aria-label": text("data") });
    const choices = controls.find((each) => each.name === "data")?.choices ?? [];
    for (const choice of choices) {
      const canvas = h("canvas", { class: "thumb", "aria-hidden": "true" });
      const chosen = this.values["data"] === choice;
      const button = h(
        "button",
        { role: "radio", "aria-checked": String(chosen), title: text(choice), "aria-label": text(choice), name: choice },
        choice === "own" ? h("span", { class: "pencil" }, "✎") : canvas,
      );
      button.addEventListener("click", () => this.set("data", choice));
      box.append(button);
      if (choice !== "own") void this.thumbnail(canvas, choice);
    }
    return box;
  }

  private async thumbnail(canvas: HTMLCanvasElement, data: string): Promise<void> {
    const classes = this.values["classes"] ?? 2;
    const key = `${data} ${classes}`;
    let found = THUMBNAILS.get(key);
    if (!found) {
      found = this.lab.session.ask(NAME, "thumbnail", { data, classes });
      THUMBNAILS.set(key, found);
    }
    try {
      const answer = await found;
      if (!canvas.isConnected) return;
      const points = answer.arrays["points"]!;
      const none = { shape: [0, 3], data: new Float32Array() };
      drawSurface(canvas, null, { train: points, test: none, labels: answer["labels"] === true }, SIDE, false);
    } catch {
      THUMBNAILS.delete(key);
    }
  }

  private layHead(): void {
    const { text } = this.lab;
    replace(
      this.middle.querySelector(".head")!,
      ...layerCount(text, this.values["hidden"] as number[], 6, (hidden) => this.set("hidden", hidden)),
      h("span", { class: "grow" }),
      ...takeAway(this.lab, NAME, () => this.learner.transport.pause()),
      pictureMenu(text, "network", () => this.network.picture()),
    );
  }

  private resize(layer: number, change: number): void {
    const hidden = [...(this.values["hidden"] as number[])];
    hidden[layer] = Math.min(Math.max((hidden[layer] ?? 1) + change, 1), 12);
    this.set("hidden", hidden);
  }

  private layRight(): void {
    const { text } = this.lab;
    const runs = this.values["versus"] === "none" ? 1 : 2;
    this.curves.forEach((curve) => curve.leave());
    this.canvases.length = 0;
    const surfaces = h("div", { class: `surfaces runs${runs}` });
    for (let i = 0; i < runs; i++) {
      const canvas = h("canvas", { class: "surface", role: "img", "aria-label": text("outputs") });
      this.canvases.push(canvas);
      const caption = h("figcaption", {}, h("span", { class: "grow" }, this.runName(i)), this.surfaceMenu(i));
      surfaces.append(h("figure", {}, canvas, runs > 1 && caption));
    }
    const test = h("input", { type: "checkbox" });
    test.checked = this.showTest;
    test.addEventListener("change", () => {
      this.showTest = test.checked;
      this.redraw();
    });
    const under = h(
      "div",
      { class: "under" },
      h("label", {}, test, text("show_test")),
      runs === 1 && this.surfaceMenu(0),
    );
    this.curves = learningCurves(text, runs, !isRegression(this.values));
    const own = ownPoints(this.lab, this.canvases, this.own);
    replace(this.right, surfaces, under, own, this.measures, curveFigures(text, this.curves));
  }

  private surfaceMenu(run: number): HTMLElement {
    return pictureMenu(this.lab.text, run ? "surface2" : "surface", () => {
      const last = this.learner.last!;
      return surfaceSvg(last.arrays[`surface${run}`]!, this.points, Number(last["side"]), this.showTest);
    });
  }
}

const THUMBNAILS = new Map<string, Promise<Answer>>();
