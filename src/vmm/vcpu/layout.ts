/**
 * Where things lie in the area of a virtual processor: one page frame of the monitor's memory. The registers lie where
 * the processor's own state has them (`processor/state/layout.ts`), so that they are moved as they are; beside them
 * stands what the processor keeps elsewhere. All little-endian.
 */
export const VcpuLayout = {
  /** u32: the activity state, numbered as in the guest-state area of a VMCS (SDM 3C 25.4.2). */
  ACTIVITY: 0x000,
  /** u32: blocking by STI, MOV SS and NMI, by the bits of a VMCS's interruptibility state. */
  INTERRUPTIBILITY: 0x004,
  /** u32: debug exceptions that are due, with the bits of DR6. */
  PENDING_DEBUG: 0x008,
  /** u32: how many MSRs stand in the list. */
  MSR_COUNT: 0x00c,
  /** u64: the state of the generator behind RDRAND and RDSEED. */
  RANDOM: 0x010,
  /** MSRs that have no slot of their own, in the format of VMX's MSR areas (SDM 3C table 25-15): u32, 4 bytes of 0, u64. */
  MSRS: 0xb00,
  MSR_SIZE: 16,
  /** Behind the last entry that fits. */
  END: 0x1000,
} as const;
