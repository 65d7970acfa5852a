// What a part of the page is: it shows itself in an element, and says what it holds.

import type { State } from "./address";
import type { Session } from "./protocol";

export interface Control {
  name: string;
  kind: "int" | "float" | "bool" | "str";
  default: string | number | boolean | (string | number)[] | null;
  help: string;
  low: number | null;
  high: number | null;
  choices: string[];
  many: boolean;
  optional: boolean;
}

export interface Lab {
  session: Session;
  controls: Control[];
  text: (name: string) => string;
  // Says a sentence where it is seen and read out; nothing takes it away.
  say: (sentence: string) => void;
  // To be called when what the address holds has changed.
  changed: () => void;
}

export interface View {
  state: () => State;
  leave: () => void;
  key?: (event: KeyboardEvent) => boolean;
  // What was built on the other side is gone: build it again.
  rebuild?: () => void;
}

export interface Part {
  name: string;
  defaults: (controls: Control[]) => State;
  show: (root: HTMLElement, lab: Lab, state: State) => View;
}

export function defaultsOf(controls: Control[]): State {
  return Object.fromEntries(controls.map((control) => [control.name, control.default]));
}

// The values of an address, which are texts, as their controls hold them.
export function typed(controls: Control[], given: Record<string, string>): State {
  const state: State = {};
  for (const control of controls) {
    const text = given[control.name];
    if (text === undefined) continue;
    const one = (item: string) =>
      control.kind === "int" || control.kind === "float" ? Number(item) : item;
    if (control.kind === "bool") state[control.name] = text === "true";
    else if (control.many) state[control.name] = text.split(",").filter(Boolean).map(one);
    else state[control.name] = text === "" && control.optional ? null : one(text);
  }
  return state;
}
