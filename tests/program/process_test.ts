import { assertEquals, assertMatch } from "@std/assert";
import { killTree, signalTree } from "../../lib/engines/system/process_tree.ts";
import { Folder, type Printed } from "../support/program.ts";
import { until } from "../support/shared_folder.ts";

const MODULE = new URL("../../lib/mod.ts", import.meta.url).href;
const TARGETS = new URL("../support/targets.ts", import.meta.url).href;

/** A program that uses the library, and by its mark all that it starts. */
class UserProgram implements AsyncDisposable {
  readonly folder: Folder;
  readonly child: Deno.ChildProcess;
  readonly #printing: Promise<Printed>;
  readonly #marks = { FANFOLD_TEST: crypto.randomUUID() };

  constructor(code: string, flags: readonly string[] = ["--allow-all"], stdin?: string) {
    this.folder = new Folder({
      "deno.json": "{}",
      "main.ts": `import { Process } from "${MODULE}";
const target = (name: string) => "${TARGETS}#" + name;
const place = { folder: import.meta.dirname, name: "it" };
${code}`,
    });
    this.child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", ...flags, "main.ts"],
      cwd: this.folder.path,
      env: { ...this.#marks, NO_COLOR: "1" },
      detached: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writing = new Blob([stdin ?? ""]).stream().pipeTo(this.child.stdin).catch(() => {});
    const text = new TextDecoder();
    this.#printing = this.child.output().then(async ({ code, stdout, stderr }) => {
      await writing;
      return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
    });
  }

  /** Resolves when so many lines were noted in its folder. */
  async noted(lines: number): Promise<void> {
    const count = () => this.#notes.split("\n").length - 1;
    await until(`${lines} notes`, () => count() === lines);
  }

  get #notes(): string {
    try {
      return Deno.readTextFileSync(this.folder.at("notes"));
    } catch {
      return "";
    }
  }

  /** Resolves when it has ended and nobody holds its output, with what was written there. */
  printed(): Promise<Printed> {
    return this.#printing;
  }

  /** Resolves when nothing is left of it. */
  async gone(): Promise<void> {
    await until("the end of all", () => signalTree([], this.#marks, "SIGCONT").length === 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    killTree([this.child.pid], this.#marks);
    await this.#printing;
    this.folder[Symbol.dispose]();
  }
}

/** Some look into /proc, as the watcher does. */
const ignore = Deno.build.os !== "linux";

const BUSY = `import { spins, keepsChild } from "${
  new URL("../support/functions.ts", import.meta.url).href
}";
export { keepsChild, spins };`;

for (const signal of ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"] as const) {
  Deno.test({
    name: `a program that ${signal} ends leaves nothing of its processes`,
    ignore,
    fn: async () => {
      await using program = new UserProgram(`
        await Deno.writeTextFile("busy.ts", ${JSON.stringify(BUSY)});
        const here = (name: string) => import.meta.resolve("./busy.ts") + "#" + name;
        for (const name of ["keepsChildren", "ignoresSignals"]) {
          new Process(target(name), { args: [place] }).start();
        }
        new Process(here("spins"), { args: [place], stdout: "piped" }).start();
        new Process(here("keepsChild"), { args: [place], daemon: true }).start();`);
      await program.noted(4);
      program.child.kill(signal);
      await program.gone();
      assertEquals((await program.printed()).stderr, "");
    },
  });
}

for (
  const [how, code, act] of [
    ["calls Deno.exit()", 3, "Deno.exit(3);"],
    ["throws", 1, "throw new Error('no');"],
  ] as const
) {
  Deno.test({
    name: `a program that ${how} leaves nothing of its processes`,
    ignore,
    fn: async () => {
      await using program = new UserProgram(`
        new Process(target("keepsChildren"), { args: [place] }).start();
        while (![...Deno.readDirSync(".")].some(({ name }) => name === "notes")) {
          await new Promise((goOn) => setTimeout(goOn, 2));
        }
        ${act}`);
      assertEquals((await program.printed()).code, code);
      await program.gone();
    },
  });
}

Deno.test("a program goes on until the processes have ended that nobody joins", async () => {
  await using program = new UserProgram(`
    for (const stdout of ["inherit", "captured", "null"] as const) {
      new Process(target("hello"), { args: [stdout], stdout }).start();
    }
    globalThis.addEventListener("unload", () => console.log("over"));`);
  assertEquals(await program.printed(), { code: 0, stdout: "hello inherit\nover\n", stderr: "" });
});

Deno.test("a program ends though nobody has read what a process wrote that has ended", async () => {
  await using program = new UserProgram(`
    const process = new Process(target("hello"), { stdout: "piped", stderr: "piped" });
    process.start();
    await process.join();
    console.log("joined");`);
  assertEquals(await program.printed(), { code: 0, stdout: "joined\n", stderr: "" });
});

Deno.test({
  name: "a program does not wait for daemons, and ends them",
  ignore,
  fn: async () => {
    await using program = new UserProgram(`
      for (const stdout of ["inherit", "captured", "piped", "null"] as const) {
        const daemon = new Process(target("keepsChildren"), { args: [place], daemon: true, stdout });
        daemon.start();
      }
      const noted = () => Deno.readTextFileSync("notes").split("\\n").length - 1;
      Deno.writeTextFileSync("notes", "");
      while (noted() < 4) await new Promise((goOn) => setTimeout(goOn, 2));
      console.log("over");`);
    assertEquals(await program.printed(), { code: 0, stdout: "over\n", stderr: "" });
    await program.gone();
  },
});

Deno.test("a program waits for daemons that it joins, or whose output it reads", async () => {
  // Deno goes on with what a module itself waits for, whether or not anything keeps the program from its end.
  await using program = new UserProgram(`
    main();
    async function main() {
      const options = { daemon: true, stdout: "captured" } as const;
      const captured = new Process(target("hello"), { ...options, args: ["captured"] });
      captured.start();
      const { stdout } = await captured.output();
      await Deno.stdout.write(stdout);
      const piped = new Process(target("hello"), { ...options, stdout: "piped", args: ["piped"] });
      piped.start();
      await Deno.stdout.write(await new Response(piped.stdout).bytes());
      const killed = new Process(target("diesNameless"), { daemon: true, args: [place] });
      killed.start();
      await killed.join();
      console.log(captured.exitCode, killed.exitCode);
    }`);
  const stdout = "hello captured\nhello piped\n0 -35\n";
  assertEquals(await program.printed(), { code: 0, stdout, stderr: "" });
});

Deno.test("Ctrl-C reaches the processes of a program as it reaches the program", async () => {
  await using program = new UserProgram(`
    Deno.addSignalListener("SIGINT", () => console.log("asked"));
    const process = new Process(target("keepsChildren"), { args: [place] });
    process.start();
    await process.join();
    console.log(process.exitCode);`);
  await program.noted(1);
  Deno.kill(-program.child.pid, "SIGINT");
  assertEquals(await program.printed(), { code: 0, stdout: "asked\n-2\n", stderr: "" });
});

Deno.test("Process reads the stdin of its program if it is told to", async () => {
  const code = `
    const process = new Process(target("printsPlace"), { stdin: "inherit" });
    process.start();
    await process.join();`;
  await using program = new UserProgram(code, undefined, "a line\n");
  assertMatch((await program.printed()).stdout, /,"a line\\n"\]\n$/);
});

Deno.test("Process may do what its program may do without limit, and nothing else", async () => {
  const code = `
    const may = "data:application/javascript,export const may = () => {" +
      "for (const name of ['read', 'write', 'net', 'env', 'run', 'ffi', 'sys', 'import'])" +
      "console.log(name, Deno.permissions.querySync({ name }).state) }#may";
    const process = new Process(may);
    process.start();
    await process.join();`;
  const states = async (...flags: string[]) => {
    await using program = new UserProgram(code, flags);
    const { stdout, stderr } = await program.printed();
    assertEquals(stderr, "");
    return stdout.trim().split("\n").filter((line) => line.endsWith(" granted"));
  };
  const some = ["read", "env", "run"].map((name) => `${name} granted`);
  const flags = ["--allow-read", "--allow-env", "--allow-run", "--allow-write=/tmp", "--no-prompt"];
  assertEquals(await states(...flags), some);
  assertEquals((await states("--allow-all")).length, 8);
});

Deno.test("Process.start() says which permission it takes", async () => {
  const code = `
    try {
      new Process(target("hello"), { name: "square" }).start();
    } catch (error) {
      console.log((error as Error).message);
    }`;
  const flags = ["--allow-read", "--allow-env", "--no-prompt"];
  await using program = new UserProgram(code, flags);
  const words = `it takes the permission to run "${Deno.execPath()}"`;
  const stdout = `Cannot start process "square": ${words}\n`;
  assertEquals(await program.printed(), { code: 0, stdout, stderr: "" });
});

Deno.test("Process is ended also by a program that may start Deno and nothing else", async () => {
  const code = `
    const options = { args: [place], graceMs: 3_600_000 };
    const ups = () => {
      try {
        return Deno.readTextFileSync("notes").split("up").length - 1;
      } catch {
        return 0;
      }
    };
    const up = async (count: number) => {
      while (ups() < count) await new Promise((goOn) => setTimeout(goOn, 2));
    };
    const asked = new Process(target("endsWhenAsked"), options);
    {
      await using process = asked;
      process.start();
      await up(1);
    }
    const killed = new Process(target("endsWhenAsked"), options);
    killed.start();
    await up(2);
    killed.kill();
    await killed.join();
    console.log(asked.exitCode, killed.exitCode);`;
  const granted = ["--allow-read", "--allow-write", "--allow-env"];
  const flags = [`--allow-run=${Deno.execPath()}`, ...granted, "--no-prompt"];
  await using program = new UserProgram(code, flags);
  assertEquals(await program.printed(), { code: 0, stdout: "-9 -9\n", stderr: "" });
});
