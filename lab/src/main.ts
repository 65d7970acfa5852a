// The frame around the parts: tabs, language, theme, and one session with the server.

import { read, write } from "./address";
import { copyText } from "./clipboard";
import { add, h, replace } from "./dom";
import { type Control, type Lab, type View, typed } from "./part";
import { PARTS } from "./parts";
import { Session } from "./protocol";
import "./style.css";
import { type Language, translator } from "./texts";

interface About {
  version: string;
  language: string;
  parts: Record<string, Control[]>;
}

const root = document.documentElement;
const kept = (name: string) => window.localStorage.getItem(`tidu-${name}`);
const keep = (name: string, value: string) => window.localStorage.setItem(`tidu-${name}`, value);

function firstLanguage(wanted: string): Language {
  if (wanted === "en" || wanted === "zh") return wanted;
  return (kept("language") ?? navigator.language).startsWith("zh") ? "zh" : "en";
}

async function begin(): Promise<void> {
  const about = (await (await fetch("about.json")).json()) as About;
  const socket = new URL("session", window.location.href);
  socket.protocol = "ws:";
  socket.hash = "";
  const session = new Session(socket.href);
  let language = firstLanguage(about.language);
  const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset["theme"] = kept("theme") ?? (dark ? "dark" : "light");
  root.classList.toggle("large", kept("large") === "yes");

  let view: View | null = null;
  let part = PARTS[0]!;
  const sentence = h("p", { id: "sentence", role: "status", hidden: true });
  const say = (text: string) => {
    sentence.textContent = text;
    sentence.hidden = !text;
  };

  function show(name: string, given: Record<string, string>): void {
    view?.leave();
    session.language = language;
    part = PARTS.find((each) => each.name === name) ?? PARTS[0]!;
    const controls = about.parts[part.name] ?? [];
    const defaults = part.defaults(controls);
    const text = translator(language, part.name);
    const tabText = translator(language, "tab");
    root.lang = language === "zh" ? "zh-CN" : "en";
    document.title = `${tabText(part.name)} · Tidu`;
    const main = h("main", { id: part.name });
    say("");
    replace(document.body, bar(tabText), main, sentence);
    const lab: Lab = { session, controls, text, say, changed };
    view = part.show(main, lab, { ...defaults, ...typed(allControls(defaults, controls), given) });
    changed();
  }

  function changed(): void {
    if (view) write(part.name, view.state(), part.defaults(about.parts[part.name] ?? []));
  }

  function again(): void {
    const { state } = read();
    show(part.name, state);
  }

  function bar(text: (name: string) => string): HTMLElement {
    const tabs = h("nav", { "aria-label": text("parts") });
    for (const each of PARTS) {
      const current = each === part ? "page" : false;
      const go = () => {
        window.location.hash = `part=${each.name}`;
      };
      tabs.append(h("button", { class: "tab", "aria-current": current, onclick: go }, text(each.name)));
    }
    const tool = (name: string, label: string, act: () => void) =>
      h("button", { class: "tool", title: text(name), "aria-label": text(name), onclick: act }, label);
    const tools = h("div", { class: "tools" });
    add(
      tools,
      tool("share", "↗", () => {
        void copyText(window.location.href).then((isCopied) => {
          const told = text(isCopied ? "shared" : "not_shared");
          say(told);
          window.setTimeout(() => sentence.textContent === told && say(""), 4000);
        });
      }),
      tool("large", "A⁺", () => {
        root.classList.toggle("large");
        keep("large", root.classList.contains("large") ? "yes" : "no");
        again();
      }),
      tool("theme", "◐", () => {
        root.dataset["theme"] = root.dataset["theme"] === "dark" ? "light" : "dark";
        keep("theme", root.dataset["theme"] ?? "");
        again();
      }),
      h("button", { class: "tool wide", onclick: () => {
        language = language === "zh" ? "en" : "zh";
        keep("language", language);
        again();
      } }, text("language")),
    );
    return h("header", {}, h("b", { class: "brand" }, "Tidu ", h("span", {}, "梯度")), tabs, tools);
  }

  session.onlost = () => {
    say("");
    if (view?.rebuild) view.rebuild();
    else again();
  };
  session.onwait = (isLate) => {
    const waits = translator(language)("waits");
    if (isLate && sentence.hidden) say(waits);
    else if (!isLate && sentence.textContent === waits) say("");
  };
  session.onstate = (connected, why, seconds) => {
    const text = translator(language)(why || "offline").replace("{seconds}", String(seconds));
    say(connected ? "" : text);
  };
  for (const event of ["pointerdown", "keydown"]) {
    document.addEventListener(event, () => session.wake(), { capture: true });
  }
  session.onrefused = say;
  window.addEventListener("hashchange", (event) => {
    // where it was to go: an answer may have written another address since
    const { part: name, state } = read(new URL(event.newURL).hash);
    show(name, state);
  });
  document.addEventListener("keydown", (event) => {
    const { target } = event;
    const inField = target instanceof Element && target.matches("input:not(.timeline), select, textarea, dialog *");
    const slides = target instanceof Element && target.matches("input[type=range]");
    if ((!inField || (slides && event.key === " ")) && !event.ctrlKey && !event.metaKey && view?.key?.(event)) event.preventDefault();
  });
  const { part: name, state } = read();
  show(name, state);
}

// What is in the address beside the settings (the step, a start) is typed after its default.
function allControls(defaults: Record<string, unknown>, controls: Control[]): Control[] {
  const named = new Set(controls.map((control) => control.name));
  const others = Object.entries(defaults).filter(([name]) => !named.has(name));
  return [
    ...controls,
    ...others.map(([name, value]): Control => {
      const one: unknown = Array.isArray(value) ? value[0] : value;
      const kind = typeof one === "number" ? "float" : typeof one === "boolean" ? "bool" : "str";
      return {
        name, kind, default: null, help: "", low: null, high: null, choices: [],
        many: Array.isArray(value), optional: false,
      };
    }),
  ];
}

void begin();
