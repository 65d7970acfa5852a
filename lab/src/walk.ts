// Through a row of operations, one by one or a group at a time, by buttons, a slider and keys.

import { h, replace } from "./dom";

export class Walk {
  readonly root = h("div", { class: "transport", role: "toolbar" });
  at = 0;
  private groups: string[] = [];
  private readonly readout = h("output", { class: "readout" });
  private readonly line = h("input", { type: "range", min: 0, class: "timeline" });

  constructor(
    text: (name: string) => string,
    private readonly show: () => void,
  ) {
    const button = (name: string, sign: string, act: () => void, kind = "") =>
      h("button", { class: kind, title: text(name), "aria-label": text(name), "data-do": name, onclick: act }, sign);
    this.line.setAttribute("aria-label", text("operations"));
    this.line.addEventListener("input", () => this.to(Number(this.line.value)));
    replace(
      this.root,
      h("div", { class: "buttons" },
        button("start", "|◀", () => this.to(0)),
        button("group_back", "«", () => this.byGroup(-1)),
        button("operation_back", "◂", () => this.to(this.at - 1)),
        button("operation_forward", "▶", () => this.to(this.at + 1), "play"),
        button("group_forward", "»", () => this.byGroup(1)),
        button("end", "▶|", () => this.to(this.groups.length)),
        this.readout),
      this.line,
    );
  }

  // The group of each operation, in their order; `at` of them are done.
  lay(groups: string[], at: number): void {
    this.groups = groups;
    this.at = Math.max(0, Math.min(at, groups.length));
    this.line.max = String(groups.length);
    this.line.value = String(this.at);
    replace(this.readout, h("span", {}, h("b", {}, this.at), ` / ${groups.length}`));
  }

  to(at: number): void {
    this.lay(this.groups, at);
    this.show();
  }

  key(event: KeyboardEvent): boolean {
    const onButton = event.target instanceof Element && event.target.matches("button, summary, [role=button]");
    if (event.key === " " && !onButton) this.to(this.at + 1);
    else if (event.key === "ArrowLeft") event.shiftKey ? this.byGroup(-1) : this.to(this.at - 1);
    else if (event.key === "ArrowRight") event.shiftKey ? this.byGroup(1) : this.to(this.at + 1);
    else if (event.key === "Home") this.to(0);
    else if (event.key === "End") this.to(this.groups.length);
    else return false;
    return true;
  }

  // To the end of this group or of the next one; to the end of the last.
  private byGroup(change: 1 | -1): void {
    const ends = this.groups.flatMap((group, i) => (group === this.groups[i + 1] ? [] : [i + 1]));
    const to = change > 0 ? ends.find((end) => end > this.at) : ends.filter((end) => end < this.at).at(-1);
    this.to(to ?? (change > 0 ? this.groups.length : 0));
  }
}
