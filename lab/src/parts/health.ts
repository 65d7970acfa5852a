// Part 6: what each layer does while a network learns, five diseases, and the doctor's sentences.

import type { State, Value } from "../address";
import { CLASSES, type Rgb, classColour, css, rgb, theme } from "../colours";
import { controlOf } from "../controls";
import { Curves, type Line } from "../curves";
import { h, number, replace, s, sharpen } from "../dom";
import { Learner } from "../learner";
import { measuresTable } from "../measures";
import type { RunHead } from "../network";
import { type Lab, type Part, type View, defaultsOf } from "../part";
import type { Answer, Numbers } from "../protocol";
import "./health.css";

const NAME = "health";
// Columns of a curve before those of the layers: the step, loss and accuracy of two parts.
const FIRST = 5;
// What the curve has of each layer, in this order; the plots show three of them.
const NUMBERS = ["spread", "dead", "gradient", "ratio"];
const PLOTTED = ["spread", "gradient", "ratio"];
const PAUSE = 250;

interface Block {
  name: string;
  low: number;
  high: number;
  spread: number;
  dead: number;
  gradient: number | null;
  ratio: number | null;
}

export const health: Part = {
  name: NAME,
  defaults: (controls) => ({ ...defaultsOf(controls), step: 0, speed: 5 }),
  show: (root, lab, state) => new Health(root, lab, state),
};

class Health implements View {
  private readonly learner: Learner;
  private readonly panel = h("aside", { class: "panel" });
  private readonly doctor = h("div", { class: "doctor", role: "status" });
  private readonly bodies = h("div", { class: "bodies" });
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
    const { transport } = this.learner;
    replace(
      root,
      this.panel,
      h("section", { class: "middle" }, this.doctor, this.bodies, transport.root),
      h("section", { class: "right" }, this.measures, this.plots),
    );
    this.layPanel(["", ""]);
    this.layDoctor(null);
    this.resized = new ResizeObserver(() => this.layBodies());
    this.resized.observe(this.bodies);
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
    this.layBodies();
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

  private layBodies(): void {
    const { text } = this.lab;
    const { blocks } = this;
    const arrays = this.learner.last?.arrays ?? {};
    const units: [HTMLCanvasElement, Numbers][] = [];
    const rows = blocks.map((block, k) => {
      const key = h("span", { class: "key" });
      key.style.background = depth(k, blocks.length);
      const canvas = h("canvas", { role: "img", "aria-label": `${text("dead")}: ${percent(block.dead)}` });
      units.push([canvas, arrays[`working${k}`]!]);
      const range = `${number(block.low, 2)} … ${number(block.high, 2)}`;
      return h(
        "tr",
        {},
        h("td", {}, key, block.name),
        h("td", { title: range }, bars(arrays[`histogram${k}`]!, depth(k, blocks.length))),
        h("td", {}, number(block.spread, 2)),
        h("td", {}, canvas),
        h("td", { class: block.dead >= 0.5 ? "bad" : "" }, percent(block.dead)),
        h("td", {}, number(block.gradient, 2)),
        h("td", { class: isOff(block.ratio) ? "bad" : "" }, number(block.ratio, 2)),
      );
    });
    const heads = ["layer", "outputs_now", "spread", "units_now", "dead", "gradient_norm", "ratio"];
    replace(
      this.bodies,
      h(
        "table",
        {},
        h("thead", {}, h("tr", {}, ...heads.map((name) => h("th", { scope: "col", title: text(`${name}_help`) }, text(name))))),
        h("tbody", {}, ...rows),
      ),
    );
    for (const [canvas, shares] of units) drawUnits(canvas, shares);
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
        label: `${name} ${k}`, colour: depth(k, n), run: runs - 1, column: FIRST + NUMBERS.indexOf(name) * n + k,
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

// The colour of a layer: blue for the first, orange for the last.
function depth(k: number, n: number): string {
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
  const [paper, blue] = [rgb(css("--paper")), rgb(css("--blue"))];
  data.forEach((share, i) => {
    const [x, y] = [(i % columns) * cell, Math.floor(i / columns) * cell];
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
