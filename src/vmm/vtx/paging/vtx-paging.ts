import type { Handler } from '../../operation';
import type { Translations } from '../../hardware/translations';

/**
 * How the memory of a guest is translated under VT-x: by the EPT, or by shadow page tables. It decides where
 * the guest's control registers are, and what has to follow when they change.
 */
export interface VtxPaging {
  readonly name: 'ept' | 'shadow';
  readonly translations: Translations;
  /** The registers as the guest knows them. Of CR0 and CR4, the bits that no VMM needs for itself. */
  cr0(): Handler<bigint>;
  cr3(): Handler<bigint>;
  cr4(): Handler<bigint>;
  efer(): Handler<bigint>;
  /** @param value which has been checked, with what no guest can change */
  setCr0(value: bigint): Handler;
  setCr3(value: bigint): Handler;
  setCr4(value: bigint): Handler;
  /** Bits of IA32_EFER beside LMA. */
  setEfer(value: bigint): Handler;
  /** Turning paging on or off makes long mode active, or ends it. */
  setLongMode(on: boolean): Handler;
  /** The four PDPTE registers of PAE paging. */
  setPdptes(entries: readonly bigint[]): Handler;
  /** CR0.PG has been changed: addresses lead elsewhere. */
  pagingTurned(): Handler;
  /** Whether the guest is in a mode in which the processor cannot be entered, so that software has to go on with it. */
  needsSoftware(): Handler<boolean>;
  /** Software may have changed where the guest's addresses lead: a virtual device, or an emulated instruction. */
  follow(): Handler;
}
