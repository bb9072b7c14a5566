/** Made by the build (scripts/build/plugins.ts); in unit tests by scripts/test/monitor-hook.ts. */
declare module 'ringside:firmware-sources' {
  /** The firmware's sources as text by name: 'firmware/bios/bios.asm'. */
  export const firmwareSources: Readonly<Record<string, string>>;
}
