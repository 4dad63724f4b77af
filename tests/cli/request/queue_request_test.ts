import { assert, assertEquals, assertThrows } from "@std/assert";
import { COMMANDS } from "../../../lib/cli/command_list.ts";
import { readArgs } from "../../../lib/cli/request/args.ts";
import { readQueue } from "../../../lib/cli/request/queue_request.ts";
import { ALL_OPTIONS } from "../../../lib/cli/request/rule_options.ts";
import { Fault } from "../../../lib/fault.ts";

const URL = "redis://me:secret@127.0.0.1:6379";

const read = (...argv: readonly string[]) => readArgs("each", argv, ALL_OPTIONS);

function faultOf(...argv: readonly string[]): string {
  const { kind, message } = assertThrows(() => readQueue(read(...argv)), Fault);
  assertEquals(kind, "usage");
  assert(!message.includes("secret"), message);
  return message;
}

Deno.test("readQueue() gives the URL of a queue, however it is written", () => {
  assertEquals(readQueue(read("--on", URL)), URL);
  assertEquals(readQueue(read(`--on=${URL}`, "-j", "4")), URL);
  assertEquals(readQueue(read("-j", "0", "--on", URL)), URL);
  assertEquals(readQueue(read("-j", "50%")), undefined);
});

Deno.test("readQueue() refuses what hosts do not do, and never shows the URL", () => {
  assertEquals(
    faultOf("--on", URL, "--live"),
    "Cannot combine --on and --live: what jobs print comes when they have ended",
  );
  assertEquals(
    faultOf("--on", URL, "--dry-run"),
    "Cannot combine --on and --dry-run: it runs nothing anywhere",
  );
  assertEquals(
    faultOf("--learn", "--on", URL),
    "Cannot combine --on and --learn: it is learnt on this machine what jobs need",
  );
  assertEquals(
    faultOf("--on", URL, "-j", "50%"),
    "Cannot combine --on and --jobs 50%: hosts have processors of their own, wanted a number of jobs",
  );
});

Deno.test("readArgs() keeps the URL of a queue without user and password, and all else as it is", () => {
  const options = { stopsEarly: true, takesInputs: true };
  const argv = ["--on", "redis://a", "-j4", `--on=${URL}`, "cmd", "--on", "x", ":::", "--on", "y"];
  const args = readArgs("each", argv, ALL_OPTIONS, options);
  assertEquals(args.options.on, URL);
  const kept = ["--on", "redis://a", "-j4", "--on=redis://127.0.0.1:6379", "cmd", "--on", "x"];
  assertEquals(args.argv, [...kept, ":::", "--on", "y"]);
  const local = ["cmd", "--on", "x"];
  assertEquals(readArgs("each", local, ALL_OPTIONS, options).argv, local);
});

Deno.test("fanfold run, each and map take --on", async () => {
  for (const name of ["run", "each", "map"] as const) {
    const { options = [] } = await COMMANDS[name]?.load() ?? {};
    assert(options.some((option) => option.name === "on"), name);
  }
});
