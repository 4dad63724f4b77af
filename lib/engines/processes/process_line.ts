/**
 * How a Deno process is started that runs functions.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isGranted } from "../system/proc.ts";

const PERMISSIONS = ["read", "write", "net", "env", "run", "ffi", "sys", "import"] as const;

/** The modules that such a process may start with, and what a compiled program is told in their place. */
const ENTRIES = {
  "process-slot": "../far/process_entry.ts",
  "process-target": "../far/target_entry.ts",
} as const;

/**
 * Program and arguments of a Deno process for functions: this Deno with the permissions of this process and
 * the configuration of the functions' module, or this very program where it was compiled.
 *
 * @param module URL of the functions' module.
 * @param flags Flags for Deno, left out where {@link takesFlags} is false.
 */
export function processLine(
  entry: keyof typeof ENTRIES,
  module: string,
  flags: readonly string[] = [],
): [string, ...string[]] {
  if (!takesFlags()) return [Deno.execPath(), entry];
  const config = module.startsWith("file:")
    ? configAbove(dirname(fileURLToPath(module)))
    : undefined;
  return [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-prompt",
    // Without one of its own, what a module imports would be written into the lock file of fanfold.
    ...(config === undefined ? ["--no-lock"] : ["--config", config]),
    ...permissionFlags(),
    ...flags,
    new URL(ENTRIES[entry], import.meta.url).href,
  ];
}

/** Whether processes take flags: a compiled program has none but its own, not from its environment either. */
export function takesFlags(): boolean {
  return !Deno.build.standalone;
}

/** The configuration file of Deno in a folder or its nearest parent that has one. */
function configAbove(folder: string): string | undefined {
  const { existsSync } = process.getBuiltinModule("node:fs");
  for (const name of ["deno.json", "deno.jsonc"]) {
    if (existsSync(join(folder, name))) return join(folder, name);
  }
  const parent = dirname(folder);
  return parent === folder ? undefined : configAbove(parent);
}

/** What this process may do without limit; what it may do in part, a slot may not do at all. */
function permissionFlags(): string[] {
  const flags = PERMISSIONS.map((name) => `--${isGranted({ name }) ? "allow" : "deny"}-${name}`);
  return flags.every((flag) => flag.startsWith("--allow")) ? ["--allow-all"] : flags;
}
