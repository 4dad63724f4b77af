/**
 * Results as a folder with a folder for each job.
 *
 * @module
 */

import { Fault, messageOf } from "../fault.ts";
import type { RunEvent } from "../events.ts";
import type { JobId, Outcome, Output } from "../job.ts";
import { jobNumber } from "../job_number.ts";
import { resultFolder } from "./results_paths.ts";
import { whyNotOpened } from "./file_sink.ts";
import type { Results, ResultsOptions } from "./job_results.ts";

type FolderOptions = Pick<ResultsOptions, "names" | "width" | "argsOf" | "onFailure">;

/**
 * Writes `stdout`, `stderr` and `seq`, the number of the job, into the folder of each job, while it runs: they are
 * whole when it has ended, whatever its turn. Jobs with the same values share a folder; what is in it is of
 * the one that started last.
 */
export class ResultsFolder implements Results {
  readonly #path: string;
  readonly #options: FolderOptions;
  readonly #running = new Map<number, JobFiles>();
  #failure?: Fault;

  /** @throws {Fault} Of kind `usage`, if there is no such folder and it cannot be made. */
  constructor(path: string, options: FolderOptions) {
    this.#path = path;
    this.#options = options;
    try {
      Deno.mkdirSync(path, { recursive: true });
    } catch (cause) {
      const message = `Cannot open --results "${path}": ${whyNotOpened(cause, path)}`;
      throw new Fault("usage", message, { cause });
    }
  }

  onEvent(event: RunEvent): void {
    if (event.kind === "job-started") this.#start(event);
    if (event.kind === "job-ended") this.#end(event.outcome);
    if (event.kind === "job-kept") {
      const { output } = event.outcome;
      if (output) this.#start({ ...event.outcome, output });
      this.#end(event.outcome);
    }
  }

  end(): Promise<void> {
    return this.#failure ? Promise.reject(this.#failure) : Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const index of [...this.#running.keys()]) this.#close(index);
    return Promise.resolve();
  }

  #start({ index, input, output }: JobId & { readonly output: Output }): void {
    const files = this.#open(index, input);
    if (files) output.tap((stream, bytes) => this.#try(() => files.write(stream, bytes)));
  }

  #end({ index, input, startedAt }: Outcome): void {
    // A job that could not be started has written nothing, and has a folder nevertheless.
    if (!this.#running.has(index) && startedAt !== undefined) this.#open(index, input);
    this.#close(index);
  }

  #open(index: number, input: unknown): JobFiles | undefined {
    this.#close(index);
    return this.#try(() => {
      const { names, argsOf, width } = this.#options;
      const folder = `${this.#path}/${resultFolder(names, argsOf(input), width)}`;
      const files = new JobFiles(folder, jobNumber(index));
      this.#running.set(index, files);
      return files;
    });
  }

  #close(index: number): void {
    this.#running.get(index)?.[Symbol.dispose]();
    this.#running.delete(index);
  }

  /** Does nothing once something has failed: the run is ending. */
  #try<T>(work: () => T): T | undefined {
    if (this.#failure) return undefined;
    try {
      return work();
    } catch (cause) {
      const message = `Cannot write to --results "${this.#path}": ${messageOf(cause)}`;
      this.#failure = new Fault("engine", message, { cause });
      this.#options.onFailure(this.#failure);
      return undefined;
    }
  }
}

/** The files of one job. */
class JobFiles implements Disposable {
  readonly #files: Readonly<Record<"stdout" | "stderr", Deno.FsFile>>;
  #isOpen = true;

  constructor(folder: string, seq: number) {
    Deno.mkdirSync(folder, { recursive: true });
    using file = newFile(`${folder}/seq`);
    file.writeSync(new TextEncoder().encode(String(seq)));
    const stdout = newFile(`${folder}/stdout`);
    try {
      this.#files = { stdout, stderr: newFile(`${folder}/stderr`) };
    } catch (thrown) {
      stdout.close();
      throw thrown;
    }
  }

  write(stream: "stdout" | "stderr", bytes: Uint8Array): void {
    if (!this.#isOpen) return;
    for (let at = 0; at < bytes.length;) at += this.#files[stream].writeSync(bytes.subarray(at));
  }

  [Symbol.dispose](): void {
    this.#isOpen = false;
    this.#files.stdout.close();
    this.#files.stderr.close();
  }
}

/**
 * Takes the place of a file that is there: a job that still writes to that one does not write to this, and a pipe
 * without a reader holds nobody up.
 */
function newFile(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { write: true, createNew: true });
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.AlreadyExists)) throw thrown;
    Deno.removeSync(path);
    return Deno.openSync(path, { write: true, createNew: true });
  }
}
