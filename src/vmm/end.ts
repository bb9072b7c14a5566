/** How a guest comes to its end under the monitor. What people are told of it is made elsewhere. */
export type GuestEnd =
  /** HLT with interrupts disabled: nothing can ever go on. */
  | { readonly kind: 'halted' }
  /** It asked for it by a hypercall. */
  | { readonly kind: 'hypercall' }
  /** A triple fault: the processor shuts down. */
  | { readonly kind: 'shutdown' }
  /** The monitor cannot go on with it. */
  | { readonly kind: 'failure'; readonly failure: GuestFailure };

/** Why a monitor cannot go on. */
export type GuestFailure =
  /** VMLAUNCH or VMRESUME failed with a VM-instruction error (SDM 3C 31.4). */
  | {
      readonly kind: 'entry-refused';
      readonly instruction: 'VMLAUNCH' | 'VMRESUME';
      /** undefined: VMfailInvalid, as there is no current VMCS. */
      readonly error: number | undefined;
    }
  /** The VM entry failed late, by a VM exit with bit 31 of this basic reason (SDM 3C 27.8). */
  | { readonly kind: 'entry-failed'; readonly reason: number }
  /** CPUID says that the processor cannot do what the technique needs. */
  | { readonly kind: 'feature-missing'; readonly feature: string }
  /** A VM exit that the monitor has no handler for. */
  | { readonly kind: 'unhandled-exit'; readonly reason: number }
  /** Code runs where the guest has no memory. */
  | { readonly kind: 'fetch-outside-memory'; readonly address: bigint }
  /** The host has no frame left for the guest's process, and none that could be taken away. */
  | { readonly kind: 'out-of-host-memory' };

/** What an end is, in a word or two, as the operand of the operation that brings it about. */
export function endOperand(end: GuestEnd): string {
  return end.kind === 'failure' ? end.failure.kind : end.kind;
}
