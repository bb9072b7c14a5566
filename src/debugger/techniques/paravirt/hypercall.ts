import * as l10n from '@vscode/l10n';
import { Hypercall, type DeprivilegedGuest } from '../../../vmm';
import type { ExitRecord } from '../../trace/exit-trace';

/** How hypercalls are spoken of, and how a trap is known to be one. */

/** There are so many numbers that have a reason of their own. */
export const MOST_CALLS = 64;
const VMCALL = [0x0f, 0x01, 0xc1] as const;

/** The number of the hypercall that a guest makes by the #UD that has brought it to the monitor. */
export function hypercallOf(guest: DeprivilegedGuest, rax: bigint): number | undefined {
  if (guest.virtual.cpl !== 0 || rax >= BigInt(MOST_CALLS)) return undefined;
  const bytes = guest.codeBytes();
  return VMCALL.every((byte, n) => bytes[n] === byte) ? Number(rax) : undefined;
}

const named = (number: number): string =>
  Object.entries(Hypercall).find(([, each]) => each === number)?.[0] ?? String(number);

export const hypercallName = (number: number): string => l10n.t('hypercall {0}', named(number));

export const hypercallId = (number: number): string => `HYPERCALL_${named(number)}`;

export const hypercallGloss = (): string =>
  l10n.t(
    'The kernel knows of its monitor and asks it for a service: VMCALL, with a number in RAX and arguments in RBX, RCX and RDX. Outside of VMX operation VMCALL raises #UD, which is the trap.',
  );

/** The first two arguments, as they are passed: RBX, RCX. */
export const hypercallDetail = ({ information1, rcx }: ExitRecord): string =>
  [information1, rcx].map((value) => `0x${value.toString(16)}`).join(', ');
