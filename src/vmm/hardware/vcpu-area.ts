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
  /** Of a guest that has VMX: the VMXON pointer and that of the current VMCS, guest-physical; all ones where there is none. */
  VMXON12: 208,
  VMCS12: 216,
  /** 1 while its own guest has the processor, and once that has been launched. */
  IN_L2: 224,
  LAUNCHED_L2: 232,
  /** The EPTP of its own that the EPT of its guest is made of. */
  EPT12: 240,
  /** Its IA32_FEATURE_CONTROL. */
  FEATURE_CONTROL: 248,
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
  | 'launched'
  | 'vmxon12'
  | 'vmcs12'
  | 'in_l2'
  | 'launched_l2'
  | 'ept12'
  | 'feature_control';

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
  vmxon12: VcpuArea.VMXON12,
  vmcs12: VcpuArea.VMCS12,
  in_l2: VcpuArea.IN_L2,
  launched_l2: VcpuArea.LAUNCHED_L2,
  ept12: VcpuArea.EPT12,
  feature_control: VcpuArea.FEATURE_CONTROL,
};

export const PDPTE_REGISTERS = ['pdpte0', 'pdpte1', 'pdpte2', 'pdpte3'] as const;
