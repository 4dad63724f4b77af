import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Command } from "../../../lib/cli/command.ts";
import { reproCommand } from "../../../lib/cli/commands/again_commands.ts";
import { mapCommand } from "../../../lib/cli/commands/map_command.ts";
import { runCommand } from "../../../lib/cli/commands/run_command.ts";
import { showCommand } from "../../../lib/cli/commands/show_command.ts";
import { checkConflicts, readArgs } from "../../../lib/cli/request/args.ts";
import { type Option, type OptionName, OPTIONS } from "../../../lib/cli/request/options.ts";
import { Fault } from "../../../lib/fault.ts";

const ALL: readonly (Option & { readonly name: OptionName })[] = OPTIONS;
const NAMES = ALL.map(({ name }) => name);

function told(options: Readonly<Partial<Record<OptionName, string>>>): readonly unknown[] {
  const { kind, message, mistakes } = assertThrows(() => checkConflicts({ options }, NAMES), Fault);
  return [kind, message, mistakes[0]?.hint];
}

Deno.test("OPTIONS says of options that there are what contradicts what", () => {
  const names: readonly string[] = NAMES;
  for (const { name, needs = name, conflicts = [] } of ALL) {
    for (const { with: other, unless = other } of conflicts) {
      assert([other, unless].every((name) => names.includes(name)), `${name}: ${other}`);
    }
    assert(names.includes(needs), `${name}: ${needs}`);
  }
});

Deno.test("checkConflicts() refuses each option beside one that contradicts it, and takes it alone", () => {
  for (const { name, needs, conflicts = [] } of ALL) {
    const alone = { [name]: "x", ...needs && { [needs]: "" } };
    checkConflicts({ options: alone }, NAMES);
    for (const { with: other } of conflicts) {
      const [, message] = told({ ...alone, [other]: "json" });
      assert(String(message).startsWith(`Cannot combine --${name} and --${other}`), `${message}`);
    }
    if (needs === undefined) continue;
    assertEquals(told({ [name]: "x" })[1], `Cannot read --${name}: it goes with --${needs} only`);
  }
});

Deno.test("checkConflicts() shows a value that is one of a few words, and says why", () => {
  const hint = "tags go with --format text";
  const pairs: readonly (readonly [Partial<Record<OptionName, string>>, string, string?])[] = [
    [{ tag: "", format: "json" }, "--tag and --format json", hint],
    [{ tag: "", format: "csv", results: "out" }, "--tag and --format csv", hint],
    [{ tag: "", results: "out" }, "--tag and --results", hint],
    [{ live: "", format: "csv" }, "--live and --format csv", "lines go with --format text"],
    [{ live: "", results: "out" }, "--live and --results", "lines go with --format text"],
    [
      { "live": "", "keep-order": "" },
      "--live and --keep-order: lines come as they are written, whoever's turn it is",
    ],
    [{ csv: "", null: "" }, "--csv and --null: rows of CSV end at lines"],
    [{ "resume": "", "resume-failed": "", "no-journal": "" }, "--resume and --no-journal"],
    [{ raw: "", format: "text" }, "--raw and --format text"],
  ];
  for (const [options, what, hint] of pairs) {
    assertEquals(told(options), ["usage", `Cannot combine ${what}`, hint]);
  }
  checkConflicts({ options: { tag: "", format: "text", results: "out" } }, NAMES);
});

Deno.test("commands tell what is wrong beside a run or a file when they are asked for it, and not before", () => {
  const read = <T>({ name, options, reading, read }: Command<T>, ...argv: readonly string[]) =>
    read(readArgs(name, argv, options, reading));
  const asked: readonly (() => unknown)[] = [
    read(runCommand, "--resume", "--no-journal").journal,
    read(mapCommand, "a#b", "--csv", "-0").inputs,
    read(mapCommand, "a#b", "-n", "x").inputs().batch,
    read(showCommand, "last", "a", "1", "2").shown,
    read(reproCommand, "last", "a", "x").index,
  ];
  for (const ask of asked) assertEquals(assertThrows(ask, Fault).kind, "usage");
});
