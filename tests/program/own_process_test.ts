import { assertEquals, assertMatch } from "@std/assert";
import { fanfold, Folder, MAIN, type Printed, program } from "../support/program.ts";

const module = new URL("../support/surroundings.ts", import.meta.url).pathname;
const lines = Array.from({ length: 3000 }, (_, i) => `${i}\n`).join("");
const read = lines.replaceAll("\n", ":\n");

Deno.test("fanfold map gives stdin to no function: every line is a job", async () => {
  const printed = await fanfold(["map", `${module}#readsStdin`, "-j", "4"], { stdin: lines });
  assertEquals(printed, { code: 0, stdout: read, stderr: "" });
});

Deno.test("fanfold map gives stdin to no fold", async () => {
  const args = ["map", `${module}#readsStdin`, "--fold", `${module}#foldsReading`];
  const printed = await fanfold(args, { stdin: "a\nb\n" });
  assertEquals(printed, { code: 0, stdout: "a:b: \n", stderr: "" });
});

Deno.test("fanfold run gives stdin to no module: that of tasks, of inputs, and of functions", async () => {
  using folder = new Folder({
    "deno.json": JSON.stringify({
      imports: { fanfold: new URL("../lib/mod.ts", `file://${MAIN}`).href },
    }),
    "fanfold.ts": `
      import { readFileSync } from "node:fs";
      import { defineTasks } from "fanfold";
      const top = readFileSync(0, "utf8");
      function* also() { yield readFileSync(0, "utf8") + top; }
      export default defineTasks({
        first: { run: (line: string) => line + readFileSync(0, "utf8"), inputs: { stdin: "lines" } },
        second: { run: (text: string) => "[" + text + "]", inputs: also },
      });
    `,
  });
  const options = { cwd: folder.path, stdin: "a\nb\n" };
  const { code, stdout, stderr } = await fanfold(["run", "--no-journal"], options);
  assertEquals([code, stdout, stderr], [0, "a\nb\n[]\n", ""]);
});

Deno.test("fanfold map reads a file as stdin from where it stands, and leaves it read", async () => {
  using folder = new Folder({ "five": "1\n2\n3\n4\n5\n" });
  const map = `"$0" run -A "${MAIN}" map "${module}#readsStdin"`;
  const sh = (script: string) =>
    program("sh", ["-c", script, Deno.execPath()], { cwd: folder.path });
  const first = await sh(`{ read -r line; ${map}; echo "left $(cat)"; } < five`);
  assertEquals(first, { code: 0, stdout: "2:\n3:\n4:\n5:\nleft \n", stderr: "" });
  const other = await sh(`{ read -r line; ${map} ::: x; echo "left" $(cat); } < five`);
  assertEquals(other, { code: 0, stdout: "x:\nleft 2 3 4 5\n", stderr: "" });
  assertEquals(await sh(`${map} ::: x <&-`), { code: 0, stdout: "x:\n", stderr: "" });
});

Deno.test("fanfold map gives a named pipe as stdin to no function, be its writer there or gone", async () => {
  using folder = new Folder();
  const script = `mkfifo fifo other; map() { "$0" run -A "${MAIN}" map "${module}#readsStdin"; }
    { seq 0 2999 > fifo & } ; map < fifo | cmp - read && echo same
    exec 3<>other 4<other 3>&-; map <&4 4<&-; echo none`;
  Deno.writeTextFileSync(folder.at("read"), read);
  const printed = await program("sh", ["-c", script, Deno.execPath()], { cwd: folder.path });
  const stderr = 'fanfold: task "map" has no inputs: found none in lines of stdin\n';
  assertEquals(printed, { code: 0, stdout: "same\nnone\n", stderr });
});

Deno.test("fanfold run has commands run in the folder and environment of its start, whatever a tasks file does", async () => {
  using folder = new Folder({
    "deno.json": JSON.stringify({
      imports: { fanfold: new URL("../lib/mod.ts", `file://${MAIN}`).href },
    }),
    "fanfold.ts": `
      import { defineTasks } from "fanfold";
      Deno.env.set("FF_TOP", "changed");
      function* moving() {
        try { Deno.chdir("/"); } catch (thrown) { yield (thrown as Error).message; }
        process.env.FF_GENERATED = "changed";
        yield "two";
      }
      export default defineTasks({
        places: { shell: 'echo "$1:$FF_TOP:$FF_GENERATED:$FF_GIVEN:$(pwd)"', inputs: moving, jobs: 1 },
      });
    `,
  });
  const options = { cwd: folder.path, env: { FF_GIVEN: "given" } };
  const { code, stdout, stderr } = await fanfold(["run", "--no-journal"], options);
  const [first, second] = stdout.split("\n");
  assertEquals([code, second, stderr], [0, `two:::given:${folder.path}`, ""]);
  assertMatch(first ?? "", /^Cannot change the folder here: .*:::given:/);
});

Deno.test("fanfold hands a variable on that is not UTF-8, whatever a tasks file does to others", async () => {
  const tasks = (before: string) => `
    import { defineTasks } from "fanfold";
    ${before}
    export default defineTasks({ t: { shell: 'printf "$A" | od -An -tx1; echo "$B"' } });
  `;
  using folder = new Folder({
    "deno.json": JSON.stringify({
      imports: { fanfold: new URL("../lib/mod.ts", `file://${MAIN}`).href },
    }),
    "as_it_is.ts": tasks(""),
    "changed.ts": tasks('Deno.env.set("B", "changed");'),
  });
  for (const file of ["as_it_is.ts", "changed.ts"]) {
    const line = `A=$(printf 'a\\377') B=b exec "$0" run -A "${MAIN}" run --no-journal -f ${file}`;
    const printed = await program("sh", ["-c", line, Deno.execPath()], { cwd: folder.path });
    assertEquals(printed, { code: 0, stdout: " 61 ff\nb\n", stderr: "" });
  }
});

/** Node gives its children sockets for pipes. */
const BY_NODE = `
  const { spawn } = require("node:child_process");
  const [deno, ...args] = process.argv.slice(1);
  const child = spawn(deno, args, { stdio: ["pipe", "inherit", "inherit"] });
  process.stdin.pipe(child.stdin);
  child.on("exit", (code) => process.exitCode = code);
`;

Deno.test({
  name: "fanfold map gives a socket as stdin to no function: every line is a job",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const map = [Deno.execPath(), "run", "-A", MAIN, "map", `${module}#readsStdin`];
    const printed = await program("node", ["-e", BY_NODE, ...map], { stdin: lines });
    assertEquals(printed, { code: 0, stdout: read, stderr: "" });
  },
});

const CANNOT_EXIT = "Cannot exit here: it would end fanfold itself, and all that runs";

for (const exit of ["Deno.exit(0)", "process.exit(0)", "exit(0)", "process.abort()"]) {
  Deno.test(`fanfold run is not ended by ${exit} of a tasks file, a source or a fold`, async () => {
    using folder = new Folder({
      "m.ts": `import { exit } from "node:process";
        export const number = (n: number) => n;
        export function* inputs() { yield 1; ${exit}; yield 2; }
        export const fold = (): number => { ${exit}; return 1; };`,
      "loaded.ts": `import { exit } from "node:process"; ${exit};`,
    });
    const write = (task: object) =>
      folder.write("fanfold.json", JSON.stringify({ tasks: { it: task } }));
    const run = (...args: string[]) => fanfold(["run", ...args], { cwd: folder.path });
    const first = ({ code, stdout, stderr }: Printed) => [code, stdout, stderr.split("\n")[0]];
    write({ run: "./m.ts#number", inputs: { module: "./m.ts#inputs" } });
    assertEquals(first(await run()), [
      2,
      "1\n",
      `fanfold: Cannot read inputs of task "it" from ./m.ts#inputs: Error: ${CANNOT_EXIT}`,
    ]);
    write({ run: "./m.ts#number", inputs: [1, 2], fold: "./m.ts#fold" });
    assertEquals(first(await run()), [
      2,
      "",
      `fanfold: Cannot fold the value of job 2 of task "it": Error: ${CANNOT_EXIT}`,
    ]);
    assertEquals(first(await run("-f", "loaded.ts")), [
      2,
      "",
      `fanfold: Cannot load tasks "loaded.ts": the module cannot be imported: Error: ${CANNOT_EXIT}`,
    ]);
  });
}
