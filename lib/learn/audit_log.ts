/**
 * Reads the audit log of Deno, one line of JSON for each access: what functions have done in a slot.
 *
 * @module
 */

import { tmpdir } from "node:os";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Accesses } from "./accesses.ts";

/** A variable with such a name is a note of the slot, see `lib/engines/far/learning_notes.ts`. */
const NOTE = /^FANFOLD_NOTED_([a-z]+)_(.*)$/s;

const UNSEEN_IN_WORKERS =
  "it starts Workers; programs that these start cannot be learnt, list them under run";

interface Line {
  readonly permission: string;
  /** Nothing where all of the kind was asked for. */
  readonly value: string | null;
}

/**
 * Adds what code of the user has accessed. That a slot was ended while it wrote costs its last line.
 *
 * @param text The log of one slot.
 */
export function readAuditLog(text: string, accesses: Accesses): void {
  let folder = "/";
  let isUsers = false;
  for (const line of text.split("\n").flatMap((line) => lineIn(line) ?? [])) {
    const [, kind, said = ""] = (line.permission === "env" && NOTE.exec(line.value ?? "")) || [];
    const noted = decodeURIComponent(said);
    if (kind === "cwd") folder = noted;
    else if (kind === "user" || kind === "own") isUsers = kind === "user";
    else if (kind === "worker") accesses.remarks.add(UNSEEN_IN_WORKERS);
    else if (kind === "run") accesses.add("run", programNamed(noted, folder));
    else if (isUsers) addLine(line, folder, accesses);
  }
}

function lineIn(text: string): Line | undefined {
  try {
    return JSON.parse(text) as Line;
  } catch {
    return undefined;
  }
}

function addLine({ permission, value }: Line, folder: string, accesses: Accesses): void {
  switch (permission) {
    case "ffi":
      // What uses memory asks for all; a library without a folder is one of the system, which no path stands for.
      return accesses.add("ffi", value?.includes("/") ? pathIn(value, folder) : undefined);
    case "read":
    case "write":
      return accesses.add(permission, value === null ? undefined : pathIn(value, folder));
    case "env":
    case "sys":
      return accesses.add(permission, value ?? undefined);
    case "net":
      if (value !== null && /^[a-z]+:\/\//.test(value)) return; // Host and port follow.
      return accesses.add(
        "net",
        value === null || /^(unix|vsock):/.test(value) ? undefined : value,
      );
    case "import":
      return accesses.add("import", value === null ? undefined : hostOf(value));
  }
}

/** `<TMP>` stands for the folder of temporary files. */
function pathIn(value: string, folder: string): string {
  if (value === "<TMP>") return tmpdir();
  return value.startsWith("file:///") ? fileURLToPath(value) : resolve(folder, value);
}

function hostOf(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed?.host) return url;
  const port = parsed.port || (parsed.protocol === "http:" ? "80" : "443");
  return `${parsed.hostname}:${port}`;
}

/** Programs are known by their names, those with a slash by their paths. */
function programNamed(program: string, folder: string): string {
  return program.includes("/") ? resolve(folder, program) : program;
}
