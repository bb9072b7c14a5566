import type { CostEvent } from '../../vmm';

/** What instructions are to the cost model that take more than their one cycle, by their mnemonics. */
export const INSTRUCTION_COSTS: Readonly<Record<string, CostEvent>> = {
  ...each('PORT', 'IN', 'OUT', 'INSB', 'INSW', 'INSD', 'OUTSB', 'OUTSW', 'OUTSD'),
  ...each('SYSTEM_CALL', 'SYSCALL', 'SYSENTER'),
  ...each('SYSTEM_RETURN', 'SYSRET', 'SYSRETQ', 'SYSEXIT', 'SYSEXITQ'),
  ...each('INTERRUPT_RETURN', 'IRET', 'IRETD', 'IRETQ'),
  // Near ones need no slow path.
  ...each('FAR_TRANSFER', 'JMP', 'CALL', 'RETF'),
  ...each('MSR', 'RDMSR', 'WRMSR', 'XSETBV', 'SWAPGS'),
  ...each('CPUID', 'CPUID'),
  ...each('RDTSC', 'RDTSC', 'RDTSCP'),
  ...each('INVLPG', 'INVLPG', 'INVPCID'),
  ...each('CR_WRITE', 'CLTS', 'LMSW'),
  ...each('TABLE', 'LGDT', 'LIDT', 'LLDT', 'LTR'),
  ...each('VMREAD', 'VMREAD'),
  ...each('VMWRITE', 'VMWRITE'),
  ...each('VMPTRLD', 'VMPTRLD'),
  ...each('VMCLEAR', 'VMCLEAR'),
  ...each('VMXON', 'VMXON'),
  ...each('INVEPT', 'INVEPT', 'INVVPID'),
};

function each(event: CostEvent, ...mnemonics: readonly string[]): Record<string, CostEvent> {
  return Object.fromEntries(mnemonics.map((mnemonic) => [mnemonic, event]));
}

/** The event of an instruction; undefined where it is an instruction like any other. */
export const costOfInstruction = (mnemonic: string): CostEvent | undefined =>
  INSTRUCTION_COSTS[mnemonic.replace(/^REPN?E? /, '')];
