/**
 * Reads what strace writes: the system calls of a command and of all that it starts.
 *
 * @module
 */

import { dirname, resolve } from "node:path";
import type { Accesses } from "./accesses.ts";

/** The calls that tell what a command has accessed: what is held by no permissions, as `stat`, is none of them. */
const CALLS =
  ("?open openat ?openat2 ?creat execve execveat ?chdir ?fchdir clone ?clone3 ?fork ?vfork " +
    "?unlink unlinkat ?rmdir ?mkdir mkdirat ?mknod mknodat ?symlink symlinkat ?link linkat " +
    "?rename renameat ?renameat2 truncate socket connect bind " +
    "?chmod fchmod fchmodat ?fchmodat2 ?chown ?lchown fchown fchownat " +
    "?utime ?utimes ?futimesat utimensat").replaceAll(" ", ",");

/**
 * The arguments of strace before the command that it is to watch, with the processes it starts.
 *
 * Texts are written as hexadecimal numbers, so that none is taken for a part of a line, and descriptors with their paths.
 *
 * @param file Where it writes them; it is made anew.
 */
export function straceArguments(file: string): readonly string[] {
  return [
    ...["-f", "-qq", "-yy", "-xx", "-s", "0", "--seccomp-bpf", "-e", "signal=none"],
    ...["-e", "verbose=connect,bind,openat2", "-e", `trace=${CALLS}`, "-o", file, "--"],
  ];
}

/** The working folder of a process, or of several threads. */
interface Place {
  folder: string;
}

interface Call {
  readonly name: string;
  readonly args: string;
  readonly result: number;
  /** Of a descriptor that is the result. */
  readonly path?: string;
  readonly error?: string;
}

export interface ReadCallsOptions {
  /** Where the command was started. */
  readonly folder: string;
  /** Whether its program is the same for each input: then it need not be listed. */
  readonly hasOwnProgram: boolean;
  /** Whether a file is one that the run has made, or there is none any more. */
  readonly isNew: (path: string) => boolean;
}

const CALL = /^(\w+)\((.*)\)\s+= (-?\d+|\?)(?:<((?:\\x[0-9a-f]{2})+)| (E[A-Z0-9]+))?/;

/** A folder that a path starts from, by its descriptor, or a path. */
const ARGUMENT = /(?:AT_FDCWD|\b\d+)<((?:\\x[0-9a-f]{2})*)[^",]*|"((?:\\x[0-9a-f]{2})*)"/g;

/**
 * Adds what one command and its children have accessed. What failed counts for nothing, but for connections: who is not
 * there is asked all the same.
 *
 * @param text What strace has written.
 */
export function readCalls(text: string, accesses: Accesses, options: ReadCallsOptions): void {
  const places = new Map<string, Place>();
  const begun = new Map<string, string>();
  const here = { folder: options.folder };
  let own: string | undefined;
  for (const line of text.split("\n")) {
    const [, pid = "", said = ""] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (said === "") continue;
    const place = places.get(pid) ?? placeOfChild(begun, places) ?? here;
    places.set(pid, place);
    const first = /^(.*) <unfinished \.\.\.>$/.exec(said)?.[1];
    if (first !== undefined) {
      begun.set(pid, first);
      continue;
    }
    const rest = /^<\.\.\. \w+ resumed>(.*)$/.exec(said)?.[1];
    const call = callIn(rest === undefined ? said : `${begun.get(pid) ?? ""}${rest}`);
    if (rest !== undefined) begun.delete(pid);
    if (call === undefined) continue;
    if (isFork(call.name)) {
      if (call.result > 0 && !places.has(String(call.result))) {
        places.set(String(call.result), inherited(place, call.args));
      }
    } else if (/^execve/.test(call.name) && call.result === 0) {
      const [program = ""] = pathsIn(call, place);
      own ??= options.hasOwnProgram ? program : "";
      if (program !== own) accesses.add("run", program);
    } else addCall(call, place, accesses, options);
  }
}

function isFork(name: string): boolean {
  return /^v?fork|^clone/.test(name);
}

/** A child may be seen before it is told that it was started: it is one of a call that has begun. */
function placeOfChild(
  begun: ReadonlyMap<string, string>,
  places: ReadonlyMap<string, Place>,
): Place | undefined {
  const parent = [...begun].findLast(([, call]) => isFork(call));
  const place = parent && places.get(parent[0]);
  return place && inherited(place, parent[1]);
}

/** Threads share the folder, processes have their own. */
function inherited(place: Place, args: string): Place {
  return args.includes("CLONE_FS") ? place : { ...place };
}

function callIn(text: string): Call | undefined {
  const [, name, args = "", result, path, error] = CALL.exec(text) ?? [];
  if (name === undefined) return undefined;
  return { name, args, result: Number(result), path: path && decoded(path), error };
}

function decoded(hex: string): string {
  const bytes = hex.split("\\x").slice(1).map((byte) => parseInt(byte, 16));
  return new TextDecoder().decode(new Uint8Array(bytes));
}

/** The paths that are arguments of a call, made absolute. */
function pathsIn({ args }: Call, { folder }: Place): readonly string[] {
  let from: string | undefined;
  const paths: string[] = [];
  for (const [, at, path] of args.matchAll(ARGUMENT)) {
    if (path === undefined) from = decoded(at ?? "");
    else {
      paths.push(resolve(from || folder, decoded(path)));
      from = undefined;
    }
  }
  return paths;
}

function addCall(call: Call, place: Place, accesses: Accesses, options: ReadCallsOptions): void {
  const { name, args, result } = call;
  if (name === "socket") return addMadeSocket(call, accesses);
  if (name === "connect" || name === "bind") return addSocket(call, place, accesses);
  if (!(result >= 0)) return;
  const [path = "", other = ""] = pathsIn(call, place);
  const remove = (path: string) => void accesses.placed.add(path);
  const make = (path: string) => addMade(path, accesses);
  switch (name) {
    case "chdir":
      place.folder = path;
      return;
    case "fchdir":
      place.folder = decoded(/<((?:\\x[0-9a-f]{2})+)/.exec(args)?.[1] ?? "") || place.folder;
      return;
    case "open":
    case "openat":
    case "openat2":
      return addOpened(call, path, accesses, options);
    case "creat":
      return addOpened({ ...call, args: `${args} O_WRONLY O_CREAT` }, path, accesses, options);
    case "truncate":
      return accesses.add("write", path);
    // They take leave to write something.
    case "chmod":
    case "fchmod":
    case "fchmodat":
    case "fchmodat2":
    case "chown":
    case "lchown":
    case "fchown":
    case "fchownat":
    case "utime":
    case "utimes":
    case "futimesat":
    case "utimensat":
      return addChanged(args, path, accesses);
    case "symlink":
    case "symlinkat":
      return make(other);
    case "link":
    case "linkat":
    case "rename":
    case "renameat":
    case "renameat2":
      if (dirname(path) !== dirname(other) || name.startsWith("rename")) remove(path);
      return make(other);
    case "mkdir":
    case "mkdirat":
    case "mknod":
    case "mknodat":
      return make(path);
    default:
      return remove(path);
  }
}

function addMade(path: string, { placed, made }: Accesses): void {
  placed.add(path);
  made.add(path);
}

/** A file by its path or, where there is none, by its descriptor; what has no path, a pipe, is nobody's file. */
function addChanged(args: string, path: string, accesses: Accesses): void {
  const changed = path || decoded(/^\d+<((?:\\x[0-9a-f]{2})+)/.exec(args)?.[1] ?? "");
  if (changed.startsWith("/")) accesses.add("write", changed);
}

/** Their folders have other names the next time. */
const OF_PROCESSES = "which it may do only with /proc among the folders to read: that is left out";

function addOpened(
  { args, path }: Call,
  asked: string,
  accesses: Accesses,
  { isNew }: ReadCallsOptions,
): void {
  if (/\bO_PATH\b/.test(args)) return;
  if (/\bO_TMPFILE\b/.test(args)) return void accesses.placed.add(`${asked}/unnamed`);
  // Pipes and sockets have no path.
  const opened = path?.startsWith("/") ? path : asked;
  if (/^\/proc\/\d+\//.test(opened)) {
    accesses.remarks.add(`it looks at processes, ${OF_PROCESSES}`);
    return;
  }
  const writes = /\bO_(?:WRONLY|RDWR|TRUNC)\b/.test(args);
  if (writes) accesses.add("write", opened);
  if (/\bO_CREAT\b/.test(args) && (/\bO_EXCL\b/.test(args) || isNew(opened))) {
    addMade(opened, accesses);
  }
  if (/\bO_WRONLY\b/.test(args)) return;
  accesses.add("read", opened);
  if (isOfMade(opened, accesses)) accesses.readAnew.add(opened);
}

/** Whether a path was made, or a folder that it is in. */
function isOfMade(path: string, { made }: Pick<Accesses, "made">): boolean {
  return made.has(path) || path !== "/" && isOfMade(dirname(path), { made });
}

/** Sockets of the internet take leave to use some port; those of other protocols than TCP and UDP, and of raw packets, all. */
function addMadeSocket({ args, result }: Call, accesses: Accesses): void {
  if (!(result >= 0) || /^AF_(?:UNIX|LOCAL|NETLINK)\b/.test(args)) return;
  const isHeld = /^AF_INET6?, SOCK_(?:STREAM\S*, IPPROTO_(?:IP|TCP)|DGRAM\S*, IPPROTO_(?:IP|UDP))$/;
  if (isHeld.test(args)) accesses.unheldPorts.add("*:0");
  else accesses.add("net");
}

/** Connections over TCP go by their port, whoever answers. */
function addSocket({ name, args, error }: Call, { folder }: Place, accesses: Accesses): void {
  const port = /sin6?_port=htons\((\d+)\)/.exec(args)?.[1];
  if (port !== undefined && /^\d+<UDP/.test(args)) {
    accesses.unheldPorts.add(`*:${port}`);
    accesses.remarks.add("it uses UDP, which is allowed to any port where one is listed under net");
  }
  if (port !== undefined && /^\d+<TCP/.test(args) && error !== "EAFNOSUPPORT") {
    accesses.add("net", `*:${port}`);
  }
  // Sockets with paths are for who may use the network in some way.
  if (/\bsa_family=AF_(?:UNIX|LOCAL)\b/.test(args) && !error) accesses.unheldPorts.add("*:0");
  const socket = /sun_path="((?:\\x[0-9a-f]{2})+)"/.exec(args)?.[1];
  if (name === "bind" && socket && !error) {
    addMade(resolve(folder, decoded(socket)), accesses);
  }
}
