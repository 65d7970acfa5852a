// Controls made of the settings that Python declares: a control for each kind of setting.

import type { State, Value } from "./address";
import { h } from "./dom";
import type { Control } from "./part";

const RATES = [0, 0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const ON_A_LOGARITHM = new Set(["lr", "versus_lr", "l1", "l2"]);

export type Changed = (name: string, value: Value) => void;

export function controlOf(
  control: Control,
  state: State,
  text: (name: string) => string,
  changed: Changed,
): HTMLElement {
  const value = state[control.name] ?? null;
  const label = text(control.name);
  const input = widget(control, value, text, (now) => changed(control.name, now));
  if (input instanceof HTMLFieldSetElement) {
    input.prepend(h("legend", {}, label));
    return input;
  }
  return h("label", { class: `control ${control.kind}`, title: control.help }, h("span", {}, label), input);
}

function widget(
  control: Control,
  value: Value,
  text: (name: string) => string,
  set: (value: Value) => void,
): HTMLElement {
  const { name, kind, choices, low, high } = control;
  if (kind === "bool") {
    const box = h("input", { type: "checkbox", name, onchange: () => set(box.checked) });
    box.checked = value === true;
    return box;
  }
  if (choices.length && control.many) return chips(control, value as string[], text, set);
  if (choices.length) return select(name, choices, String(value), text, set);
  if (ON_A_LOGARITHM.has(name)) {
    const least = name.startsWith("l") && !name.startsWith("lr") ? -1 : 0;
    return rateBox(name, Number(value), least, high, set);
  }
  if (low !== null && high !== null && high - low <= 1000) return slider(control, Number(value), set);
  const box = h("input", { type: "number", name, min: low, max: high, step: kind === "int" ? 1 : "any" });
  box.value = String(value ?? "");
  box.addEventListener("change", () => {
    if (box.value !== "" && box.checkValidity()) set(Number(box.value));
    else box.value = String(value ?? "");
  });
  return box;
}

// Rates one or two steps a power of ten, and the one that is set.
export function rateBox(
  name: string,
  value: number,
  least: number,
  high: number | null,
  set: (value: number) => void,
): HTMLElement {
  const rates = RATES.filter((rate) => rate > least && (high === null || rate <= high));
  if (!rates.includes(value)) rates.push(value);
  const texts = rates.sort((a, b) => a - b).map(String);
  return select(name, texts, String(value), (x) => x, (x) => set(Number(x)));
}

function select(
  name: string,
  choices: string[],
  value: string,
  text: (name: string) => string,
  set: (value: string) => void,
): HTMLElement {
  const box = h("select", { name, onchange: () => set(box.value) });
  for (const choice of choices) {
    box.append(h("option", { value: choice, selected: choice === value }, text(choice)));
  }
  return box;
}

function chips(
  control: Control,
  value: string[],
  text: (name: string) => string,
  set: (value: string[]) => void,
): HTMLElement {
  const chosen = new Set(value);
  const box = h("fieldset", { class: "control chips", title: control.help });
  for (const choice of control.choices) {
    const chip = h("button", { type: "button", "aria-pressed": chosen.has(choice), name: choice }, text(choice));
    chip.setAttribute("aria-pressed", String(chosen.has(choice)));
    chip.addEventListener("click", () => {
      if (chosen.has(choice) && chosen.size === 1) return;
      if (!chosen.delete(choice)) chosen.add(choice);
      set(control.choices.filter((c) => chosen.has(c)));
    });
    box.append(chip);
  }
  return box;
}

function slider(control: Control, value: number, set: (value: number) => void): HTMLElement {
  const { name, kind, low, high } = control;
  const span = (high ?? 1) - (low ?? 0);
  const step = kind === "float" ? span / 20 : span > 200 ? 10 : 1;
  const shown = h("output", {}, String(value));
  const range = h("input", { type: "range", name, min: low, max: high, step });
  range.value = String(value);
  range.addEventListener("input", () => (shown.textContent = tidy(range.value)));
  range.addEventListener("change", () => set(Number(tidy(range.value))));
  return h("span", { class: "range" }, range, shown);
}

function tidy(text: string): string {
  return String(Number(Number(text).toFixed(4)));
}
