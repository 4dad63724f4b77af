/**
 * Does what its arguments say, and prints what it read; fails if the system refuses it.
 *
 * @module
 */

import { readFileSync, writeFileSync } from "node:fs";

const [act = "", a = "", b = ""] = Deno.args;

const ACTS: Readonly<Record<string, () => unknown>> = {
  read: () => Deno.readTextFileSync(a),
  "read-node": () => readFileSync(a, "utf8"),
  fetch: async () => await (await fetch(`file://${a}`)).text(),
  import: async () => JSON.stringify(await import(`file://${a}`, { with: { type: "text" } })),
  copy: () => Deno.copyFileSync(a, b),
  list: () => [...Deno.readDirSync(a)].length,
  write: () => Deno.writeTextFileSync(a, "attack\n"),
  "write-node": () => writeFileSync(a, "attack\n"),
  append: () => Deno.writeTextFileSync(a, "attack\n", { append: true }),
  truncate: () => Deno.truncateSync(a),
  rename: () => Deno.renameSync(a, b),
  link: () => Deno.linkSync(a, b),
  symlink: () => Deno.symlinkSync("/", a),
  unlink: () => Deno.removeSync(a),
  mkdir: () => Deno.mkdirSync(a),
  connect: async () => (await Deno.connect({ port: Number(a) })).close(),
  bind: () => Deno.listen({ port: Number(a), hostname: "127.0.0.1" }).close(),
  kill: () => Deno.kill(Number(a) || Deno.pid, "SIGURG"),
  spawn: () => new Deno.Command(a).outputSync().code,
};

const done = await ACTS[act]?.();
if (typeof done === "string") await Deno.stdout.write(new TextEncoder().encode(done));
Deno.exit(typeof done === "number" && act === "spawn" ? done : 0);
