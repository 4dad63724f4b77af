import { assertEquals } from "@std/assert";
import { Accesses } from "../../lib/learn/accesses.ts";
import { readCalls } from "../../lib/learn/system_calls.ts";

/** A text as strace writes it with `-xx`. */
function hex(text: string): string {
  return [...new TextEncoder().encode(text)].map((byte) =>
    `\\x${byte.toString(16).padStart(2, "0")}`
  ).join("");
}

/** Lines of strace with texts in quotes and in angle brackets that begin with a slash made hexadecimal. */
function traced(...lines: readonly string[]): string {
  return lines.map((line) =>
    line.replaceAll(/"([^"]*)"/g, (_, text) => `"${hex(text)}"`)
      .replaceAll(/<(\/[^>]*)>/g, (_, path) => `<${hex(path)}>`)
  ).join("\n");
}

interface Found {
  readonly named: Record<string, readonly string[]>;
  readonly placed: readonly string[];
}

function accessed(
  text: string,
  isNew: (path: string) => boolean = () => false,
  hasOwnProgram = true,
): Found {
  const accesses = new Accesses();
  readCalls(text, accesses, { folder: "/home", hasOwnProgram, isNew });
  const named = Object.entries(accesses.named).filter(([, names]) => names.size > 0);
  return {
    named: Object.fromEntries(named.map(([kind, names]) => [kind, [...names]])),
    placed: [...accesses.placed],
  };
}

Deno.test("readCalls() tells reading from writing, and takes what failed for nothing", () => {
  const { named, placed } = accessed(traced(
    `1 execve("/bin/tool", 0x1, 0x2) = 0`,
    `1 openat(AT_FDCWD</home>, "in", O_RDONLY|O_CLOEXEC) = 3</home/in>`,
    `1 openat(AT_FDCWD</home>, "none", O_RDONLY) = -1 ENOENT (No such file or directory)`,
    `1 openat(AT_FDCWD</home>, "place", O_RDONLY|O_PATH) = 3</home/place>`,
    `1 openat(3</data>, "both", O_RDWR) = 4</data/both>`,
    `1 open("/out", O_WRONLY|O_TRUNC) = 5</out>`,
    `1 truncate("short", 0) = 0`,
  ));
  assertEquals(named, {
    read: ["/home/in", "/data/both"],
    write: ["/data/both", "/out", "/home/short"],
  });
  assertEquals(placed, []);
});

Deno.test("readCalls() takes files by where links lead", () => {
  const text = traced(`1 openat(AT_FDCWD</home>, "link", O_RDONLY) = 3</secret/it>`);
  assertEquals(accessed(text).named, { read: ["/secret/it"] });
});

Deno.test("readCalls() takes programs for run, but for the command itself", () => {
  const { named } = accessed(traced(
    `1 execve("/usr/local/bin/sh", 0x1, 0x2) = -1 ENOENT (No such file or directory)`,
    `1 execve("/bin/sh", 0x1, 0x2) = 0`,
    `1 vfork( <unfinished ...>`,
    `2 execve("/bin/cat", 0x1, 0x2 <unfinished ...>`,
    `1 <... vfork resumed>)              = 2`,
    `2 <... execve resumed>)             = 0`,
    `3 execve("./own", 0x1, 0x2) = 0`,
    `3 execve("/bin/sh", 0x1, 0x2) = 0`,
  ));
  assertEquals(named, { run: ["/bin/cat", "/home/own"] });
});

Deno.test("readCalls() takes the program of a command for run where it is another for each input", () => {
  const text = traced(`1 execve("/bin/tool", 0x1, 0x2) = 0`);
  assertEquals(accessed(text).named, {});
  assertEquals(accessed(text, undefined, false).named, { run: ["/bin/tool"] });
});

Deno.test("readCalls() leaves out folders of processes, which have other names the next time", () => {
  const accesses = new Accesses();
  const text = traced(`1 openat(AT_FDCWD</home>, "/proc/self/maps", O_RDONLY) = 3</proc/77/maps>`);
  readCalls(text, accesses, { folder: "/", hasOwnProgram: true, isNew: () => false });
  assertEquals([accesses.named.read.size, accesses.remarks.size], [0, 1]);
});

Deno.test("readCalls() tells what was read after it was made, or in a folder that was", () => {
  const accesses = new Accesses();
  const text = traced(
    `1 openat(AT_FDCWD</home>, "old", O_RDONLY) = 3</home/old>`,
    `1 rename("/home/it", "/home/old") = 0`,
    `1 openat(AT_FDCWD</home>, "own", O_RDWR|O_CREAT|O_EXCL, 0600) = 3</home/own>`,
    `1 openat(AT_FDCWD</home>, "out", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</home/out>`,
    `1 mkdir("sub", 0777) = 0`,
    `1 openat(AT_FDCWD</home>, "sub/it", O_RDONLY) = 3</home/sub/it>`,
    `1 unlink("gone") = 0`,
    `1 openat(AT_FDCWD</home>, "gone", O_RDONLY) = 3</home/gone>`,
  );
  readCalls(text, accesses, { folder: "/home", hasOwnProgram: true, isNew: () => true });
  assertEquals([...accesses.readAnew], ["/home/own", "/home/sub/it"]);
  assertEquals([...accesses.made], ["/home/old", "/home/own", "/home/out", "/home/sub"]);
});

Deno.test("readCalls() knows the folder of each process, and that threads share theirs", () => {
  const { placed } = accessed(traced(
    `1 chdir("sub") = 0`,
    `1 clone(child_stack=NULL, flags=CLONE_CHILD_SETTID|SIGCHLD <unfinished ...>`,
    `2 chdir("/other") = 0`,
    `2 unlink("a") = 0`,
    `1 <... clone resumed>, child_tidptr=0x7) = 2`,
    `1 unlink("b") = 0`,
    `1 clone3({flags=CLONE_VM|CLONE_FS|CLONE_THREAD, exit_signal=0}, 88) = 3`,
    `3 chdir("/shared") = 0`,
    `1 unlink("c") = 0`,
    `1 fchdir(5</there>) = 0`,
    `3 unlink("d") = 0`,
  ));
  assertEquals(placed, ["/other/a", "/home/sub/b", "/shared/c", "/there/d"]);
});

Deno.test("readCalls() tells which paths came or went", () => {
  const { placed, named } = accessed(
    traced(
      `1 openat(AT_FDCWD</home>, "new", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</home/new>`,
      `1 openat(AT_FDCWD</home>, "old", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</home/old>`,
      `1 openat(AT_FDCWD</home>, "own", O_RDWR|O_CREAT|O_EXCL, 0600) = 3</home/own>`,
      `1 openat(AT_FDCWD</home>, "/tmp", O_RDWR|O_TMPFILE, 0600) = 5</tmp/#1>(deleted)`,
      `1 mkdirat(7</at>, "folder", 0777) = 0`,
      `1 mkdir("there", 0777) = -1 EEXIST (File exists)`,
      `1 symlink("target", "/a/link") = 0`,
      `1 rename("/a/x", "/b/x") = 0`,
      `1 linkat(AT_FDCWD</home>, "/a/same", AT_FDCWD</home>, "/a/other", 0) = 0`,
      `1 bind(3<UNIX-STREAM:[1]>, {sa_family=AF_UNIX, sun_path="/run/socket"}, 14) = 0`,
    ),
    (path) => path === "/home/new",
  );
  assertEquals(placed, [
    "/home/new",
    "/home/own",
    "/tmp/unnamed",
    "/at/folder",
    "/a/link",
    "/a/x",
    "/b/x",
    "/a/other",
    "/run/socket",
  ]);
  assertEquals(named, {
    write: ["/home/new", "/home/old", "/home/own"],
    read: ["/home/own"],
  });
});

Deno.test("readCalls() takes ports of TCP, answered or not, and tells those of UDP apart", () => {
  const accesses = new Accesses();
  const text = traced(
    `1 connect(3<TCP:[1]>, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}, 16) = -1 ECONNREFUSED (Connection refused)`,
    `1 connect(4<TCPv6:[2]>, {sa_family=AF_INET6, sin6_port=htons(443), inet_pton(AF_INET6, "::1", &sin6_addr)}, 28) = -1 EINPROGRESS (Operation now in progress)`,
    `1 connect(5<UDP:[3]>, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.1")}, 16) = 0`,
    `1 bind(6<TCP:[4]>, {sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("0.0.0.0")}, 16) = 0`,
  );
  readCalls(text, accesses, { folder: "/", hasOwnProgram: true, isNew: () => false });
  assertEquals([...accesses.named.net], ["*:80", "*:443", "*:8080"]);
  assertEquals([...accesses.unheldPorts], ["*:53"]);
  assertEquals([...accesses.remarks], [
    "it uses UDP, which is allowed to any port where one is listed under net",
  ]);
});

Deno.test("readCalls() takes any socket of the internet for some port, and one of other protocols for all of net", () => {
  const made = (...sockets: readonly string[]) => {
    const accesses = new Accesses();
    const text = sockets.map((args) => `1 socket(${args}) = 3<TCP:[1]>`).join("\n");
    readCalls(text, accesses, { folder: "/", hasOwnProgram: true, isNew: () => false });
    return [[...accesses.unheldPorts], [...accesses.all]];
  };
  const none = ["AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0", "AF_NETLINK, SOCK_RAW, NETLINK_ROUTE"];
  assertEquals(made(...none), [[], []]);
  assertEquals(made("AF_INET, SOCK_STREAM, IPPROTO_TCP"), [["*:0"], []]);
  assertEquals(made("AF_INET6, SOCK_DGRAM|SOCK_NONBLOCK, IPPROTO_IP"), [["*:0"], []]);
  for (const args of ["AF_INET, SOCK_RAW, IPPROTO_ICMP", "AF_INET, SOCK_STREAM, IPPROTO_MPTCP"]) {
    assertEquals(made(args), [[], ["net"]]);
  }
});

Deno.test("readCalls() takes a socket with a path for some port, if it came to be one", () => {
  const ports = (line: string) => {
    const accesses = new Accesses();
    readCalls(line, accesses, { folder: "/", hasOwnProgram: true, isNew: () => false });
    return [...accesses.unheldPorts];
  };
  const connect = `1 connect(3<UNIX-STREAM:[1]>, {sa_family=AF_UNIX, sun_path="${hex("/s")}"}, 9)`;
  assertEquals(ports(`${connect} = 0`), ["*:0"]);
  assertEquals(ports(`${connect} = -1 ENOENT (No such file or directory)`), []);
});

Deno.test("readCalls() takes who changes modes, owners and times for one that writes", () => {
  const { named, placed } = accessed(traced(
    `1 fchmodat(AT_FDCWD</home>, "mode", 0755) = 0`,
    `1 fchmodat(AT_FDCWD</home>, "refused", 0755) = -1 EPERM (Operation not permitted)`,
    `1 fchown(3</home/owner>, 1, 1) = 0`,
    `1 utimensat(4</home/time>, NULL, [UTIME_OMIT, UTIME_NOW], 0) = 0`,
    `1 fchmod(5<pipe:[1]>, 0600) = 0`,
  ));
  assertEquals(named, { write: ["/home/mode", "/home/owner", "/home/time"] });
  assertEquals(placed, []);
});

Deno.test("readCalls() takes names that look like parts of a line for what they are", () => {
  const path = `/a" , O_RDONLY) = 3</x>\n1 open("`;
  const text = `1 open("${hex(path)}", O_RDONLY) = 3<${hex(path)}>`;
  assertEquals(accessed(text).named, { read: [path] });
});
