/**
 * Where programs are, and what the system starts together with them.
 *
 * @module
 */

import { basename, delimiter, resolve } from "node:path";
import { isGranted } from "../system/proc.ts";

/** How deep interpreters of interpreters go in Linux. */
const MOST_INTERPRETERS = 5;

/** How much of a file Linux takes for its first line, in bytes. */
const LINE_BYTES = 256;

/** Where programs are looked for. */
export interface Lookup {
  /** What relative paths start from. */
  readonly folder: string;
  /** Folders as in `PATH`. */
  readonly path: string;
}

/** The file that is started by a name or a path; nothing if there is none that may be executed. */
export function findProgram(name: string, { folder, path }: Lookup): string | undefined {
  const folders = path.split(delimiter).filter((at) => at !== "");
  const places = name.includes("/") ? [name] : folders.map((at) => `${at}/${name}`);
  return places.map((place) => resolve(folder, place)).find(isProgram);
}

function isProgram(path: string): boolean {
  if (!isGranted({ name: "read", path })) return false;
  try {
    const { isFile, mode } = Deno.statSync(path);
    return isFile && ((mode ?? 0) & 0o111) !== 0;
  } catch {
    return false;
  }
}

/**
 * The files that are executed when a program is started: itself, the interpreter that its first line names, be it by
 * `env`, and the loader of libraries.
 *
 * @param program Path of a file.
 */
export function executedWith(program: string, lookup: Lookup): string[] {
  const found: string[] = [];
  let next: readonly string[] = [program];
  for (let depth = 0; depth <= MOST_INTERPRETERS && next.length > 0; depth++) {
    found.push(...next);
    // Whoever writes a program names there what he likes: a folder would be opened with all that is in it.
    next = next.flatMap((path) => interpretersOf(path, lookup))
      .filter((path) => !found.includes(path) && isProgram(path));
  }
  return found;
}

function interpretersOf(path: string, lookup: Lookup): readonly string[] {
  if (!isGranted({ name: "read", path })) return [];
  try {
    using file = Deno.openSync(path);
    const head = bytesAt(file, 0, LINE_BYTES);
    const text = new TextDecoder().decode(head);
    if (text.startsWith("#!")) return namedBy(text, lookup);
    const loader = isElf(head) ? loaderOf(file, head) : undefined;
    return loader === undefined ? [] : [loader];
  } catch {
    return []; // Then it cannot be started either.
  }
}

/** What a first line names: `#!/bin/sh`, `#!/usr/bin/env -S deno run`. */
function namedBy(text: string, lookup: Lookup): readonly string[] {
  const [line = ""] = text.slice(2).split("\n");
  const [interpreter, ...args] = line.trim().split(/[ \t]+/);
  if (!interpreter) return [];
  const path = resolve(lookup.folder, interpreter);
  if (basename(interpreter) !== "env") return [path];
  // Behind options and variables stands what it starts.
  const name = args.find((arg) => !arg.startsWith("-") && !arg.includes("="));
  const started = name === undefined ? undefined : findProgram(name, lookup);
  return started === undefined ? [path] : [path, started];
}

const ELF = [0x7f, 0x45, 0x4c, 0x46];

function isElf(head: Uint8Array): boolean {
  return ELF.every((byte, i) => head[i] === byte);
}

/** The type of the segment that names the loader. */
const PT_INTERP = 3;

/** The path of the loader that a program names, in ELF of 32 or 64 bits. */
function loaderOf(file: Deno.FsFile, head: Uint8Array): string | undefined {
  const is64 = head[4] === 2;
  const isLittle = head[5] === 1;
  const fields = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const word = (view: DataView, at: number) =>
    is64 ? Number(view.getBigUint64(at, isLittle)) : view.getUint32(at, isLittle);
  const start = word(fields, is64 ? 32 : 28);
  const size = fields.getUint16(is64 ? 54 : 42, isLittle);
  const count = fields.getUint16(is64 ? 56 : 44, isLittle);
  for (let i = 0; i < count; i++) {
    const segment = new DataView(bytesAt(file, start + i * size, size).buffer);
    if (segment.getUint32(0, isLittle) !== PT_INTERP) continue;
    const name = bytesAt(
      file,
      word(segment, is64 ? 8 : 4),
      Math.min(word(segment, is64 ? 32 : 16), 4096),
    );
    return new TextDecoder().decode(name).replace(/\0.*$/s, "");
  }
  return undefined;
}

/** As many bytes of a file as there are, up to `length`. */
function bytesAt(file: Deno.FsFile, offset: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  file.seekSync(offset, Deno.SeekMode.Start);
  return bytes.slice(0, file.readSync(bytes) ?? 0);
}
