// The settings of a part, in groups that can be folded.

import type { State, Value } from "./address";
import { controlOf } from "./controls";
import { h, replace } from "./dom";
import type { Lab } from "./part";

export type Groups = [string, string[]][];

export interface Shown {
  groups: Groups;
  // When a setting is shown, if not always.
  when?: Record<string, (state: State) => boolean>;
  // What stands first in a group.
  first?: Record<string, () => HTMLElement>;
}

export class Panel {
  readonly root = h("aside", { class: "panel" });

  constructor(
    private readonly lab: Lab,
    private readonly values: State,
    private readonly shown: Shown,
    private readonly set: (name: string, value: Value) => void,
  ) {
    this.lay();
  }

  lay(): void {
    const { text, controls } = this.lab;
    const { groups, when, first } = this.shown;
    const closed = new Set(
      [...this.root.querySelectorAll<HTMLDetailsElement>("details:not([open])")].map((d) => d.dataset["group"]),
    );
    const focus = document.activeElement?.getAttribute("name");
    replace(this.root);
    for (const [group, names] of groups) {
      const box = h("details", { "data-group": group, open: !closed.has(group) }, h("summary", {}, text(group)));
      const begin = first?.[group];
      if (begin) box.append(begin());
      for (const name of names) {
        const control = controls.find((each) => each.name === name);
        if (!control || when?.[name]?.(this.values) === false) continue;
        box.append(controlOf(control, this.values, text, this.set));
      }
      this.root.append(box);
    }
    if (focus) this.root.querySelector<HTMLElement>(`[name="${focus}"]`)?.focus();
  }
}

// How many hidden layers there are, and a button for one fewer or one more.
export function layerCount(
  text: (name: string) => string,
  hidden: number[],
  most: number,
  set: (hidden: number[]) => void,
): HTMLElement[] {
  const button = (name: string, sign: string, act: () => void) =>
    h("button", { class: "mini", title: text(name), "aria-label": text(name), onclick: act }, sign);
  return [
    button("fewer_layers", "−", () => hidden.length && set(hidden.slice(0, -1))),
    h("span", {}, h("b", {}, hidden.length), ` ${text(hidden.length === 1 ? "one_layer" : "layers")}`),
    button("more_layers", "+", () => hidden.length < most && set([...hidden, hidden.at(-1) ?? 4])),
  ];
}
