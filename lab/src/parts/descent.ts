// Part 4: four optimizers race down a surface from the point that one clicks.

import type { State, Value } from "../address";
import { classColour } from "../colours";
import { controlOf, rateBox } from "../controls";
import { Curves, type Line } from "../curves";
import { h, number, replace } from "../dom";
import { type Lab, type Part, type View, defaultsOf } from "../part";
import { pictureMenu } from "../picture";
import { type Answer, Refused } from "../protocol";
import { Stage } from "../stage";
import { Transport } from "../transport";
import "./descent.css";

const NAME = "descent";
const FORMULAS: Record<string, string> = {
  bowl: "x² + y²",
  valley: "x²/20 + y²",
  rosenbrock: "(1 − x)² + 100 (y − x²)²",
  himmelblau: "(x² + y − 11)² + (x + y² − 7)²",
};
const SUITED = ["start", "steps", "sgd", "momentum", "adagrad", "adam"];
// Milliseconds that a race takes at the least, and a step at the most.
const [WHOLE, ONE] = [4000, 60];

interface Walk {
  name: string;
  rate: number;
  optimizer: string;
  steps: number;
  outcome: string;
  status: string;
}

export const descent: Part = {
  name: NAME,
  defaults: (controls) => ({ ...defaultsOf(controls), step: 0, speed: 1 }),
  show: (root, lab, state) => new Descent(root, lab, state),
};

class Descent implements View {
  private readonly panel = h("aside", { class: "panel" });
  private readonly title = h("div", { class: "head" });
  private readonly racers = h("div", { class: "racers" });
  private readonly plots = h("div", { class: "plots" });
  private readonly stage: Stage;
  private readonly transport: Transport;
  private readonly resized: ResizeObserver;
  private curves: Curves | null = null;
  private logarithm: boolean | null = null;
  private answer: Answer | null = null;
  private step = 0;
  private aspect = 1;
  private left = false;

  constructor(
    root: HTMLElement,
    private readonly lab: Lab,
    private readonly values: State,
  ) {
    const { text } = lab;
    this.transport = new Transport(text, (step) => this.go(step), values);
    this.stage = new Stage(text("stage"), (start) => this.set("start", start));
    replace(
      root,
      this.panel,
      h("section", { class: "middle" }, this.title, this.stage.root, this.transport.root),
      h("section", { class: "right" }, this.racers, this.plots),
    );
    this.layPanel();
    void this.race(Number(values["step"]), !values["step"]);
    this.resized = new ResizeObserver(() => this.fit());
    this.resized.observe(this.stage.root);
  }

  state(): State {
    return { ...this.values, step: this.transport.playing ? 0 : this.step, speed: this.transport.speed };
  }

  leave(): void {
    this.left = true;
    this.transport.pause();
    this.resized.disconnect();
    this.curves?.leave();
  }

  rebuild(): void {
    void this.race(this.step, false);
  }

  key(event: KeyboardEvent): boolean {
    if (event.target === this.stage.root) {
      if (this.stage.key(event)) return true;
      if (event.key === "Enter") {
        this.begin();
        return true;
      }
    }
    return this.transport.key(event);
  }

  // -- asking -------------------------------------------------------------------------------

  private set(name: string, value: Value): void {
    this.values[name] = value;
    if (name === "surface") for (const each of SUITED) this.values[each] = null;
    void this.race(0, true);
  }

  private async race(step: number, play: boolean): Promise<void> {
    this.transport.pause();
    const settings = Object.fromEntries(this.lab.controls.map(({ name }) => [name, this.values[name] ?? null]));
    this.aspect = this.stage.aspect;
    try {
      const answer = await this.lab.session.latest(NAME, "race", { settings, aspect: this.aspect });
      if (this.left) return;
      const isFirst = this.answer === null;
      this.answer = answer;
      this.lab.say("");
      this.layPanel();
      this.layRace();
      this.show(step);
      const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      if (play && still) this.show(this.steps);
      else if (play) this.begin();
      if (!isFirst || !play) this.lab.changed();
    } catch (error) {
      if (error instanceof Refused) this.lab.say(error.message);
    }
  }

  // A picture of another shape shows more of the surface.
  private fit(): void {
    if (this.stage.aspect !== this.aspect) void this.race(this.step, this.transport.playing);
    else this.layStage();
  }

  private begin(): void {
    this.show(0);
    void this.transport.play();
  }

  private async go(step: number): Promise<void> {
    this.show(step);
    if (this.transport.playing) {
      const pause = Math.min(WHOLE / this.steps, ONE);
      await new Promise((resolve) => window.setTimeout(resolve, pause));
    }
    if (!this.transport.playing || this.step === this.steps) this.lab.changed();
  }

  private get steps(): number {
    return Number(this.answer?.["steps"] ?? 0);
  }

  private get walks(): Walk[] {
    return (this.answer?.["walks"] as Walk[] | undefined) ?? [];
  }

  // -- showing ------------------------------------------------------------------------------

  private show(step: number): void {
    if (!this.answer) return;
    this.step = Math.min(Math.max(step, 0), this.steps);
    this.transport.at({ step: this.step, stepsAnEpoch: null, last: this.steps });
    this.stage.at(this.step);
    const { arrays } = this.answer;
    this.walks.forEach((walk, k) => {
      const racer = this.racers.children[k];
      if (!racer) return;
      const at = Math.min(this.step, walk.steps);
      const value = arrays[`values${k}`]?.data[at];
      replace(racer.querySelector("output")!, `f = ${number(value, 3)}`);
      const done = this.step >= Math.min(walk.steps + (walk.outcome === "not finite" ? 1 : 0), this.steps);
      replace(racer.querySelector("p")!, done ? walk.status : this.lab.text("under_way"));
    });
    // last, for its height is what the sentences leave
    this.curves?.draw(this.walks.map((_, k) => arrays[`curve${k}`]!), this.step);
  }

  private layStage(): void {
    if (!this.answer) return;
    const { arrays, half, minima, start } = this.answer;
    this.stage.show(
      {
        half: half as [number, number],
        minima: minima as [number, number][],
        start: start as [number, number],
        relief: arrays["relief"]!,
        paths: this.walks.map((_, k) => arrays[`path${k}`]!),
      },
      this.step,
    );
  }

  private layRace(): void {
    const { text } = this.lab;
    const answer = this.answer!;
    this.layStage();
    const surface = String(this.values["surface"]);
    const axes = answer["axes"] as string[];
    replace(
      this.title,
      h("span", { class: "formula" }, `f(${axes.join(", ")}) = ${FORMULAS[surface] ?? String(answer["formula"])}`),
      h("span", { class: "hint" }, text("click_start")),
      pictureMenu(text, "descent", () => this.stage.picture()),
    );
    const focus = document.activeElement?.closest(".racer select")?.getAttribute("name");
    replace(this.racers, ...this.walks.map((walk, k) => this.racer(walk, k)));
    if (focus) this.racers.querySelector<HTMLElement>(`[name="${focus}"]`)?.focus();
    this.layPlots(answer["logarithm"] === true);
  }

  private racer(walk: Walk, k: number): HTMLElement {
    const dot = h("span", { class: "dot" });
    dot.style.background = classColour(k);
    const rate = rateBox(walk.name, walk.rate, 0, null, (value) => this.set(walk.name, value));
    const label = `${text(walk)}: ${this.lab.text("lr")}`;
    rate.setAttribute("aria-label", label);
    rate.title = this.lab.text("lr");
    return h(
      "div",
      { class: "racer", "data-rule": walk.name, title: walk.optimizer },
      h("div", { class: "line" }, dot, h("b", {}, text(walk)), rate, h("output", {})),
      h("p", {}),
    );
  }

  private layPlots(logarithm: boolean): void {
    if (this.curves && this.logarithm === logarithm) return;
    this.curves?.leave();
    this.logarithm = logarithm;
    const lines: Line[] = this.walks.map((walk, run) => ({ label: walk.name, colour: classColour(run), run, column: 1 }));
    const box = h("div", { class: "plot" });
    this.curves = new Curves(box, lines, this.lab.text(logarithm ? "log_heights" : "heights"));
    replace(this.plots, this.curves.figure(this.lab.text, "heights"));
  }

  private layPanel(): void {
    const { text, controls } = this.lab;
    const focus = document.activeElement?.getAttribute("name");
    const surfaces = h("div", { class: "hills", role: "radiogroup", "aria-label": text("surfaces") });
    const surface = this.values["surface"];
    for (const choice of controls.find(({ name }) => name === "surface")?.choices ?? []) {
      const name = choice === "own" ? text("own_formula") : text(choice);
      surfaces.append(
        h(
          "button",
          { role: "radio", "aria-checked": String(choice === surface), name: choice, onclick: () => this.set("surface", choice) },
          name,
          FORMULAS[choice] && h("small", {}, FORMULAS[choice]),
        ),
      );
    }
    const control = (name: string, value: Value) => {
      const found = controls.find((each) => each.name === name)!;
      return controlOf(found, { [name]: value }, text, (key, now) => this.set(key, now));
    };
    const [x, y] = (this.answer?.["start"] as number[] | undefined) ?? [0, 0];
    const axes = (this.answer?.["axes"] as string[] | undefined) ?? ["x", "y"];
    replace(
      this.panel,
      h("details", { open: true }, h("summary", {}, text("surfaces")), surfaces, ...(surface === "own" ? this.ownFormula() : [])),
      h(
        "details",
        { open: true },
        h("summary", {}, text("race_group")),
        this.coordinate(axes[0] ?? "x", x ?? 0, (value) => [value, y ?? 0]),
        this.coordinate(axes[1] ?? "y", y ?? 0, (value) => [x ?? 0, value]),
        control("steps", this.steps || 1),
        surface === "own" ? control("reach", this.values["reach"] ?? null) : null,
        h("button", { class: "link", name: "suited", onclick: () => this.set("surface", surface ?? "") }, text("suited")),
      ),
    );
    if (focus) this.panel.querySelector<HTMLElement>(`[name="${focus}"]`)?.focus();
  }

  private ownFormula(): HTMLElement[] {
    const { text } = this.lab;
    const area = h("textarea", { name: "own", rows: 3, spellcheck: "false", "aria-label": text("own_formula"), maxlength: 200 });
    area.value = String(this.values["own"]);
    area.addEventListener("change", () => this.set("own", area.value));
    area.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      if (area.value !== this.values["own"]) this.set("own", area.value);
    });
    return [area, h("p", { class: "hint" }, text("formula_help"))];
  }

  private coordinate(axis: string, value: number, start: (value: number) => [number, number]): HTMLElement {
    const box = h("input", { type: "number", step: "any", name: `start_${axis}` });
    box.value = String(Number(value.toPrecision(6)));
    box.addEventListener("change", () => {
      if (box.value !== "" && box.checkValidity()) this.set("start", start(Number(box.value)));
    });
    return h("label", { class: "control float" }, h("span", {}, this.lab.text("start_x").replace("{x}", axis)), box);
  }
}

// The name of the rule as its class has it.
function text(walk: Walk): string {
  return walk.optimizer.replace(/\(.*/s, "");
}
