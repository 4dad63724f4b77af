/**
 * The pipes that this process reads.
 *
 * @module
 */

import type { Readable } from "node:stream";
import { openLibc } from "./libc.ts";

/** What `poll` is asked for. */
const POLLIN = 1;

/** What it says of a descriptor that is closed. */
const POLLNVAL = 0x20;

/** The last two bits of the flags of a descriptor: 0 where it can only be read. */
const ACCESS_MODE = 3;

/** The flag of a descriptor that programs are not handed: a program was not handed those of its own. */
const CLOSES_ON_EXEC = 0o2000000;

/**
 * The descriptors of the pipes that this process has opened to read, with what they are known by everywhere;
 * nothing where that cannot be seen.
 */
export function pipesRead(): ReadonlyMap<number, string> | undefined {
  return pipesOf("self", (flags) => (flags & ACCESS_MODE) === 0 && (flags & CLOSES_ON_EXEC) !== 0);
}

/**
 * Whether a process can write to one of these pipes.
 *
 * @param pipes What they are known by.
 */
export function writesTo(pid: number, pipes: ReadonlySet<string>): boolean {
  const written = pipesOf(pid, (flags) => (flags & ACCESS_MODE) !== 0);
  return [...written?.values() ?? []].some((pipe) => pipes.has(pipe));
}

/** The pipes of a process, by those of its descriptors that have such flags. */
function pipesOf(
  pid: number | "self",
  isOne: (flags: number) => boolean,
): Map<number, string> | undefined {
  const found = new Map<number, string>();
  try {
    for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
      try {
        const pipe = Deno.readLinkSync(`/proc/${pid}/fd/${name}`);
        if (!pipe.startsWith("pipe:")) continue;
        const info = Deno.readTextFileSync(`/proc/${pid}/fdinfo/${name}`);
        const [, flags] = /^flags:\s*(\d+)$/m.exec(info) ?? [];
        if (flags !== undefined && isOne(parseInt(flags, 8))) found.set(Number(name), pipe);
      } catch {
        // It was closed meanwhile, or is that of the look itself.
      }
    }
    return found;
  } catch {
    return undefined; // It has ended, or is somebody else's.
  }
}

/**
 * Those of these descriptors where a read would give something now, be it the end of the pipe: of any other the
 * pipe is empty, and somebody holds its other end. Nothing where the system cannot be asked, which takes the
 * permission `ffi`.
 */
export function readable(fds: readonly number[]): ReadonlySet<number> | undefined {
  const library = openLibc({
    poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
  });
  if (!library) return undefined;
  // Each is a descriptor, and two numbers of half the size: what is asked for, and what there is.
  const asked = Int32Array.from(fds.flatMap((fd) => [fd, POLLIN]));
  const count = library.symbols.poll(asked, BigInt(fds.length), 0);
  library.close();
  if (count < 0) return undefined;
  return new Set(fds.filter((_, i) => ((asked[2 * i + 1] as number) >> 16 & ~POLLNVAL) !== 0));
}

/**
 * Whether pipes are empty, and held by somebody who may still write to them; nothing where that cannot be seen.
 */
export function areHeldEmpty(pipes: readonly Readable[]): boolean | undefined {
  const fds = pipes.filter(({ destroyed }) => !destroyed).map(descriptorOf);
  const known = fds.filter((fd) => fd !== undefined);
  const full = known.length < fds.length ? undefined : readable(known);
  return full && full.size === 0;
}

/** The types of Node do not tell that pipes have descriptors. */
function descriptorOf(pipe: Readable): number | undefined {
  const fd = (pipe as { _handle?: { fd?: unknown } })._handle?.fd;
  return typeof fd === "number" && fd >= 0 ? fd : undefined;
}
