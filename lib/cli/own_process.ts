/**
 * The process as the runner's alone. Functions, and what they start, would read lines of stdin that are to become jobs;
 * a tasks file, a generator or a fold would have later commands run in another folder.
 *
 * @module
 */

import { keepPlace, keepRunning } from "../engines/far/refusals.ts";
import { openLibc } from "../engines/system/libc.ts";
import { startOfProgram, type StartPlace } from "../engines/start_place.ts";

export interface Stdin {
  /** Its bytes; to be asked for once, when they are to be read. */
  readonly open: () => ReadableStream<Uint8Array>;
  readonly isTerminal: () => boolean;
}

const SYMBOLS = {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  dup2: { parameters: ["i32", "i32"], result: "i32" },
  lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
  close: { parameters: ["i32"], result: "i32" },
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32", nonblocking: true },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
} as const;

type Libc = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

const POLLIN = 1;

/** How much is read of a socket at once, at the most. */
const ROOM_BYTES = 64 * 1024;

const O_RDWR = 2;

const O_CLOEXEC = 0o2000000;
const F_DUPFD_CLOEXEC = 1030;

/** What opens anew as what it is. */
const OPENS = /^(?:pipe:|\/)/;

export interface OwnProcess {
  readonly stdin: Stdin;
  readonly start: StartPlace;
}

let taken: OwnProcess | undefined;

/**
 * Takes the process for the runner, once, before any code of the user is loaded: it is not ended, folder and umask stay,
 * and what is changed in the environment does not count. For all others stdin is empty from then on, but where that cannot be
 * done: elsewhere than on Linux, and without the permission for FFI.
 */
export function ownProcess(): OwnProcess {
  if (taken) return taken;
  const start = startOfProgram();
  keepRunning("it would end fanfold itself, and all that runs");
  keepPlace("it is that of fanfold itself. Functions may do so in a process, `isolation: process`");
  const stdin = own() ?? {
    open: () => Deno.stdin.readable,
    isTerminal: () => Deno.stdin.isTerminal(),
  };
  return taken = { stdin, start };
}

function own(): Stdin | undefined {
  if (Deno.build.os !== "linux") return undefined;
  let file: Deno.FsFile | undefined;
  try {
    const target = Deno.readLinkSync("/proc/self/fd/0");
    const isSocket = target.startsWith("socket:");
    const isNamedPipe = target.startsWith("/") && Deno.statSync("/proc/self/fd/0").isFifo;
    if (!isSocket && !OPENS.test(target)) return undefined;
    const libc = openLibc(SYMBOLS)?.symbols;
    if (!libc) return undefined;
    const open = (path: string, flags: number) =>
      libc.open(new TextEncoder().encode(`${path}\0`), flags | O_CLOEXEC);
    // A named pipe that is opened for reading alone waits for a writer, maybe for ever: here is one.
    const writer = isNamedPipe ? open("/proc/self/fd/0", O_RDWR) : undefined;
    if (writer === -1) return undefined;
    // A socket cannot be opened anew.
    if (!isSocket) file = Deno.openSync("/proc/self/fd/0");
    if (writer !== undefined) libc.close(writer);
    const place = Number(libc.lseek(0, 0n, Deno.SeekMode.Current));
    const before = libc.fcntl(0, F_DUPFD_CLOEXEC, 3);
    const nothing = open("/dev/null", 0);
    if (before < 0 || nothing < 0 || libc.dup2(nothing, 0) < 0) throw new Error("It stays");
    if (!file) return { open: () => streamOf(libc, before), isTerminal: () => false };
    if (place > 0) file.seekSync(place, Deno.SeekMode.Start);
    const { readable } = file;
    const isTerminal = file.isTerminal();
    const openOnce = () => {
      // Who started this program, and has the same file open, finds it read.
      if (place >= 0) libc.lseek(before, 0n, Deno.SeekMode.End);
      return readable;
    };
    return { open: openOnce, isTerminal: () => isTerminal };
  } catch {
    file?.close();
    return undefined;
  }
}

/** The bytes that come to a descriptor, whose next are waited for beside this thread. */
function streamOf(libc: Libc, descriptor: number): ReadableStream<Uint8Array> {
  const asked = new Int32Array([descriptor, POLLIN]);
  return new ReadableStream({
    pull: async (controller) => {
      const room = new Uint8Array(ROOM_BYTES);
      // What is interrupted by a signal has found nothing.
      while (await libc.poll(asked, 1n, -1) < 1);
      const count = Number(libc.read(descriptor, room, BigInt(ROOM_BYTES)));
      if (count < 0) throw new Error("Cannot read stdin");
      if (count === 0) controller.close();
      else controller.enqueue(room.subarray(0, count));
    },
  }, { highWaterMark: 0 });
}
