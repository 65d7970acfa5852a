// Points of one's own: drawn with the mouse, or read from a table.

import { classColour } from "./colours";
import { h, replace } from "./dom";
import type { Lab } from "./part";
import { Refused } from "./protocol";
import { type Points, SIDE, addPoints } from "./surface";

const MOST = 500;
// How far apart points lie that one drag sets.
const APART = 0.3;
// Bytes of a table: 500 points take some twenty thousand.
const LARGEST = 500_000;

export interface Own {
  // the class of the points that are set
  chosen: number;
  mine: () => boolean;
  classes: () => number;
  // x, y and class of each point, one after another
  points: () => number[];
  all: () => Points | null;
  set: (points: number[], classes?: number) => void;
}

export function ownPoints(lab: Lab, canvases: HTMLCanvasElement[], own: Own): HTMLElement {
  const { text } = lab;
  const box = h("div", { class: "own" });
  own.chosen = Math.min(own.chosen, own.classes() - 1);
  const table = () => openTable(lab, own);
  if (!own.mine()) {
    const take = h("button", { class: "link", onclick: () => own.set(flat(own.all())) }, `✎ ${text("take_points")}`);
    if (own.all()?.labels ?? true) replace(box, take, h("button", { class: "link", onclick: table }, text("paste_points")));
    return box;
  }
  const pens = h("span", { class: "pens", role: "radiogroup", "aria-label": text("draw_here") });
  const layPens = () => {
    replace(pens);
    for (let k = 0; k < own.classes(); k++) {
      const pen = h("button", {
        role: "radio", class: "pen", "aria-checked": String(k === own.chosen), "aria-label": String(k),
        onclick: () => { own.chosen = k; layPens(); },
      });
      pen.style.background = classColour(k);
      pens.append(pen);
    }
  };
  layPens();
  canvases.forEach((canvas) => draws(canvas, own));
  replace(
    box,
    h("span", {}, text("draw_here")),
    pens,
    h("button", { class: "link", onclick: () => own.set(own.points().slice(0, -3)) }, text("undo")),
    h("button", { class: "link", onclick: () => own.set([]) }, text("clear_points")),
    h("button", { class: "link", onclick: table }, text("paste_points")),
  );
  return box;
}

// A click sets a point of the chosen class, a drag a row of them.
function draws(canvas: HTMLCanvasElement, own: Own): void {
  let made: number[] | null = null;
  const add = (event: PointerEvent) => {
    if (!made || own.points().length + made.length >= 3 * MOST) return;
    const { left, top, width, height } = canvas.getBoundingClientRect();
    const [right, down] = [(event.clientX - left) / width, (event.clientY - top) / height];
    const [x, y] = [rounded((2 * right - 1) * SIDE), rounded((1 - 2 * down) * SIDE)];
    const [lastX = Infinity, lastY = Infinity] = made.slice(-3);
    if (Math.max(Math.abs(x), Math.abs(y)) > SIDE || Math.hypot(x - lastX, y - lastY) < APART) return;
    made.push(x, y, own.chosen);
    const points = { shape: [made.length / 3, 3], data: new Float32Array(made) };
    addPoints(canvas, points);
  };
  const end = () => {
    if (made?.length) own.set([...own.points(), ...made]);
    made = null;
  };
  canvas.classList.add("drawing");
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    made = [];
    add(event);
  });
  canvas.addEventListener("pointermove", add);
  canvas.addEventListener("pointerup", end);
  canvas.addEventListener("pointercancel", end);
}

function openTable(lab: Lab, own: Own): void {
  const { text, session } = lab;
  const area = h("textarea", { rows: 10, spellcheck: "false", "aria-label": "CSV", placeholder: "x,y,class\n0.5,1.2,a\n−1,0.3,b" });
  const told = h("p", { class: "error", role: "alert" });
  const file = h("input", { type: "file", accept: ".csv,.tsv,.txt", "aria-label": "CSV" });
  file.addEventListener("change", () => {
    const chosen = file.files?.[0];
    told.textContent = "";
    if (chosen && chosen.size > LARGEST) told.textContent = text("too_large");
    else void chosen?.text().then((content) => (area.value = content));
  });
  const dialog = h("dialog", { onclose: () => dialog.remove() });
  const use = h("button", {
    class: "primary",
    onclick: () => {
      session.ask("playground", "read_table", { text: area.value }).then(
        (answer) => {
          dialog.close();
          own.set(answer["points"] as number[], answer["classes"] as number);
        },
        (error: unknown) => {
          told.textContent = error instanceof Refused ? error.message : String(error);
        },
      );
    },
  }, text("use"));
  replace(
    dialog,
    h("p", {}, text("table_help")),
    area,
    file,
    told,
    h("div", { class: "row" }, h("button", { onclick: () => dialog.close() }, text("cancel")), use),
  );
  document.body.append(dialog);
  dialog.showModal();
}

function flat(points: Points | null): number[] {
  if (!points) return [];
  const found: number[] = [];
  for (const set of [points.train, points.test]) {
    const [n = 0] = set.shape;
    for (let i = 0; i < n && found.length < 900; i++) {
      const [x = 0, y = 0, t = 0] = set.data.subarray(3 * i, 3 * i + 3);
      found.push(rounded(x), rounded(y), t);
    }
  }
  return found;
}

function rounded(x: number): number {
  return Number(x.toFixed(2));
}
