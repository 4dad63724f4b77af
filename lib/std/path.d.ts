/** Last part of a path; without `suffix`, where it ends in it. */
export declare function basename(path: string, suffix?: string): string;

/** The path without its last part. */
export declare function dirname(path: string): string;

/** Last extension of a path, with its dot; `""` where there is none. */
export declare function extname(path: string): string;

/** Path of a `file:` URL. */
export declare function fromFileUrl(url: string | URL): string;

/** Whether the path starts at a root. */
export declare function isAbsolute(path: string): boolean;

/** Joins parts and normalizes the result. */
export declare function join(...parts: string[]): string;

/** The path that leads from one folder to another place. */
export declare function relative(from: string, to: string): string;

/** An absolute path, from right to left. */
export declare function resolve(...parts: string[]): string;

/** The `file:` URL of an absolute path. */
export declare function toFileUrl(path: string): URL;

/** How a glob becomes an expression. */
export interface GlobOptions {
  /** Whether `{a,b}`, `+(a)` and the like are understood. */
  readonly extended?: boolean;
  /** Whether `**` crosses folders. */
  readonly globstar?: boolean;
}

/** The expression that matches what a glob matches, from its start to its end. */
export declare function globToRegExp(glob: string, options?: GlobOptions): RegExp;

/** Whether a text has glob characters in it. */
export declare function isGlob(text: string): boolean;
