import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parse } from "npm:deno-std@1.4.0/csv/parse.js";
import { broken, type Content, cut, cuts, open, read, untilFault } from "../pieces.ts";

const RECORDS = { kind: "csv", separator: ",", header: true } as const;
const LISTS = { kind: "csv", separator: ",", header: false } as const;

const records = (...pieces: Content[]) => read(RECORDS, ...pieces);
const lists = (...pieces: Content[]) => read(LISTS, ...pieces);

Deno.test("csvOf() gives records by the names of the header, in its order", async () => {
  const [row, ...others] = await records("name,town\nAnn,Ulm\n");
  assertEquals([row, others], [{ name: "Ann", town: "Ulm" }, []]);
  assertEquals(Object.keys(row as object), ["name", "town"]);
});

Deno.test("csvOf() gives lists without a header", async () => {
  assertEquals(await lists("a,b\n1,\n,\n"), [["a", "b"], ["1", ""], ["", ""]]);
});

Deno.test("csvOf() gives nothing for a header alone, and for nothing", async () => {
  for (const text of ["a,b", "a,b\n", "", "\n", "\r\n\r\n", "\uFEFF"]) {
    assertEquals(await records(text), []);
  }
  assertEquals(await lists(""), []);
});

Deno.test("csvOf() reads separators, newlines and doubled quotes in quotes", async () => {
  assertEquals(await lists('"a,b","c\nd\r\ne","f ""g"""\n"","""",\n'), [
    ["a,b", "c\nd\r\ne", 'f "g"'],
    ["", '"', ""],
  ]);
});

Deno.test("csvOf() takes quotes amid a field for text", async () => {
  assertEquals(await lists('5" nail,a"b"c, "d"\n'), [['5" nail', 'a"b"c', ' "d"']]);
});

Deno.test("csvOf() ends rows at LF and CRLF, and the last at the end", async () => {
  assertEquals(await lists('a,b\r\n"c","d"\r\ne,\r\nf,g'), [
    ["a", "b"],
    ["c", "d"],
    ["e", ""],
    ["f", "g"],
  ]);
  assertEquals(await lists('a,"b"'), [["a", "b"]]);
  assertEquals(await lists("a,b\r", "\nc,", "d\r"), [["a", "b"], ["c", "d"]]);
});

Deno.test("csvOf() skips lines without a character, and no others", async () => {
  assertEquals(await lists('\n\r\na\n\n\r\n \n""\n'), [["a"], [" "], [""]]);
  assertEquals(await records("\nid\n\n7\n"), [{ id: "7" }]);
  assertEquals(await lists('"a\n\n\nb"\n'), [["a\n\n\nb"]]);
});

Deno.test("csvOf() drops a byte order mark at the start, even before a quote", async () => {
  assertEquals(await records("\uFEFFa,b\n1,\uFEFF2\n"), [{ a: "1", b: "\uFEFF2" }]);
  assertEquals(await lists([0xEF], [0xBB], [0xBF], '"a,b"'), [["a,b"]]);
});

Deno.test("csvOf() separates by any character", async () => {
  const by = (separator: string, text: string) => read({ ...LISTS, separator }, text);
  assertEquals(await by("\t", 'a,b\t"c\td"\t\n'), [["a,b", "c\td", ""]]);
  assertEquals(await by(";", '"a";b'), [["a", "b"]]);
  assertEquals(await by("🧨", '"a"🧨b🧨"🧨"\n'), [["a", "b", "🧨"]]);
});

Deno.test("csvOf() makes fields of columns that objects have already", async () => {
  // Deno takes this away unless it is asked not to.
  Object.defineProperty(Object.prototype, "__proto__", { set: () => {}, configurable: true });
  try {
    const [row] = await records("__proto__,constructor,toString\n1,2,3\n");
    assertEquals(Object.entries(row as object), [
      ["__proto__", "1"],
      ["constructor", "2"],
      ["toString", "3"],
    ]);
    assertEquals(Object.getPrototypeOf(row), Object.prototype);
  } finally {
    Reflect.deleteProperty(Object.prototype, "__proto__");
  }
});

Deno.test("csvOf() gives each record fields of its own", async () => {
  const [first, second] = await records("a\n1\n2\n");
  assertEquals([first, second], [{ a: "1" }, { a: "2" }]);
});

Deno.test("csvOf() refuses columns of the same name and of none", async () => {
  const refused = async (text: string) => {
    const { values, line, reason } = await broken(RECORDS, text);
    assertEquals(values, []);
    return [line, reason];
  };
  assertEquals(await refused("a,b,a\n1,2,3\n"), [
    1,
    'two columns are named "a", wanted a name for each',
  ]);
  assertEquals(await refused("a,,b\n"), [1, "column 2 has no name, wanted one"]);
  assertEquals(await refused('\n"a\nb",""\n'), [2, "column 2 has no name, wanted one"]);
});

Deno.test("a ragged row is a fault at the line it begins at, after the rows before it", async () => {
  assertEquals(await broken(RECORDS, 'a,b\n"1\n\n",2\n\n"3\n",4,5\n6,7\n'), {
    values: [{ a: "1\n\n", b: "2" }],
    line: 6,
    reason: "row has 3 fields, wanted 2 as in the header",
  });
  assertEquals(await broken(LISTS, "a,b\n1\n"), {
    values: [["a", "b"]],
    line: 2,
    reason: "row has 1 field, wanted 2 as in the first row",
  });
});

Deno.test("a quote that is not closed is a fault at its line", async () => {
  assertEquals(await broken(LISTS, 'a,b\n"c\nd","e\n\n'), {
    values: [["a", "b"]],
    line: 3,
    reason: "quote is not closed",
  });
  assertEquals((await broken(LISTS, '"')).line, 1);
  assertEquals((await broken(LISTS, 'a\n"b""')).line, 2);
});

Deno.test("text behind a closing quote is a fault at its line", async () => {
  const reason = "text follows a closing quote, wanted a separator or the end of the row";
  assertEquals(await broken(LISTS, 'a\n"b\nc"d\ne\n'), { values: [["a"]], line: 3, reason });
  for (const text of ['"a" ,b', '"a"b"', '"a"\r\r\n', '"a" ']) {
    assertEquals(await broken(LISTS, text), { values: [], line: 1, reason });
  }
});

Deno.test("a CR amid a row is a fault, for the rows of old files would be one", async () => {
  const reason = "CR stands amid a row, wanted a newline after it or quotes around it";
  assertEquals(await broken(RECORDS, "a,b\r1,2\r3,4\r"), { values: [], line: 1, reason });
  assertEquals(await broken(LISTS, 'a,b\n"c",d\re\n'), { values: [["a", "b"]], line: 2, reason });
  assertEquals(await broken(LISTS, 'a\rb,"c"'), { values: [], line: 1, reason });
  assertEquals(await lists('"a\rb",c\n'), [["a\rb", "c"]]);
});

Deno.test("a table that is not UTF-8 is a fault at its line", async () => {
  assertEquals(await broken(LISTS, [0x61, 0x0A, 0x22, 0x0A, 0xFF, 0x22]), {
    values: [["a"]],
    line: 3,
    reason: "line 3 is not UTF-8",
  });
});

Deno.test("csvOf() reads NUL and characters that are cut in pieces", async () => {
  const text = 'é\0,"🧨\n\0"\n';
  for (const lengths of [[1], [2], [3], [5, 1]]) {
    assertEquals(await lists(...cut(text, lengths)), [["é\0", "🧨\n\0"]]);
  }
});

Deno.test("csvOf() gives back any table that was written, however it arrives", async () => {
  const field = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom('"', ",", "\t", "\n", "\r", "a", "\0", "é") }),
  );
  const table = fc.integer({ min: 1, max: 4 }).chain((width) =>
    fc.array(fc.array(field, { minLength: width, maxLength: width }))
  );
  const dialect = fc.record({
    separator: fc.constantFrom(",", "\t", "|"),
    end: fc.constantFrom("\n", "\r\n"),
    isMarked: fc.boolean(),
    isEnded: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(table, dialect, cuts, async (rows, dialect, lengths) => {
      const { separator, end, isMarked, isEnded } = dialect;
      const text = rows.map((row) => row.map((text) => written(text, separator)).join(separator))
        .join(end);
      const whole = (isMarked ? "\uFEFF" : "") + text + (isEnded ? end : "");
      const source = { ...LISTS, separator };
      assertEquals(await Array.fromAsync(open(source, cut(whole, lengths))), rows);
    }),
    { numRuns: 1000 },
  );
});

/** A field as RFC 4180 has it; in quotes also where a row would be blank, or begin with a mark. */
function written(field: string, separator: string): string {
  return field === "" || /["\r\n\uFEFF]/.test(field) || field.includes(separator)
    ? `"${field.replaceAll('"', '""')}"`
    : field;
}

Deno.test("csvOf() reads any text as @std/csv does, but for quotes amid fields", async () => {
  const text = fc.string({
    unit: fc.constantFrom('"', '""', ",", "\n", "\r\n", "a", " "),
    maxLength: 30,
  });
  await fc.assert(
    fc.asyncProperty(text, cuts, async (text, lengths) => {
      const expected = asStd(text);
      if (expected === "quote amid a field") return;
      const inputs = open(LISTS, cut(text, lengths));
      if (expected === "broken") await untilFault(inputs);
      // It gives every newline in quotes as LF.
      else {
        const rows = await Array.fromAsync(inputs) as string[][];
        assertEquals(
          rows.map((row) => row.map((field) => field.replaceAll("\r\n", "\n"))),
          expected,
        );
      }
    }),
    { numRuns: 5000 },
  );
});

function asStd(text: string): string[][] | "broken" | "quote amid a field" {
  try {
    const rows: string[][] = parse(text);
    return rows.every((row) => row.length === rows[0]?.length) ? rows : "broken";
  } catch (error) {
    return String(error).includes('bare "') ? "quote amid a field" : "broken";
  }
}
