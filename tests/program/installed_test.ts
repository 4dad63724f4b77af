import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { Folder, type Printed, program } from "../support/program.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const LOCK = `${ROOT}deno.lock`;

/** A package that fanfold's lock file does not name as such, though it is there as a part of another. */
const PACKAGE = "npm:pure-rand@8.4.2";
const { success: hasPackage } = await new Deno.Command(Deno.execPath(), {
  args: ["cache", "--no-lock", PACKAGE],
  stdout: "null",
  stderr: "null",
}).output();
const named = (claim: string) =>
  hasPackage ? claim : `${claim} (ignored without ${PACKAGE}: the registry cannot be reached)`;

/** What is in the folder that the program is called in. */
const FILES = {
  "fanfold.ts": `
    import { defineTasks } from "fanfold";
    export default defineTasks({ squares: { run: (n: number) => n * n, inputs: [1, 2, 3] } });
  `,
  "random.ts": `
    import { xoroshiro128plus } from "${PACKAGE}/generator/xoroshiro128plus";
    export const isKnown = (name: string) => typeof xoroshiro128plus === "function" ? name : "no";
  `,
};

/** Calls fanfold in some way, in its folder. */
type Call = (...args: string[]) => Promise<Printed>;

async function importsPackage(call: Call): Promise<void> {
  const lock = Deno.readTextFileSync(LOCK);
  for (const isolation of ["worker", "process"]) {
    const printed = await call(
      ...["map", "./random.ts#isKnown", "--isolation", isolation, ":::", "a", "b c"],
    );
    assertEquals([printed.code, printed.stdout], [0, "a\nb c\n"], printed.stderr);
  }
  assertEquals(Deno.readTextFileSync(LOCK), lock);
}

/** A folder with the command of `deno task install`, and a way to call it in another. */
class Installed implements Disposable {
  readonly folder = new Folder({ "called here/a.txt": "" });
  /** What `deno task install` printed. */
  readonly printed: Promise<Printed>;
  readonly #env: Record<string, string>;

  constructor() {
    // The command starts the Deno that is first in the PATH.
    this.folder.write("deno/none", "");
    Deno.symlinkSync(Deno.execPath(), this.folder.at("deno/deno"));
    this.#env = {
      DENO_INSTALL_ROOT: this.folder.at("the root"),
      PATH: `${this.folder.at("the root/bin")}:${this.folder.at("deno")}:${Deno.env.get("PATH")}`,
      NO_COLOR: "1",
    };
    for (const [name, text] of Object.entries(FILES)) {
      this.folder.write(`called here/${name}`, text);
    }
    this.printed = program(Deno.execPath(), ["task", "--quiet", "install"], {
      cwd: ROOT,
      env: this.#env,
    });
  }

  async call(...args: string[]): Promise<Printed> {
    await this.printed;
    // By the shell, which looks for the command in the PATH that it is given.
    return await program("sh", ["-c", 'fanfold "$@"', "sh", ...args], {
      cwd: this.folder.at("called here"),
      env: this.#env,
    });
  }

  [Symbol.dispose](): void {
    this.folder[Symbol.dispose]();
  }
}

Deno.test("deno task install makes a command fanfold that runs in any folder", async () => {
  using installed = new Installed();
  const path = installed.folder.at("the root/bin/fanfold");
  assertEquals(await installed.printed, { code: 0, stdout: `${path}\n`, stderr: "" });
  assertEquals(await installed.call("run"), { code: 0, stdout: "1\n4\n9\n", stderr: "" });
  assertEquals((await installed.call("each", "false", ":::", "1")).code, 1);
});

Deno.test("deno task install keeps the versions of fanfold's lock file", async () => {
  using installed = new Installed();
  await installed.call("list");
  interface Lock {
    readonly npm: Readonly<Record<string, unknown>>;
  }
  const npmOf = (path: string) => (JSON.parse(Deno.readTextFileSync(path)) as Lock).npm;
  const ours = npmOf(LOCK);
  const theirs = npmOf(installed.folder.at("the root/bin/.fanfold/deno.lock"));
  assertEquals(Object.keys(theirs).filter((name) => !(name in ours)), []);
});

Deno.test(
  {
    name: named("deno task install makes a command that runs modules which import packages"),
    ignore: !hasPackage,
  },
  async () => {
    using installed = new Installed();
    await importsPackage((...args) => installed.call(...args));
  },
);

/** Calls `deno task fanfold` from a folder of its own. */
function byTask(cwd: string): Call {
  return (...args) =>
    program(
      Deno.execPath(),
      ["task", "--quiet", "--config", `${ROOT}deno.json`, "fanfold", ...args],
      { cwd, env: { NO_COLOR: "1" } },
    );
}

Deno.test("deno task fanfold runs in the folder that it is called in", async () => {
  using folder = new Folder(FILES);
  folder.write("be low/a.txt", "");
  const call = byTask(folder.at("be low"));
  assertEquals(await call("run"), { code: 0, stdout: "1\n4\n9\n", stderr: "" });
  const { code, stdout } = await call("each", "--shell", "pwd; exit 3", ":::", "1");
  assertEquals([code, stdout], [1, `${folder.at("be low")}\n`]);
});

Deno.test(
  {
    name: named("deno task fanfold runs modules which import packages"),
    ignore: !hasPackage,
  },
  async () => {
    using folder = new Folder(FILES);
    await importsPackage(byTask(folder.path));
  },
);

Deno.test({
  name:
    "deno task fanfold runs from a clone that is another's (needs setpriv: apt-get install util-linux)",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    using folder = new Folder({ "clone/none": "", "project/none": "" });
    const files = ["deno.json", "deno.lock", "main.ts", "lib"];
    const copied = await program("cp", ["-R", ...files, folder.at("clone")], { cwd: ROOT });
    assertEquals([copied.code, copied.stderr], [0, ""]);
    Deno.chmodSync(folder.at("clone"), 0o555);
    const command = [
      ...[Deno.execPath(), "task", "--quiet", "--config", folder.at("clone/deno.json")],
      ...["fanfold", "each", "--shell", "pwd; exit 3", ":::", "1"],
    ];
    // Root may write everywhere.
    const drop = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"];
    const [name = "", ...rest] = Deno.uid() === 0 ? [...drop, ...command] : command;
    const { code, stdout, stderr } = await program(name, rest, {
      cwd: folder.at("project"),
      env: { NO_COLOR: "1" },
    });
    Deno.chmodSync(folder.at("clone"), 0o755);
    assertEquals([code, stdout], [1, `${folder.at("project")}\n`], stderr);
  },
});
