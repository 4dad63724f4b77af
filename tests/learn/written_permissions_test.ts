import { assertEquals } from "@std/assert";
import { withPermissions } from "../../lib/learn/written_permissions.ts";
import type { PermissionsRecord } from "../../lib/rules/permissions.ts";
import { parseDocument } from "../../lib/tasks_file/format.ts";

type Format = "yaml" | "json" | "jsonc" | "toml";

const RECORD: PermissionsRecord = { read: ["data", "a b", "true"], net: ["*:443"], env: true };

/** Puts permissions in, and looks that they are all that has changed. */
async function written(
  text: string,
  format: Format,
  record: PermissionsRecord = RECORD,
): Promise<string> {
  const changed = await withPermissions(text, format, "it", record) ?? "nothing";
  const before = await parseDocument(format, text) as { tasks: Record<string, object> };
  const permissions = Object.keys(record).length === 0 ? "none" : record;
  const wanted = { ...before, tasks: { ...before.tasks, it: { ...before.tasks.it, permissions } } };
  assertEquals(await parseDocument(format, changed), wanted);
  return changed;
}

const BLOCK = `permissions:
      read: [data, "a b", "true"]
      net: ["*:443"]
      env: true`;

Deno.test("withPermissions() puts a block behind the last key of a task in YAML, and keeps all else", async () => {
  const text = `# head
tasks:
  it: # the one
    command:   [ "a",  'b' ]   # odd

    inputs: [1,2] # behind

  # about the next
  next: { command: [c] }
`;
  const lines = text.split("\n");
  const behind = [...lines.slice(0, 6), `    ${BLOCK}`, ...lines.slice(6)];
  assertEquals(await written(text, "yaml"), behind.join("\n"));
});

Deno.test("withPermissions() replaces what YAML says already, and keeps comments in it above, and the one behind it", async () => {
  const text = `tasks:
  it:
    permissions:
      # old
      write: true # why
    command: [a] # stays
`;
  assertEquals(
    await written(text, "yaml"),
    `tasks:
  it:
    # old
    ${BLOCK} # why
    command: [a] # stays
`,
  );
  const more = `tasks:
  it:
    permissions: # all
      read: [a] # one
      # two
      env:
        - "# none"
      # three
    command: [a]
`;
  assertEquals(
    await written(more, "yaml"),
    `tasks:
  it:
    # all
    # one
    # two
    ${BLOCK}
      # three
    command: [a]
`,
  );
  assertEquals(
    await written("tasks:\n  it:\n    permissions: |-\n      none\n    command: [a]\n", "yaml"),
    `tasks:\n  it:\n    ${BLOCK}\n    command: [a]\n`,
  );
  assertEquals(
    await written("tasks:\n  it:\n    permissions: none\n    command: [a]\n", "yaml"),
    `tasks:\n  it:\n    ${BLOCK}\n    command: [a]\n`,
  );
});

Deno.test("withPermissions() keeps to braces, to a missing line end and to line ends of Windows in YAML", async () => {
  const inline = `permissions: { read: [data, "a b", "true"], net: ["*:443"], env: true }`;
  assertEquals(
    await written("tasks:\n  it: { command: [a] } # x\n", "yaml"),
    `tasks:\n  it: { command: [a], ${inline} } # x\n`,
  );
  assertEquals(
    await written("tasks: {it: {permissions: none, command: [a]}}", "yaml"),
    `tasks: {it: {${inline}, command: [a]}}`,
  );
  assertEquals(
    await written("tasks:\n  it:\n    command: [a]", "yaml"),
    `tasks:\n  it:\n    command: [a]\n    ${BLOCK}\n`,
  );
  assertEquals(
    await written("tasks:\r\n  it:\r\n    command: [a]\r\n", "yaml", { read: ["x"] }),
    "tasks:\r\n  it:\r\n    command: [a]\r\n    permissions:\r\n      read: [x]\r\n",
  );
});

Deno.test("withPermissions() writes behind a script of several lines", async () => {
  const text = "tasks:\n  it:\n    shell: |\n      a\n      b\n  next: { command: [c] }\n";
  assertEquals(
    await written(text, "yaml", {}),
    text.replace("  next", "    permissions: none\n  next"),
  );
});

Deno.test("withPermissions() gives a long list of YAML a line for each element", async () => {
  const read = Array.from({ length: 9 }, (_, i) => `folder/of/files/${i}`);
  const lines = read.map((path) => `        - ${path}\n`).join("");
  assertEquals(
    await written("tasks:\n  it:\n    command: [a]\n", "yaml", { read }),
    `tasks:\n  it:\n    command: [a]\n    permissions:\n      read:\n${lines}`,
  );
});

Deno.test("withPermissions() gives up what stands in YAML by an alias", async () => {
  const text = "tasks:\n  other: &o { command: [a] }\n  it: *o\n";
  assertEquals(await withPermissions(text, "yaml", "it", RECORD), undefined);
});

Deno.test("withPermissions() keeps to lines, comments and indentation of JSON", async () => {
  const said = `"permissions": { "read": ["data"] }`;
  const text = `{
   // all
   "tasks": {
      "it": { "command": ["a"] /* it */ }, // one
      "next": {"inputs":[ 1,2 ]}
   }
}
`;
  assertEquals(
    await written(text, "jsonc", { read: ["data"] }),
    text.replace(" /* it */", `, ${said} /* it */`),
  );
  const lines = `{ "tasks": {\n\t"it": {\n\t\t"command": ["a"]\n\t}\n} }`;
  assertEquals(
    await written(lines, "json", { read: ["data"] }),
    lines.replace(`["a"]`, `["a"],\n\t\t${said}`),
  );
  const before = `{"tasks":{"it":{"permissions":{"net":true},"command":["a"]}}}`;
  assertEquals(
    await written(before, "json", {}),
    before.replace(`{"net":true}`, ` "none"`),
  );
});

Deno.test("withPermissions() writes into tables of TOML of each kind", async () => {
  const value = `{ read = ["data", "a b", "true"], net = ["*:443"], env = true }`;
  const table = `# all
[tasks.it] # it
command = ["a"] # run

[tasks.next]
command = ["c"]
`;
  assertEquals(
    await written(table, "toml"),
    table.replace("# run\n", `# run\npermissions = ${value}\n`),
  );
  assertEquals(
    await written(table.replace("command", "permissions = 'none'\ncommand"), "toml"),
    table.replace("command", `permissions = ${value}\ncommand`),
  );
  assertEquals(
    await written('[tasks]\nit = { command = ["a"] } # it\n', "toml"),
    `[tasks]\nit = { command = ["a"], permissions = ${value} } # it\n`,
  );
  await written(`${table}\n[tasks.it.permissions] # may\nwrite = true\nrun = false\n`, "toml");
});

Deno.test("withPermissions() keeps comments in what TOML says already, and gives up where they have no line", async () => {
  const table = `[tasks.it]
command = ["a"]
[tasks.it.permissions] # one
# two
read = ["a"] # three
# four
`;
  assertEquals(
    await written(table, "toml", { read: ["x"] }),
    table.replace(" # one", "\n# one").replace('a"] # three', 'x"] # three'),
  );
  const lost = [
    ["yaml", "tasks: { it: { command: [a], permissions: { read: [a], # why\n net: true } } }"],
    ["jsonc", '{ "tasks": { "it": { "permissions": { "read": ["a"] /* why */ } } } }'],
    ["toml", "[tasks.it]\npermissions = { read = [ # why\n'a'] }\n"],
  ] as const;
  for (const [format, text] of lost) {
    assertEquals(await withPermissions(text, format, "it", RECORD), undefined);
  }
});

Deno.test("withPermissions() keeps to line ends of Windows in TOML", async () => {
  const said = 'permissions = { read = ["x"] }';
  const table = '[tasks.it]\r\ncommand = ["a"] # run\r\n';
  assertEquals(await written(table, "toml", { read: ["x"] }), `${table}${said}\r\n`);
  assertEquals(
    await written(`${table}[tasks.it.permissions]\r\nwrite = true`, "toml", { read: ["x"] }),
    `${table}[tasks.it.permissions]\r\nread = ["x"]`,
  );
});

Deno.test("withPermissions() keeps a byte order mark, whatever the format", async () => {
  const texts = {
    yaml: "tasks:\n  it: { command: [a] }\n",
    json: '{ "tasks": { "it": { "command": ["a"] } } }',
    jsonc: '{ "tasks": { "it": { "command": ["a"] } } } // all',
    toml: '[tasks.it]\ncommand = ["a"]\n',
  };
  for (const [format, text] of Object.entries(texts) as [Format, string][]) {
    const changed = await withPermissions(`\uFEFF${text}`, format, "it", RECORD);
    assertEquals(changed, `\uFEFF${await written(text, format)}`);
  }
});
