/**
 * Small hostile programs, each with a harmless twin that does the same to what it may.
 *
 * @module
 */

import { isHere, type Tools, type World } from "./world.ts";

type Argv = readonly string[];

/** What a command does that it may not, and its twin. */
export interface Attack {
  readonly name: string;
  readonly argv: Argv;
  readonly twin: Argv;
  /** Whether the twin prints what it read. */
  readonly reads?: true;
  /** A file that is there when the twin has ended. */
  readonly makes?: string;
}

/** Programs in one language. */
export interface Language {
  readonly name: string;
  /** What to do where it is missing; nothing where it is there. */
  readonly missing?: string;
  attacks(world: World): Iterable<Attack>;
}

/** What a program does, and to what. */
type Act = readonly [name: string, ...args: readonly string[]];

/** Attacks on files by acts that take paths. */
function* onFiles(
  world: World,
  does: (...act: Act) => Argv,
  acts: Readonly<Partial<Record<"read" | "write" | "remove" | "make" | "move" | "list", Argv>>>,
): Iterable<Attack> {
  const at = (name: string) => world.at(name);
  for (const act of acts.read ?? []) {
    for (
      const [how, path, fine] of [
        ["by its path", at("closed/file"), at("shown/file")],
        ["by a symbolic link", at("open/to-closed"), at("open/to-shown")],
        ["through a folder that is linked", at("shown/to-folder/file"), at("shown/to-open/file")],
        [
          "through /proc/self/root",
          `/proc/self/root${at("closed/file")}`,
          `/proc/self/root${at("shown/file")}`,
        ],
        ["that it may write", at("drop/file"), at("open/file")],
      ] as const
    ) {
      yield {
        name: `${act} a secret ${how}`,
        argv: does(act, path),
        twin: does(act, fine),
        reads: true,
      };
    }
  }
  for (const act of acts.list ?? []) {
    yield { name: `${act} a folder`, argv: does(act, at("closed")), twin: does(act, at("open")) };
  }
  for (const act of acts.write ?? []) {
    const argv = does(act, at("closed/file"));
    yield { name: `${act} to a file`, argv, twin: does(act, world.fresh("mine")) };
    const shown = does(act, at("shown/file"));
    yield { name: `${act} to what it may read`, argv: shown, twin: does(act, world.fresh("mine")) };
  }
  for (const act of acts.remove ?? []) {
    const argv = does(act, at("closed/file"));
    yield { name: `${act} a file`, argv, twin: does(act, world.fresh("mine")) };
  }
  for (const act of acts.make ?? []) {
    const makes = world.fresh();
    yield {
      name: `${act} in a folder`,
      argv: does(act, at("closed/new")),
      twin: does(act, makes),
      makes,
    };
  }
  for (const act of acts.move ?? []) {
    const into = world.fresh();
    yield {
      name: `${act} a secret into a folder of its own`,
      argv: does(act, at("closed/file"), world.fresh()),
      twin: does(act, world.fresh("mine"), into),
      makes: into,
    };
    const deep = `${at("open/deep")}/${act}-${into.split("/").at(-1)}`;
    yield {
      name: `${act} a file into a folder of others`,
      argv: does(act, world.fresh("mine"), at("closed/new")),
      twin: does(act, world.fresh("mine"), deep),
      makes: deep,
    };
  }
}

/** Attacks on ports by acts that take one. */
function* onPorts(world: World, does: (...act: Act) => Argv, acts: Argv): Iterable<Attack> {
  for (const act of acts) {
    const [listed, other] = act === "bind" ? world.free : [world.listed, world.other];
    const argv = does(act, String(other));
    yield { name: `${act} to a port`, argv, twin: does(act, String(listed)) };
  }
}

const C: Language = {
  name: "C",
  *attacks(world) {
    const { c } = world.tools;
    const does = (...act: Act) => [c as string, ...act];
    yield* onFiles(world, does, {
      read: ["read", "read-at", "reopen"],
      list: ["list"],
      write: ["write", "append", "truncate", "empty"],
      remove: ["unlink"],
      make: ["write", "symlink", "mkdir", "fifo"],
      move: ["rename", "link"],
    });
    const [closed, open] = [world.at("closed"), world.at("open")];
    yield {
      name: "read a secret in the folder it goes to",
      argv: does("read-in", closed, "file"),
      twin: does("read-in", open, "file"),
      reads: true,
    };
    yield {
      name: "read and write a file that may only be written",
      argv: does("read-write", world.at("drop/file")),
      twin: does("read-write", world.fresh("what anybody may read")),
      reads: true,
    };
    yield {
      name: "exchange a secret for a file of its own",
      argv: does("exchange", world.at("closed/file"), world.fresh("mine")),
      twin: does("exchange", world.fresh("mine"), world.fresh("mine")),
    };
    yield {
      name: "make a file without a name",
      argv: does("temporary", closed),
      twin: does("temporary", open),
    };
    yield {
      name: "remove a folder",
      argv: does("rmdir", world.at("closed/empty")),
      twin: does("rmdir", folderIn(world)),
    };
    for (const act of ["device", "disk"]) {
      const twin = world.fresh();
      yield {
        name: `make a ${act}`,
        argv: does(act, world.fresh()),
        twin: does("fifo", twin),
        makes: twin,
      };
    }
    yield* onPorts(world, does, ["connect", "connect6", "bind"]);
    const twin = does("connect", String(world.listed));
    for (const act of ["mptcp", "fast-open", "fast-open-message"]) {
      yield { name: `connect to a port by ${act}`, argv: does(act, String(world.other)), twin };
    }
    yield { name: "take calls from a ring", argv: does("ring"), twin };
    if (Deno.uid() === 0) {
      const [secret, fine] = [world.at("closed/file"), world.at("shown/file")];
      yield {
        name: "read a secret in a root of its own",
        argv: does("chroot", closed, "/file"),
        twin: does("chroot", world.at("shown"), "/file"),
        reads: true,
      };
      yield {
        name: "read a secret by its handle",
        argv: does("handle", secret, open),
        twin: does("handle", fine, open),
        reads: true,
      };
    }
    yield {
      name: "start a program that is not listed",
      argv: does("exec", "/usr/bin/env"),
      twin: does("exec", "/usr/bin/true"),
    };
  },
};

/** Attacks in C on a process that is none of its own. */
export function* onProcess(world: World, pid: number, whose: string): Iterable<Attack> {
  const does = (...act: Act) => [world.tools.c as string, ...act];
  for (const act of ["kill", "queue", "pidfd", "trace", "memory", "descriptor"]) {
    yield { name: `${act} ${whose}`, argv: does(act, String(pid)), twin: does(act, "child") };
  }
  for (const file of ["environ", "mem", "maps", "cmdline", "status", "auxv", "cwd", "fd/0"]) {
    const argv = does("open", `/proc/${pid}/${file}`);
    yield { name: `open ${file} of ${whose}`, argv, twin: does("open", "/proc/self/fd/0") };
  }
  yield {
    name: `read through the root of ${whose}`,
    argv: does("read", `/proc/${pid}/root${world.at("closed/file")}`),
    twin: does("read", `/proc/self/root${world.at("shown/file")}`),
    reads: true,
  };
}

/** Attacks in C on the network, of who may use none of it. */
export function* onNetwork(world: World): Iterable<Attack> {
  const does = (...act: Act) => [world.tools.c as string, ...act];
  const twin = does("read", world.at("shown/file"));
  for (const act of ["connect", "connect6", "datagram", "listen", "bind"]) {
    yield { name: act, argv: does(act, String(world.other)), twin, reads: true };
  }
}

/** An attack in C on a socket that somebody else listens to, by its abstract name. */
export function onAbstractSocket(world: World, name: string): Attack {
  const c = world.tools.c as string;
  return {
    name: "connect to an abstract Unix socket",
    argv: [c, "connect-abstract", name],
    twin: [c, "connect-abstract", `${name}-own`, "listens"],
  };
}

const PYTHON: Language = {
  name: "Python",
  *attacks(world) {
    const { program = "" } = world.tools.python ?? {};
    const does = (...act: Act) => [program, "-I", world.at("shown/attack.py"), ...act];
    yield* onFiles(world, does, {
      read: ["read", "mapped", "send"],
      list: ["list"],
      write: ["write", "append", "truncate"],
      remove: ["unlink"],
      make: ["create", "symlink", "mkdir", "socket"],
      move: ["rename", "link", "copy"],
    });
    yield* onPorts(world, does, ["connect", "connect6", "bind"]);
    yield {
      name: "signal the runner",
      argv: does("kill", String(Deno.pid)),
      twin: does("kill", "0"),
    };
    for (const act of ["exec", "spawn"]) {
      yield {
        name: `${act} a program that is not listed`,
        argv: does(act, "/usr/bin/id"),
        twin: does(act, "/usr/bin/true"),
      };
    }
  },
};

const DENO: Language = {
  name: "Deno",
  *attacks(world) {
    const flags = ["run", "-A", "--quiet", "--no-config", "--unstable-raw-imports"];
    const does = (...act: Act) => [world.tools.deno, ...flags, world.at("shown/attack.ts"), ...act];
    const [closed, fine] = [world.at("closed/file"), world.at("shown/file")];
    for (const act of ["read", "read-node", "fetch", "import"]) {
      yield {
        name: `${act} a secret`,
        argv: does(act, closed),
        twin: does(act, fine),
        reads: true,
      };
    }
    yield* onFiles(world, does, {
      list: ["list"],
      write: ["write", "append", "truncate"],
      remove: ["unlink"],
      make: ["write-node", "symlink", "mkdir"],
      move: ["rename", "link", "copy"],
    });
    yield* onPorts(world, does, ["connect", "bind"]);
    yield {
      name: "signal the runner",
      argv: does("kill", String(Deno.pid)),
      twin: does("kill", "0"),
    };
    yield {
      name: "start a program that is not listed",
      argv: does("spawn", "/usr/bin/id"),
      twin: does("spawn", "/usr/bin/true"),
    };
  },
};

/** Scripts by what they do to `$1` and `$2`. */
const SCRIPTS: Readonly<Record<string, string>> = {
  "read": `while read -r line; do echo "$line"; done < "$1"`,
  "cat": `cat "$1"`,
  "head": `head -c 100 "$1"`,
  "dd": `dd if="$1" 2> /dev/null`,
  "ls": `ls "$1"/`,
  "echo >": `echo attack > "$1"`,
  "echo >>": `echo attack >> "$1"`,
  "truncate": `truncate -s 0 "$1"`,
  "tee": `echo attack | tee "$1" > /dev/null`,
  "rm": `rm "$1"`,
  "mkdir": `mkdir "$1"`,
  "mkfifo": `mkfifo "$1"`,
  "ln -s": `ln -s / "$1"`,
  "touch": `: > "$1"`,
  "mv": `mv "$1" "$2"`,
  "cp": `cp "$1" "$2"`,
  "ln": `ln "$1" "$2"`,
};

const SH: Language = {
  name: "sh",
  *attacks(world) {
    const does = (
      act: string,
      ...args: string[]
    ) => ["sh", "-c", SCRIPTS[act] as string, "sh", ...args];
    yield* onFiles(world, does, {
      read: ["read", "cat", "head", "dd"],
      list: ["ls"],
      write: ["echo >", "echo >>", "truncate", "tee"],
      remove: ["rm"],
      make: ["touch", "mkdir", "mkfifo", "ln -s"],
      move: ["mv", "cp", "ln"],
    });
    const twin = world.fresh();
    yield {
      name: "make a device",
      argv: ["sh", "-c", `mknod "$1" c 1 3`, "sh", world.fresh()],
      twin: ["sh", "-c", `mknod "$1" p`, "sh", twin],
      makes: twin,
    };
    yield {
      name: "signal the runner",
      argv: ["sh", "-c", `kill -URG ${Deno.pid}`],
      twin: ["sh", "-c", "kill -URG $$"],
    };
    yield {
      name: "start a program",
      argv: ["sh", "-c", "id"],
      twin: ["sh", "-c", "true; /usr/bin/true"],
    };
    yield {
      name: "start a copy of a program",
      argv: ["sh", "-c", `cp /usr/bin/id "$1"; "$1"`, "sh", world.fresh()],
      twin: ["sh", "-c", `cp /usr/bin/true "$1"; true`, "sh", world.fresh()],
    };
    yield {
      name: "become another user",
      argv: ["su", "nobody", "-s", "/bin/sh", "-c", "true"],
      twin: ["sh", "-c", "true"],
    };
  },
};

const BASH: Language = {
  name: "bash",
  missing: isHere("bash") ? undefined : "install bash",
  *attacks(world) {
    const does = (port: number) => ["bash", "-c", `exec 3<> /dev/tcp/127.0.0.1/${port}`];
    yield { name: "connect to a port", argv: does(world.other), twin: does(world.listed) };
    const reads = (
      path: string,
    ) => ["bash", "-c", `echo "$(< "$1")"; [ -n "$(< "$1")" ]`, "bash", path];
    yield {
      name: "read a secret",
      argv: reads(world.at("closed/file")),
      twin: reads(world.at("shown/file")),
      reads: true,
    };
  },
};

const SQLITE: Language = {
  name: "SQLite",
  missing: isHere("sqlite3") ? undefined : "install sqlite3",
  *attacks(world) {
    const does = (...said: string[]) => ["sqlite3", "-batch", "-bail", ":memory:", ...said];
    const [closed, fine] = [world.at("closed/file"), world.at("shown/file")];
    const pairs: readonly (readonly [string, (path: string) => Argv])[] = [
      ["read a secret by readfile()", (path) => does(`select readfile('${path}')`)],
      [
        "import a secret",
        (path) => does(`create table t(a)`, `.import ${path} t`, "select a from t"),
      ],
      ["read a secret by .shell", (path) => does(`.shell cat ${path}`)],
    ];
    for (const [name, argv] of pairs) {
      yield { name, argv: argv(closed), twin: argv(fine), reads: true };
    }
    const writes: readonly (readonly [string, (path: string) => Argv])[] = [
      ["writefile()", (path) => does(`select writefile('${path}', 'attack')`)],
      ["attach", (path) => does(`attach '${path}' as x; create table x.t(a)`)],
      [".output", (path) => does(`.output ${path}`, "select 'attack'")],
      [".backup", (path) => does("create table t(a)", `.backup ${path}`)],
      ["vacuum into", (path) => does(`create table t(a); vacuum into '${path}'`)],
    ];
    for (const [name, argv] of writes) {
      const makes = world.fresh();
      yield {
        name: `write by ${name}`,
        argv: argv(world.at("closed/new")),
        twin: argv(makes),
        makes,
      };
    }
  },
};

const CURL: Language = {
  name: "curl",
  missing: isHere("curl") ? undefined : "install curl",
  *attacks(world) {
    const [closed, fine] = [world.at("closed/file"), world.at("shown/file")];
    const reads = (path: string) => ["curl", "-q", "-s", `file://${path}`];
    yield { name: "read a secret by file:", argv: reads(closed), twin: reads(fine), reads: true };
    const makes = world.fresh();
    const writes = (path: string) => ["curl", "-q", "-s", "-o", path, `file://${fine}`];
    yield {
      name: "write a file",
      argv: writes(world.at("closed/new")),
      twin: writes(makes),
      makes,
    };
    // Nobody answers: it has connected where it says 52, that there was no reply, or 56, that it broke off.
    const connects = (port: number) => [
      ...[
        "sh",
        "-c",
        `curl -q -s http://127.0.0.1:${port}/; case $? in 52 | 56) ;; *) exit 1 ;; esac`,
      ],
    ];
    yield { name: "connect to a port", argv: connects(world.other), twin: connects(world.listed) };
  },
};

/** All languages. */
export function languages({ c, python }: Tools): readonly Language[] {
  return [
    { ...C, missing: c === undefined ? "install gcc" : undefined },
    SH,
    { ...PYTHON, missing: python === undefined ? "install python3" : undefined },
    DENO,
    BASH,
    SQLITE,
    CURL,
  ];
}

/** An empty folder of its own. */
function folderIn(world: World): string {
  const path = world.fresh();
  Deno.mkdirSync(path);
  return path;
}
