// Pictures as files. Each is an SVG first; a PNG is that SVG at twice its size.

import { css } from "./colours";
import { h, s } from "./dom";

export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function saveText(text: string, name: string, type = "text/plain"): void {
  saveBlob(new Blob([text], { type }), name);
}

// A button that opens two: the picture as PNG, and as SVG.
export function pictureMenu(
  text: (name: string) => string,
  name: string,
  svg: () => SVGSVGElement,
): HTMLElement {
  const menu = h("details", { class: "save", "data-picture": name });
  const item = (kind: string, save: (source: SVGSVGElement) => void) =>
    h("button", { onclick: () => { menu.open = false; save(svg()); } }, kind);
  menu.append(
    h("summary", { class: "mini", title: text("save_picture"), "aria-label": text("save_picture") }, "⤓"),
    h("div", { class: "menu" },
      item("PNG", (source) => void rasterized(source).then((blob) => saveBlob(blob, `${name}.png`))),
      item("SVG", (source) => saveText(written(source), `${name}.svg`, "image/svg+xml"))),
  );
  menu.addEventListener("focusout", (event) => {
    if (!menu.contains(event.relatedTarget as Node | null)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
  return menu;
}

// An empty picture of a size in CSS pixels, on the paper of the page.
export function sheet(width: number, height: number): SVGSVGElement {
  const box = { width, height, viewBox: `0 0 ${width} ${height}` };
  return s("svg", { ...box, "font-family": "sans-serif", "font-size": 12 },
    s("rect", { width, height, fill: css("--paper") }));
}

// What a style sheet may say of a drawing, and a file must say itself.
const STYLES = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linejoin",
  "paint-order", "font-size", "font-weight", "text-anchor",
];

// A drawing of the page as a picture to keep, in its own units.
export function drawn(drawing: SVGSVGElement): SVGSVGElement {
  const { width, height } = drawing.viewBox.baseVal;
  const svg = sheet(width, height);
  svg.append(...styled(drawing).childNodes);
  return svg;
}

// A copy of a drawing that says itself how it looks.
export function styled(drawing: SVGSVGElement): SVGSVGElement {
  const copy = drawing.cloneNode(true) as SVGSVGElement;
  const copies = [...copy.querySelectorAll("*")];
  drawing.querySelectorAll("*").forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const name of STYLES) copies[i]?.setAttribute(name, style.getPropertyValue(name));
  });
  copy.querySelectorAll(".hit").forEach((hit) => hit.remove());
  return copy;
}

function written(picture: SVGSVGElement): string {
  return new XMLSerializer().serializeToString(picture);
}

async function rasterized(picture: SVGSVGElement, scale = 2): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(written(picture))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = scale * Number(picture.getAttribute("width"));
  canvas.height = scale * Number(picture.getAttribute("height"));
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))));
  });
}
