/** Made by the build (scripts/build/plugins.ts); in unit tests by scripts/test/monitor-hook.ts. */
declare module 'ringside:sample-files' {
  /** The files of the samples, which ship beside the extension: 'first-exits/kernel.asm'. */
  export const sampleFiles: readonly string[];
}
