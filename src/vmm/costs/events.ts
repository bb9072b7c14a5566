/**
 * What takes time in the cost model. Those that the processor does come on top of the one instruction, if any, whose
 * part they are; software steps of the monitor stand for all the instructions they would be.
 */
export const COST_EVENTS = [
  // The processor, whoever runs on it.
  'INSTRUCTION',
  'TLB_MISS',
  'WALK_REFERENCE',
  'EXCEPTION',
  'INTERRUPT',
  'INTERRUPT_RETURN',
  'SYSTEM_CALL',
  'SYSTEM_RETURN',
  'FAR_TRANSFER',
  'CR_READ',
  'CR_WRITE',
  'CR8_WRITE',
  'TABLE',
  'MSR',
  'CPUID',
  'RDTSC',
  'INVLPG',
  'PORT',
  // VT-x.
  'VM_EXIT',
  'VM_ENTRY',
  'VMREAD',
  'VMWRITE',
  'VMPTRLD',
  'VMCLEAR',
  'VMXON',
  'INVEPT',
  // SVM, whose VMRUN and #VMEXIT are VM_ENTRY and VM_EXIT.
  'VMSAVE',
  // Software steps of the monitor.
  'GPR_BLOCK',
  'GPR',
  'MEMORY',
  'PAGE_WALK',
  'SHADOW_FILL',
  'HOST_TIMER',
  'SWAP',
  'SOFTWARE',
  'TRANSLATION',
  'EMULATION',
  'EMULATED_EVENT',
] as const;

export type CostEvent = (typeof COST_EVENTS)[number];
