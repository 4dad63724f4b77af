import { assertEquals } from "@std/assert";
import { Stderr } from "../../lib/cli/stdio.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

Deno.test("Stderr writes bytes of jobs as they are, and shows what is told, in lines of its own", async () => {
  let written = "";
  const stderr = new Stderr((bytes) => {
    written += new TextDecoder().decode(bytes);
    return Promise.resolve();
  });
  await stderr.write(bytes("\x1b[31mopen"));
  await stderr.tell("a\x1b[31m", ["at b\nc"]);
  await stderr.write(bytes("closed\n"));
  await stderr.tell("d");
  assertEquals(
    written,
    "\x1b[31mopen\nfanfold: a\\x1b[31m\n  at b\\nc\nclosed\nfanfold: d\n",
  );
  assertEquals(stderr.hasLost, false);
});

Deno.test("Stderr writes no more once it could not, and knows whether somebody may miss it", async () => {
  const reasons: readonly (readonly [reason: Error, hasLost: boolean])[] = [
    [new Error("the disk is full"), true],
    [new Deno.errors.BrokenPipe(), false],
  ];
  for (const [reason, hasLost] of reasons) {
    let calls = 0;
    const stderr = new Stderr(() => {
      calls++;
      return Promise.reject(reason);
    });
    await stderr.tell("a");
    await stderr.write(bytes("b"));
    assertEquals([calls, stderr.hasLost], [1, hasLost]);
  }
});
