import { assertEquals } from "@std/assert";
import { putRow } from "../../lib/output/outcome_printer.ts";
import { commands, done, FakeSinks, functions, notDone, wrote } from "./fakes.ts";

const [f, c] = [functions("f"), commands("c")];

async function rowOf(...row: Parameters<typeof putRow> extends [unknown, ...infer R] ? R : never) {
  const sinks = new FakeSinks();
  await putRow(sinks.stdout, ...row);
  return (await sinks.text()).stdout;
}

Deno.test("putRow() quotes what holds a comma, a quote or a line end, and writes values as JSON", async () => {
  assertEquals(await rowOf(f, done(f, 0, 'a "b"')), 'f,0,0,done,"a ""b""",,1,1000,2,1,');
  assertEquals(await rowOf(f, done(f, 1, { a: [1] })), 'f,1,1,done,"{""a"":[1]}",,1,1000,2,1,');
  assertEquals(
    await rowOf(f, notDone(f, 2, { message: "a\r\nb" }, { input: "x,y", pid: 7 })),
    'f,2,"x,y",failed,,"Error: a\r\nb",1,1000,2,1,7',
  );
  assertEquals(
    await rowOf(f, done(f, 3, undefined, { input: undefined })),
    "f,3,,done,,,1,1000,2,1,",
  );
});

Deno.test("putRow() takes the stdout of a command for its value, without its last line end", async () => {
  const output = wrote('one "1"\ntwo\n', "not this");
  assertEquals(
    await rowOf(c, done(c, 0, undefined, { output })),
    'c,0,0,done,"one ""1""\ntwo",,1,1000,2,1,',
  );
});
