/**
 * How often each word stands in some text files: `ls *.txt | fanfold run words -f tasks/words.ts`.
 *
 * @module
 */

import { defineTasks } from "fanfold";

/** Occurrences of each word. */
type Counts = ReadonlyMap<string, number>;

/** Counts the words of a file: runs of ASCII letters, in lower case. */
async function count(path: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  let rest = "";
  const add = (text: string) => {
    for (const [word] of text.matchAll(/[a-z]+/g)) counts.set(word, (counts.get(word) ?? 0) + 1);
  };
  using file = await Deno.open(path);
  const decoder = new TextDecoder("latin1");
  const buffer = new Uint8Array(64 * 1024);
  for (let n = await file.read(buffer); n !== null; n = await file.read(buffer)) {
    const text = rest + decoder.decode(buffer.subarray(0, n)).toLowerCase();
    const whole = text.length - (/[a-z]+$/.exec(text)?.[0].length ?? 0);
    add(text.slice(0, whole));
    rest = text.slice(whole);
  }
  add(rest);
  return counts;
}

/** The counts of two texts together. */
function merge(sum: Counts, counts: Counts): Counts {
  const merged = new Map(sum);
  for (const [word, n] of counts) merged.set(word, (merged.get(word) ?? 0) + n);
  return merged;
}

export default defineTasks({
  words: {
    description: "how often each word stands in the files whose paths come in on stdin",
    run: count,
    inputs: { stdin: "lines" },
    fold: merge,
    initial: new Map<string, number>(),
  },
});
