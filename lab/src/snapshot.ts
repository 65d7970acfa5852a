// What the page shows in an element, as a picture to keep: its texts, canvases, drawings and borders.

import { s } from "./dom";
import { sheet, styled } from "./picture";

// What is there to be pressed, and no part of a picture.
const TOOLS = ".save, .link, select, input:not([type=number])";
const MARGIN = 12;

export function snapshot(root: HTMLElement): SVGSVGElement {
  const frame = root.getBoundingClientRect();
  const svg = sheet(frame.width + 2 * MARGIN, frame.height + 2 * MARGIN);
  const place = ({ left, top, width, height }: DOMRect) =>
    ({ x: left - frame.left + MARGIN, y: top - frame.top + MARGIN, width, height });
  const visit = (element: Element): void => {
    if (element.matches(TOOLS) || !element.checkVisibility()) return;
    const style = getComputedStyle(element);
    const box = place(element.getBoundingClientRect());
    if (element instanceof SVGSVGElement) {
      svg.append(nested(element, box));
      return;
    }
    if (element !== root) svg.append(...surroundings(style, box));
    if (element instanceof HTMLCanvasElement) {
      svg.append(s("image", { ...box, href: element.toDataURL(), preserveAspectRatio: "none", "image-rendering": style.imageRendering }));
    }
    if (element instanceof HTMLInputElement) {
      svg.append(s("text", { x: box.x + 5, y: box.y + 0.7 * box.height, fill: style.color, "font-size": style.fontSize }, element.value));
    }
    for (const child of element.childNodes) {
      if (child instanceof Element) visit(child);
      else if (child instanceof Text) svg.append(...lines(child, style, place));
    }
  };
  visit(root);
  return svg;
}

function nested(drawing: SVGSVGElement, box: Record<string, number>): SVGSVGElement {
  const copy = styled(drawing);
  for (const [name, value] of Object.entries(box)) copy.setAttribute(name, String(value));
  return copy;
}

// The background and the borders of an element.
function surroundings(style: CSSStyleDeclaration, { x = 0, y = 0, width = 0, height = 0 }: Record<string, number>): Element[] {
  const found: Element[] = [];
  const bottom = parseFloat(style.borderBottomWidth);
  const line = { fill: "none", stroke: style.borderBottomColor, "stroke-width": bottom };
  if (style.backgroundColor !== "rgba(0, 0, 0, 0)") {
    found.push(s("rect", { x, y, width, height, rx: parseFloat(style.borderBottomLeftRadius) || 0, fill: style.backgroundColor }));
  }
  if (bottom && parseFloat(style.borderTopWidth)) found.push(s("rect", { x, y, width, height, ...line }));
  else if (bottom) found.push(s("path", { d: `M${x},${y + height}H${x + width}`, ...line }));
  return found;
}

// A text as it is broken into lines, each at its baseline.
function lines(text: Text, style: CSSStyleDeclaration, place: (box: DOMRect) => { x: number; y: number }): Element[] {
  const found: { words: string; box: DOMRect }[] = [];
  for (const { 0: word, index } of text.data.matchAll(/\S+/g)) {
    const range = document.createRange();
    range.setStart(text, index);
    range.setEnd(text, index + word.length);
    const box = range.getBoundingClientRect();
    const last = found.at(-1);
    if (last?.box.top === box.top) last.words += ` ${word}`;
    else found.push({ words: word, box });
  }
  const context = document.createElement("canvas").getContext("2d")!;
  context.font = style.font;
  const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = context.measureText(text.data);
  return found.map(({ words, box }) => {
    const { x, y } = place(box);
    const baseline = y + (box.height * above) / (above + below);
    return s("text", { x, y: baseline, fill: style.color, "font-size": style.fontSize, "font-weight": style.fontWeight }, words);
  });
}
