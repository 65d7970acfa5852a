// A short list of numbers, each in a box, with buttons for one fewer and one more.

import { h } from "./dom";

export interface Bounds {
  fewest: number;
  most: number;
  low: number;
  high: number;
  whole?: boolean;
}

export function numberList(
  name: string,
  text: (name: string) => string,
  values: number[],
  bounds: Bounds,
  set: (values: number[]) => void,
): HTMLElement {
  const { fewest, most, low, high, whole } = bounds;
  const label = text(name);
  const boxes = values.map((value, i) => {
    const box = h("input", {
      type: "number", name: `${name}${i}`, min: low, max: high, step: whole ? 1 : "any", value,
      "aria-label": `${label} ${i}`,
    });
    box.addEventListener("change", () => {
      if (box.value === "" || !box.checkValidity()) box.value = String(value);
      else set(values.map((old, k) => (k === i ? Number(box.value) : old)));
    });
    return box;
  });
  const button = (action: string, sign: string, possible: boolean, act: () => void) =>
    h("button", { class: "mini", disabled: !possible, title: `${label}: ${text(action)}`, "aria-label": `${label}: ${text(action)}`, onclick: act }, sign);
  return h("div", { class: "control number-list", "data-list": name },
    h("span", {}, label),
    h("span", { class: "boxes" }, ...boxes,
      button("one_fewer", "−", values.length > fewest, () => set(values.slice(0, -1))),
      button("one_more", "+", values.length < most, () => set([...values, values.at(-1) ?? 3]))));
}
