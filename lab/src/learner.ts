// A run that is asked for: built from settings, taken to a step, and built again when it was lost.

import type { State, Value } from "./address";
import type { RunHead } from "./network";
import type { Lab } from "./part";
import { type Answer, Overtaken, Refused } from "./protocol";
import { Transport } from "./transport";

export interface Learns {
  // What `build` is asked beside the settings and the step.
  besides?: () => Record<string, Value>;
  // An answer is there: to `build`, or to `go`.
  built: (answer: Answer) => void;
  went: (answer: Answer) => void;
}

export class Learner {
  readonly transport: Transport;
  last: Answer | null = null;
  private left = false;

  constructor(
    private readonly lab: Lab,
    private readonly part: string,
    private readonly values: State,
    private readonly shows: Learns,
  ) {
    this.transport = new Transport(lab.text, (step) => this.go(step), values);
  }

  state(): State {
    const step = this.last ? this.transport.aim : this.values["step"];
    return { ...this.values, step: step ?? 0, speed: this.transport.speed };
  }

  leave(): void {
    this.left = true;
    this.transport.pause();
  }

  async build(step: number): Promise<void> {
    const { session, controls } = this.lab;
    const playing = this.transport.playing;
    this.transport.pause();
    this.transport.begin();
    const settings = Object.fromEntries(controls.map(({ name }) => [name, this.values[name] ?? null]));
    try {
      const values = { settings, step, ...this.shows.besides?.() };
      const answer = await session.latest(this.part, "build", values);
      this.take(answer, this.shows.built);
      if (playing) void this.transport.play();
      else if (answer["reached"] === false) this.transport.to(step);
    } catch (error) {
      this.refused(error);
    }
  }

  rebuild(): void {
    void this.build(Number(this.state()["step"]));
  }

  refused(error: unknown): void {
    if (error instanceof Refused) this.lab.say(error.message);
  }

  private async go(step: number): Promise<boolean> {
    try {
      const answer = await this.lab.session.latest(this.part, "go", { step });
      this.take(answer, this.shows.went);
      return answer["reached"] === true;
    } catch (error) {
      this.refused(error);
      if (!(error instanceof Overtaken)) throw error;
      return true;
    }
  }

  private take(answer: Answer, show: (answer: Answer) => void): void {
    if (this.left) return;
    this.last = answer;
    const [run] = answer["runs"] as RunHead[];
    if (!run) return;
    this.lab.say(run.stopped);
    this.transport.at({ step: run.step, stepsAnEpoch: run.steps_an_epoch });
    show(answer);
    if (!this.transport.playing) this.lab.changed();
  }
}
