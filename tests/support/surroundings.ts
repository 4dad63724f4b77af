/**
 * Functions that change or read what belongs to their whole process, each named after what it does.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { env } from "node:process";
import { createInterface } from "node:readline";

function told(act: () => unknown): unknown {
  try {
    return act();
  } catch (thrown) {
    return (thrown as Error).message;
  }
}

/** What comes of trying to change the folder and the umask; and where it is afterwards. */
export function moves(): readonly unknown[] {
  const tries = [
    () => Deno.chdir("/"),
    () => process.chdir("/"),
    () => Deno.umask(0o77),
    () => process.umask(0o77),
  ];
  return [...tries.map(told), Deno.cwd(), Deno.umask()];
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
const script = `echo $FF_DENO $FF_PROCESS $FF_NAMED $FF_GONE`;

/** Sets variables in all ways and takes one out; gives what sees them. */
export async function setsVariables(): Promise<readonly unknown[]> {
  Deno.env.set("FF_DENO", "a");
  process.env.FF_PROCESS = "b";
  env.FF_NAMED = "c";
  Deno.env.set("FF_GONE", "d");
  delete process.env.FF_GONE;
  const names = ["FF_DENO", "FF_PROCESS", "FF_NAMED", "FF_GONE"];
  const args = ["-c", script];
  return [
    names.map((name) => Deno.env.get(name) ?? null),
    names.map((name) => process.env[name] ?? null),
    names.map((name) => [Deno.env.has(name), name in Deno.env.toObject()]),
    text(execFileSync("sh", args)),
    text(new Deno.Command("sh", { args }).outputSync().stdout),
    text((await new Deno.Command("sh", { args, env: { FF_DENO: "x" } }).output()).stdout),
  ];
}

/** What a job has of those variables, and what its subprocesses know of the run. */
export function variables(): readonly unknown[] {
  const { FF_DENO = null, FF_PROCESS = null } = process.env;
  const mark = new Deno.Command("sh", { args: ["-c", "echo $FANFOLD_RUN"] }).outputSync();
  return [FF_DENO, FF_PROCESS, text(mark.stdout)];
}

/** Takes out a variable that was there at the start; gives what a subprocess sees of it. */
export function takesOut(name: string): string {
  Deno.env.delete(name);
  return text(
    new Deno.Command("sh", { args: ["-c", `echo "$${name}"`], stdin: "null" }).outputSync().stdout,
  );
}

/** All that can be read of stdin, in every way. */
export async function readsStdin(input: string): Promise<string> {
  const read = [
    readFileSync(0, "utf8"),
    Deno.readTextFileSync("/dev/stdin"),
    await Deno.stdin.read(new Uint8Array(9)) ?? "",
    Deno.stdin.readSync(new Uint8Array(9)) ?? "",
    await new Response(Deno.stdin.readable).text(),
    ...await Array.fromAsync(createInterface({ input: process.stdin })),
    execFileSync("cat", { stdio: ["inherit", "pipe", "pipe"] }).toString(),
    text(new Deno.Command("cat", { stdin: "inherit" }).outputSync().stdout),
  ];
  return `${input}:${read.join("")}`;
}

/** Reads stdin where values are folded. */
export async function foldsReading(so: string, value: string): Promise<string> {
  const { length } = await readsStdin("");
  return `${so}${value}${length === 1 ? "" : "read"} `;
}
