// Play, pause, step and go back: the buttons of a run, and the timeline below them.

import type { State } from "./address";
import { h, replace } from "./dom";

const SPEEDS = [1, 2, 5, 10, 20, 50, 100, 500];

export interface Clock {
  step: number;
  // null where there are no epochs
  stepsAnEpoch: number | null;
  // the last step there is, where it is known
  last?: number;
}

// What a run is asked for: a step, whichever way it lies. False says that it is still on its way.
export type Go = (step: number) => Promise<boolean | void>;

export class Transport {
  readonly root = h("div", { class: "transport", role: "toolbar" });
  playing = false;
  speed: number;
  private furthest = 0;
  private goal: number | null = null;
  private clock: Clock = { step: 0, stepsAnEpoch: 1 };
  private readonly epochButtons: [HTMLElement, HTMLElement];
  private readonly playButton = h("button", { class: "play" });
  private readonly readout = h("output", { class: "readout" });
  private readonly line = h("input", { type: "range", min: 0, class: "timeline" });

  constructor(
    private readonly text: (name: string) => string,
    private readonly go: Go,
    state: State,
  ) {
    this.speed = Number(state["speed"] ?? 5);
    const button = (name: string, sign: string, act: () => void) =>
      h("button", { title: text(name), "aria-label": text(name), "data-do": name, onclick: act }, sign);
    this.epochButtons = [
      button("epoch_back", "«", () => this.byEpoch(-1)),
      button("epoch_forward", "»", () => this.byEpoch(1)),
    ];
    const speed = h("select", { "aria-label": text("speed"), title: text("speed") });
    for (const n of SPEEDS) speed.append(h("option", { value: n, selected: n === this.speed }, `${n}×`));
    speed.addEventListener("change", () => (this.speed = Number(speed.value)));
    this.playButton.addEventListener("click", () => this.toggle());
    this.line.setAttribute("aria-label", text("timeline"));
    this.line.addEventListener("input", () => this.to(Number(this.line.value)));
    replace(
      this.root,
      h(
        "div",
        { class: "buttons" },
        button("start", "|◀", () => this.to(0)),
        this.epochButtons[0],
        button("back", "◂", () => this.to(this.clock.step - 1)),
        this.playButton,
        button("forward", "▸", () => this.to(this.clock.step + 1)),
        this.epochButtons[1],
        speed,
        this.readout,
      ),
      this.line,
    );
    this.pause();
  }

  // Show where the run stands.
  at(clock: Clock): void {
    this.clock = clock;
    this.furthest = clock.last ?? Math.max(this.furthest, clock.step, 100);
    this.line.max = String(this.furthest);
    this.line.value = String(this.aim);
    const epoch = clock.stepsAnEpoch && clock.step / clock.stepsAnEpoch;
    for (const button of this.epochButtons) button.hidden = epoch === null;
    replace(
      this.readout,
      epoch !== null && h("span", {}, `${this.text("epoch")} `, h("b", {}, epoch.toFixed(epoch < 100 ? 1 : 0))),
      h("span", {}, `${this.text("step")} `, h("b", {}, clock.step), this.goal !== null && ` → ${this.goal}`),
    );
  }

  // The step that one goes to, or stands at.
  get aim(): number {
    return this.goal ?? this.clock.step;
  }

  begin(): void {
    this.furthest = 0;
    this.goal = null;
  }

  toggle(): void {
    if (this.playing) this.pause();
    else void this.play();
  }

  pause(): void {
    this.playing = false;
    replace(this.playButton, "▶");
    this.playButton.title = this.text("play");
    this.playButton.setAttribute("aria-label", this.text("play"));
    this.playButton.setAttribute("aria-pressed", "false");
  }

  async play(): Promise<void> {
    this.goal = null;
    this.playing = true;
    replace(this.playButton, "❚❚");
    this.playButton.title = this.text("pause");
    this.playButton.setAttribute("aria-label", this.text("pause"));
    this.playButton.setAttribute("aria-pressed", "true");
    while (this.playing) {
      const before = this.clock.step;
      try {
        await this.go(before + this.speed);
      } catch {
        this.pause();
        return;
      }
      if (this.clock.step === before) this.pause();
      await new Promise(requestAnimationFrame);
    }
  }

  key(event: KeyboardEvent): boolean {
    const onButton = event.target instanceof Element && event.target.matches("button, summary");
    if (event.key === " " && !onButton) this.toggle();
    else if (event.key === "Home") this.to(0);
    else if (event.key === "ArrowLeft") event.shiftKey ? this.byEpoch(-1) : this.to(this.clock.step - 1);
    else if (event.key === "ArrowRight") event.shiftKey ? this.byEpoch(1) : this.to(this.clock.step + 1);
    else return false;
    return true;
  }

  // To the next beginning of an epoch, or the last.
  private byEpoch(change: 1 | -1): void {
    const n = this.clock.stepsAnEpoch ?? 1;
    const epochs = this.clock.step / n;
    this.to(n * (change > 0 ? Math.floor(epochs) + 1 : Math.ceil(epochs) - 1));
  }

  // Go to a step; one that is far takes several answers, each of which is shown.
  to(step: number): void {
    this.pause();
    void this.reach(Math.max(step, 0));
  }

  private async reach(goal: number): Promise<void> {
    this.goal = goal;
    let there: boolean | void = false;
    while (there === false && this.goal === goal) {
      try {
        there = await this.go(goal);
      } catch {
        there = true;
      }
    }
    if (this.goal !== goal) return;
    this.goal = null;
    this.at(this.clock);
  }
}
