// Text to the clipboard, also where a page has no right to it: over plain HTTP from another machine.

import { h } from "./dom";

// Says whether it is there. `within` is where an element may take the focus: the dialog that is open.
export async function copyText(text: string, within: HTMLElement = document.body): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = h("textarea", { readonly: true, class: "unseen" }, text);
    within.append(area);
    area.select();
    const isCopied = document.execCommand("copy");
    area.remove();
    return isCopied;
  }
}
