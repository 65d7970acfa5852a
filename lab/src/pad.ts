// A square to draw in with a round pen; strokes are numbers, as the server draws them (strokes.py).

import { css } from "./colours";
import { h, sharpen } from "./dom";

const GRID = 100;
const UP = -1;
const PEN = 0.13;
const MOST = 2900;

export class Pad {
  readonly canvas = h("canvas", { class: "pad", role: "img" });
  private pressed = false;

  constructor(
    // x and y of each point, one after another; −1 between two strokes
    public strokes: number[],
    private readonly hint: string,
    private readonly drawn: (done: boolean) => void,
  ) {
    this.canvas.setAttribute("aria-label", hint);
    this.canvas.addEventListener("pointerdown", (event) => this.press(event));
    this.canvas.addEventListener("pointermove", (event) => this.move(event));
    this.canvas.addEventListener("pointerup", () => this.release());
    this.canvas.addEventListener("pointercancel", () => this.release());
  }

  clear(): void {
    this.strokes = [];
    this.draw();
  }

  // Take back the last stroke.
  undo(): void {
    const at = this.strokes.lastIndexOf(UP);
    this.strokes = this.strokes.slice(0, Math.max(at, 0));
    this.draw();
  }

  draw(): void {
    const context = sharpen(this.canvas);
    const { width, height } = this.canvas.getBoundingClientRect();
    context.clearRect(0, 0, width, height);
    if (!this.strokes.length) {
      context.fillStyle = css("--faint");
      context.font = `${parseFloat(css("font-size")) || 14}px ${css("--font")}`;
      context.textAlign = "center";
      context.fillText(this.hint, width / 2, height / 2, width - 12);
      return;
    }
    context.lineCap = context.lineJoin = "round";
    context.lineWidth = PEN * width;
    context.strokeStyle = css("--ink");
    context.beginPath();
    let begins = true;
    for (let i = 0; i < this.strokes.length; ) {
      const x = this.strokes[i] ?? UP;
      if (x === UP) {
        begins = true;
        i += 1;
        continue;
      }
      const [px, py] = [(x / GRID) * width, ((this.strokes[i + 1] ?? 0) / GRID) * height];
      if (begins) context.moveTo(px, py);
      context.lineTo(px, py);
      begins = false;
      i += 2;
    }
    context.stroke();
  }

  private press(event: PointerEvent): void {
    this.canvas.setPointerCapture(event.pointerId);
    this.pressed = true;
    if (this.strokes.length) this.strokes.push(UP);
    this.add(event);
  }

  private move(event: PointerEvent): void {
    if (this.pressed) this.add(event);
  }

  private release(): void {
    if (!this.pressed) return;
    this.pressed = false;
    this.drawn(true);
  }

  private add(event: PointerEvent): void {
    if (this.strokes.length > MOST) return;
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const place = (at: number, size: number) => Math.min(Math.max(Math.round((at / size) * GRID), 0), GRID);
    const [x, y] = [place(event.clientX - left, width), place(event.clientY - top, height)];
    const [lastX = UP, lastY = UP] = this.strokes.slice(-2);
    if (lastX !== UP && lastY !== UP && Math.hypot(x - lastX, y - lastY) < 2) return;
    this.strokes.push(x, y);
    this.draw();
    this.drawn(false);
  }
}
