/**
 * A browser in which a page is opened, and used by keys.
 *
 * @module
 */

import { program } from "./program.ts";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

const found = await program("sh", ["-c", NAMES.map((name) => `command -v ${name}`).join(" || ")]);

/** Path of the browser; nothing if this machine has none. */
export const BROWSER: string | undefined = found.stdout.trim().split("\n")[0] || undefined;

/** Keys by the names that browsers have for them, with their numbers and what they type. */
const KEYS = {
  Tab: [9, ""],
  Enter: [13, "\r"],
  Space: [32, " "],
  Escape: [27, ""],
  ArrowRight: [39, ""],
} as const;

/** A page, opened by the protocol of Chrome's developer tools. */
export class Page implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #socket: WebSocket;
  readonly #answers = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  readonly #loaded = Promise.withResolvers<void>();
  #asked = 0;

  private constructor(child: Deno.ChildProcess, socket: WebSocket) {
    this.#child = child;
    this.#socket = socket;
    socket.onmessage = ({ data }) => {
      const { id, result, error, method } = JSON.parse(data);
      if (method === "Page.loadEventFired") this.#loaded.resolve();
      const answer = this.#answers.get(id);
      if (error) answer?.reject(new Error(error.message));
      else answer?.resolve(result);
    };
  }

  /** @param folder Where the browser keeps what it keeps. */
  static async open(url: string, folder: string, columns: number): Promise<Page> {
    const flags = ["headless", "no-sandbox", "disable-gpu", "remote-debugging-port=0"];
    const child = new Deno.Command(BROWSER as string, {
      args: [...flags.map((flag) => `--${flag}`), `--user-data-dir=${folder}`, "about:blank"],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const port = await portIn(child.stderr);
    const targets = await fetch(`http://127.0.0.1:${port}/json/list`).then((text) => text.json());
    const { webSocketDebuggerUrl } = targets.find(({ type }: { type: string }) => type === "page");
    const socket = new WebSocket(webSocketDebuggerUrl);
    await new Promise((open) => socket.onopen = open);
    const page = new Page(child, socket);
    await page.#ask("Page.enable");
    const size = { width: columns, height: 800, deviceScaleFactor: 1, mobile: false };
    await page.#ask("Emulation.setDeviceMetricsOverride", size);
    await page.#ask("Page.navigate", { url });
    await page.#loaded.promise;
    return page;
  }

  /** The value of an expression, as JSON has it; a promise is waited for. */
  async valueOf<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.#ask("Runtime.evaluate", {
      expression,
      ...{ returnByValue: true, awaitPromise: true },
    }) as { result: { value: T }; exceptionDetails?: { exception: { description: string } } };
    if (exceptionDetails) throw new Error(exceptionDetails.exception.description);
    return result.value;
  }

  /** Presses keys, one after the other. */
  async press(...keys: readonly (keyof typeof KEYS)[]): Promise<void> {
    for (const key of keys) {
      const [windowsVirtualKeyCode, text] = KEYS[key];
      const about = { key: key === "Space" ? " " : key, code: key, windowsVirtualKeyCode };
      const down = { type: text === "" ? "rawKeyDown" : "keyDown", text, ...about };
      await this.#ask("Input.dispatchKeyEvent", down);
      await this.#ask("Input.dispatchKeyEvent", { type: "keyUp", ...about });
    }
  }

  /** Types a text. */
  async type(text: string): Promise<void> {
    await this.#ask("Input.insertText", { text });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((close) => this.#socket.onclose = close);
    // Asked to, it ends all its processes first, which else would write to its folder.
    await this.#ask("Browser.close");
    await Promise.all([closed, this.#child.status]);
  }

  async #ask(method: string, params: unknown = {}): Promise<Record<string, unknown>> {
    const id = ++this.#asked;
    const answer = Promise.withResolvers<Record<string, unknown>>();
    this.#answers.set(id, answer);
    this.#socket.send(JSON.stringify({ id, method, params }));
    return await answer.promise;
  }
}

/** The port at which a browser listens, which it tells on stderr. */
async function portIn(stderr: ReadableStream<Uint8Array>): Promise<string> {
  let said = "";
  for await (
    const piece of stderr.pipeThrough(new TextDecoderStream()).values({ preventCancel: true })
  ) {
    said += piece;
    const [, port] = /DevTools listening on ws:\/\/[^:]+:(\d+)/.exec(said) ?? [];
    if (port !== undefined) return port;
  }
  throw new Error(`The browser does not listen: ${said}`);
}
