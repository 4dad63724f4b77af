/**
 * What tests leave behind: files, and processes that still run.
 *
 * @module
 */

/** Marks all processes of the tests. */
const MARK = "FANFOLD_SUITE";

/**
 * How long a process may take to end that was ended with its test, in ms, and a watcher, which looks for what its run has
 * left; one that runs on is told after that.
 */
const PATIENCE_MS = { other: 1000, watcher: 30_000 };

/** A folder for the temporary files of tests and a mark for their processes; what is there at the end is removed and ended. */
export class Leftovers implements Disposable {
  readonly #folder = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "fanfold-tests-" }));
  readonly #mark = crypto.randomUUID();

  /** What has the tests make their files and processes known. */
  get env(): Readonly<Record<string, string>> {
    return { TMPDIR: this.#folder, [MARK]: this.#mark };
  }

  /** What is left, each in a line. Processes are found where there is a `/proc`. */
  async found(): Promise<readonly string[]> {
    const start = performance.now();
    let left = this.#processes();
    const isPatient = ({ command }: { readonly command: string }) =>
      performance.now() - start <
        PATIENCE_MS[command.includes("fanfold-watcher") ? "watcher" : "other"];
    while (left.some(isPatient)) {
      await new Promise((goOn) => setTimeout(goOn, 10));
      left = this.#processes();
    }
    const processes = left.map(({ pid, command }) => `process ${pid}, ${command}`);
    return [...processes, ...namesIn(this.#folder).map((name) => `file ${this.#folder}/${name}`)];
  }

  [Symbol.dispose](): void {
    for (const { pid } of this.#processes()) {
      try {
        Deno.kill(pid, "SIGKILL");
      } catch {
        // It has ended meanwhile.
      }
    }
    Deno.removeSync(this.#folder, { recursive: true });
  }

  #processes(): { readonly pid: number; readonly command: string }[] {
    const mark = `\0${MARK}=${this.#mark}\0`;
    return namesIn("/proc").filter((name) => /^\d+$/.test(name)).flatMap((pid) => {
      if (!`\0${read(`/proc/${pid}/environ`)}`.includes(mark)) return [];
      const command = read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim();
      // Who has ended and is not yet waited for has none.
      return command === "" ? [] : [{ pid: Number(pid), command }];
    });
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Nothing if it has ended. */
function read(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
