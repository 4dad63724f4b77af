import { assertEquals, assertThrows } from "@std/assert";
import { Fault } from "../../lib/fault.ts";
import { parseWhere } from "../../lib/observers/results.ts";

Deno.test("parseWhere() finds a table by the end of the name, in capitals too", () => {
  assertEquals(parseWhere("out/a.csv"), { kind: "table", format: "csv", path: "out/a.csv" });
  assertEquals(parseWhere("a.TSV"), { kind: "table", format: "tsv", path: "a.TSV" });
  assertEquals(parseWhere(".json"), { kind: "table", format: "json", path: ".json" });
});

Deno.test("parseWhere() has -.csv, -.tsv and -.json go to stdout", () => {
  assertEquals(parseWhere("-.csv"), { kind: "table", format: "csv" });
  assertEquals(parseWhere("-.tsv"), { kind: "table", format: "tsv" });
  assertEquals(parseWhere("-.json"), { kind: "table", format: "json" });
  assertEquals(parseWhere("a-.csv"), { kind: "table", format: "csv", path: "a-.csv" });
});

Deno.test("parseWhere() has any other name be a folder", () => {
  for (const path of ["out", "out/", "-", "a.csv/", "csv", "a.csv.d", "a{b", "}{"]) {
    assertEquals(parseWhere(path), { kind: "folder", path });
  }
});

Deno.test("parseWhere() refuses what is called like a file of another format", () => {
  const refused = {
    "r.xml": undefined,
    "out/r.HTML": undefined,
    "a.csv.gz": undefined,
    "r.ndjson": "r.json",
    "out/r.jsonl": "out/r.json",
    "r.xlsx": "r.csv",
    "r.txt": "r.tsv",
  };
  for (const [where, meant] of Object.entries(refused)) {
    const fault = assertThrows(() => parseWhere(where), Fault);
    const wanted = "wanted a folder, or a file that ends in .csv, .tsv or .json";
    assertEquals(fault.message, `Cannot read --results: found the file "${where}", ${wanted}`);
    const folder = `a folder of that name is written "${where}/"`;
    const hint = meant === undefined ? folder : `did you mean "${meant}"? ${folder}`;
    assertEquals([fault.kind, fault.mistakes[0]?.hint], ["usage", hint]);
    assertEquals(parseWhere(`${where}/`), { kind: "folder", path: `${where}/` });
  }
  for (const path of [".log", "a/.zip", "2024.12", "out.d", "xml"]) {
    assertEquals(parseWhere(path), { kind: "folder", path });
  }
});

Deno.test("parseWhere() refuses replacement strings and nothing", () => {
  const wanted = "wanted a folder, or a file that ends in .csv, .tsv or .json";
  const refused = {
    "out/{1}/": `found the replacement string "{1}" in "out/{1}/", ${wanted}`,
    "{}.csv": `found the replacement string "{}" in "{}.csv", ${wanted}`,
    "a{= $_=1 =}": `found the replacement string "{= $_=1 =}" in "a{= $_=1 =}", ${wanted}`,
    "": `no value, ${wanted}`,
  };
  for (const [where, message] of Object.entries(refused)) {
    const fault = assertThrows(() => parseWhere(where), Fault);
    assertEquals([fault.kind, fault.message], ["usage", `Cannot read --results: ${message}`]);
  }
});
