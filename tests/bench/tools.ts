/**
 * Programs that start commands.
 *
 * @module
 */

import type { Way } from "./measure.ts";
import { writtenPeer } from "./npm.ts";
import { peerProgram } from "./peer_programs.ts";
import { outputOf, printing, SLOTS } from "./started.ts";

/** Ways to do something, and how to get what is missing for others. */
export interface Tools {
  readonly ways: readonly Way[];
  readonly missing: readonly string[];
}

/** `/bin/echo` for numbers, which are lines. */
export async function tools(numbers: string): Promise<Tools> {
  const ways: Way[] = [];
  const missing: string[] = [];
  const add = async (
    tool: string,
    source: string,
    way: (path: string) => Promise<Way> | Way,
  ) => {
    const found = await peerProgram(tool);
    if (found) ways.push(await way(found.path));
    else missing.push(`${tool}: apt-get install ${source}`);
  };
  await add("parallel", "parallel", (path) => {
    const argv = [path, "--will-cite", "-k", `-j${SLOTS}`, "/bin/echo"];
    return printing({ name: "GNU parallel -k", argv }, numbers, numbers);
  });
  await add("xargs", "findutils", (path) => {
    return unordered("xargs -P, no order", [path, "-n1", `-P${SLOTS}`, "/bin/echo"], numbers);
  });
  await add("make", "make", async (path) => {
    const file = await writtenPeer("echoes.mk", rulesFor(numbers));
    return unordered("make -j, no order", [path, "-s", `-j${SLOTS}`, "-f", file], numbers);
  });
  await add("cc", "gcc", async (path) => {
    const [source, program] = [await writtenPeer("spawn.c", IN_C), await writtenPeer("spawn", "")];
    await outputOf([path, "-O2", "-o", program, source]);
    const count = numbers.split("\n").length - 1;
    const argv = [program, String(count), String(SLOTS)];
    return unordered("posix_spawn in C, no order", argv, numbers);
  });
  return { ways, missing };
}

/** A program that prints lines in any order. */
function unordered(name: string, argv: readonly string[], numbers: string): Way {
  const sorted = (text: string) => text.split("\n").toSorted().join("\n");
  const wanted = sorted(numbers);
  return {
    name,
    run: async () => {
      if (sorted(await outputOf(argv, { input: numbers })) !== wanted) {
        throw new Error(`${name} printed something else`);
      }
    },
  };
}

function rulesFor(numbers: string): string {
  const names = numbers.trimEnd().split("\n");
  return `all: ${names.join(" ")}\n.PHONY: all ${names.join(" ")}\n${
    names.join(" ")
  }:\n\t/bin/echo $@\n`;
}

/** The least that it takes to start programs, so many at a time, which write where we do. */
const IN_C = `
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
extern char **environ;
int main(int argc, char **argv) {
  int count = atoi(argv[1]), slots = atoi(argv[2]), running = 0;
  for (int n = 1; n <= count; n++) {
    if (running == slots) { if (wait(NULL) < 0) return 1; running--; }
    char text[16];
    snprintf(text, sizeof text, "%d", n);
    char *args[] = { "echo", text, NULL };
    pid_t pid;
    if (posix_spawn(&pid, "/bin/echo", NULL, NULL, args, environ)) return 1;
    running++;
  }
  while (running-- > 0) if (wait(NULL) < 0) return 1;
  return 0;
}
`;
