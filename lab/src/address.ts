// The whole state is in the address, behind the #: a link is a picture of what one sees.

export type Value = string | number | boolean | (string | number)[] | null;
export type State = Record<string, Value>;

export interface Place {
  part: string;
  state: Record<string, string>;
}

export function read(hash = window.location.hash): Place {
  const given = new URLSearchParams(hash.slice(1));
  const state = Object.fromEntries(given.entries());
  const part = state["part"] ?? "";
  delete state["part"];
  return { part, state };
}

// Only what differs from the defaults is written.
export function write(part: string, state: State, defaults: State): void {
  const pairs = new URLSearchParams({ part });
  for (const [name, value] of Object.entries(state)) {
    if (written(value) !== written(defaults[name] ?? null)) pairs.set(name, written(value));
  }
  const text = `#${pairs.toString().replaceAll("%2C", ",")}`;
  if (text !== window.location.hash) window.history.replaceState(null, "", text);
}

function written(value: Value): string {
  return Array.isArray(value) ? value.join(",") : String(value ?? "");
}
