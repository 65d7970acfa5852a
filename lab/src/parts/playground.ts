// Part 1: build, train, stop and rewind a network that learns points in the plane.

import type { State, Value } from "../address";
import { CLASSES, classColour, theme } from "../colours";
import { controlOf } from "../controls";
import { Curves, type Line } from "../curves";
import { add, h, number, replace } from "../dom";
import { NetworkView, type RunHead } from "../network";
import { type Lab, type Part, type View, defaultsOf } from "../part";
import { ownPoints } from "../points";
import { type Answer, type Numbers, Overtaken, Refused } from "../protocol";
import { pictureMenu } from "../picture";
import { type Points, drawSurface, surfaceSvg } from "../surface";
import { takeAway } from "../takeaway";
import { Transport } from "../transport";

const NAME = "playground";
const GROUPS: [string, string[]][] = [
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
  private readonly panel = h("aside", { class: "panel" });
  private readonly network: NetworkView[] = [];
  private readonly middle = h("section", { class: "middle" });
  private readonly right = h("section", { class: "right" });
  private readonly canvases: HTMLCanvasElement[] = [];
  private readonly measures = h("div", { class: "measures" });
  private readonly transport: Transport;
  private readonly resized: ResizeObserver;
  private curves: Curves[] = [];
  private points: Points | null = null;
  private last: Answer | null = null;
  private showTest = false;
  private left = false;

  constructor(
    root: HTMLElement,
    private readonly lab: Lab,
    private readonly values: State,
  ) {
    this.transport = new Transport(lab.text, (step) => this.go(step), values);
    this.network.push(
      new NetworkView(() => this.values["inputs"] as string[], lab.text, {
        units: (layer, change) => this.resize(layer, change),
        layers: () => undefined,
      }),
    );
    replace(root, this.panel, this.middle, this.right);
    this.layMiddle();
    this.layRight();
    this.layPanel();
    this.resized = new ResizeObserver(() => this.redraw());
    this.resized.observe(root);
    void this.build(Number(values["step"] ?? 0));
  }

  state(): State {
    const step = this.last ? this.transport.aim : this.values["step"];
    return { ...this.values, step: step ?? 0, speed: this.transport.speed };
  }

  leave(): void {
    this.left = true;
    this.transport.pause();
    this.resized.disconnect();
    this.curves.forEach((curve) => curve.leave());
  }

  rebuild(): void {
    void this.build(Number(this.state()["step"]));
  }

  key(event: KeyboardEvent): boolean {
    if (event.key === "e" || event.key === "E") {
      this.network[0]?.walk(event.key === "e" ? 1 : -1);
      return true;
    }
    return this.transport.key(event);
  }

  // -- asking -------------------------------------------------------------------------------

  private set(name: string, value: Value): void {
    this.values[name] = value;
    this.layPanel();
    if (name === "versus" || name === "data" || name === "classes") this.layRight();
    this.layMiddleHead();
    void this.build(0);
  }

  private settings(): Record<string, Value> {
    return Object.fromEntries(this.lab.controls.map(({ name }) => [name, this.values[name] ?? null]));
  }

  private async build(step: number): Promise<void> {
    const playing = this.transport.playing;
    this.transport.pause();
    this.transport.begin();
    try {
      const answer = await this.lab.session.latest(NAME, "build", { settings: this.settings(), step });
      this.points = {
        train: answer.arrays["train"]!,
        test: answer.arrays["test"]!,
        labels: answer["labels"] === true,
      };
      this.take(answer);
      if (playing) void this.transport.play();
      else if (answer["reached"] === false) this.transport.to(step);
    } catch (error) {
      this.refused(error);
    }
  }

  private async go(step: number): Promise<boolean> {
    try {
      const answer = await this.lab.session.latest(NAME, "go", { step });
      this.take(answer);
      return answer["reached"] === true;
    } catch (error) {
      this.refused(error);
      if (!(error instanceof Overtaken)) throw error;
      return true;
    }
  }

  private refused(error: unknown): void {
    if (error instanceof Refused) this.lab.say(error.message);
  }

  private take(answer: Answer): void {
    if (this.left) return;
    this.last = answer;
    const [run] = answer["runs"] as RunHead[];
    this.lab.say(run?.stopped ?? "");
    this.redraw();
    if (!this.transport.playing) this.lab.changed();
  }

  // -- showing ------------------------------------------------------------------------------

  private redraw(): void {
    if (!this.last) return;
    const runs = this.last["runs"] as RunHead[];
    const [run] = runs;
    if (!run) return;
    this.transport.at({ step: run.step, stepsAnEpoch: run.steps_an_epoch });
    this.network[0]?.draw(run, this.last, 0);
    const side = Number(this.last["side"]);
    this.canvases.forEach((canvas, i) => {
      const surface = this.last?.arrays[`surface${i}`] ?? null;
      drawSurface(canvas, surface, this.points, side, this.showTest);
    });
    const curves = runs.map((_, i) => this.last?.arrays[`curve${i}`] as Numbers);
    this.curves.forEach((curve) => curve.draw(curves, run.step));
    replace(this.measures, this.table(runs));
  }

  private table(runs: RunHead[]): HTMLElement {
    const { text } = this.lab;
    const percent = (x: number | null | undefined) =>
      x === null || x === undefined || Number.isNaN(x) ? "–" : `${(100 * x).toFixed(1)} %`;
    const body = h("tbody");
    runs.forEach((run, i) => {
      const [loss, accuracy, testLoss, testAccuracy] = run.measures ?? [];
      const name = runs.length > 1 ? h("th", { scope: "row", title: run.optimizer }, this.runName(i)) : null;
      add(
        body,
        h(
          "tr",
          {},
          name,
          h("td", { class: "train" }, number(loss, 3)),
          h("td", { class: "test" }, number(testLoss, 3)),
          this.points?.labels && h("td", { class: "train" }, percent(accuracy)),
          this.points?.labels && h("td", { class: "test" }, percent(testAccuracy)),
        ),
      );
    });
    const head = (label: string) => h("th", { scope: "col" }, label);
    return h(
      "table",
      {},
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          runs.length > 1 && head(""),
          head(`${text("loss_now")}, ${text("train")}`),
          head(text("test_set")),
          this.points?.labels && head(`${text("accuracy")}, ${text("train")}`),
          this.points?.labels && head(text("test_set")),
        ),
      ),
      body,
    );
  }

  private runName(i: number): string {
    return String(this.values[i ? "versus" : "optimizer"]);
  }

  private layPanel(): void {
    const { text, controls } = this.lab;
    const open = new Set(
      [...this.panel.querySelectorAll<HTMLDetailsElement>("details:not([open])")].map((d) => d.dataset["group"]),
    );
    const focus = document.activeElement?.getAttribute("name");
    replace(this.panel);
    for (const [group, names] of GROUPS) {
      const box = h("details", { "data-group": group, open: !open.has(group) }, h("summary", {}, text(group)));
      if (group === "data_group") box.append(this.sets());
      for (const name of names) {
        const control = controls.find((each) => each.name === name);
        if (!control || SHOWN_IF[name]?.(this.values) === false) continue;
        box.append(controlOf(control, this.values, text, (key, value) => this.set(key, value)));
      }
      this.panel.append(box);
    }
    if (focus) this.panel.querySelector<HTMLElement>(`[name="${focus}"]`)?.focus();
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
      drawSurface(canvas, null, { train: points, test: none, labels: answer["labels"] === true }, 3, false);
    } catch {
      THUMBNAILS.delete(key);
    }
  }

  private layMiddle(): void {
    replace(this.middle, h("div", { class: "head" }), this.network[0]!.root, this.transport.root);
    this.layMiddleHead();
  }

  private layMiddleHead(): void {
    const { text } = this.lab;
    const hidden = this.values["hidden"] as number[];
    const button = (name: string, sign: string, act: () => void) =>
      h("button", { class: "mini", title: text(name), "aria-label": text(name), onclick: act }, sign);
    replace(
      this.middle.querySelector(".head")!,
      button("fewer_layers", "−", () => hidden.length && this.set("hidden", hidden.slice(0, -1))),
      h("span", {}, h("b", {}, hidden.length), ` ${text("layers")}`),
      button("more_layers", "+", () => hidden.length < 6 && this.set("hidden", [...hidden, hidden.at(-1) ?? 4])),
      h("span", { class: "grow" }),
      ...takeAway(this.lab, NAME, () => this.transport.pause()),
      pictureMenu(text, "network", () => this.network[0]!.picture()),
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
    const lossBox = h("div", { class: "plot" });
    const accuracyBox = h("div", { class: "plot" });
    const lines = (columns: [number, number]): Line[] =>
      Array.from({ length: runs }, (_, run) =>
        columns.map((column, k) => ({
          label: `${run} ${column}`,
          colour: runs > 1 ? classColour(run) : (CLASSES[theme()][k] ?? ""),
          ...(runs > 1 && k ? { dash: [4, 3] } : {}),
          run,
          column,
        })),
      ).flat();
    this.curves = [new Curves(lossBox, lines([1, 3]), text("loss_now"))];
    const plots = h("div", { class: "plots" }, this.curves[0]!.figure(text, "loss"));
    if (!isRegression(this.values)) {
      this.curves.push(new Curves(accuracyBox, lines([2, 4]), text("accuracy"), [0, 1]));
      plots.append(this.curves[1]!.figure(text, "accuracy"));
    }
    const own = ownPoints(this.lab, this.canvases, {
      mine: () => this.values["data"] === "own",
      classes: () => Number(this.values["classes"]),
      points: () => (this.values["own"] as number[] | null) ?? [],
      all: () => this.points,
      set: (points, classes) => {
        this.values["own"] = points;
        if (classes) this.values["classes"] = classes;
        this.set("data", "own");
      },
    });
    replace(this.right, surfaces, under, own, this.measures, plots);
  }

  private surfaceMenu(run: number): HTMLElement {
    return pictureMenu(this.lab.text, run ? "surface2" : "surface", () => {
      const surface = this.last!.arrays[`surface${run}`]!;
      return surfaceSvg(surface, this.points, Number(this.last!["side"]), this.showTest);
    });
  }
}

const THUMBNAILS = new Map<string, Promise<Answer>>();
