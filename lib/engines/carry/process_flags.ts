/**
 * The flags of a process: memory that it shares with its runner, so that a job can be marked without a system call.
 *
 * @module
 */

import { openLibc } from "../system/libc.ts";
import { isGranted } from "../system/proc.ts";
import { FLAG_BYTES, SharedFlags } from "./shared_flags.ts";

const LIBC = {
  memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
  ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  mmap: { parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"], result: "pointer" },
  munmap: { parameters: ["pointer", "usize"], result: "i32" },
} as const;

type Libc = Deno.DynamicLibrary<typeof LIBC>;

/** Kept: what Deno makes to call a library by is not given back before the end. */
let runnersLibc: Libc | undefined;

/** Programs that are started do not get the descriptor, and nobody can make the memory shorter: to look there would be deadly. */
const MFD_CLOEXEC_SEALABLE = 3;
const F_ADD_SEALS = 1033;
const F_SEAL_SHRINK = 2;
const O_RDWR = 2;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;

/** What `mmap` gives when it fails. */
const MAP_FAILED = 2n ** 64n - 1n;

/** The runner's side. */
export class ProcessFlags implements Disposable {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #at: Deno.PointerObject;
  #flags?: SharedFlags;
  #last?: { readonly at: number | undefined; readonly startedAt: number };

  /** Whether memory can be shared: it takes Linux, and the permission `ffi`. */
  static get areThere(): boolean {
    return Deno.build.os === "linux" && isGranted({ name: "ffi" });
  }

  /** Nothing where the system has no memory for it. */
  static open(): ProcessFlags | undefined {
    const libc = ProcessFlags.areThere ? runnersLibc ??= openLibc(LIBC) : undefined;
    if (!libc) return undefined;
    const { symbols } = libc;
    const fd = symbols.memfd_create(cString("fanfold"), MFD_CLOEXEC_SEALABLE);
    if (fd < 0) return undefined;
    symbols.ftruncate(fd, BigInt(FLAG_BYTES));
    symbols.fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK);
    const at = mapped(libc, fd);
    if (at) return new ProcessFlags(libc, fd, at);
    symbols.close(fd);
    return undefined;
  }

  private constructor(libc: Libc, fd: number, at: Deno.PointerObject) {
    this.#libc = libc;
    this.#fd = fd;
    this.#at = at;
    this.#flags = flagsAt(at);
  }

  /** Where the process finds the memory, as long as this is not disposed of. */
  get path(): string {
    return `/proc/${Deno.pid}/fd/${this.#fd}`;
  }

  /** The flags; nothing if the process has not taken them: then it marks jobs by messages. */
  get taken(): SharedFlags | undefined {
    return this.#flags?.isTaken ? this.#flags : undefined;
  }

  /** Index of the job that the process has started last, and when, in ms since the epoch; nothing where `taken` never gave any. */
  get last(): { readonly at: number | undefined; readonly startedAt: number } | undefined {
    return this.taken ?? this.#last;
  }

  /** The process is gone. The memory is given back, so nothing may have a view of it any more. */
  [Symbol.dispose](): void {
    if (!this.#flags) return;
    const { taken } = this;
    this.#last = taken && { at: taken.at, startedAt: taken.startedAt };
    this.#flags = undefined;
    this.#libc.symbols.munmap(this.#at, BigInt(FLAG_BYTES));
    this.#libc.symbols.close(this.#fd);
  }
}

/** The process's side: the flags at this path; nothing where it cannot have them. */
export function takeFlags(path: string): SharedFlags | undefined {
  const libc = openLibc(LIBC);
  if (!libc) return undefined;
  const fd = libc.symbols.open(cString(path), O_RDWR);
  const at = fd < 0 ? undefined : mapped(libc, fd);
  if (fd >= 0) libc.symbols.close(fd);
  libc.close();
  if (!at) return undefined;
  const flags = flagsAt(at);
  flags.take();
  return flags;
}

function mapped(libc: Libc, fd: number): Deno.PointerObject | undefined {
  const at = libc.symbols.mmap(null, BigInt(FLAG_BYTES), PROT_READ_WRITE, MAP_SHARED, fd, 0n);
  return at === null || Deno.UnsafePointer.value(at) === MAP_FAILED ? undefined : at;
}

function flagsAt(at: Deno.PointerObject): SharedFlags {
  return new SharedFlags(Deno.UnsafePointerView.getArrayBuffer(at, FLAG_BYTES));
}

function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}
