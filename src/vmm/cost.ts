/**
 * Modelled costs in processor cycles: the second clock, used to compare techniques and never to time
 * anything. Figures of the order published for recent Intel cores (a round trip through a VM exit
 * costs somewhat above 1,000 cycles; VMREAD and VMWRITE some tens).
 */
export const Cost = {
  VM_EXIT: 700,
  VM_ENTRY: 600,
  VMREAD: 40,
  VMWRITE: 40,
  VMPTRLD: 150,
  VMCLEAR: 150,
  VMXON: 300,
  INVEPT: 500,
  GPR_BLOCK: 30,
  GPR: 5,
  MSR: 100,
  CPUID: 100,
  PORT: 300,
  MEMORY: 10,
  PAGE_WALK: 80,
  /** IRET to an outer ring. */
  RING_RETURN: 100,
  SOFTWARE: 20,
  /** An instruction decoded and executed in software. */
  EMULATION: 600,
} as const;
