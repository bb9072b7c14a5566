import { LEAST_HOST_MEMORY, type HostingOptions } from '../vmm';
import type { MonitorName } from './machine';

/** Whether the monitor has the computer for itself (Type I), or a host is under it (Type II). */
export const HOSTINGS = ['bare', 'hosted'] as const;
export type HostingName = (typeof HOSTINGS)[number];

/** What a user asks for. */
export interface HostingWish {
  readonly hosting: HostingName;
  readonly monitor: MonitorName;
  /** Bytes of RAM of all guests together. */
  readonly guestMemory: number;
  /** Bytes that the host has for them; undefined: as many. */
  readonly hostMemory: number | undefined;
}

/** Why it cannot be had. */
export type HostingObstacle =
  /** Nothing runs on a host. */
  | 'no-monitor'
  /** There is no host that could have memory. */
  | 'no-host'
  /** `LEAST_HOST_MEMORY` is the least. */
  | 'too-small'
  /** The page tables of a paravirtual guest hold host frames: none can be taken away. */
  | 'frames-are-known';

export function hostingObstacle(wish: HostingWish): HostingObstacle | undefined {
  const { hosting, monitor, guestMemory, hostMemory } = wish;
  if (hosting === 'bare') return hostMemory === undefined ? undefined : 'no-host';
  if (monitor === 'none') return 'no-monitor';
  if (hostMemory === undefined) return undefined;
  if (hostMemory < LEAST_HOST_MEMORY) return 'too-small';
  return monitor === 'paravirt' && hostMemory < guestMemory ? 'frames-are-known' : undefined;
}

/** For a machine; what is wished for has no obstacle. A host has no use for more than its guests ask for. */
export function hostingOf({
  hosting,
  guestMemory,
  hostMemory,
}: HostingWish): HostingOptions | undefined {
  if (hosting === 'bare') return undefined;
  return { memory: Math.min(hostMemory ?? guestMemory, guestMemory) };
}
