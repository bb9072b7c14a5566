/**
 * What the monitor keeps of a virtual processor beside its VMCS: a page in host memory, of which these are
 * the offsets. Numbers have 8 bytes.
 */
export const VcpuArea = {
  /** RAX to R15; RSP is in the VMCS. */
  GPRS: 0,
  /** Control registers of which the processor uses values of the monitor's: with shadow paging. */
  CR3: 128,
  EFER: 136,
  /** Four PDPTE registers. */
  PDPTES: 144,
  /** 1 while software executes the guest, as the processor cannot be entered with it. */
  IN_SOFTWARE: 176,
  /** 1 once VMLAUNCH has been executed. */
  LAUNCHED: 184,
  /** Under SVM, which has no read shadows for them. */
  CR0: 192,
  CR4: 200,
} as const;

/** A control register in the area, by the name that it is shown with. */
export type VcpuRegister =
  | 'cr0'
  | 'cr3'
  | 'cr4'
  | 'efer'
  | 'pdpte0'
  | 'pdpte1'
  | 'pdpte2'
  | 'pdpte3'
  | 'in_software'
  | 'launched';

export const vcpuOffset: Readonly<Record<VcpuRegister, number>> = {
  cr0: VcpuArea.CR0,
  cr3: VcpuArea.CR3,
  cr4: VcpuArea.CR4,
  efer: VcpuArea.EFER,
  pdpte0: VcpuArea.PDPTES,
  pdpte1: VcpuArea.PDPTES + 8,
  pdpte2: VcpuArea.PDPTES + 16,
  pdpte3: VcpuArea.PDPTES + 24,
  in_software: VcpuArea.IN_SOFTWARE,
  launched: VcpuArea.LAUNCHED,
};

export const PDPTE_REGISTERS = ['pdpte0', 'pdpte1', 'pdpte2', 'pdpte3'] as const;
