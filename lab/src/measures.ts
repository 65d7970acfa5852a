// Loss and accuracy of a run: as a table of now, and as curves.

import { CLASSES, classColour, theme } from "./colours";
import { Curves, type Line } from "./curves";
import { h, number } from "./dom";
import type { RunHead } from "./network";

// A row for each run, which are named where there are several.
export function measuresTable(
  text: (name: string) => string,
  runs: RunHead[],
  names: string[],
  classes: boolean,
): HTMLElement {
  const percent = (x: number | null | undefined) =>
    x === null || x === undefined || Number.isNaN(x) ? "–" : `${(100 * x).toFixed(1)} %`;
  const several = runs.length > 1;
  const rows = runs.map((run, i) => {
    const [loss, accuracy, testLoss, testAccuracy] = run.measures ?? [];
    return h(
      "tr",
      {},
      several && h("th", { scope: "row", title: run.optimizer }, names[i]),
      h("td", { class: "train" }, number(loss, 3)),
      h("td", { class: "test" }, number(testLoss, 3)),
      classes && h("td", { class: "train" }, percent(accuracy)),
      classes && h("td", { class: "test" }, percent(testAccuracy)),
    );
  });
  const head = (label: string) => h("th", { scope: "col" }, label);
  return h(
    "table",
    {},
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        several && head(""),
        head(`${text("loss_now")}, ${text("train")}`),
        head(text("test_set")),
        classes && head(`${text("accuracy")}, ${text("train")}`),
        classes && head(text("test_set")),
      ),
    ),
    h("tbody", {}, ...rows),
  );
}

// Curves of loss and, where there are classes, of accuracy: of training and test, of each run.
export function learningCurves(text: (name: string) => string, runs: number, classes: boolean): Curves[] {
  const lines = (columns: [number, number]): Line[] =>
    Array.from({ length: runs }, (_, run) =>
      columns.map((column, k) => ({
        label: `${run} ${column}`,
        colour: runs > 1 ? classColour(run) : (CLASSES[theme()][k] ?? ""),
        ...(runs > 1 && k ? { dash: [4, 3] } : {}),
        run,
        column,
      })),
    ).flat();
  const box = () => h("div", { class: "plot" });
  const curves = [new Curves(box(), lines([1, 3]), text("loss_now"))];
  if (classes) curves.push(new Curves(box(), lines([2, 4]), text("accuracy"), [0, 1]));
  return curves;
}

export function curveFigures(text: (name: string) => string, curves: Curves[]): HTMLElement {
  const names = ["loss", "accuracy"];
  return h("div", { class: "plots" }, ...curves.map((curve, i) => curve.figure(text, names[i] ?? "")));
}
