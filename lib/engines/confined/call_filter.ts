/**
 * What Landlock does not see, held by a filter of system calls.
 *
 * Of sockets, Landlock refuses `connect` and `bind` of TCP. That leaves other protocols, among them those that speak TCP with
 * whoever does not know them (MPTCP, SMC); a first message that connects (TCP Fast Open); a socket that listens on
 * any port without `bind`; and sockets of io_uring, which no filter sees.
 *
 * Landlock does not see either who changes modes, owners, times and attributes of files, nor what is shared through
 * System V and the keyrings of the kernel, nor limits that are set to another process: fanfold would not outlive them.
 *
 * @module
 */

/** What may be used of the network: nothing, sockets with paths neither, or TCP with ports that Landlock knows, and UDP, which names are asked by. */
export type Sockets = "none" | "tcp-and-udp";

/** What commands may do by system calls that Landlock does not see. */
export interface Calls {
  /** Which sockets there can be. @default any */
  readonly sockets?: Sockets;
  /** Whether modes, owners, times and attributes of files can be changed: of all files, whoever may write which. */
  readonly changesFiles: boolean;
  /** Whether memory, messages and semaphores of System V can be had, which are as files to who knows them. */
  readonly sharesMemory: boolean;
}

/** How an architecture calls what is filtered; those that are not here have no filter. */
const ARCHITECTURES = {
  x86_64: {
    audit: 0xc000_003e,
    ...{ socket: 41, sendto: 44, sendmsg: 46, sendmmsg: 307, ioctl: 16, prlimit: 302 },
    // chmod, fchmod, chown, fchown, lchown, utime, utimes, futimesat, fchownat, fchmodat, utimensat; setxattr and
    // removexattr with their likes.
    changing: [90, 91, 92, 93, 94, 132, 235, 261, 260, 268, 280, 188, 189, 190, 197, 198, 199],
    // Those of shm, sem and msg.
    sharing: [29, 30, 31, 64, 65, 66, 220, 68, 69, 70, 71],
    // add_key, request_key, keyctl.
    keys: [248, 249, 250],
  },
  aarch64: {
    audit: 0xc000_00b7,
    ...{ socket: 198, sendto: 206, sendmsg: 211, sendmmsg: 269, ioctl: 29, prlimit: 261 },
    changing: [52, 53, 54, 55, 88, 5, 6, 7, 14, 15, 16],
    sharing: [194, 195, 196, 190, 191, 192, 193, 186, 187, 188, 189],
    keys: [217, 218, 219],
  },
} as const;

/** Later calls have one number everywhere: fchmodat2, setxattrat, removexattrat, file_setattr. */
const CHANGING = [452, 463, 466, 469];

/** What changes attributes of a file that is open for reading: `FS_IOC_SETFLAGS`, and `FS_IOC_FSSETXATTR`. */
const CHANGING_IOCTLS = [0x4008_6602, 0x4004_6602, 0x401c_5820];

const IO_URING_SETUP = 425;

/** From this number on, calls are those of x32, which has others. */
const FIRST_OF_X32 = 0x4000_0000;

const [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK] = [1, 2, 10, 16];
const [SOCK_STREAM, SOCK_DGRAM] = [1, 2];
const [ANY_PROTOCOL, TCP, UDP] = [0, 6, 17];
const TYPE_BITS = 0xf;
const MSG_FASTOPEN = 0x2000_0000;

/** What becomes of a call. */
const ALLOW = 0x7fff_0000;
const EACCES = 0x5_0000 | 13;
const ENOSYS = 0x5_0000 | 38;

/** Where a filter finds the number, the architecture and the first half of each argument. */
const [NUMBER, AUDIT] = [0, 4];
const argument = (index: number) => 16 + 8 * index;

/** Instructions of BPF. */
const [LOAD, AND, IF_EQUAL, IF_FROM, IF_SET, RETURN] = [0x20, 0x54, 0x15, 0x35, 0x45, 0x06];

/** A step: what it does with a number, and how many steps to pass over if that is true, and if it is not. */
type Step = readonly [code: number, number: number, ifTrue?: number, ifFalse?: number];

const load = (offset: number): Step => [LOAD, offset];

/** Ends with a verdict where a number is this one, and goes on otherwise. */
const endIf = (number: number, verdict: number, code = IF_EQUAL): readonly Step[] => [
  [code, number, 0, 1],
  [RETURN, verdict],
];

/** Ends with these steps where a number is this one, and goes on otherwise. */
const inCase = (number: number, steps: readonly Step[]): readonly Step[] => [
  [IF_EQUAL, number, 0, steps.length],
  ...steps,
];

/** Only one of these protocols. */
const ofProtocol = (...protocols: readonly number[]): readonly Step[] => [
  load(argument(2)),
  ...[ANY_PROTOCOL, ...protocols].flatMap((protocol) => endIf(protocol, ALLOW)),
  [RETURN, EACCES],
];

/** Not one that connects by it. */
const withoutFastOpen = (flags: number): readonly Step[] => [
  load(argument(flags)),
  ...endIf(MSG_FASTOPEN, EACCES, IF_SET),
  [RETURN, ALLOW],
];

/** Of limits, only its own. */
const ofItself: readonly Step[] = [load(argument(0)), ...endIf(0, ALLOW), [RETURN, EACCES]];

/**
 * The filter as the kernel takes it, 8 bytes for each step; nothing on an architecture whose calls are not known.
 *
 * Programs of another architecture, of 32 bits for example, find no system calls.
 */
export function callFilter(
  { sockets, changesFiles, sharesMemory }: Calls,
  architecture: typeof Deno.build.arch = Deno.build.arch,
): Uint8Array<ArrayBuffer> | undefined {
  const calls = ARCHITECTURES[architecture as keyof typeof ARCHITECTURES];
  if (!calls) return undefined;
  const changing: readonly Step[] = [
    ...[...calls.changing, ...CHANGING].flatMap((number) => endIf(number, EACCES)),
    ...inCase(calls.ioctl, [
      load(argument(1)),
      ...CHANGING_IOCTLS.flatMap((number) => endIf(number, EACCES)),
      [RETURN, ALLOW],
    ]),
  ];
  const isRingless = sockets !== undefined || !changesFiles;
  return encoded([
    load(AUDIT),
    [IF_EQUAL, calls.audit, 1, 0],
    [RETURN, ENOSYS],
    load(NUMBER),
    ...endIf(FIRST_OF_X32, ENOSYS, IF_FROM),
    ...isRingless ? endIf(IO_URING_SETUP, ENOSYS) : [],
    ...sockets ? ofSockets(calls, sockets) : [],
    ...changesFiles ? [] : changing,
    ...sharesMemory ? [] : calls.sharing.flatMap((number) => endIf(number, EACCES)),
    ...calls.keys.flatMap((number) => endIf(number, ENOSYS)),
    ...inCase(calls.prlimit, ofItself),
    [RETURN, ALLOW],
  ]);
}

function ofSockets(
  calls: (typeof ARCHITECTURES)[keyof typeof ARCHITECTURES],
  sockets: Sockets,
): readonly Step[] {
  const ofInternet: readonly Step[] = sockets === "none" ? [[RETURN, EACCES]] : [
    load(argument(1)),
    [AND, TYPE_BITS],
    ...inCase(SOCK_STREAM, ofProtocol(TCP)),
    ...inCase(SOCK_DGRAM, ofProtocol(UDP)),
    [RETURN, EACCES],
  ];
  const ofSocket: readonly Step[] = [
    load(argument(0)),
    // Pairs are made by another call. A path leads to whoever listens there, to a daemon of root for example.
    ...endIf(AF_UNIX, sockets === "none" ? EACCES : ALLOW),
    ...endIf(AF_NETLINK, ALLOW),
    ...inCase(AF_INET, ofInternet),
    ...inCase(AF_INET6, ofInternet),
    [RETURN, EACCES],
  ];
  return [
    ...inCase(calls.socket, ofSocket),
    ...inCase(calls.sendto, withoutFastOpen(3)),
    ...inCase(calls.sendmsg, withoutFastOpen(2)),
    ...inCase(calls.sendmmsg, withoutFastOpen(3)),
  ];
}

function encoded(steps: readonly Step[]): Uint8Array<ArrayBuffer> {
  const bytes = new DataView(new ArrayBuffer(steps.length * 8));
  for (const [i, [code, number, ifTrue = 0, ifFalse = 0]] of steps.entries()) {
    bytes.setUint16(i * 8, code, true);
    bytes.setUint8(i * 8 + 2, ifTrue);
    bytes.setUint8(i * 8 + 3, ifFalse);
    bytes.setUint32(i * 8 + 4, number, true);
  }
  return new Uint8Array(bytes.buffer);
}
