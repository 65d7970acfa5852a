// Questions to the server, and its answers in the form of src/tidu/lab/frames.py.

import type { Language } from "./texts";

export interface Answer {
  [name: string]: unknown;
  arrays: Record<string, Numbers>;
}

export interface Numbers {
  shape: number[];
  data: Float32Array;
}

export class Refused extends Error {}

interface Waiting {
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
}

export function unpack(buffer: ArrayBuffer): Answer {
  const length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length))) as Record<
    string,
    unknown
  > & { arrays: Record<string, [number, number[]]> };
  const arrays: Record<string, Numbers> = {};
  for (const [name, [at, shape]] of Object.entries(head.arrays)) {
    const size = shape.reduce((a, b) => a * b, 1);
    arrays[name] = { shape, data: new Float32Array(buffer, 4 + length + 4 * at, size) };
  }
  return { ...head, arrays };
}

// Why a connection was closed by the server: nobody asked anything for long; too many are there.
export type Closed = "idle" | "full" | "";

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;
// After how many milliseconds a person is told that the answer is waited for; at first, of those since the page was asked for.
const PATIENCE = 600;

// One connection; it is opened when something is asked, and again after it was lost.
export class Session {
  // Called when a new connection stands in for a lost one: what was built there is gone.
  onlost: () => void = () => undefined;
  // Called when it is open, and when it was closed: why, and after how many seconds it is tried again.
  onstate: (connected: boolean, why: Closed, seconds: number) => void = () => undefined;
  // Called when an answer is late, and when none is any more.
  onwait: (isLate: boolean) => void = () => undefined;
  // Called with a sentence that answers no question.
  onrefused: (sentence: string) => void = () => undefined;

  // In which the sentences of answers are.
  language: Language = "en";

  private socket: Promise<WebSocket> | null = null;
  private waiting = new Map<number, Waiting>();
  private next = 1;
  private late = 0;
  private newest = new Map<string, Waiting & { values: Record<string, unknown> }>();
  private busy = new Set<string>();
  private pause = FIRST_PAUSE;
  private why: Closed = "";

  constructor(private readonly address: string) {}

  async ask(part: string, action: string, values: Record<string, unknown> = {}): Promise<Answer> {
    let isLate = false;
    const patience = this.next === 1 ? PATIENCE - performance.now() : PATIENCE;
    const timer = window.setTimeout(() => {
      isLate = true;
      this.late += 1;
      this.onwait(true);
    }, patience);
    try {
      return await this.answered(part, action, values);
    } finally {
      window.clearTimeout(timer);
      if (isLate) this.late -= 1;
      if (isLate && !this.late) this.onwait(false);
    }
  }

  private async answered(part: string, action: string, values: Record<string, unknown>): Promise<Answer> {
    const socket = await this.connected();
    const id = this.next++;
    const answer = new Promise<Answer>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
    });
    socket.send(JSON.stringify({ id, part, do: action, with: values, lang: this.language }));
    return answer;
  }

  // For what changes faster than it is answered: of those that wait, only the newest is asked.
  latest(part: string, action: string, values: Record<string, unknown>): Promise<Answer> {
    const key = `${part}.${action}`;
    return new Promise((resolve, reject) => {
      this.newest.get(key)?.reject(new Overtaken());
      this.newest.set(key, { values, resolve, reject });
      if (!this.busy.has(key)) void this.drain(part, action, key);
    });
  }

  private async drain(part: string, action: string, key: string): Promise<void> {
    this.busy.add(key);
    for (let next = this.newest.get(key); next; next = this.newest.get(key)) {
      this.newest.delete(key);
      await this.ask(part, action, next.values).then(next.resolve, next.reject);
    }
    this.busy.delete(key);
  }

  private connected(): Promise<WebSocket> {
    this.socket ??= new Promise((resolve, reject) => {
      const socket = new WebSocket(this.address);
      socket.binaryType = "arraybuffer";
      socket.onopen = () => {
        this.onstate(true, "", 0);
        resolve(socket);
      };
      socket.onmessage = (event) => this.take(unpack(event.data as ArrayBuffer));
      socket.onclose = () => {
        this.socket = null;
        const pause = this.pause * (0.7 + 0.6 * Math.random());
        this.pause = Math.min(2 * this.pause, LONGEST_PAUSE);
        this.onstate(false, this.why, Math.ceil(pause / 1000));
        const lost = new Error("lost");
        reject(lost);
        for (const { reject: refuse } of this.waiting.values()) refuse(lost);
        this.waiting.clear();
        if (this.why !== "idle") window.setTimeout(() => this.reconnect(), pause);
      };
    });
    return this.socket;
  }

  // To be called when a person is there: a connection that was closed for idleness is opened again.
  wake(): void {
    if (this.why === "idle") this.reconnect();
  }

  private reconnect(): void {
    if (this.socket) return;
    this.why = "";
    this.connected().then(
      () => this.onlost(),
      () => undefined,
    );
  }

  private take(answer: Answer): void {
    const code = answer["code"];
    if (code === "idle" || code === "full") {
      this.why = code;
      if (code === "full") this.pause = Math.max(this.pause, 4 * FIRST_PAUSE);
      return;
    }
    this.pause = FIRST_PAUSE;
    const waiting = this.waiting.get(answer["id"] as number);
    this.waiting.delete(answer["id"] as number);
    if (answer["error"] === undefined) waiting?.resolve(answer);
    else if (waiting) waiting.reject(new Refused(String(answer["error"])));
    else this.onrefused(String(answer["error"]));
    if (answer["code"] === "lost") this.onlost();
  }
}

// A question that a newer one has taken the place of.
export class Overtaken extends Error {}
