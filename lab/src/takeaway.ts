// What one takes home: the program that makes the run again, and the network as a file.

import { copyText } from "./clipboard";
import { h, replace } from "./dom";
import type { Lab } from "./part";
import { saveBlob, saveText } from "./picture";
import { Refused } from "./protocol";

// Buttons for a part that has the actions `script` and `model`; a run that plays is paused first.
export function takeAway(lab: Lab, part: string, pause: () => void): HTMLElement[] {
  const { text } = lab;
  const button = (name: string, sign: string, act: () => Promise<void>) =>
    h("button", {
      class: "link", title: text(`${name}_help`), "data-do": name,
      onclick: () => {
        pause();
        act().catch((error: unknown) => lab.say(error instanceof Refused ? error.message : text("offline")));
      },
    }, `${sign} ${text(name)}`);
  return [
    button("code", "‹›", () => openCode(lab, part)),
    button("model", "⤓", () => saveModel(lab, part)),
  ];
}

async function openCode(lab: Lab, part: string): Promise<void> {
  const { text, session } = lab;
  const answer = await session.ask(part, "script");
  const code = String(answer["code"]);
  const dialog = h("dialog", { class: "code", "aria-label": text("code"), onclose: () => dialog.remove() });
  const copied = h("span", { class: "grow", role: "status" });
  const copy = () => void copyText(code, dialog).then((isCopied) => (copied.textContent = text(isCopied ? "copied" : "not_copied")));
  replace(
    dialog,
    h("p", {}, text("code_about")),
    h("pre", { tabindex: 0, class: "source" }, code),
    h("p", {}, text("prints")),
    h("pre", { class: "prints" }, String(answer["prints"])),
    h("div", { class: "row" },
      copied,
      h("button", { onclick: copy }, text("copy")),
      h("button", { class: "primary", "data-do": "save_code", onclick: () => saveText(code, "run.py") }, text("save_code")),
      h("button", { onclick: () => dialog.close() }, text("close"))),
  );
  document.body.append(dialog);
  dialog.showModal();
}

async function saveModel(lab: Lab, part: string): Promise<void> {
  const answer = await lab.session.ask(part, "model");
  const bytes = Uint8Array.from(atob(String(answer["file"])), (letter) => letter.charCodeAt(0));
  saveBlob(new Blob([bytes]), String(answer["name"]));
}
