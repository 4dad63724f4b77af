/**
 * A host in a process of its own, which a test can kill or stop.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { until } from "./shared_folder.ts";

const HOST = fileURLToPath(new URL("./queue_host.ts", import.meta.url));

export class HostProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #read: Promise<void>;
  #text = "";
  #errors = "";

  /** @param lockMs For how long it may be silent, in ms. */
  constructor(url: string, name: string, lockMs: number) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", HOST, url, name, String(lockMs)],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#read = Promise.all([
      this.#gather(this.#child.stdout, (text) => this.#text += text),
      this.#gather(this.#child.stderr, (text) => this.#errors += text),
    ]).then(() => {});
  }

  /** What it has said, line by line. */
  get lines(): readonly string[] {
    return this.#text.split("\n").slice(0, -1);
  }

  /** Resolves when it has said this. */
  async said(line: string): Promise<void> {
    await until(`"${line}"${this.#errors}`, () => this.lines.includes(line));
  }

  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }

  stop(): void {
    this.#child.kill("SIGSTOP");
  }

  goOn(): void {
    this.#child.kill("SIGCONT");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#child.status;
    await this.#read;
  }

  async #gather(stream: ReadableStream<Uint8Array>, add: (text: string) => void): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of stream) add(decoder.decode(bytes, { stream: true }));
  }
}
