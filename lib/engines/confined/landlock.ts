/**
 * Landlock of Linux, by which a thread gives up rights for itself and all that it starts; and a filter of what that
 * does not see.
 *
 * @module
 */

import { openLibc } from "../system/libc.ts";
import { callFilter, type Calls } from "./call_filter.ts";
import { OF_FILES, rightsOf, SCOPES, SINCE, TCP } from "./rights.ts";

/** Numbers of system calls, the same on every architecture. */
const CALLS = { create: 444n, add: 445n, restrict: 446n, closeRange: 436n } as const;

/** What `landlock_create_ruleset` is asked for, where it is for its version. */
const VERSION = 1;

/** Kinds of rules. */
const [BENEATH_PATH, OF_PORT] = [1n, 2n];

const PR_SET_NO_NEW_PRIVS = 38;
const PR_SET_SECCOMP = 22;
const SECCOMP_MODE_FILTER = 2n;
const PR_CAPBSET_DROP = 24;
const PR_CAP_AMBIENT = 47;
const PR_CAP_AMBIENT_LOWER = 3n;

/**
 * What root can by a capability that no rule for files and ports holds: to look into processes and the kernel and change
 * them, the machine, its clock and its network.
 */
const RIGHTS_OF_ROOT = [
  // LINUX_IMMUTABLE, NET_ADMIN, SYS_MODULE, SYS_RAWIO, SYS_PTRACE, SYS_PACCT, SYS_ADMIN, SYS_BOOT, SYS_TIME
  ...[9n, 12n, 16n, 17n, 19n, 20n, 21n, 22n, 25n],
  // SYS_TTY_CONFIG, AUDIT_CONTROL, MAC_OVERRIDE, MAC_ADMIN, SYSLOG, AUDIT_READ, PERFMON, BPF, CHECKPOINT_RESTORE
  ...[26n, 30n, 32n, 33n, 34n, 37n, 38n, 39n, 40n],
];

const OPEN_PATH = 0o10000000;
const CLOSE_ON_EXEC = 0o2000000;

/** All descriptors from this one on: those below are the streams of a program. */
const FIRST_OTHER = 3n;
const LAST = 0xffff_ffffn;
const CLOSE_RANGE_CLOEXEC = 4n;

const NUMBERS = ["i64", "i64", "i64", "i64", "i64"] as const;
const SYMBOLS = {
  syscall: { parameters: ["i64", ...NUMBERS], result: "i64" },
  create: { name: "syscall", parameters: ["i64", "buffer", "usize", "u32"], result: "i64" },
  add: { name: "syscall", parameters: ["i64", "i64", "i64", "buffer", "u32"], result: "i64" },
  prctl: { parameters: ["i32", "usize", "usize", "usize", "usize"], result: "i32" },
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** What a thread keeps the right to. */
export interface Domain {
  /** Rights to what is beneath paths; what they are to a path that is not there is nothing. */
  readonly paths: readonly { readonly path: string; readonly rights: number }[];
  /** Ports of TCP; nothing where TCP is not held. */
  readonly ports?: readonly number[];
  /** What there can be of what Landlock does not see. */
  readonly calls: Calls;
}

/** The calls of Landlock; nothing where this process may not call the C library. */
export class Landlock implements Disposable {
  readonly #libc: Deno.DynamicLibrary<typeof SYMBOLS>;
  /** What the kernel has; 0 if it has none, or it is switched off. */
  readonly version: number;

  private constructor(libc: Deno.DynamicLibrary<typeof SYMBOLS>) {
    this.#libc = libc;
    this.version = Math.max(0, Number(libc.symbols.create(CALLS.create, null, 0n, VERSION)));
  }

  static open(): Landlock | undefined {
    const libc = Deno.build.os === "linux" ? openLibc(SYMBOLS) : undefined;
    return libc && new Landlock(libc);
  }

  /**
   * Has this thread, and all that it starts from now on, keep these rights alone, and win none by programs that are
   * setuid; as far as this version of Landlock knows them. No program is handed a descriptor that this process was
   * handed itself.
   *
   * @throws {Error} If it cannot be done; then nothing is to be started.
   */
  confine({ paths, ports, calls }: Domain): void {
    const { syscall, create, prctl, close } = this.#libc.symbols;
    const tcp = ports && this.version >= SINCE.tcp ? TCP : 0;
    const scopes = this.version >= SINCE.scopes ? SCOPES : 0;
    const handled = BigUint64Array.of(BigInt(rightsOf(this.version)), BigInt(tcp), BigInt(scopes));
    const ruleset = Number(create(CALLS.create, handled, BigInt(handled.byteLength), 0));
    if (ruleset < 0) throw new Error("the kernel makes no ruleset");
    for (const { path, rights } of paths) this.#allowPath(ruleset, path, rights);
    for (const port of tcp ? ports ?? [] : []) this.#allowPort(ruleset, port);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1n, 0n, 0n, 0n) !== 0) {
      throw new Error("the kernel does not let it give up privileges");
    }
    syscall(CALLS.closeRange, FIRST_OTHER, LAST, CLOSE_RANGE_CLOEXEC, 0n, 0n);
    if (syscall(CALLS.restrict, BigInt(ruleset), 0n, 0n, 0n, 0n) !== 0n) {
      throw new Error("the kernel does not take the rules");
    }
    close(ruleset);
    // Who is not root has none, and may take none away.
    for (const right of RIGHTS_OF_ROOT) {
      prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, right, 0n, 0n);
      prctl(PR_CAPBSET_DROP, right, 0n, 0n, 0n);
    }
    const filter = callFilter(calls);
    if (filter) this.#filter(filter);
  }

  [Symbol.dispose](): void {
    this.#libc.close();
  }

  #filter(steps: Uint8Array<ArrayBuffer>): void {
    const place = (bytes: Uint8Array<ArrayBuffer>) =>
      BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes)));
    const program = new DataView(new ArrayBuffer(16));
    program.setUint16(0, steps.length / 8, true);
    program.setBigUint64(8, place(steps), true);
    const { prctl } = this.#libc.symbols;
    const at = place(new Uint8Array(program.buffer));
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, at, 0n, 0n) !== 0) {
      throw new Error("the kernel takes no filter of system calls");
    }
  }

  #allowPath(ruleset: number, path: string, wanted: number): void {
    const { open, close } = this.#libc.symbols;
    const fd = open(new TextEncoder().encode(`${path}\0`), OPEN_PATH | CLOSE_ON_EXEC);
    // It is not there, or may not even be seen.
    if (fd < 0) return;
    const rights = wanted & rightsOf(this.version);
    // What only folders have is refused of a file.
    const isTaken = this.#add(ruleset, fd, rights) || this.#add(ruleset, fd, rights & OF_FILES);
    close(fd);
    if (!isTaken) throw new Error(`the kernel takes no rule for "${path}"`);
  }

  #add(ruleset: number, fd: number, rights: number): boolean {
    if (rights === 0) return true;
    const rule = new DataView(new ArrayBuffer(12));
    rule.setBigUint64(0, BigInt(rights), true);
    rule.setInt32(8, fd, true);
    const { add } = this.#libc.symbols;
    const bytes = new Uint8Array(rule.buffer);
    return add(CALLS.add, BigInt(ruleset), BENEATH_PATH, bytes, 0) === 0n;
  }

  #allowPort(ruleset: number, port: number): void {
    const rule = BigUint64Array.of(BigInt(TCP), BigInt(port));
    if (this.#libc.symbols.add(CALLS.add, BigInt(ruleset), OF_PORT, rule, 0) !== 0n) {
      throw new Error(`the kernel takes no rule for the port ${port}`);
    }
  }
}
