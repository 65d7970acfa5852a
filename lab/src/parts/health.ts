// Part 6: what each layer does while a network learns, five diseases, and the doctor's sentences.

import type { State, Value } from "../address";
import { classColour } from "../colours";
import { controlOf } from "../controls";
import { Curves, type Line } from "../curves";
import { h, replace } from "../dom";
import { type Block, LayerTable, layerColour } from "../layertable";
import { Learner } from "../learner";
import { measuresTable } from "../measures";
import type { RunHead } from "../network";
import { type Lab, type Part, type View, defaultsOf } from "../part";
import { pictureMenu } from "../picture";
import type { Answer } from "../protocol";
import { snapshot } from "../snapshot";
import { takeAway } from "../takeaway";
import "./health.css";

const NAME = "health";
// Columns of a curve before those of the layers: the step, loss and accuracy of two parts.
const FIRST = 5;
// What the curve has of each layer, in this order; the plots show three of them.
const NUMBERS = ["spread", "dead", "gradient", "ratio"];
const PLOTTED = ["spread", "gradient", "ratio"];
const PAUSE = 250;

export const health: Part = {
  name: NAME,
  defaults: (controls) => ({ ...defaultsOf(controls), step: 0, speed: 5 }),
  show: (root, lab, state) => new Health(root, lab, state),
};

class Health implements View {
  private readonly learner: Learner;
  private readonly panel = h("aside", { class: "panel" });
  private readonly doctor = h("div", { class: "doctor", role: "status" });
  private readonly layers: LayerTable;
  private readonly measures = h("div", { class: "measures" });
  private readonly plots = h("div", { class: "plots" });
  private readonly resized: ResizeObserver;
  private curves: Curves[] = [];
  private drawn = "";
  private asking = 0;

  constructor(
    root: HTMLElement,
    private readonly lab: Lab,
    private readonly values: State,
  ) {
    this.learner = new Learner(lab, NAME, values, {
      built: (answer) => {
        this.layPanel(answer["code"] as string[]);
        this.show(answer);
      },
      went: (answer) => this.show(answer),
    });
    const { text } = lab;
    const { transport } = this.learner;
    this.layers = new LayerTable(text);
    const layers = h("figure", { class: "layer-table" },
      h("figcaption", {}, h("span", { class: "grow" }, text("layer_table")),
        ...takeAway(lab, NAME, () => transport.pause()),
        pictureMenu(text, "layers", () => snapshot(this.layers.table))),
      this.layers.root);
    replace(
      root,
      this.panel,
      h("section", { class: "middle" }, this.doctor, layers, transport.root),
      h("section", { class: "right" }, this.measures, this.plots),
    );
    this.layPanel(["", ""]);
    this.layDoctor(null);
    this.resized = new ResizeObserver(() => this.layLayers());
    this.resized.observe(this.layers.root);
    void this.learner.build(Number(values["step"] ?? 0));
  }

  state(): State {
    return this.learner.state();
  }

  leave(): void {
    window.clearTimeout(this.asking);
    this.learner.leave();
    this.resized.disconnect();
    this.curves.forEach((curve) => curve.leave());
  }

  rebuild(): void {
    this.learner.rebuild();
  }

  key(event: KeyboardEvent): boolean {
    return this.learner.transport.key(event);
  }

  private set(name: string, value: Value): void {
    const step = name === "mended" ? this.learner.transport.aim : 0;
    if (name === "disease") this.values["mended"] = false;
    this.values[name] = value;
    this.layDoctor(null);
    void this.learner.build(step);
  }

  // -- the doctor ---------------------------------------------------------------------------

  private async ask(): Promise<void> {
    window.clearTimeout(this.asking);
    const shown = this.learner.last;
    try {
      for (let done = false; !done; ) {
        const answer = await this.lab.session.latest(NAME, "examine", {});
        if (this.learner.last !== shown) return;
        done = answer["done"] === true;
        if (done) this.layDoctor(answer);
        else if (this.learner.transport.playing) return;
      }
    } catch (error) {
      this.learner.refused(error);
    }
  }

  private layDoctor(answer: Answer | null): void {
    const { text } = this.lab;
    const findings = (answer?.["findings"] as [string, string][] | undefined) ?? [];
    const said = answer
      ? findings.map(([disease, sentence]) => h("p", {}, h("span", { class: "ill" }, disease + text("colon")), sentence))
      : [h("p", {}, text("examining"))];
    if (answer?.["healthy"]) said.push(h("p", {}, h("span", { class: "well" }, String(answer["text"]))));
    replace(
      this.doctor,
      h(
        "div",
        { class: "line" },
        h("b", {}, text("doctor")),
        answer && text("at_step").replace("{step}", String(answer["step"])),
        h("span", { class: "grow" }),
        h("button", { class: "link", "data-do": "examine", onclick: () => {
          this.learner.transport.pause();
          void this.ask();
        } }, text("examine")),
      ),
      ...said,
    );
  }

  // -- showing ------------------------------------------------------------------------------

  private show(answer: Answer): void {
    const runs = answer["runs"] as RunHead[];
    const names = [this.lab.text("ill_run"), this.lab.text("mended_run")];
    replace(this.measures, measuresTable(this.lab.text, runs, names, true));
    this.layLayers();
    this.layPlots(runs.length);
    const curves = runs.map((_, i) => answer.arrays[`curve${i}`]!);
    this.curves.forEach((curve) => curve.draw(curves, runs[0]?.step ?? 0));
    // when it stands still: no answer comes after the one that finds it paused
    window.clearTimeout(this.asking);
    this.asking = window.setTimeout(() => this.learner.transport.playing || void this.ask(), PAUSE);
  }

  private get blocks(): Block[] {
    return (this.learner.last?.["blocks"] as Block[] | undefined) ?? [];
  }

  private layLayers(): void {
    this.layers.draw(this.blocks, this.learner.last?.arrays ?? {});
  }

  private layPlots(runs: number): void {
    const { text } = this.lab;
    const n = this.blocks.length;
    if (this.drawn === `${runs} ${n}`) return;
    this.drawn = `${runs} ${n}`;
    this.curves.forEach((curve) => curve.leave());
    const losses = Array.from({ length: runs }, (_, run): Line[] => {
      const colour = runs > 1 ? classColour(run ? 2 : 1) : classColour(0);
      return [{ label: `loss ${run}`, colour, run, column: 1 }];
    }).flat();
    const box = () => h("div", { class: "plot" });
    this.curves = [new Curves(box(), losses, `${text("loss_now")}, ${text("train")}`)];
    for (const name of PLOTTED) {
      const lines = Array.from({ length: n }, (_, k): Line => ({
        label: `${name} ${k}`, colour: layerColour(k, n), run: runs - 1, column: FIRST + NUMBERS.indexOf(name) * n + k,
      }));
      this.curves.push(new Curves(box(), lines, text(`${name}_plot`)));
    }
    const names = ["loss", ...PLOTTED];
    replace(this.plots, ...this.curves.map((curve, i) => curve.figure(text, names[i] ?? "")));
  }

  private layPanel(code: string[]): void {
    const { text, controls } = this.lab;
    const focus = document.activeElement?.getAttribute("name");
    const disease = this.values["disease"];
    const list = h("div", { class: "hills", role: "radiogroup", "aria-label": text("diseases") });
    for (const choice of controls.find(({ name }) => name === "disease")?.choices ?? []) {
      const press = () => this.set("disease", choice);
      const checked = String(choice === disease);
      list.append(
        h("button", { role: "radio", "aria-checked": checked, name: choice, onclick: press }, text(`disease_${choice}`)),
      );
    }
    const mended = this.values["mended"] === true;
    const [before = "", after = ""] = code;
    const mend = h(
      "div",
      { class: "mend" },
      h("code", {}, h("del", {}, before)),
      mended && h("code", {}, h("ins", {}, `→ ${after}`)),
      h(
        "button",
        { name: "mend", "aria-pressed": String(mended), onclick: () => this.set("mended", !mended) },
        text(mended ? "unmend" : "mend"),
      ),
    );
    const seed = controls.find(({ name }) => name === "seed")!;
    replace(
      this.panel,
      h("p", { class: "group" }, text("diseases")),
      list,
      disease !== "none" && mend,
      controlOf(seed, this.values, text, (name, value) => this.set(name, value)),
    );
    if (focus) this.panel.querySelector<HTMLElement>(`[name="${focus}"]`)?.focus();
  }
}
