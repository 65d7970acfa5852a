// The chain rule of one weight, and beside it the difference quotient that was measured.

import { h, number, replace } from "./dom";
import { pictureMenu } from "./picture";
import type { Answer } from "./protocol";
import { fraction, sentence } from "./sentences";
import { snapshot } from "./snapshot";

const DIGITS = 7;
const MOST_POWER = 12;

export interface ChainActs {
  weigh: (weight: number) => void;
  power: (power: number) => void;
}

export class ChainCard {
  readonly root = h("div", { class: "chain", role: "region", "aria-live": "polite" });

  private readonly save: HTMLElement;

  constructor(
    private readonly text: (name: string) => string,
    private readonly acts: ChainActs,
  ) {
    this.root.setAttribute("aria-label", text("chain_rule"));
    this.save = pictureMenu(text, "chain", () => snapshot(this.root));
    this.empty();
  }

  empty(): void {
    replace(this.root, h("p", { class: "hint" }, this.text("click_edge")));
  }

  draw(answer: Answer, power: number): void {
    const { text } = this;
    const [edge, weight, product, step, above, below, measured] = [
      String(answer["edge"]), ...["weight", "value", "h", "above", "below", "quotient"].map((name) => Number(answer[name])),
    ] as [string, number, number, number, number, number, number];
    const lines = answer["lines"] as string[];
    const box = h("input", { type: "number", name: "weight", step: "any", min: -100, max: 100, value: Number(weight.toPrecision(12)), "aria-label": edge });
    box.addEventListener("change", () => {
      if (box.value !== "" && box.checkValidity()) this.acts.weigh(Number(box.value));
      else box.value = String(weight);
    });
    const range = h("input", { type: "range", name: "power", min: 1, max: MOST_POWER, value: power, "aria-label": "h" });
    range.addEventListener("input", () => this.acts.power(Number(range.value)));
    const distance = Math.abs(measured - product) / Math.max(Math.abs(product), Math.abs(measured), 1e-300);
    const focus = this.root.contains(document.activeElement) ? document.activeElement?.getAttribute("name") : null;
    replace(
      this.root,
      h("h2", {}, h("span", { class: "which" }, edge), h("label", {}, `${text("weight")} w `, box), this.save),
      h("h3", {}, text("chain_rule")),
      ...lines.map((line) => sentence(line, true)),
      h("p", { class: "result" }, fraction(["∂L"], [`∂${edge}`]), " = ", h("output", { class: "product" }, number(product, DIGITS))),
      h("h3", {}, text("quotient")),
      h("div", { class: "sentence stacked" },
        h("span", { class: "side" }, fraction(["L(w + h) − L(w − h)"], ["2h"])),
        h("span", { class: "side" }, "= ", fraction(...this.quotient(above, below, step)))),
      h("p", { class: "result" }, "= ", h("output", { class: "measured" }, number(measured, DIGITS))),
      h("label", { class: "power" }, h("span", {}, `h = ${plain(step)}`), range),
      h("p", { class: "agree" }, `${text("relative_distance")} `, h("b", {}, product === measured ? "0" : number(distance, 2))),
    );
    if (focus) this.root.querySelector<HTMLElement>(`[name="${focus}"]`)?.focus();
  }

  private quotient(above: number, below: number, step: number): [string[], string[]] {
    return [[`${plain(above)} − ${plain(below)}`], [`2 · ${plain(step)}`]];
  }
}

function plain(x: number): string {
  return String(Number(x.toPrecision(13))).replace("-", "−");
}
