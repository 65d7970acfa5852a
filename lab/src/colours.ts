// The colours of Tidu's figures (Okabe and Ito), and scales made of them.

export type Rgb = [number, number, number];

export const CLASSES: Record<Theme, string[]> = {
  light: ["#0072b2", "#d55e00", "#009e73", "#aa3377", "#b8860b", "#555555"],
  dark: ["#56b4e9", "#e69f00", "#1fb58a", "#dd8fc6", "#f0e442", "#b0b5bb"],
};
const PAPER: Record<Theme, Rgb> = { light: [255, 255, 255], dark: [21, 24, 28] };

export type Theme = "light" | "dark";

export function theme(): Theme {
  return document.documentElement.dataset["theme"] === "dark" ? "dark" : "light";
}

export function rgb(hex: string): Rgb {
  const n = parseInt(hex.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

export function classColour(k: number): string {
  const colours = CLASSES[theme()];
  return colours[k % colours.length] ?? "#888888";
}

export function css(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

// A number from −1 to 1 as a colour: orange below, paper at 0, blue above.
export function diverging(now: Theme = theme()): (x: number, out: Uint8ClampedArray, at: number) => void {
  const paper = PAPER[now];
  const [high, low] = [rgb(CLASSES[now][0] ?? ""), rgb(CLASSES[now][1] ?? "")];
  return (x, out, at) => {
    const to = x >= 0 ? high : low;
    const part = Math.min(Math.abs(x), 1) * 0.9;
    for (let c = 0; c < 3; c++) {
      out[at + c] = (paper[c] ?? 0) + ((to[c] ?? 0) - (paper[c] ?? 0)) * part;
    }
    out[at + 3] = 255;
  };
}

// Probabilities of k classes as a mixture of their colours, paler where none is sure.
export function mixture(k: number, now: Theme = theme()) {
  const paper = PAPER[now];
  const colours = Array.from({ length: k }, (_, i) => rgb(CLASSES[now][i % 6] ?? ""));
  return (p: (i: number) => number, out: Uint8ClampedArray, at: number) => {
    let total = 1e-9;
    let best = 0;
    for (let i = 0; i < k; i++) {
      const share = Math.min(Math.max(p(i), 0), 1);
      total += share;
      best = Math.max(best, share);
    }
    const sure = Math.max((best / Math.max(total, 1) - 1 / k) / (1 - 1 / k), 0);
    const strength = 0.08 + 0.62 * Math.sqrt(sure);
    for (let c = 0; c < 3; c++) {
      let mixed = 0;
      for (let i = 0; i < k; i++) {
        mixed += (Math.min(Math.max(p(i), 0), 1) / total) * (colours[i]?.[c] ?? 0);
      }
      out[at + c] = (paper[c] ?? 0) + (mixed - (paper[c] ?? 0)) * strength;
    }
    out[at + 3] = 255;
  };
}
