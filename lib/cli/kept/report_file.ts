/**
 * Reports that are written when a run is over.
 *
 * @module
 */

import { dirname, join, resolve } from "node:path";
import { Fault } from "../../fault.ts";
import { statOf } from "../../journal/runs_folder.ts";
import { cannotOpen } from "../../observers/file_sink.ts";
import { Sink, writerTo } from "../../output/sink.ts";
import type { Io } from "../command.ts";
import type { ReportFormat, ReportRequest } from "../request/report_request.ts";
import { watchJournal } from "./named_run.ts";
import { reportOf } from "./run_report.ts";

/** A file that a report is to be in. It stays as it is until all of the report is written, and then is that. */
export class ReportFile {
  readonly format: ReportFormat;
  readonly #path: string;
  /** Permissions of the file that is replaced. */
  readonly #mode?: number;
  /** How it is called in a fault. */
  readonly #name: string;

  /**
   * @param here The folder from which its path counts.
   * @throws {Fault} Of kind `usage`, if no file can be made there.
   */
  constructor({ format, option, file }: ReportRequest, here: string) {
    this.format = format;
    this.#name = `--${option} "${file}"`;
    const path = resolve(here, file);
    const found = statOf(path);
    if (found && !found.isFile) {
      const what = found.isDirectory ? "a folder" : "a pipe or a device";
      throw new Fault("usage", `Cannot open ${this.#name}: found ${what}, wanted a file`);
    }
    this.#mode = found?.mode ?? undefined;
    // A link stays one.
    this.#path = found ? Deno.realPathSync(path) : path;
    const beside = this.#beside();
    this.#open(beside).close();
    Deno.removeSync(beside);
  }

  /**
   * @param killSignal Aborts when the program ends at once.
   * @throws {Fault} If it cannot be written; the file is as it was.
   */
  async write(pieces: AsyncIterable<string>, killSignal: AbortSignal): Promise<void> {
    const beside = this.#beside();
    const file = this.#open(beside);
    const remove = () => Deno.removeSync(beside);
    killSignal.addEventListener("abort", remove);
    try {
      try {
        const sink = new Sink(writerTo(file, this.#name));
        for await (const piece of pieces) await sink.put(piece);
        await sink.flush();
      } finally {
        file.close();
      }
      if (this.#mode !== undefined) Deno.chmodSync(beside, this.#mode & 0o777);
      Deno.renameSync(beside, this.#path);
    } catch (thrown) {
      if (!killSignal.aborted) remove();
      throw thrown;
    } finally {
      killSignal.removeEventListener("abort", remove);
    }
  }

  #beside(): string {
    return join(dirname(this.#path), `.${crypto.randomUUID()}.tmp`);
  }

  #open(path: string): Deno.FsFile {
    try {
      return Deno.openSync(path, { write: true, createNew: true });
    } catch (cause) {
      return cannotOpen(cause, this.#name, this.#path);
    }
  }
}

/**
 * Writes reports of a run that is over.
 *
 * @param journal Path of its journal.
 * @throws {Fault} For the first that cannot be written.
 * @throws What the signal aborts with, unless it was aborted before.
 */
export async function writeReports(
  files: readonly ReportFile[],
  journal: string,
  { signal, killSignal, watchdog }: Pick<Io, "signal" | "killSignal" | "watchdog">,
): Promise<void> {
  using _ = watchJournal(journal, watchdog);
  await watchdog.listens;
  const { KeptRun } = await import("../../journal/kept_run.ts");
  using run = await KeptRun.open(journal);
  // Who was asked to end before the run was over wants its reports.
  const ends = signal.aborted ? killSignal : signal;
  for (const file of files) {
    await file.write(reportOf(run, file.format, ends), killSignal);
  }
}
