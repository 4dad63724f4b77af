/**
 * The most memory that the program takes.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { type FanfoldOptions, Folder, MAIN, type Printed, program } from "./program.ts";

const PRELOAD = fileURLToPath(new URL("./peak_preload.ts", import.meta.url));

/** What a program printed, how it ended, and the most memory that it had at a time, of Linux's `VmHWM`. */
export interface Peak extends Printed {
  readonly peakMb: number;
}

/** Runs fanfold to its end; where it does not come to that, or this is not Linux, the memory is NaN. */
export async function peakOf(
  args: readonly string[],
  { env, ...options }: FanfoldOptions = {},
): Promise<Peak> {
  using folder = new Folder({ peak: "" });
  const path = folder.at("peak");
  const printed = await program(
    Deno.execPath(),
    ["run", "-A", "--preload", PRELOAD, MAIN, ...args],
    { ...options, env: { ...env, PEAK_FILE: path } },
  );
  const peakKb = /^VmHWM:\s+(\d+)/m.exec(Deno.readTextFileSync(path))?.[1];
  return { ...printed, peakMb: peakKb === undefined ? NaN : Number(peakKb) / 1024 };
}
