import { assertEquals } from "@std/assert";
import { heard, isEndingSignal } from "../../../lib/engines/commands/heard_signals.ts";
import { Folder, program } from "../../support/program.ts";

const HEARD = import.meta.resolve("../../../lib/engines/commands/heard_signals.ts");

/** In a program of its own: the one that tests listens for signals too, and has threads of other tests. */
const SENDS = `import { heard } from "${HEARD}";
const told = [];
for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"]) {
  for (let round = 0; round < 100; round++) {
    let isHeard = false;
    const listen = () => isHeard = true;
    Deno.addSignalListener(signal, listen);
    Deno.kill(Deno.pid, signal);
    await heard(signal);
    if (!isHeard) told.push(signal + " " + round);
    Deno.removeSignalListener(signal, listen);
  }
}
console.log(JSON.stringify(told));
`;

Deno.test({
  name: "heard() resolves behind the signal that was sent before",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using folder = new Folder({ "sends.js": SENDS });
    const args = ["run", "--quiet", "-A", folder.at("sends.js")];
    const printed = await program(Deno.execPath(), args);
    assertEquals(printed, { code: 0, stdout: "[]\n", stderr: "" });
  },
});

Deno.test("heard() waits for no signal that nobody has sent", async () => {
  await heard("SIGINT");
});

Deno.test("isEndingSignal() is true of what asks to end, and of nothing else", () => {
  const names = ["SIGHUP", "SIGINT", "SIGTERM", "SIGKILL", "34", "toString", null];
  assertEquals(names.filter(isEndingSignal), ["SIGHUP", "SIGINT", "SIGTERM"]);
});
