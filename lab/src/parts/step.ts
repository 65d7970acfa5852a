// Part 2: one sample forward and backward, operation by operation, and the chain rule of an edge.

import type { State, Value } from "../address";
import { ChainCard } from "../chaincard";
import { h, replace } from "../dom";
import { numberList } from "../numberlist";
import { Panel } from "../panel";
import { type Lab, type Part, type View, defaultsOf } from "../part";
import { pictureMenu } from "../picture";
import { type Answer, Refused } from "../protocol";
import { sentence } from "../sentences";
import { type Known, type Units, UnitsView, type WeightEdge } from "../units";
import { Walk } from "../walk";
import "./step.css";

const NAME = "step";
const ENDS = { fewest: 1, most: 4, low: -100, high: 100 };
const HIDDEN = { fewest: 0, most: 2, low: 1, high: 5, whole: true };

interface Operation {
  phase: "forward" | "backward";
  group: string;
  lines: string[];
  shows: string[];
}

export const step: Part = {
  name: NAME,
  defaults: (controls) => ({ ...defaultsOf(controls), at: 0, edge: "", power: 5 }),
  show: (root, lab, state) => new StepThrough(root, lab, state),
};

class StepThrough implements View {
  private readonly panel: Panel;
  private readonly walk: Walk;
  private readonly units: UnitsView;
  private readonly chain: ChainCard;
  private readonly phase = h("div", { class: "phase grow", role: "status" });
  private readonly arithmetic = h("div", { class: "arithmetic", role: "status", tabindex: 0 });
  private readonly resized: ResizeObserver;
  private last: Answer | null = null;

  constructor(
    root: HTMLElement,
    private readonly lab: Lab,
    private readonly values: State,
  ) {
    const { text } = lab;
    const list = (name: string, bounds: typeof ENDS) => () =>
      numberList(name, text, this.values[name] as number[], bounds, (now) => this.set(name, now));
    this.panel = new Panel(lab, values, {
      groups: [
        ["sample_group", []],
        ["network_group", ["activation", "loss", "output", "seed"]],
      ],
      when: {
        output: (state) => String(state["loss"]).endsWith("squared-error"),
        seed: (state) => !(state["weights"] as number[]).length,
      },
      first: {
        sample_group: () => h("div", {}, list("x", ENDS)(), list("t", ENDS)()),
        network_group: () => h("div", {}, list("hidden", HIDDEN)(), this.reset()),
      },
    }, (name, value) => this.set(name, value));
    this.walk = new Walk(text, () => this.draw());
    this.units = new UnitsView(text, (edge) => this.choose(edge));
    this.chain = new ChainCard(text, {
      weigh: (weight) => this.weigh(weight),
      power: (power) => {
        this.values["power"] = power;
        this.ask();
      },
    });
    const head = h("div", { class: "head" }, this.phase, pictureMenu(text, "network", () => this.units.picture()));
    const middle = h("section", { class: "middle" }, head, this.units.root, this.arithmetic, this.walk.root);
    replace(root, this.panel.root, middle, h("section", { class: "right" }, this.chain.root));
    this.resized = new ResizeObserver(() => this.draw());
    this.resized.observe(this.units.root);
    void this.build();
  }

  state(): State {
    return { ...this.values, at: this.last ? this.walk.at : (this.values["at"] ?? 0) };
  }

  leave(): void {
    this.resized.disconnect();
  }

  rebuild(): void {
    void this.build();
  }

  key(event: KeyboardEvent): boolean {
    return this.walk.key(event);
  }

  private set(name: string, value: Value): void {
    const sized = ["x", "t", "hidden"].includes(name) && !sameShape(name, this.values[name] as number[], value as number[]);
    if (sized) this.values["weights"] = [];
    this.values[name] = value;
    this.panel.lay();
    void this.build();
  }

  private reset(): HTMLElement {
    const own = (this.values["weights"] as number[]).length > 0;
    return h("p", { hidden: !own },
      h("button", { class: "link", "data-do": "first_weights", onclick: () => this.set("weights", []) }, this.lab.text("first_weights")));
  }

  private async build(): Promise<void> {
    const { session, controls } = this.lab;
    const settings = Object.fromEntries(controls.map(({ name }) => [name, this.values[name] ?? null]));
    try {
      const at = Number(this.state()["at"]);
      this.last = await session.latest(NAME, "build", { settings });
      this.lab.say("");
      this.walk.lay(this.operations.map(({ phase, group }) => phase + group), at);
      this.draw();
      this.ask();
    } catch (error) {
      if (error instanceof Refused) this.lab.say(error.message);
    }
  }

  private get operations(): Operation[] {
    return (this.last?.["steps"] as Operation[] | undefined) ?? [];
  }

  private get edges(): WeightEdge[] {
    return (this.last?.["edges"] as WeightEdge[] | undefined) ?? [];
  }

  private choose(edge: string): void {
    this.values["edge"] = edge;
    this.draw();
    this.ask();
  }

  private weigh(weight: number): void {
    const theta = this.last?.["theta"] as number[];
    const at = (this.last?.["places"] as string[]).indexOf(String(this.values["edge"]));
    this.set("weights", theta.map((old, i) => (i === at ? weight : old)));
  }

  private ask(): void {
    const { edge, power } = this.values;
    if (!this.edges.some(({ name }) => name === edge)) {
      this.chain.empty();
      return;
    }
    this.lab.session.latest(NAME, "edge", { edge, power }).then(
      (answer) => {
        this.chain.draw(answer, Number(power));
        this.lab.changed();
      },
      (error: unknown) => error instanceof Refused && this.lab.say(error.message),
    );
  }

  private draw(): void {
    if (!this.last) return;
    const { text } = this.lab;
    const done = this.operations.slice(0, this.walk.at);
    const names = (phase: string) => done.filter((each) => each.phase === phase).flatMap(({ shows }) => shows);
    const now = done.at(-1);
    const known: Known = {
      values: new Set(names("forward")),
      gradients: new Set(names("backward")),
      fresh: new Set(now?.shows),
    };
    const loss = this.operations.find(({ group }) => group === "L")?.lines[0]?.split(" = ").at(-1) ?? "";
    const quantity = { name: "L", value: Number(loss.replace("−", "-")), gradient: 1 };
    if (done.some(({ phase }) => phase === "backward")) known.gradients.add("L");
    this.units.draw(this.last["units"] as Units, this.edges, quantity, this.titles(), known, String(this.values["edge"]));
    replace(this.phase, h("b", {}, now ? text(now.phase) : text("sample_group")),
      h("span", {}, now ? text(`${now.phase}_about`) : text("step_begin")));
    replace(this.arithmetic, ...(now?.lines ?? []).map((line) => sentence(line, false)));
    this.arithmetic.scrollTop = 0;
    this.lab.changed();
  }

  // Above each column, what its units do.
  private titles(): string[] {
    const units = this.last?.["units"] as Units;
    const { activation, output } = this.values;
    return [...units.map((column, k) => {
      const [z = "", y] = (column[0] ?? []).map(({ name }) => name.replace(/\[.*/, ""));
      return y ? `${y} = ${k === units.length - 1 ? output : activation}(${z})` : z;
    }), "L"];
  }
}

function sameShape(name: string, before: number[], after: number[]): boolean {
  return name === "hidden" ? String(before) === String(after) : before.length === after.length;
}
