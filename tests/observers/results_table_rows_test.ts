import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { logCells } from "../../lib/observers/joblog.ts";
import { type Table, tableOf, type TableRow } from "../../lib/observers/results_table.ts";
import { commands, done, wrote } from "../output/fakes.ts";

const HEADING = "Seq,Host,Starttime,JobRuntime,Send,Receive,Exitval,Signal,Command";

const encode = (text: string) => new TextEncoder().encode(text);

async function* from(...pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* pieces;
}

/** The row of a job that wrote these pieces to stdout. */
function rowOf(
  table: Table,
  args: readonly string[],
  stdout: readonly Uint8Array[],
  stderr = "",
): TableRow {
  const outcome = done(commands("each"), 0);
  const received = stdout.reduce((sum, { length }) => sum + length, 0);
  const isQuoted = stdout.some((bytes) => table.needsQuotes(bytes));
  return {
    log: logCells(outcome, received, "true"),
    args,
    stdout: { bytes: from(...stdout), isQuoted },
    stderr: {
      bytes: wrote("", stderr).read("stderr"),
      isQuoted: table.needsQuotes(encode(stderr)),
    },
  };
}

/** All bytes of the next row, one a character. */
async function written(table: Table, row: TableRow): Promise<string> {
  let text = "";
  for await (const piece of table.row(row)) {
    const bytes = typeof piece === "string" ? encode(piece) : piece;
    for (const byte of bytes) text += String.fromCharCode(byte);
  }
  return text;
}

/** The next row of a job that wrote this. */
function line(table: Table, args: readonly string[], stdout = "", stderr = ""): Promise<string> {
  return written(table, rowOf(table, args, [encode(stdout)], stderr));
}

Deno.test("a csv table quotes cells with white space, a quote, a comma or a NUL", async () => {
  const table = tableOf("csv", []);
  assertEquals(
    await line(table, ['a"b', "c\td"], "x\n", "y"),
    `${HEADING},V1,V2,Stdout,Stderr\n1,:,1.000,0.002,0,2,0,0,true,"a""b","c\td","x\n",y\n`,
  );
  for (const special of [",", " ", "\t", "\n", "\v", "\f", "\r", "\0"]) {
    const start = "1,:,1.000,0.002,0,3,0,0,true,";
    assertEquals(
      await line(table, [special, "-"], `a${special}b`),
      `${start}"${special}",-,"a${special}b",\n`,
    );
  }
  assertEquals(await line(table, ["a", "b"], '"'), '1,:,1.000,0.002,0,1,0,0,true,a,b,"""",\n');
});

Deno.test("a tsv table is separated by tabs, and a comma stands as it is", async () => {
  const heading = `${HEADING},V1,Stdout,Stderr\n`.replaceAll(",", "\t");
  assertEquals(
    await line(tableOf("tsv", []), ["a,b"], "c\td"),
    `${heading}1\t:\t1.000\t0.002\t0\t3\t0\t0\ttrue\ta,b\t"c\td"\t\n`,
  );
});

Deno.test("a csv table has the names of the sources, and no cell less than its heading", async () => {
  const table = tableOf("csv", ["b", "a,"]);
  const row = "1,:,1.000,0.002,0,0,0,0,true";
  assertEquals(
    await line(table, ["x", "y", "z"]),
    `${HEADING},b,"a,",V3,Stdout,Stderr\n${row},x,y,z,,\n`,
  );
  assertEquals(await line(table, ["x"]), `${row},x,,,,\n`);
});

Deno.test("a csv table numbers the values of a source that gives several", async () => {
  const text = await line(tableOf("csv", []), ["x", "y"]);
  assertEquals(text.split("\n")[0], `${HEADING},V1,V2,Stdout,Stderr`);
});

Deno.test("a json table is an object a line, as GNU parallel writes it", async () => {
  const table = tableOf("json", ["x", "y"]);
  const start = '{ "Seq": 1, "Host": ":", "Starttime": 1.000, "JobRuntime": 0.002, "Send": 0, ';
  assertEquals(
    await line(table, ['a"\\', "\t"], "x/\n\x7f", "\0\x1b"),
    start + '"Receive": 4, "Exitval": 0, "Signal": 0, "Command": "true", ' +
      '"V": [ "a\\"\\\\","\\u0009" ], "Stdout": "x/\\u000a\x7f", "Stderr": "\\u0000\\u001b" }\n',
  );
  assertEquals((await line(table, [])).includes('"V": [  ], "Stdout": "", "Stderr": "" }\n'), true);
});

Deno.test("tables hold any bytes, in whatever pieces they come", async () => {
  const pieces = fc.array(
    fc.oneof(
      fc.uint8Array({ minLength: 1 }),
      fc.constantFrom('"', ",", "\n", "\ufeff", "é", "🧨").map(encode),
    ),
  );
  const cut = fc.integer({ min: 1, max: 5 });
  await fc.assert(fc.asyncProperty(pieces, cut, async (pieces, cut) => {
    const bytes = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
    const parts: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += cut) parts.push(bytes.subarray(at, at + cut));
    const csv = tableOf("csv", []);
    const raw = String.fromCharCode(...bytes);
    const quoted = /[\s",\0]/.test(raw.replaceAll(/[\x80-\xff]/g, ""))
      ? `"${raw.replaceAll('"', '""')}"`
      : raw;
    const row = (await written(csv, rowOf(csv, [], parts))).split("Stdout,Stderr\n")[1];
    assertEquals(row, `1,:,1.000,0.002,0,${bytes.length},0,0,true,${quoted},\n`);

    const json = tableOf("json", []);
    const text = await written(json, rowOf(json, [], parts));
    const decoded = new TextDecoder().decode(Uint8Array.from(text, (c) => c.charCodeAt(0)));
    const wanted = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
    assertEquals(JSON.parse(decoded).Stdout, wanted);
  }));
});

Deno.test("tables read output only as far as their row is read", async () => {
  for (const format of ["csv", "json"] as const) {
    let read = 0;
    const endless = async function* () {
      for (;;) {
        read++;
        yield encode("ab");
      }
    };
    const table = tableOf(format, []);
    const row = { ...rowOf(table, [], []), stdout: { bytes: endless(), isQuoted: false } };
    let text = "";
    for await (const piece of table.row(row)) {
      text += typeof piece === "string" ? piece : new TextDecoder().decode(piece);
      if (text.endsWith("abab")) break;
    }
    assertEquals(read, 2, format);
  }
});
