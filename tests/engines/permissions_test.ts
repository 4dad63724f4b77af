import { assert, assertEquals } from "@std/assert";
import { loadTasks, run } from "../../lib/api/run_api.ts";
import { permissionsHint } from "../../lib/engines/permissions_hint.ts";
import type { Outcome } from "../../lib/job.ts";
import { KINDS } from "../../lib/rules/permissions.ts";
import { type DeniedInput, type Place, WAYS } from "../support/denied_functions.ts";
import { Folder } from "../support/folder.ts";

const FUNCTIONS = new URL("../support/denied_functions.ts", import.meta.url);

/** The smallest WebAssembly module. */
const WASM = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);

/** How often a line may have to be added: some of the ways take several permissions. */
const MOST_LINES = 4;

/** What a task of each way says that it may do, as its tasks file has it. */
type Said = ReadonlyMap<string, string>;

/** A folder with files to be read, and a server beside it. */
class Surroundings implements AsyncDisposable {
  readonly folder: Folder = new Folder({
    "text": "a text",
    "module.ts": "export const value: number = 1;",
    "module.cjs": "module.exports = 1;",
    "module.mjs": "export {};",
    "data.json": '{ "a": 1 }',
    "a.db": "",
    // Of its own, for Deno writes what is imported into the lock file beside it.
    "deno.json": "{}",
    "functions.ts": Deno.readTextFileSync(FUNCTIONS),
  });
  readonly #server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () =>
      new Response("export const value: number = 1;", {
        headers: { "content-type": "application/typescript" },
      }),
  );
  readonly file: string = this.folder.at("fanfold.yaml");

  constructor() {
    Deno.writeFileSync(this.folder.at("a.wasm"), WASM);
    const libc = ["/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib64", "/usr/lib", "/lib"]
      .map((folder) => `${folder}/libc.so.6`).find((path) => {
        try {
          return Deno.statSync(path).isFile;
        } catch {
          return false;
        }
      });
    if (libc) Deno.copyFileSync(libc, this.folder.at("libc.so"));
  }

  get place(): Place {
    return { folder: this.folder.path, port: this.#server.addr.port };
  }

  /** Runs a task for each way, with harmless jobs beside it in its chunk; or alone. */
  async outcomes(said: Said, neighbours: number): Promise<Map<string, Outcome[]>> {
    const { place } = this;
    const tasks = [...said].map(([way, permissions]) => {
      const inputs: DeniedInput[] = Array.from({ length: neighbours }, () => place);
      inputs.splice(neighbours / 2, 0, { ...place, way });
      const rest = `cwd: ".", jobs: 1, chunk: 9, inputs: ${JSON.stringify(inputs)}`;
      return `  ${way}: { run: ./functions.ts#tries, ${permissions}, ${rest} }`;
    });
    Deno.writeTextFileSync(this.file, `tasks:\n${tasks.join("\n")}\n`);
    const outcomes = new Map([...said.keys()].map((way): [string, Outcome[]] => [way, []]));
    for await (const outcome of run(await loadTasks(this.file))) {
      outcomes.get(outcome.task)?.push(outcome);
    }
    return outcomes;
  }

  /** The line to add that a task is told; nothing if it is told none. */
  async lineFor(outcome: Outcome | undefined): Promise<string | undefined> {
    if (outcome?.kind !== "failed") return undefined;
    const task = (await loadTasks(this.file)).find(({ name }) => name === outcome.task);
    const hint = task && permissionsHint(task, outcome.error, this.file);
    return /^to allow it, say in task "[\w.]+": (permissions: .*)$/.exec(hint ?? "")?.[1];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
    this.folder[Symbol.dispose]();
  }
}

for (const kind of KINDS) {
  const ways = Object.keys(WAYS[kind] ?? {}).map((way) => `${kind}.${way}`);
  const none = new Map(ways.map((way) => [way, "permissions: none"]));

  Deno.test(`a function that may do nothing is denied ${kind}, and its neighbours are done`, async () => {
    await using surroundings = new Surroundings();
    for (const [way, outcomes] of await surroundings.outcomes(none, 4)) {
      const kinds = outcomes.map((outcome) => `${way} ${outcome.kind}`);
      const failed = `${way} failed`;
      const done = `${way} done`;
      assertEquals(kinds, [done, done, failed, done, done]);
    }
  });

  Deno.test(`a function that is denied ${kind} is told the line that allows it`, async () => {
    await using surroundings = new Surroundings();
    let said: Said = none;
    for (let lines = 0; said.size > 0; lines++) {
      const more = new Map<string, string>();
      for (const [way, [outcome]] of await surroundings.outcomes(said, 0)) {
        assert(lines > 0 || outcome?.kind === "failed", `${way} is denied at first`);
        if (outcome?.kind === "done") continue;
        const line = await surroundings.lineFor(outcome);
        assert(line !== undefined, `${way}: ${Deno.inspect(outcome)}`);
        assert(lines < MOST_LINES, `${way} still lacks ${line}`);
        more.set(way, line);
      }
      said = more;
    }
  });
}
