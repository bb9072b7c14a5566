/** A browser has no files; the adapter reads through the editor there. */
export {};
