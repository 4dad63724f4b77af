import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import { fanfold, Folder, MAIN, program } from "../support/program.ts";

/** A program that prints each of its arguments in brackets, so that their borders are seen. */
const ARGS = `#!/bin/sh\n[ $# -eq 0 ] || printf '[%s]' "$@"\necho\n`;

function folderWithArgs(files: Record<string, string> = {}): Folder {
  const folder = new Folder({ args: ARGS, ...files });
  Deno.chmodSync(folder.at("args"), 0o755);
  return folder;
}

const HOSTILE = ["-rf", "--", "{}", "{1}", "{{", "{{}}", "$(touch x)", "`touch x`", "a;touch x", ""]
  .concat(["'", '"', "\\", " ", "new\nline", "\t", "*", "~", "$HOME", "🧨 é \u202e", "\x1b[31m"]);

Deno.test("fanfold each gives every input of hostile text as the one argument it is", async () => {
  using folder = folderWithArgs();
  const stdout = HOSTILE.map((text) => `[${text}]\n`).join("");
  const values = await fanfold(["each", "./args", ":::", ...HOSTILE], { cwd: folder.path });
  assertEquals(values, { code: 0, stdout, stderr: "" });
  const stdin = HOSTILE.map((text) => `${text}\0`).join("");
  const read = await fanfold(["each", "-0", "./args", "{}"], { cwd: folder.path, stdin });
  assertEquals(read, { code: 0, stdout, stderr: "" });
  const shell = ["each", "-0", "--shell", `./args "$1"`];
  assertEquals(await fanfold(shell, { cwd: folder.path, stdin }), { code: 0, stdout, stderr: "" });
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["args"]);
});

Deno.test("fanfold each printf '%s\\0' gives any list of strings back", async () => {
  // What Unix cannot have in an argument: NUL, and half a surrogate pair.
  const text = fc.string({ unit: "binary", maxLength: 30 })
    .map((text) => text.replaceAll("\0", "").toWellFormed());
  const lists = fc.array(text, { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(lists, async (list) => {
      const stdin = list.map((text) => `${text}\0`).join("");
      // A byte order mark at the start of stdin is none of the text.
      if (stdin.startsWith("\uFEFF")) return;
      const printed = await fanfold(["each", "-0", "printf", "%s\\0", "{}"], { stdin });
      const found = "found none in NUL-separated strings of stdin";
      const stderr = list.length > 0 ? "" : `fanfold: task "each" has no inputs: ${found}\n`;
      assertEquals(printed, { code: 0, stdout: stdin, stderr });
    }),
    { numRuns: 12 },
  );
});

Deno.test("fanfold each says of an argument that no command can be given why, and goes on", async () => {
  const stdin = `a\nnul\0here\n${"x".repeat(2_000_000)}\nb\n`;
  const { code, stdout, stderr } = await fanfold(["each", "echo"], { stdin });
  assertEquals([code, stdout], [1, "a\nb\n"]);
  const [nul, long, count] = stderr.split("\n");
  assertEquals(
    nul,
    'fanfold: task "each", job 2, input "nul\\u0000here" failed: Cannot start "echo": an argument ' +
      "contains a NUL",
  );
  assertMatch(
    long ?? "",
    /job 3, input "x{70,}… failed: .*an argument has 2000000 bytes, of which Linux takes 131071$/,
  );
  assertEquals(count, "fanfold: 4 jobs: 2 done, 2 failed");
});

Deno.test("fanfold each exits 2 at a line that is not UTF-8, after the jobs before it", async () => {
  using folder = new Folder();
  Deno.writeFileSync(folder.at("lines"), new Uint8Array([97, 10, 255, 10, 98, 10]));
  const printed = await fanfold(["each", "echo", "::::", "lines"], { cwd: folder.path });
  assertEquals(printed, {
    code: 2,
    stdout: "a\n",
    stderr: `fanfold: Cannot read inputs "${folder.at("lines")}": line 2 is not UTF-8\n` +
      `  at ${folder.at("lines")}:2\nfanfold: 1 job: 1 done\n`,
  });
});

Deno.test("fanfold each says that a shell line is no program", async () => {
  const { code, stderr } = await fanfold(["each", "echo {} | wc -c", ":::", "a"]);
  assertEquals(code, 1);
  assertMatch(stderr, /Cannot start "echo a \| wc -c": there is no such program, and no shell/);
  assertMatch(stderr, /\n {2}hint: --shell 'echo "\$1" \| wc -c'\n/);
});

Deno.test("fanfold each runs the script that it hints at, in place of a shell line", async () => {
  using folder = new Folder({ "a b": "it's $HOME" });
  const lines: readonly (readonly [line: string, inputs: string[], stdout: string])[] = [
    ["cat {} | tr a-z A-Z", [":::", "a b"], "IT'S $HOME"],
    ["cat {} > {}.copy; ls {}.*", [":::", "a b"], "a b.copy\n"],
    ["echo \"{}\" '{}' {1}x", [":::", "a b"], "a b a b a bx\n"],
    ["wc -c", [":::", "a b"], "10 a b\n"],
    ["for i in 1 2; do echo $i; done", [":::", "a b"], "1\n2\n"],
    ["echo $1 | cat", [":::", "a b"], "a b\n"],
    ["echo {2}-{1} {}", [":::", "$x", ":::", "`y`"], "`y`-$x $x `y`\n"],
    ["echo {q}r '{p}'", ["--header", ":", ":::", "p", "1", ":::", "q", "'"], "'r 1\n"],
  ];
  for (const [line, inputs, stdout] of lines) {
    const options = inputs.slice(0, inputs.indexOf(":::"));
    const given = inputs.slice(inputs.indexOf(":::"));
    const found = await fanfold(["each", ...options, line, ...given], { cwd: folder.path });
    assertEquals(found.code, 1);
    const [, script = ""] = /\n {2}hint: (--shell .*)\n/.exec(found.stderr) ?? [];
    // A shell takes the hint apart, as it would for whoever has typed it.
    const main = `deno run -A ${MAIN}`;
    const typed = `${main} each ${options.join(" ")} ${script} "$@"`;
    const printed = await program("sh", ["-c", typed, "sh", ...given], { cwd: folder.path });
    assertEquals(printed, { code: 0, stdout, stderr: "" }, script);
  }
});

Deno.test("fanfold each hints at a script in place of a command of the shell", async () => {
  using folder = new Folder({ "a b/it's": "" });
  const words = ["cd", "{}", "&&", "echo", "in  {}", ";", "ls", ">", "../{}.list"];
  const { stderr } = await fanfold(["each", ...words, ":::", "a b"], { cwd: folder.path });
  const [, script = ""] = /\n {2}hint: (--shell .*)\n/.exec(stderr) ?? [];
  const typed = `deno run -A ${MAIN} each ${script} ::: 'a b'`;
  const printed = await program("sh", ["-c", typed], { cwd: folder.path });
  assertEquals(printed, { code: 0, stdout: "in  a b\n", stderr: "" }, script);
  assertEquals(Deno.readTextFileSync(folder.at("a b.list")), "it's\n");
});

Deno.test("fanfold each says where a script finds its input that was meant to be in braces", async () => {
  const hint = /\n {2}hint: a script finds its input in "\$1"; what is in braces stays as it is\n/;
  for (const script of ["exit 3 {}", "exit 3; cat {.}.c", "exit 3 x{1}"]) {
    assertMatch((await fanfold(["each", "--shell", script, ":::", "a"])).stderr, hint, script);
  }
  for (const script of ["exit 3", 'exit 3 {} "$1"', "exit 3 ${1}", "find . -name {}; exit 3"]) {
    const { code, stderr } = await fanfold(["each", "--shell", script, ":::", "a"]);
    assertEquals([code, /hint: /.test(stderr)], [1, false], script);
  }
});

Deno.test("fanfold each says where a script stands whose input has to be cut", async () => {
  const { stderr } = await fanfold(["each", "gzip {/.}", ":::", "a"]);
  assertMatch(stderr, /\n {2}hint: a script stands behind --shell, and finds its input in \$1\n/);
});

const MISTAKES: readonly (readonly [args: string[], message: string])[] = [
  [[], "Cannot run fanfold each: no command"],
  [
    ["--shell", "echo", "x"],
    'Cannot run fanfold each: found "x", wanted no command beside --shell',
  ],
  [["-n", "0", "echo"], 'Cannot read --max-args: found "0", wanted a whole number from 1'],
  [
    ["-n", "99999999999", "echo"],
    'Cannot read --max-args: found "99999999999", wanted a whole number from 1 to 999999999',
  ],
  [
    ["-j", "99999999999999999999", "echo"],
    'Cannot read --jobs: found "99999999999999999999", wanted 4, 50%, +1, -1 or 0, at most 9007',
  ],
  [["-j", "x", "echo"], 'Cannot read --jobs: found "x", wanted 4, 50%, +1, -1 or 0'],
  [["-C", "(", "echo"], 'Cannot split columns at "(": Invalid regular expression'],
  [["--csv", "-C", "ab", "echo"], 'Cannot separate CSV by "ab": wanted one character'],
  [["--csv", "-0", "echo"], "Cannot combine --csv and --null: rows of CSV end at lines"],
  [["-k", "-u", "echo"], "Cannot combine --keep-order and --unordered"],
  [["--tag", "--format", "json", "echo"], "Cannot combine --tag and --format json"],
  [["--tag", "--results", "x", "echo"], "Cannot combine --tag and --results"],
  [
    ["--results", "r.xml", "echo"],
    'Cannot read --results: found the file "r.xml", wanted a folder',
  ],
  [["--header", "x", "echo"], 'Cannot read --header: found "x", wanted :'],
  [["--joblog", "/no/where", "echo"], 'Cannot open --joblog "/no/where": there is no folder "/no"'],
  [["--results", "a{1}", "echo"], 'Cannot read --results: found the replacement string "{1}"'],
  [["echo", "::::", "/no/where"], 'Cannot read inputs "/no/where": no such file'],
  [["--csv", "echo", ":::", "a,b", "c"], "Cannot read inputs of the command line: row has 1 field"],
  [["echo", "::::", "-", "-"], "Cannot read inputs from stdin twice"],
];

Deno.test("fanfold each exits 2 and names what is wrong with its arguments", async () => {
  for (const [args, message] of MISTAKES) {
    const { code, stderr } = await fanfold(["each", ...args]);
    assertEquals([code, stderr.slice(0, message.length + 9)], [2, `fanfold: ${message}`]);
  }
});

Deno.test("fanfold each names columns, and finds them in the script as variables", async () => {
  using folder = folderWithArgs({ "p.csv": 'name,first name\nA,"x, y"\nB,"q\nr"\n' });
  const csv = ["--csv", "--header", ":"];
  const { stdout } = await fanfold(
    ["each", ...csv, "./args", "{first name}", "<{name}>", "{2}", "::::", "p.csv"],
    { cwd: folder.path },
  );
  assertEquals(stdout, "[x, y][<A>][x, y]\n[q\nr][<B>][q\nr]\n");
  const crlf = await fanfold(["each", "--header", ":", "./args", "{a}"], {
    cwd: folder.path,
    stdin: "a\r\nx\n",
  });
  assertEquals(crlf.stdout, "[x]\n");
  const split = ["each", "-C", "\\,|\\-", "./args", ":::", "a,b-c"];
  assertEquals((await fanfold(split, { cwd: folder.path })).stdout, "[a][b][c]\n");
  const line = 'echo "$INPUT_name:$2:$INPUT_first_name"';
  const script = ["each", ...csv, "--shell", line, "::::", "p.csv"];
  const printed = "A:x, y:x, y\nB:q\nr:q\nr\n";
  assertEquals((await fanfold(script, { cwd: folder.path })).stdout, printed);
  folder.write(
    "fanfold.yaml",
    `tasks: { a: { command: [./args, "{first name}", "<{name}>"], inputs: { csv: p.csv } },` +
      ` b: { shell: '${line}', inputs: { csv: p.csv } } }`,
  );
  assertEquals(
    (await fanfold(["run"], { cwd: folder.path })).stdout,
    "[x, y][<A>]\n[q\nr][<B>]\n" + printed,
  );
});

Deno.test("fanfold each reads a source that can be read once as often as it is needed", async () => {
  using folder = folderWithArgs();
  const script = `"$0" run -A "$1" each ./args ::: a b :::: - <in`;
  folder.write("in", "1\n2\n");
  const pipe = script.replace("<in", "< <(cat in)");
  for (const text of [script, pipe]) {
    const { stdout } = await program("bash", ["-c", text, Deno.execPath(), MAIN], {
      cwd: folder.path,
    });
    assertEquals(stdout, "[a][1]\n[a][2]\n[b][1]\n[b][2]\n");
  }
  // More than is held of what can be read again, which a pipe cannot.
  const long = `"$0" run -A "$1" each -n 10001 echo ::: a b :::: <(seq 10001) | wc`;
  const { stdout } = await program("bash", ["-c", long, Deno.execPath(), MAIN]);
  assertEquals(stdout.trim().split(/\s+/).slice(0, 2), ["2", "40004"]);
});

Deno.test("fanfold each --joblog and --results keep what jobs did, beside or for the output", async () => {
  using folder = new Folder();
  const job = ["sh", "-c", 'echo "o$0"; echo "e$0" >&2; exit "$0"'];
  const options = ["--joblog", "log", "--results", "kept"];
  const printed = await fanfold(["each", ...options, ...job, ":::", "0", "3"], {
    cwd: folder.path,
  });
  assertEquals([printed.code, printed.stdout], [1, ""]);
  const log = Deno.readTextFileSync(folder.at("log")).split("\n");
  const cells = log.slice(1, -1).map((line) => line.split("\t")).sort();
  assertEquals(cells.map((row) => [row[0], row[1], ...row.slice(4, 8)]), [
    ["1", ":", "0", "3", "0", "0"],
    ["2", ":", "0", "3", "3", "0"],
  ]);
  assertEquals(cells[1]?.[8], `sh -c 'echo "o$0"; echo "e$0" >&2; exit "$0"' 3`);
  for (const [name, text] of [["stdout", "o3\n"], ["stderr", "e3\n"], ["seq", "2"]]) {
    assertEquals(Deno.readTextFileSync(folder.at(`kept/1/3/${name}`)), text);
  }
  const table = ["each", "--results", "-.csv", "--header", ":", "echo"];
  const { stdout } = await fanfold([...table, ":::", "x", "1", ":::", "y", "2"]);
  assertMatch(stdout, /,Command,x,y,Stdout,Stderr\n1,:,.*,"echo 1 2",1,2,"1 2\n",\n$/);
});

Deno.test("fanfold each exits 3 when a log cannot be written, however late that shows", async () => {
  const { code, stderr } = await fanfold([
    "each",
    "--joblog",
    "/dev/full",
    "echo",
    ":::",
    "a",
  ]);
  const message =
    'fanfold: Cannot write to --joblog "/dev/full": No space left on device (os error 28)';
  assertEquals([code, stderr], [3, `${message}\n`]);
});

Deno.test("fanfold each runs a job of as many inputs as --max-args says, all sources in one", async () => {
  using folder = folderWithArgs();
  const run = async (...args: string[]) =>
    (await fanfold(["each", ...args], { cwd: folder.path, stdin: "1\n2\n3\n" })).stdout;
  assertEquals(
    await run("-n", "2", "./args", "-x", "{}", "y{}"),
    "[-x][1][2][y1 2]\n[-x][3][y3]\n",
  );
  assertEquals(await run("-n", "2", "./args", "{2}{1}"), "[21]\n[3]\n");
  assertEquals(
    await run("-n", "2", "./args", ":::", "a", "b", ":::", "c"),
    "[a][c][b][c]\n",
  );
  assertEquals(await run("-n", "2", "-C", ",", "./args", ":::", "a, b", "c"), "[a][b][c]\n");
});

Deno.test("fanfold each --dry-run prints commands that a shell runs to the same effect", async () => {
  using folder = folderWithArgs();
  const texts = HOSTILE.filter((text) => !text.includes("\x1b"));
  const numbered = await fanfold(["each", "--dry-run", "x{#}", ":::", "a", "b"]);
  assertEquals(numbered.stdout, "x1\nx2\n");
  const dry = await fanfold(["each", "--dry-run", "./args", "a b", "{}", ":::", ...texts]);
  const { stdout } = await program("sh", ["-c", dry.stdout], { cwd: folder.path });
  assertEquals(stdout, texts.map((text) => `[a b][${text}]\n`).join(""));
  const tagged = await fanfold(["each", "--dry-run", "--tag", "--shell", 'x "$1"', ":::", "a b"]);
  assertEquals(tagged.stdout, `a b\tsh -c 'x "$1"' sh 'a b'\n`);
});

Deno.test("fanfold each ends a command that a signal without a name has killed as died", async () => {
  const { code, stderr } = await fanfold(["each", "sh", "-c", "kill -40 $$", ":::", "a"]);
  assert(stderr.includes("died: the command was killed by signal 40\n"), stderr);
  assertEquals(code, 1);
});

Deno.test("fanfold each says which of the values behind ::: is no CSV", async () => {
  const { code, stderr } = await fanfold(["each", "--csv", "echo", ":::", 'b,"c']);
  const message = "fanfold: Cannot read inputs of the command line: quote is not closed";
  assertEquals([code, stderr], [2, `${message}\n  at the values behind ":::":1\n`]);
});
