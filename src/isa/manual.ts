/**
 * Where a fact is written. The Intel manual (SDM) is cited in the chapter numbers of its edition
 * 325462-082 of December 2023, in which the VMCS is chapter 25, VMX non-root operation 26, VM entries
 * 27, VM exits 28, EPT and VPIDs 29 and the VMX instructions 31. (Editions before 2023 number these
 * chapters one lower.)
 * The AMD manual (APM) is 24593 rev. 3.41 for volume 2 and 24594 rev. 3.36 for volume 3.
 * What is newer than that edition is cited by Intel's number of the document that introduced it: FRED in
 * its specification, TDX in the architectural specification of its processors, the rest in the
 * programming reference of instruction-set extensions (ISE).
 */
export type ManualReference =
  | `SDM ${1 | '2A' | '2B' | '2C' | '2D' | '3A' | '3B' | '3C' | '3D' | 4} ${string}`
  | `APM ${1 | 2 | 3 | 4 | 5} ${string}`
  | 'FRED 346446'
  | 'TDX 343754'
  | 'ISE 319433';
