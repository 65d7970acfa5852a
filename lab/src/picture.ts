// Pictures as files: a canvas as PNG, a drawing as SVG.

export function savePicture(source: HTMLCanvasElement | string, name: string): void {
  if (typeof source === "string") {
    saveBlob(new Blob([source], { type: "image/svg+xml" }), name);
  } else {
    source.toBlob((blob) => blob && saveBlob(blob, name));
  }
}

export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
