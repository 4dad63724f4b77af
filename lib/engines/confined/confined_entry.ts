/**
 * The far side of confined commands: a Worker whose thread gives up rights, and starts programs that inherit that.
 *
 * Nothing is imported later: its modules could not be read any more.
 *
 * @module
 */

import { isError, messageOf } from "../../fault.ts";
import { type StartedCommand, startPlain } from "../commands/starter.ts";
import type { StreamName } from "../spools/spool.ts";
import { Landlock } from "./landlock.ts";
import { type FromThread, type ToThread, WINDOW_BYTES } from "./messages.ts";

/** From how many bytes on memory is moved to the other side, and not copied. */
const MOVED_BYTES = 4096;

/** One stream of a command, sent piece by piece as its reader takes it. */
class Sent {
  readonly #id: number;
  readonly #name: StreamName;
  readonly #reader: StartedCommand[StreamName];
  /** Bytes that were sent and not taken. */
  #underway = 0;
  #goOn = () => {};
  /** Whether its end was read. */
  isOver = false;

  constructor(id: number, name: StreamName, reader: StartedCommand[StreamName]) {
    this.#id = id;
    this.#name = name;
    this.#reader = reader;
  }

  /** Resolves at its end. */
  async send(): Promise<void> {
    for (let bytes; (bytes = await this.#reader.read());) {
      this.#underway += bytes.length;
      const moved = bytes.length < MOVED_BYTES ? [] : [bytes.buffer as ArrayBuffer];
      tell({ kind: "wrote", id: this.#id, stream: this.#name, bytes }, moved);
      while (this.#underway >= WINDOW_BYTES) {
        await new Promise<void>((goOn) => this.#goOn = goOn);
      }
    }
    this.isOver = true;
  }

  taken(bytes: number): void {
    this.#underway -= bytes;
    this.#goOn();
  }

  /** Nobody reads it any more. */
  cancel(): Promise<void> {
    this.taken(Infinity);
    return this.#reader.cancel();
  }
}

const running = new Map<number, Readonly<Record<StreamName, Sent>>>();
let isConfined = false;

// The types of a window are not those of a Worker.
const { postMessage } = self as unknown as {
  postMessage(message: FromThread, moved: readonly ArrayBuffer[]): void;
};

function tell(message: FromThread, moved: readonly ArrayBuffer[] = []): void {
  postMessage(message, moved);
}

function confine(domain: Extract<ToThread, { kind: "confine" }>["domain"]): void {
  try {
    using landlock = Landlock.open();
    if (!landlock) throw new Error("the C library cannot be called");
    landlock.confine(domain);
    isConfined = true;
  } catch (thrown) {
    tell({ kind: "unconfined", why: messageOf(thrown) });
  }
}

function start({ id, program, options }: Extract<ToThread, { kind: "start" }>): void {
  if (!isConfined) return;
  let child: StartedCommand;
  try {
    child = startPlain(program, options);
  } catch (thrown) {
    const name = isError(thrown) ? thrown.name : "Error";
    return tell({ kind: "not-started", id, name, message: messageOf(thrown) });
  }
  tell({ kind: "started", id, pid: child.pid });
  follow(id, child);
}

async function follow(id: number, child: StartedCommand): Promise<void> {
  const streams = {
    stdout: new Sent(id, "stdout", child.stdout),
    stderr: new Sent(id, "stderr", child.stderr),
  };
  running.set(id, streams);
  const names = ["stdout", "stderr"] as const;
  let hasEnded = false;
  const sent = names.map(async (name) => {
    await streams[name].send();
    if (hasEnded) tell({ kind: "over", id, stream: name });
  });
  const end = await child.status;
  hasEnded = true;
  tell({ kind: "ended", id, end, over: names.filter((name) => streams[name].isOver) });
  await Promise.all(sent);
  running.delete(id);
}

self.addEventListener("message", (event: Event) => {
  const { data } = event as MessageEvent<ToThread>;
  switch (data.kind) {
    case "confine":
      return confine(data.domain);
    case "start":
      return start(data);
    case "taken":
      return running.get(data.id)?.[data.stream].taken(data.bytes);
    case "cancel":
      return void running.get(data.id)?.[data.stream].cancel();
  }
});
