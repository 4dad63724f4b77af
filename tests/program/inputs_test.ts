import { assertEquals } from "@std/assert";
import { withoutIds } from "../support/kept_text.ts";
import { fanfold, Folder, MAIN, program } from "../support/program.ts";

/** Runs fanfold as somebody who is held to the permissions of files, which root is not. */
function fanfoldUnprivileged(folder: Folder) {
  const command = [Deno.execPath(), "run", "-A", MAIN, "run"];
  const drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"];
  const [name = "", ...args] = Deno.uid() === 0 ? [...drop, ...command] : command;
  return program(name, args, { cwd: folder.path });
}

Deno.test("fanfold run names the folder whose files the system keeps away", async () => {
  using folder = new Folder({ "x/y/a": "", "x/z/b": "" });
  const files = { files: "x/**" };
  folder.write(
    "fanfold.json",
    JSON.stringify({ tasks: { it: { command: ["echo"], inputs: files } } }),
  );
  Deno.chmodSync(folder.at("x/y"), 0);
  const printed = await fanfoldUnprivileged(folder);
  Deno.chmodSync(folder.at("x/y"), 0o700);
  assertEquals(printed, {
    code: 2,
    stdout: "",
    stderr: 'fanfold: Cannot read inputs "x/y": permission denied\n  at x/y\n',
  });
});

Deno.test("fanfold run yields what comes before a line that is not UTF-8, then exits 2", async () => {
  using folder = new Folder();
  Deno.writeFileSync(folder.at("lines"), new Uint8Array([97, 10, 98, 10, 255, 10, 99, 10]));
  const task = { command: ["echo", "got"], inputs: { lines: "lines" } };
  folder.write("fanfold.json", JSON.stringify({ tasks: { it: task } }));
  const { code, stdout, stderr } = await fanfold(["run"], { cwd: folder.path });
  assertEquals([code, stdout], [2, "got a\ngot b\n"]);
  assertEquals(
    withoutIds(stderr),
    `fanfold: Cannot read inputs "${folder.at("lines")}": line 3 is not UTF-8\n` +
      `  at ${folder.at("lines")}:3\n` +
      "fanfold: 2 jobs: 2 done\nfanfold: go on with: fanfold retry RUN\n",
  );
});

Deno.test("fanfold run takes lines of stdin as they come, and files as seen from the jobs", async () => {
  using folder = new Folder({ "sub/data/b.txt": "b\n", "sub/data/a.txt": "a\n" });
  const tasks = {
    lines: { command: ["echo", "line"], inputs: { stdin: "lines" } },
    files: { command: ["cat"], inputs: { files: "data/*.txt" } },
    here: { command: ["cat"], cwd: "data", inputs: { files: "data/*.txt" } },
    folder: { command: ["pwd"] },
  };
  folder.write("sub/fanfold.json", JSON.stringify({ tasks }));
  const wanted = "line x\nline y z\na\nb\na\nb\n";
  const stdin = "x\ny z";
  const ways: readonly (readonly [cwd: string, args: readonly string[], home: string])[] = [
    ["sub", [], folder.at("sub")],
    ["sub/data", [], folder.at("sub")],
    [".", ["-f", "sub/fanfold.json"], folder.path],
  ];
  for (const [cwd, args, home] of ways) {
    const printed = await fanfold(["run", ...args], { cwd: folder.at(cwd), stdin });
    assertEquals(printed, { code: 0, stdout: `${wanted}${home}\n`, stderr: "" });
  }
});

Deno.test({
  name: "fanfold reads stdin by each of its names, and keeps what it gave for a resumed run",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    for (const name of ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"]) {
      const tasks = { even: { shell: 'test "$1" != 2 && echo "$1"', inputs: { lines: name } } };
      using folder = new Folder({
        "fanfold.json": JSON.stringify({ tasks }),
        "n.ts": "export const double = (n: number) => 2 * n;",
      });
      const call = async (stdin: string, ...args: string[]) => {
        const { code, stdout } = await fanfold(args, { cwd: folder.path, stdin });
        return [code, stdout];
      };
      assertEquals(await call("1\n2\n3\n", "run"), [1, "1\n3\n"], name);
      assertEquals(await call("", "run", "--resume-failed"), [1, "1\n3\n"], name);
      const map = ["map", "./n.ts#double", "::::", name];
      assertEquals(await call("1\n2\n", ...map), [0, "2\n4\n"], name);
      const each = ["each", "--resume", "--", "test", "{}", "!=", "2", "::::", name];
      assertEquals(await call("1\n2\n", ...each), [1, ""], name);
      assertEquals(await call("", "each", "--resume-failed", ...each.slice(2)), [1, ""], name);
    }
  },
});
