import type { Translations } from '../../hardware/translations';
import type { Handler } from '../../operation';

/**
 * How the memory of a guest is translated under SVM: by nested paging, or by shadow page tables. It decides where the
 * guest's control registers are, and what has to follow when they change.
 */
export interface SvmPaging {
  readonly name: 'npt' | 'shadow';
  readonly translations: Translations;
  /** The registers as the guest knows them. */
  cr0(): Handler<bigint>;
  cr3(): Handler<bigint>;
  cr4(): Handler<bigint>;
  efer(): Handler<bigint>;
  /** @param value which has been checked */
  setCr3(value: bigint): Handler;
  /** Bits of EFER beside LMA. */
  setEfer(value: bigint): Handler;
  setPdptes(entries: readonly bigint[]): Handler;
  /** Software may have changed where the guest's addresses lead. */
  follow(): Handler;
}
