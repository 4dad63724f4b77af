/**
 * All topics of the help, by their names.
 *
 * @module
 */

import type { Topics } from "./topic.ts";

/** As the help lists them. None is called like a command, whose own help comes first. */
export const TOPICS: Topics = {
  keys: async () => (await import("./topics/keys_topic.ts")).keysTopic(),
  sources: async () => (await import("./topics/sources_topic.ts")).sourcesTopic(),
  replacements: async () => (await import("./topics/replacements_topic.ts")).replacementsTopic(),
  engines: async () => (await import("./topics/engines_topic.ts")).enginesTopic,
  outcomes: async () => (await import("./topics/outcomes_topic.ts")).outcomesTopic,
  printing: async () => (await import("./topics/printing_topic.ts")).printingTopic,
  resuming: async () => (await import("./topics/resuming_topic.ts")).resumingTopic,
  parallel: async () => (await import("./topics/parallel_topic.ts")).parallelTopic,
};
