/** Made by the build (scripts/build/plugins.ts); in unit tests by scripts/test/monitor-hook.ts. */
declare module 'ringside:monitor-sources' {
  /** The monitor's sources as text by name: 'vmm/hardware/exits/cpuid.ts'. */
  export const monitorSources: Readonly<Record<string, string>>;
}
