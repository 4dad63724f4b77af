import { assert, assertEquals } from "@std/assert";
import { callFilter, type Calls, type Sockets } from "../../../lib/engines/confined/call_filter.ts";

const X86 = 0xc000_003e;
const [ALLOW, EACCES, ENOSYS] = ["allow", "EACCES", "ENOSYS"];
const VERDICTS: Readonly<Record<number, string>> = {
  0x7fff_0000: ALLOW,
  0x5_000d: EACCES,
  0x5_0026: ENOSYS,
};

const NOTHING: Calls = { sockets: "none", changesFiles: false, sharesMemory: false };

/** What a filter says of a system call, as the kernel runs it. */
function verdict(
  asked: Sockets | Calls,
  number: number,
  args: readonly number[] = [],
  audit = X86,
): string | undefined {
  const calls = typeof asked === "string" ? { ...NOTHING, sockets: asked } : asked;
  const filter = callFilter(calls, "x86_64");
  assert(filter);
  const steps = new DataView(filter.buffer);
  const call = new DataView(new ArrayBuffer(64));
  call.setUint32(0, number, true);
  call.setUint32(4, audit, true);
  for (const [i, arg] of args.entries()) call.setBigInt64(16 + 8 * i, BigInt(arg), true);
  let value = 0;
  for (let at = 0; at < filter.length / 8;) {
    const code = steps.getUint16(at * 8, true);
    const operand = steps.getUint32(at * 8 + 4, true);
    at++;
    if (code === 0x06) return VERDICTS[operand];
    if (code === 0x20) value = call.getUint32(operand, true);
    else if (code === 0x54) value &= operand;
    else {
      const is = code === 0x15
        ? value === operand
        : code === 0x35
        ? value >= operand
        : (value & operand) !== 0;
      at += steps.getUint8((at - 1) * 8 + (is ? 2 : 3));
    }
  }
  return undefined;
}

const [SOCKET, SENDTO, SENDMSG, SENDMMSG, READ] = [41, 44, 46, 307, 0];
const [UNIX, INET, INET6, PACKET, NETLINK, SMC] = [1, 2, 10, 17, 16, 43];
const [STREAM, DGRAM, RAW, CLOEXEC] = [1, 2, 3, 0o2000000];

Deno.test("callFilter() allows TCP and UDP alone where ports are listed", () => {
  const socket = (...args: number[]) => verdict("tcp-and-udp", SOCKET, args);
  for (const family of [INET, INET6]) {
    for (const type of [STREAM, STREAM | CLOEXEC]) {
      assertEquals([0, 6, 262, 132].map((protocol) => socket(family, type, protocol)), [
        ...[ALLOW, ALLOW, EACCES, EACCES],
      ]);
    }
    assertEquals([0, 17, 1].map((protocol) => socket(family, DGRAM, protocol)), [
      ...[ALLOW, ALLOW, EACCES],
    ]);
    assertEquals(socket(family, RAW, 6), EACCES);
  }
  assertEquals([UNIX, NETLINK, PACKET, SMC, 40].map((family) => socket(family, STREAM, 0)), [
    ...[ALLOW, ALLOW, EACCES, EACCES, EACCES],
  ]);
});

Deno.test("callFilter() allows no sockets of the internet and with paths where that is not allowed", () => {
  const families = [UNIX, NETLINK, INET, INET6];
  for (const type of [STREAM, DGRAM, RAW]) {
    assertEquals(families.map((family) => verdict("none", SOCKET, [family, type, 0])), [
      ...[EACCES, ALLOW, EACCES, EACCES],
    ]);
  }
});

Deno.test("callFilter() refuses what connects as it sends, rings, and calls of another kind", () => {
  const FAST = 0x2000_0000;
  for (const sockets of ["none", "tcp-and-udp"] as const) {
    const is = (number: number, args: number[]) => verdict(sockets, number, args);
    assertEquals(is(SENDTO, [3, FAST, FAST, 0x4000]), ALLOW);
    assertEquals(is(SENDTO, [3, 0, 6, FAST | 0x4000]), EACCES);
    assertEquals(is(SENDMSG, [3, 0, FAST]), EACCES);
    assertEquals(is(SENDMSG, [3, FAST, 0]), ALLOW);
    assertEquals(is(SENDMMSG, [3, 0, 1, FAST]), EACCES);
    assertEquals(is(READ, [FAST, FAST, FAST, FAST]), ALLOW);
    assertEquals(is(425, []), ENOSYS);
    assertEquals(verdict(sockets, SOCKET + 0x4000_0000, [INET, STREAM, 262]), ENOSYS);
    assertEquals(verdict(sockets, READ, [], 0x4000_0003), ENOSYS);
  }
});

Deno.test("callFilter() keeps what belongs to files and to others from being changed", () => {
  const [CHMOD, UTIMENSAT, SETXATTR, FCHMODAT2, IOCTL] = [90, 280, 188, 452, 16];
  const [SHMAT, MSGRCV, KEYCTL] = [30, 70, 250];
  const all = [CHMOD, UTIMENSAT, SETXATTR, FCHMODAT2, SHMAT, MSGRCV, KEYCTL];
  const of = (calls: Calls) => all.map((number) => verdict(calls, number));
  const [NO, YES] = [EACCES, ALLOW];
  assertEquals(of(NOTHING), [NO, NO, NO, NO, NO, NO, ENOSYS]);
  assertEquals(of({ ...NOTHING, changesFiles: true }), [YES, YES, YES, YES, NO, NO, ENOSYS]);
  assertEquals(of({ ...NOTHING, sharesMemory: true }), [NO, NO, NO, NO, YES, YES, ENOSYS]);
  assertEquals(verdict(NOTHING, IOCTL, [3, 0x4008_6602]), EACCES);
  assertEquals(verdict(NOTHING, IOCTL, [3, 0x5401]), ALLOW);
});

Deno.test("callFilter() has each process limit itself alone", () => {
  const PRLIMIT = 302;
  const free: Calls = { changesFiles: true, sharesMemory: true };
  for (const calls of [NOTHING, free]) {
    assertEquals(verdict(calls, PRLIMIT, [0, 7]), ALLOW);
    assertEquals(verdict(calls, PRLIMIT, [1234, 7]), EACCES);
  }
  assertEquals([verdict(free, 425), verdict(free, SOCKET, [PACKET, RAW, 0])], [ALLOW, ALLOW]);
});

Deno.test("callFilter() knows the calls of both architectures of Deno, and no other", () => {
  for (const architecture of ["aarch64", "x86_64"] as const) {
    assert(callFilter(NOTHING, architecture));
  }
  assertEquals(callFilter(NOTHING, "riscv64" as typeof Deno.build.arch), undefined);
});
