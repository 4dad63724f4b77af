import { assert, assertEquals } from "@std/assert";
import { Process, type ProcessOptions } from "../../../lib/mod.ts";
import { SANITIZED } from "../../support/sanitized.ts";
import { isAlive } from "../../support/is_alive.ts";
import { SharedFolder } from "../../support/shared_folder.ts";
import type { LEFT } from "../../support/targets.ts";

function process(name: string, options: ProcessOptions): Process {
  return new Process(new URL(`../../support/targets.ts#${name}`, import.meta.url), options);
}

async function textOf(bytes: Promise<{ stdout: Uint8Array }>): Promise<string> {
  return new TextDecoder().decode((await bytes).stdout);
}

for (const output of ["inherit", "captured", "piped", "null"] as const) {
  for (const what of ["child", "daemon", "stranger"] satisfies (keyof typeof LEFT)[]) {
    const isFound = what !== "stranger";
    Deno.test({
      name: `Process ends though its ${what} holds its output, which is ${output}`,
      ...SANITIZED,
      ignore: Deno.build.os !== "linux",
      fn: async () => {
        using folder = new SharedFolder();
        const args = [{ folder: folder.path, name: "it" }, what];
        const leaving = process("leaves", { args, stdout: output, stderr: "null" });
        leaving.start();
        const piped = leaving.stdout && new Response(leaving.stdout).text();
        await leaving.join();
        assertEquals(leaving.exitCode, 0);
        const pid = Number(folder.notes[0]);
        assertEquals(isAlive(pid), !isFound);
        const text = output === "captured" ? await textOf(leaving.output()) : await piped;
        if (text !== undefined) assertEquals(text, "left\n");
        if (!isFound) Deno.kill(pid, "SIGKILL");
      },
    });
  }
}

Deno.test(
  "Process loses nothing of what it printed, to a slow reader either",
  SANITIZED,
  async () => {
    const bytes = 3_000_000;
    const wanted = `${"x".repeat(bytes)}\n${"y".repeat(bytes)}\nend\n`;
    const captured = process("printsMuch", { args: [bytes], stdout: "captured" });
    captured.start();
    assert(await textOf(captured.output()) === wanted);

    const piped = process("printsMuch", { args: [bytes], stdout: "piped" });
    piped.start();
    assertEquals(await piped.join({ timeoutMs: 300 }), false);
    let text = "";
    for await (const piece of piped.stdout?.pipeThrough(new TextDecoderStream()) ?? []) {
      if (text === "") assertEquals(await piped.join({ timeoutMs: 1000 }), false);
      text += piece;
      await new Promise((goOn) => setTimeout(goOn, 1));
    }
    assert(text === wanted);
    await piped.join();
    assertEquals(piped.exitCode, 0);
  },
);

Deno.test(
  "Process that has ended gives what is piped to whoever reads it later",
  SANITIZED,
  async () => {
    const piped = process("hello", { args: ["bob"], stdout: "piped", stderr: "piped" });
    piped.start();
    await piped.join();
    assertEquals(await new Response(piped.stdout).text(), "hello bob\n");
    await piped.stderr?.cancel();
  },
);
