import type { HostKernel } from './host-kernel';
import type { HostProcess } from './host-process';

/**
 * A guest whose monitor is hosted (Type II): a process of the host's, whose kernel gives it memory as it gives memory to
 * any other.
 */
export interface Hosting {
  readonly kernel: HostKernel;
  readonly process: HostProcess;
  /** Of the process among those of the kernel: that of the guest. */
  readonly number: number;
}

/** What a host has for its processes. */
export interface HostingOptions {
  /** Bytes of memory for all of them. Where guests have more than that together, pages go and come back. */
  readonly memory: number;
}

/** The least that a host can have: what ROM, video memory and the reserve of its kernel take, and some room beside. */
export const LEAST_HOST_MEMORY = 2 ** 20;
