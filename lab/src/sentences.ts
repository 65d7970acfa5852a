// Arithmetic as it comes from Python, "a = b = c", with each ∂a/∂b as a fraction.

import { h } from "./dom";

const DERIVATIVE = /^(\(?)∂(.+?)\/∂(.+?)$/;

export function fraction(above: (Node | string)[], below: (Node | string)[]): HTMLElement {
  return h("span", { class: "fraction", role: "math" }, h("span", {}, ...above), h("span", {}, ...below));
}

// One side of an equation, which may be broken between its terms.
export function term(text: string): (Node | string)[] {
  return text.split(" ").flatMap((word, i) => {
    const [, open, a, b] = DERIVATIVE.exec(word) ?? [];
    const shown = a && b ? fraction([`∂${a}`], [`∂${b}`]) : word;
    return [...(i ? [" "] : []), ...(open ? [open] : []), shown];
  });
}

// The whole sentence: what it is of and its first side, then each side in a line of its own, or all in one.
export function sentence(text: string, stacked: boolean): HTMLElement {
  const [left = "", ...sides] = text.split(" = ");
  const [first, ...others] = [
    h("span", { class: "left" }, ...term(left)),
    ...sides.map((side, i) =>
      h("span", { class: i === sides.length - 1 ? "side value" : "side" }, "= ", ...term(side))),
  ];
  if (!stacked) return h("div", { class: "sentence" }, first, ...others);
  const [second, ...more] = others;
  return h("div", { class: "sentence stacked" }, h("div", { class: "sentence" }, first, second), ...more);
}
