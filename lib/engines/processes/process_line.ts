/**
 * How a Deno process is started that runs functions.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isGranted } from "../system/proc.ts";
import type { Permissions } from "../../rules/permissions.ts";
import { exactFlags, inheritedFlags } from "./permission_flags.ts";

/** The modules that such a process may start with, and what a compiled program is told in their place. */
const ENTRIES = {
  "process-slot": "../far/process_entry.ts",
  "learning-slot": "../far/learning_entry.ts",
  "process-target": "../far/target_entry.ts",
} as const;

/** What such a process is for. */
export interface ProcessLineOptions {
  /** Flags for Deno, left out where {@link takesFlags} is false. @default none */
  readonly flags?: readonly string[];
  /** All that it may do; it takes flags. @default what this process may do */
  readonly permissions?: Permissions;
  /** URL of the module of its `init`, if it has one. */
  readonly init?: string;
}

/**
 * Program and arguments of a Deno process for functions: this Deno with the permissions of this process, or those it
 * is told, and the configuration of the functions' module; or this very program where it was compiled.
 *
 * @param module URL of the functions' module.
 */
export function processLine(
  entry: keyof typeof ENTRIES,
  module: string,
  { flags = [], permissions, init = module }: ProcessLineOptions = {},
): [string, ...string[]] {
  if (!takesFlags()) return [Deno.execPath(), entry];
  const main = new URL(ENTRIES[entry], import.meta.url).href;
  return [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-prompt",
    ...configFlags(module, main),
    ...(permissions ? exactFlags(permissions) : inheritedFlags()),
    ...(permissions ? ownStorage(permissions) : []),
    ...flags,
    permissions ? knowing([module, init], main) : main,
  ];
}

/**
 * Deno keeps `localStorage` and `caches` in files of its own, for which it asks for no permission, and which all that has
 * one configuration shares: a process that may not read and write anything has those of a place that nobody else is at.
 */
function ownStorage({ read, write }: Permissions): readonly string[] {
  if (read === true && write === true) return [];
  return [`--location=https://${crypto.randomUUID()}.invalid`];
}

/**
 * Program and arguments that tell what is loaded with functions that are held to permissions, as JSON: all that the main
 * module of their process names, but what comes by the network, which can name no local file.
 *
 * @param module URL of the functions' module.
 * @param init URL of the module of their `init`, if they have one.
 */
export function graphLine(module: string, init: string = module): [string, ...string[]] {
  const main = new URL(ENTRIES["process-slot"], import.meta.url).href;
  const flags = new Set([...configFlags(module, main), "--no-lock", "--no-remote", "--no-npm"]);
  return [Deno.execPath(), "info", "--quiet", "--json", ...flags, knowing([module, init], main)];
}

/**
 * A main module that knows other modules: Deno loads what a text names with the process itself, and asks for no
 * permission to read it. They are evaluated when they are imported, so that the main module goes first.
 */
function knowing(modules: readonly string[], main: string): string {
  const known = [...new Set(modules)].map((module) => {
    const text = JSON.stringify(module);
    return `importers.set(${text}, () => import(${text}));`;
  });
  const lines = [`import { importers } from ${JSON.stringify(main)};`, ...known];
  return `data:application/javascript,${encodeURIComponent(lines.join("\n"))}`;
}

/** Whether processes take flags: a compiled program has none but its own, not from its environment either. */
export function takesFlags(): boolean {
  return !Deno.build.standalone;
}

/** Flags for the configuration that a module has, or else the main module: Deno finds that of files alone. */
function configFlags(module: string, main: string): readonly string[] {
  const config = configFor(module);
  if (config !== undefined) return ["--config", config];
  // What the module imports would be written into the lock file of fanfold.
  const own = configFor(main);
  return own === undefined ? ["--no-lock"] : ["--no-lock", "--config", own];
}

function configFor(module: string): string | undefined {
  return module.startsWith("file:") ? configAbove(dirname(fileURLToPath(module))) : undefined;
}

/** The configuration file of Deno in a folder or its nearest parent that has one that may be read. */
function configAbove(folder: string): string | undefined {
  const { existsSync } = process.getBuiltinModule("node:fs");
  for (const name of ["deno.json", "deno.jsonc"]) {
    const path = join(folder, name);
    if (isGranted({ name: "read", path }) && existsSync(path)) return path;
  }
  const parent = dirname(folder);
  return parent === folder ? undefined : configAbove(parent);
}
