import { assertEquals } from "@std/assert";
import { FUNCTION_KINDS } from "../support/works.ts";

for (const { name } of FUNCTION_KINDS) {
  Deno.test(`${name} write nothing of their own, whatever functions do, and let the program end`, async () => {
    const program = new URL("../support/contained.ts", import.meta.url).href;
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", program, name],
    }).output();
    const text = new TextDecoder();
    assertEquals(text.decode(stderr), "");
    assertEquals(
      text.decode(stdout),
      "failed failed failed done died died died died died done",
    );
    assertEquals(code, 0);
  });
}
